"""Working hours: adding them to a moment and measuring them between two, pauses left out."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone

from keng.core.calendar.days import day_after, is_working_day
from keng.core.calendar.rules import rules
from keng.core.calendar.spans import Pause, Span, in_order, length, local_day, walk, without


def add_working_hours(moment: datetime, hours: float, *, pauses: Iterable[Pause] = ()) -> datetime:
    """The moment at which `hours` of office time after `moment` are used up; never outside office hours.

    0 hours give `moment` itself, or the next opening. Raises ValueError for less than 0 or a moment without a time zone.
    """
    if hours < 0:
        raise ValueError("working hours are counted forwards")
    return walk(_running(moment, in_order(pauses)), timedelta(hours=hours))


def working_time_between(start: datetime, end: datetime, *, pauses: Iterable[Pause] = ()) -> timedelta:
    """The office time from `start` to `end`, pauses left out; nothing when `end` isn't after `start`."""
    return length(_until(end, _running(start, in_order(pauses)))) if end > start else timedelta()


def opening(day: date) -> list[Span]:
    """The office's open stretches on `day`, in order; none on a day off."""
    if not is_working_day(day):
        return []
    zone = timezone.get_default_timezone()
    return [
        (datetime.combine(day, stretch.opens, zone), datetime.combine(day, stretch.closes, zone))
        for stretch in rules().stretches_on(day)
    ]


def _running(start: datetime, pauses: list[Pause]) -> Iterator[Span]:
    """Office time from `start` on, without end, pauses taken out."""
    day = local_day(start)
    while True:
        for opens, closes in opening(day):
            if start < closes:
                yield from without((max(start, opens), closes), pauses)
        day = day_after(day)


def _until(end: datetime, spans: Iterator[Span]) -> Iterator[Span]:
    for start, stop in spans:
        if start >= end:
            return
        yield start, min(stop, end)
