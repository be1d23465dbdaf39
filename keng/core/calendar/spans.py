"""Stretches of time on a line: taking pauses out of them, walking along them, measuring them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone

Pause = tuple[datetime, datetime]  # from, to: the clock stands still in between
Span = tuple[datetime, datetime]


def local_day(moment: datetime) -> date:
    """The day on which `moment` falls in Vietnam; raises ValueError for a moment without a time zone."""
    if timezone.is_naive(moment):
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(timezone.get_default_timezone()).date()


def in_order(pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses joined where they overlap and sorted; raises ValueError for one that ends before it begins."""
    joined: list[Pause] = []
    for start, end in sorted(pauses):
        if end < start:
            raise ValueError("a pause ends before it begins")
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def without(span: Span, pauses: list[Pause]) -> Iterator[Span]:
    """What is left of `span`, in order; `pauses` as `in_order` gives them."""
    start, end = span
    for pause_start, pause_end in pauses:
        if pause_start >= end:
            break
        if start < pause_start:
            yield start, pause_start
        start = max(start, pause_end)
    if start < end:
        yield start, end


def walk(spans: Iterable[Span], amount: timedelta) -> datetime:
    """Where `amount` is used up along `spans`, which must not end before it is."""
    for start, end in spans:
        if end - start >= amount:
            return start + amount
        amount -= end - start
    raise ValueError("the spans ended before the time was used up")


def length(spans: Iterable[Span]) -> timedelta:
    return sum((end - start for start, end in spans), timedelta())
