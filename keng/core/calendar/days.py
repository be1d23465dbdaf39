"""Working days: which they are, counting them forwards, and how many lie between two."""

from datetime import date, timedelta

from keng.core.calendar.rules import LAST_YEAR, OutOfRange, Rules, published, remembered, rules

DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether offices work on `day`: our table first, then swaps and holidays of the library, then the week."""
    return _works(day, rules())


@remembered(4096)
def _works(day: date, by: Rules) -> bool:
    if day in by.worked:
        return True
    if day in by.off:
        return False
    off, worked = published(day.year)
    if day in worked:
        return True
    if day in off:
        return False
    return any(day.isoweekday() in stretch.weekdays for stretch in by.stretches_on(day))


def next_working_day(day: date) -> date:
    """`day` itself when it is a working day, else the first one after it; raises OutOfRange past the calendar's end."""
    while not is_working_day(day):
        day = day_after(day)
    return day


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself isn't counted (Civil Code 2015 art. 147).

    0 gives `day` or the next working day. Raises ValueError for less than 0, OutOfRange past the calendar's end.
    """
    if count < 0:
        raise ValueError("working days are counted forwards")
    day = next_working_day(day) if count == 0 else day
    for _ in range(count):
        day = next_working_day(day_after(day))
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after `first` up to and with `last`; 0 when `last` isn't after `first`."""
    count = 0
    while first < last:
        first = day_after(first)
        count += is_working_day(first)
    return count


def day_after(day: date) -> date:
    if day.year > LAST_YEAR:
        raise OutOfRange(f"Lịch chỉ tính đến hết năm {LAST_YEAR}.")
    return day + DAY
