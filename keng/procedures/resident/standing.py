"""Where a dossier stands, to be seen at a glance: four marks on a line, and how its state looks."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.procedures.models import Dossier, State

MARKS: tuple[str | Promise, ...] = (_("Đã nộp"), _("Tiếp nhận"), _("Giải quyết"), _("Kết quả"))
# State -> how many marks are reached, how the state's badge looks.
REACHED: dict[State, tuple[int, str]] = {
    State.SUBMITTED: (1, ""),
    State.WAITING: (1, "wait"),
    State.PROCESSING: (3, ""),
    State.DONE: (4, "good"),
    State.RETURNED: (4, "good"),
    State.REFUSED: (1, "bad"),
    State.WITHDRAWN: (1, "bad"),
    State.STOPPED: (1, "bad"),
}


@dataclass(frozen=True)
class Mark:
    says: str
    reached: bool
    here: bool


@dataclass(frozen=True)
class Progress:
    """`tone` of the state's badge; `marks` are empty for what ended without a result."""

    tone: str
    marks: list[Mark]
    share: int  # percent of the line that is drawn full


def progress(dossier: Dossier) -> Progress:
    reached, tone = REACHED[State(dossier.state)]
    if dossier.state == State.WAITING and dossier.accepted_at:
        reached = 3
    if tone == "bad":
        return Progress(tone, [], 0)
    marks = [Mark(str(says), at < reached, at == reached - 1) for at, says in enumerate(MARKS)]
    return Progress(tone, marks, 100 * (reached - 1) // (len(MARKS) - 1))
