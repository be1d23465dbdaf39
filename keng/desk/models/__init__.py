"""The officer's side of the mailbox."""

from keng.desk.models.days import HandedOver, Handover, HandoverItem, RegisterEntry
from keng.desk.models.digest import Digest, DigestTime
from keng.desk.models.figures import Counted, Published, Tally
from keng.desk.models.hangings import Hanging, Place
from keng.desk.models.keys import BoxSecret, Ceremony, Grant, OfficerKey, OfficerStatement
from keng.desk.models.outcomes import ExhibitKind, Matter, Membership, Outcome, OutcomeKind, OutcomeUnit
from keng.desk.models.reports import REASONS, Assessment, Assignment, Channel, Intake, Note, Seen

__all__ = [
    "REASONS",
    "Assessment",
    "Assignment",
    "BoxSecret",
    "Ceremony",
    "Channel",
    "Counted",
    "Digest",
    "DigestTime",
    "ExhibitKind",
    "Grant",
    "HandedOver",
    "Handover",
    "HandoverItem",
    "Hanging",
    "Intake",
    "Matter",
    "Membership",
    "Note",
    "OfficerKey",
    "OfficerStatement",
    "Outcome",
    "OutcomeKind",
    "OutcomeUnit",
    "Place",
    "Published",
    "RegisterEntry",
    "Seen",
    "Tally",
]
