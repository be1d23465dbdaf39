"""When something is due by a legal clock."""

import calendar as western
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from keng.core.calendar.days import add_working_days, day_after, is_working_day, next_working_day
from keng.core.calendar.hours import add_working_hours, opening
from keng.core.calendar.rules import remembered, rules
from keng.core.calendar.spans import Pause, in_order, local_day, walk, without
from keng.core.ids import hour_of
from keng.core.models import Clock

# A period of days ends at 24:00 (Civil Code 2015 art. 148). No time finer than an hour is kept, and 24:00 would read as the next
# day, so a due time is the last whole hour that is still in time: late is when a later hour has begun.
LAST_HOUR = time(23)


def due(start: datetime, clock_code: str, *, pauses: Iterable[Pause] = ()) -> datetime:
    """When what began at `start` is due by the clock's version in force on that day, in local time.

    Days and months count from the day after `start` (Civil Code 2015 art. 147) and end with the last one's last hour; where the clock
    rolls over, a last day off gives way to the next working day. Working days end when the office closes; hours end to the minute.
    A pause takes out its hours, and in clocks of days the days after the one it began on, up to the one it ended on.
    Raises NotLoaded, NoClock, OutOfRange, or ValueError for a moment without a time zone.
    """
    clock = rules().clock(clock_code, local_day(start))
    return COUNT[Clock.Unit(clock.unit)](start, clock, in_order(pauses))


def due_in(start: datetime, amount: int, unit: str, *, pauses: Iterable[Pause] = ()) -> datetime:
    """`due` for a time that something else promises than a legal clock: a procedure's, a step's. `unit` is one of Clock.Unit."""
    return COUNT[Clock.Unit(unit)](start, Clock(amount=amount, unit=unit), in_order(pauses))


def _hours(start: datetime, clock: Clock, pauses: list[Pause]) -> datetime:
    far = datetime.max.replace(tzinfo=UTC)
    end = walk(without((start, far), pauses), timedelta(hours=clock.amount)).astimezone(timezone.get_default_timezone())
    return _last_hour(next_working_day(end.date())) if clock.rolls_over and not is_working_day(end.date()) else end


def _working_hours(start: datetime, clock: Clock, pauses: list[Pause]) -> datetime:
    return add_working_hours(start, clock.amount, pauses=pauses).astimezone(timezone.get_default_timezone())


def _days(start: datetime, clock: Clock, pauses: list[Pause]) -> datetime:
    return _end_of(_count_on(local_day(start), clock.amount, pauses), clock)


def _months(start: datetime, clock: Clock, pauses: list[Pause]) -> datetime:
    first = local_day(start)
    return _end_of(_count_on(first, (_months_on(first, clock.amount) - first).days, pauses), clock)


def _working_days(start: datetime, clock: Clock, pauses: list[Pause]) -> datetime:
    day, left = local_day(start), clock.amount
    while left:
        day = add_working_days(day, 1)
        left -= not _paused(day, pauses)
    return opening(day)[-1][1]


COUNT: dict[Clock.Unit, Callable[[datetime, Clock, list[Pause]], datetime]] = {
    Clock.Unit.HOURS: _hours,
    Clock.Unit.DAYS: _days,
    Clock.Unit.WORKING_HOURS: _working_hours,
    Clock.Unit.WORKING_DAYS: _working_days,
    Clock.Unit.MONTHS: _months,
}


def _count_on(day: date, days: int, pauses: list[Pause]) -> date:
    while days:
        day = day_after(day)
        days -= not _paused(day, pauses)
    return day


def _paused(day: date, pauses: list[Pause]) -> bool:
    return any(local_day(start) < day <= local_day(end) for start, end in pauses)


def _months_on(day: date, months: int) -> date:
    """The same day `months` later, or that month's last (Criminal Procedure Code 2015 art. 134)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, western.monthrange(year, month)[1]))


def _end_of(day: date, clock: Clock) -> datetime:
    return _last_hour(next_working_day(day) if clock.rolls_over else day)


def _last_hour(day: date) -> datetime:
    return datetime.combine(day, LAST_HOUR, timezone.get_default_timezone())


# Of each kind of mailbox: the clock for opening a report, and the one for its result.
REPORT_CLOCKS = {
    "crime": ("report.open", "report.resolve"),
    "democracy": ("democracy.open", "democracy.answer"),
    "complaint": ("complaint.open", "complaint.resolve"),
}


def due_hour(start: datetime, clock_code: str) -> datetime:
    """`due` as the last whole hour that is still in time, for what keeps no finer time: an office that closes at 17:00 ends with
    hour 16."""
    end = due(start, clock_code)
    unit = rules().clock(clock_code, local_day(start)).unit
    return hour_of(end - timedelta(seconds=1)) if unit in (Clock.Unit.WORKING_DAYS, Clock.Unit.WORKING_HOURS) else end


@remembered(64)
def report_dues(hour: datetime, kind: str = "crime") -> tuple[datetime, datetime]:
    """(to be opened by, to be resolved by) for a report received in `hour` by a box of this kind; a look in a table but for the first
    report of an hour."""
    opening_clock, resolving_clock = REPORT_CLOCKS[kind]
    return due_hour(hour, opening_clock), due_hour(hour, resolving_clock)
