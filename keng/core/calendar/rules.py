"""The tables of the calendar as one frozen snapshot, read at most once an hour by each process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from types import MappingProxyType
from typing import ParamSpec, TypeVar

import holidays

from keng.core.ids import this_hour
from keng.core.models import Clock, DayOverride, OfficeHours

P = ParamSpec("P")
T = TypeVar("T")
FIRST_YEAR, LAST_YEAR = 2000, 2099  # what the holiday library knows of the moon, and lawful dates today


class CalendarError(Exception):
    """The calendar can't answer. The message is a sentence for the operator."""


class NotLoaded(CalendarError):
    """The tables are empty."""


class NoClock(CalendarError):
    """No clock of this code holds on the day asked for."""


class OutOfRange(CalendarError):
    """A day that the calendar doesn't reach."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of the office day and the days it holds on."""

    weekdays: frozenset[int]
    opens: time
    closes: time
    since: date
    until: date | None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, eq=False)
class Rules:
    """All dated rules; of each clock the newest version first."""

    worked: frozenset[date]
    off: frozenset[date]
    stretches: tuple[Stretch, ...]
    clocks: Mapping[str, tuple[Clock, ...]]

    def stretches_on(self, day: date) -> list[Stretch]:
        """The office hours in force on `day`, in order; raises NotLoaded where none were decided."""
        found = [stretch for stretch in self.stretches if stretch.holds_on(day)]
        if not found:
            raise NotLoaded(f"Chưa có giờ làm việc cho ngày {day:%d/%m/%Y}: chạy `manage.py load_calendar`.")
        return found

    def clock(self, code: str, day: date) -> Clock:
        """The version of the clock `code` in force on `day`; raises NoClock, or NotLoaded when there is no clock at all."""
        if not self.clocks:
            raise NotLoaded("Chưa có thời hạn nào trong cơ sở dữ liệu: chạy `manage.py load_calendar`.")
        for clock in self.clocks.get(code, ()):
            if clock.since <= day and (clock.until is None or day < clock.until):
                return clock
        raise NoClock(f"Không có thời hạn {code!r} cho ngày {day:%d/%m/%Y}: chạy `manage.py load_calendar`.")


_remembered: list[Callable[[], None]] = []


def remembered(size: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """An `lru_cache` for what rests on the tables, emptied by `forget()`."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        cached = lru_cache(maxsize=size)(function)
        _remembered.append(cached.cache_clear)
        return cached  # type: ignore[return-value]

    return decorate


def forget() -> None:
    """To be called after a change of the tables."""
    for clear in _remembered:
        clear()


def rules() -> Rules:
    """The snapshot of this hour. A change made by another process is seen from the next hour on, one made here after `forget()`."""
    return _read(this_hour())


@remembered(1)
def _read(hour: datetime) -> Rules:
    days = list(DayOverride.objects.all())
    clocks: dict[str, list[Clock]] = {}
    for clock in Clock.objects.order_by("code", "-since"):
        clocks.setdefault(clock.code, []).append(clock)
    return Rules(
        worked=frozenset(day.date for day in days if day.kind == DayOverride.Kind.WORKED),
        off=frozenset(day.date for day in days if day.kind == DayOverride.Kind.OFF),
        stretches=tuple(
            Stretch(frozenset(int(digit) for digit in row.weekdays), row.opens, row.closes, row.since, row.until)
            for row in OfficeHours.objects.order_by("opens")
        ),
        clocks=MappingProxyType({code: tuple(versions) for code, versions in clocks.items()}),
    )


@lru_cache(maxsize=16)
def published(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """(days off, weekend days worked) of a year as the holiday library has them; raises OutOfRange."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise OutOfRange(f"Lịch chỉ tính từ năm {FIRST_YEAR} đến năm {LAST_YEAR}, không có năm {year}.")
    found = holidays.country_holidays("VN", years=year)
    return frozenset(found), frozenset(found.weekend_workdays)
