"""How the queue says things: when something is due, and how pressing that is."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keng.procedures.dossiers.routing import steps_of
from keng.procedures.models import Dossier, Pile
from keng.procedures.queue.listing import Bounds, bounds

HOUR = 3600


@dataclass(frozen=True)
class Due:
    """`level` is late, today, soon, calm or (where no clock runs) still; `words` is the whole of it, for the icon says nothing alone."""

    level: str
    words: str
    moment: datetime


def due_of(dossier: Dossier, now: datetime, spans: Bounds | None = None) -> Due:
    """What a line of the queue says: of a running one when it is due, of others since when it has stood there."""
    moment = dossier.queue_at
    if dossier.pile == Pile.RUNNING:
        return Due(level(moment, spans or bounds(now)), running(moment, now), moment)
    day = date_format(timezone.localtime(moment), "d/m/Y")
    if dossier.pile == Pile.WAITING:
        return Due("still", _("Đồng hồ tạm dừng"), moment)
    if dossier.pile == Pile.DONE:
        return Due("still", _("Có kết quả từ %(day)s") % {"day": day}, moment)
    return Due("still", _("Xong ngày %(day)s") % {"day": day}, moment)


def step_due_of(dossier: Dossier, now: datetime, spans: Bounds | None = None) -> Due | None:
    """The same of its internal step, where that ends soon or is over: None else, and where `due_of` speaks of that very moment."""
    moment = dossier.step_due
    if dossier.pile != Pile.RUNNING or moment is None or moment == dossier.queue_at:
        return None
    near = level(moment, spans or bounds(now))
    return None if near == "calm" else Due(near, running(moment, now), moment)


def level(moment: datetime, spans: Bounds) -> str:
    for name, (_first, last) in spans.items():
        if moment < last:
            return name
    return "calm"


def running(moment: datetime, now: datetime) -> str:
    local, today = timezone.localtime(moment), timezone.localdate(now)
    clock, days = date_format(local, "H:i"), (local.date() - today).days
    if moment < now:
        return late_by(int((now - moment).total_seconds()))
    if days == 0:
        return _("Hôm nay, %(clock)s") % {"clock": clock}
    if days == 1:
        return _("Ngày mai, %(clock)s") % {"clock": clock}
    day = date_format(local, "d/m" if local.year == today.year else "d/m/Y")
    return ngettext("%(day)s, còn %(days)s ngày", "%(day)s, còn %(days)s ngày", days) % {"day": day, "days": days}


def late_by(seconds: int) -> str:
    if seconds < HOUR:
        return _("Quá hạn chưa đến một giờ")
    if seconds < 24 * HOUR:
        hours = seconds // HOUR
        return ngettext("Quá hạn %(hours)s giờ", "Quá hạn %(hours)s giờ", hours) % {"hours": hours}
    days = seconds // (24 * HOUR)
    return ngettext("Quá hạn %(days)s ngày", "Quá hạn %(days)s ngày", days) % {"days": days}


def step_of(dossier: Dossier) -> str:
    """The internal step that it stands at, by name; "" where its version has none (any more)."""
    inner = steps_of(dossier.version)
    return inner[dossier.step]["title"] if dossier.step < len(inner) else ""
