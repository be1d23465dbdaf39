"""What the clock does by itself while a supplement is awaited: reminds the resident once, then stops the dossier."""

from datetime import date, timedelta

from keng.core.calendar import add_working_days
from keng.core.calendar.rules import rules
from keng.core.row_by_row import RowByRow
from keng.procedures.dossiers.deadlines import REMIND
from keng.procedures.dossiers.routing import today
from keng.procedures.dossiers.services import stop
from keng.procedures.dossiers.telling import tell
from keng.procedures.models import Dossier, Message, State, Supplement

REMINDER = "supplement_due"


def mind_supplements() -> int:
    """Reminds and stops; returns how many dossiers it touched. The hourly chore; twice at once does no harm.

    Raises RowsFailed once all others had their turn.
    """
    with RowByRow("procedures.mind_supplements") as rows:
        return rows.each(_soon(), _remind) + rows.each(_over(), _stop)


def _waiting(first: date, last: date) -> list[int]:
    """The ids of those that are awaited until a day between the two, both included; the nearest first."""
    awaited = Supplement.objects.filter(answered_at=None, by_day__range=(first, last), dossier__state=State.WAITING)
    return list(awaited.order_by("by_day").values_list("dossier", flat=True))


def _soon() -> list[int]:
    """Those whose day is near and not over."""
    day = today()
    return _waiting(day, add_working_days(day, rules().clock(REMIND, day).amount))


def _over() -> list[int]:
    return _waiting(date.min, today() - timedelta(days=1))


def _remind(pk: int) -> bool:
    """Once: the line on the resident's page is itself what says that it was done."""
    dossier = _awaited(pk)
    if dossier is None or Message.objects.filter(dossier=dossier, kind=REMINDER).exists():
        return False
    return tell(dossier, REMINDER, by_day=dossier.supplement.by_day.isoformat()) is not None


def _stop(pk: int) -> bool:
    dossier = _awaited(pk)
    if dossier is None:
        return False
    # In Vietnamese whatever the server speaks: it stands on the slip.
    reason = f"Quá hạn bổ sung {dossier.supplement.by_day:%d/%m/%Y} mà chưa nhận được giấy tờ đã yêu cầu."
    stop(dossier=dossier, reason=reason, by=None)
    return True


def _awaited(pk: int) -> Dossier | None:
    """The row, held; None where it was answered or withdrawn this moment."""
    rows = Dossier.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("version", "office", "citizen", "supplement").filter(pk=pk, state=State.WAITING).first()
