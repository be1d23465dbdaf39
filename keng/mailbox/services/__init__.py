"""What the mailbox does: every change of it goes through one of these, with its ledger entry in the same transaction."""

from keng.mailbox.errors import Conflict, Malformed, NotAllowed, Refused
from keng.mailbox.services.answers import answer, next_index
from keng.mailbox.services.forwarding import forward
from keng.mailbox.services.parts import Accepted, accept
from keng.mailbox.services.settling import Settling
from keng.mailbox.services.statements import publish_statement, read_statement
from keng.mailbox.services.threads import change_state, claim, delete, erase_due

__all__ = [
    "Accepted",
    "Conflict",
    "Malformed",
    "NotAllowed",
    "Refused",
    "Settling",
    "accept",
    "answer",
    "change_state",
    "claim",
    "delete",
    "erase_due",
    "forward",
    "next_index",
    "publish_statement",
    "read_statement",
]
