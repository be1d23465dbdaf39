"""How a box stands, in a word that its officers understand."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from keng.desk.keys.status import WARN_DAYS
from keng.mailbox.models import Box


@dataclass(frozen=True)
class BoxState:
    """`level` is a class of the desk's `.state`: good, wait or bad."""

    level: str
    words: str
    takes_reports: bool


def with_until(boxes: QuerySet[Box]) -> QuerySet[Box]:
    """Boxes with the last day of their newest key statement as `until` (None: no keys yet), in the same query."""
    return boxes.annotate(until=Max("statements__until")).select_related("office", "above")


def state_of(box: Box, today: date | None = None) -> BoxState:
    """The state of a box from `with_until`. A statement that has run out makes phones refuse the box."""
    today = today or localdate()
    until: date | None = box.until  # type: ignore[attr-defined]
    if box.closed_on is not None:
        return BoxState("", _("Đã đóng ngày %(day)s") % {"day": _day(box.closed_on)}, takes_reports=False)
    if until is None:
        return BoxState("wait", _("Chờ lập khoá"), takes_reports=False)
    if until < today:
        return BoxState("bad", _("Khoá hết hạn từ %(day)s") % {"day": _day(until)}, takes_reports=False)
    if until - today < timedelta(days=WARN_DAYS):
        return BoxState("wait", _("Đang nhận tin, khoá hết hạn %(day)s") % {"day": _day(until)}, takes_reports=True)
    return BoxState("good", _("Đang nhận tin"), takes_reports=True)


def _day(day: date) -> str:
    return date_format(day, "d/m/Y")
