"""The verbs of a dossier. Each is one transaction with its event, its ledger entry (case: the dossier's code) and, where the resident is
concerned, a line on their page; each checks for itself who asks.

A caller's dossier is brought up to date. If it is not the newest (its `row_version` is behind), Conflict says who was quicker; a page that
was open for long posts the `row_version` that it showed, and its view sets that before it calls.
"""

from keng.procedures.dossiers.services.course import ask_supplement, extend, finish, hand_out, refuse, stop, withdraw
from keng.procedures.dossiers.services.intake import answer_supplement, submit
from keng.procedures.dossiers.services.looking import REASONS, look, open_file, opened, sees, works_on
from keng.procedures.dossiers.services.work import accept, accept_many, advance, give_back, hand_over, send_back, take

__all__ = [
    "REASONS",
    "accept",
    "accept_many",
    "advance",
    "answer_supplement",
    "ask_supplement",
    "extend",
    "finish",
    "give_back",
    "hand_out",
    "hand_over",
    "look",
    "open_file",
    "opened",
    "refuse",
    "sees",
    "send_back",
    "stop",
    "submit",
    "take",
    "withdraw",
    "works_on",
]
