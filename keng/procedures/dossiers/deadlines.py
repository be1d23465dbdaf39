"""When a dossier is due, how near that is, and whether what is ready came in time. All in office time, by `keng.core.calendar`."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec, TypeVar

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from keng.core import ids
from keng.core.calendar import CalendarError, add_working_hours, due_in, working_days_between, working_time_between
from keng.core.calendar.hours import opening
from keng.core.calendar.rules import rules
from keng.core.calendar.spans import Pause as Span
from keng.core.calendar.spans import local_day
from keng.core.models import Clock
from keng.procedures.dossiers.routing import steps_of
from keng.procedures.errors import Refused
from keng.procedures.models import Dossier, ProcedureVersion, State

P = ParamSpec("P")
T = TypeVar("T")
NO_CALENDAR = _("Lịch làm việc chưa có những ngày này nên chưa tính được hạn: báo người quản trị hệ thống.")

IN_DAYS = (Clock.Unit.DAYS, Clock.Unit.MONTHS)
# How long before its end a time is said to end soon, and what a resident is given to answer in: dated rows of `clocks.csv`.
SOON, SUPPLEMENT, REMIND = "dossier.soon", "dossier.supplement", "dossier.remind"
HOUR = timedelta(hours=1)


def _within_reach(reckon: Callable[P, T]) -> Callable[P, T]:
    """Refuses in a sentence where the working calendar is empty or ends before the day asked for."""

    @wraps(reckon)
    def reckoned(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return reckon(*args, **kwargs)
        except CalendarError as error:
            raise Refused(NO_CALENDAR, "calendar", HTTPStatus.SERVICE_UNAVAILABLE) from error

    return reckoned


@_within_reach
def due(accepted_at: datetime, version: ProcedureVersion, pauses: Iterable[Span] = ()) -> datetime:
    """The last moment at which a result of `version` is in time, for what was accepted then. Raises Refused."""
    end = due_in(accepted_at, version.amount, version.time_unit, pauses=pauses)
    # The calendar keeps whole hours, for reports; a dossier's day ends with its last minute.
    return end.replace(minute=59) if version.time_unit in IN_DAYS else end


@_within_reach
def step_due(start: datetime, version: ProcedureVersion, step: int) -> datetime | None:
    """When the internal step of this index is to be done that began at `start`; None where the version has no such step."""
    steps = steps_of(version)
    return add_working_hours(start, float(steps[step]["hours"])) if step < len(steps) else None


@_within_reach
def moved(end: datetime | None, since: datetime, until: datetime) -> datetime | None:
    """`end` after the clock stood still from `since` to `until`: as much office time is left as was. One that had passed stays."""
    if end is None or end <= since:
        return end
    left = working_time_between(since, end)
    return add_working_hours(until, left / HOUR)


def spans(dossier: Dossier) -> list[Span]:
    """The dossier's pauses that have ended. One query, unless prefetched."""
    return [(pause.since, pause.until) for pause in dossier.pauses.all() if pause.until is not None]


def end_of(day: date) -> datetime:
    """When the office closes on that working day."""
    return opening(day)[-1][1]


def warn(dossier: Dossier, at: datetime | None = None) -> str:
    """How near the end is: "late", "today", "soon" (a working day or so: the clock `dossier.soon`), or "". No query.

    Only while our clock runs: not while a supplement is awaited, nor once a result is ready. Before acceptance the step's end counts.
    """
    end = {State.SUBMITTED: dossier.step_due, State.PROCESSING: dossier.due}.get(State(dossier.state))
    return nearness(end, at or ids.now())


def nearness(end: datetime | None, at: datetime) -> str:
    """late | today | soon | ""."""
    if end is None:
        return ""
    if at > end:
        return "late"
    here, there = local_day(at), local_day(end)
    if here == there:
        return "today"
    return "soon" if working_days_between(here, there) <= rules().clock(SOON, here).amount else ""


def how(dossier: Dossier, closed_at: datetime, pauses: list[Span]) -> str:
    """early | on | late, for a dossier that was accepted. A new date after an apology does not make a late one timely.

    Late: office time has gone by since the end (in plain hours, any time). Early: a working day or more was left; for times in hours, an
    hour of office time.
    """
    if dossier.accepted_at is None:
        return ""
    end, unit = due(dossier.accepted_at, dossier.version, pauses), dossier.version.time_unit
    if closed_at > end and (unit == Clock.Unit.HOURS or working_time_between(end, closed_at)):
        return "late"
    if unit in (Clock.Unit.HOURS, Clock.Unit.WORKING_HOURS):
        return "early" if working_time_between(closed_at, end) >= HOUR else "on"
    return "early" if working_days_between(local_day(closed_at), local_day(end)) >= 1 else "on"


def worked_minutes(dossier: Dossier, closed_at: datetime, pauses: list[Span]) -> int | None:
    """Office time from acceptance to closing, pauses left out, in whole minutes; None for what was never accepted."""
    if dossier.accepted_at is None:
        return None
    return int(working_time_between(dossier.accepted_at, closed_at, pauses=pauses) / timedelta(minutes=1))


def kept_until(closed_at: datetime, months: int) -> date:
    """The day from which the data of what was closed then is erased."""
    day = localtime(closed_at).date()
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))


def answer_until(at: datetime) -> date:
    """Until when a resident is given to answer a supplement, if the officer says nothing else: the clock `dossier.supplement`."""
    clock = rules().clock(SUPPLEMENT, local_day(at))
    return local_day(due_in(at, clock.amount, clock.unit))
