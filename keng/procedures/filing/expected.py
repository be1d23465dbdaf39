"""When a result may be expected, in words: “trước 17 giờ thứ Tư 25/11/2026, sau 3 ngày làm việc”."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.core import ids
from keng.core.models import Clock
from keng.procedures.dossiers import deadlines
from keng.procedures.models import Dossier, ProcedureVersion

WEEKDAYS = (
    gettext_lazy("thứ Hai"), gettext_lazy("thứ Ba"), gettext_lazy("thứ Tư"), gettext_lazy("thứ Năm"), gettext_lazy("thứ Sáu"),
    gettext_lazy("thứ Bảy"), gettext_lazy("Chủ nhật"),
)  # fmt: skip
UNITS = {
    Clock.Unit.HOURS: gettext_lazy("%(amount)s giờ"),
    Clock.Unit.WORKING_HOURS: gettext_lazy("%(amount)s giờ làm việc"),
    Clock.Unit.DAYS: gettext_lazy("%(amount)s ngày"),
    Clock.Unit.WORKING_DAYS: gettext_lazy("%(amount)s ngày làm việc"),
    Clock.Unit.MONTHS: gettext_lazy("%(amount)s tháng"),
}


@dataclass(frozen=True)
class Expected:
    """`by` in words; `after`: how long that is; `promised`: the clock runs already, otherwise it is as if it began now."""

    by: str
    after: str
    promised: bool


def expected(dossier: Dossier) -> Expected:
    """Raises Refused where the calendar does not reach."""
    end = dossier.due or deadlines.due(ids.now(), dossier.version)
    return Expected(by_when(end), duration(dossier.version), dossier.due is not None)


def duration(version: ProcedureVersion) -> str:
    return str(UNITS[Clock.Unit(version.time_unit)]) % {"amount": version.amount}


def by_when(end: datetime) -> str:
    """A day's last minute (16:59) is read as the hour that ends it."""
    at = localtime(end + timedelta(minutes=1) if end.minute == 59 else end)
    words = {"hour": at.hour, "minute": f"{at.minute:02d}", "weekday": WEEKDAYS[at.weekday()], "day": f"{at:%d/%m/%Y}"}
    if at.minute:
        return _("trước %(hour)s giờ %(minute)s %(weekday)s %(day)s") % words
    return _("trước %(hour)s giờ %(weekday)s %(day)s") % words
