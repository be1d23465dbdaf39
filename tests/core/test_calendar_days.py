"""Which days are worked, by the facts of 2026 and by properties."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keng.core.calendar import (
    NotLoaded,
    OutOfRange,
    add_working_days,
    forget,
    is_working_day,
    next_working_day,
    working_days_between,
)
from keng.core.models import DayOverride

DAYS = st.dates(date(2018, 1, 1), date(2035, 12, 31))
COUNTS = st.integers(0, 60)
with_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

OFF_2026 = [
    *[date(2026, 1, day) for day in (1, 2)],
    *[date(2026, 2, day) for day in range(16, 21)],
    date(2026, 4, 26),
    date(2026, 4, 27),
    date(2026, 4, 30),
    date(2026, 5, 1),
    date(2026, 8, 31),
    date(2026, 9, 1),
    date(2026, 9, 2),
    date(2026, 11, 24),
]
WORKED_SATURDAYS_2026 = [date(2026, 1, 10), date(2026, 8, 22)]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("day", OFF_2026, ids=str)
def test_holidays_and_swapped_days_of_2026_are_off(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("day", WORKED_SATURDAYS_2026, ids=str)
def test_the_saturdays_that_pay_for_swapped_days_are_worked(day: date) -> None:
    assert day.isoweekday() == 6
    assert is_working_day(day)


@pytest.mark.usefixtures("loaded")
def test_swapped_days_that_only_the_library_knows_count_too() -> None:
    assert (is_working_day(date(2025, 4, 26)), is_working_day(date(2025, 5, 2))) == (True, False)


@pytest.mark.usefixtures("loaded")
def test_every_other_day_of_2026_follows_the_week() -> None:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    for day in year:
        if day not in (*OFF_2026, *WORKED_SATURDAYS_2026):
            assert is_working_day(day) == (day.isoweekday() <= 5), day
    assert sum(is_working_day(day) for day in year) == 261 - 14 + 2


@pytest.mark.usefixtures("loaded")
def test_a_row_in_the_table_outweighs_the_library_after_forget() -> None:
    holiday, ordinary = date(2026, 9, 2), date(2026, 9, 3)
    assert (is_working_day(holiday), is_working_day(ordinary)) == (False, True)
    DayOverride.objects.create(date=holiday, kind="worked", reason="lũ", legal_basis="x")
    DayOverride.objects.create(date=ordinary, kind="off", reason="lũ", legal_basis="x")
    assert (is_working_day(holiday), is_working_day(ordinary)) == (False, True)
    forget()
    assert (is_working_day(holiday), is_working_day(ordinary)) == (True, False)


@pytest.mark.usefixtures("loaded")
def test_the_day_of_the_event_is_not_counted() -> None:
    friday = date(2026, 11, 20)
    assert add_working_days(friday, 1) == date(2026, 11, 23)
    assert add_working_days(friday, 2) == date(2026, 11, 25), "24 November is Culture Day"
    assert add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 23)
    assert add_working_days(friday, 0) == friday


@with_database
@given(day=DAYS, count=COUNTS)
@pytest.mark.usefixtures("loaded")
def test_adding_days_never_lands_on_a_day_off_and_measuring_gives_the_count_back(day: date, count: int) -> None:
    end = add_working_days(day, count)
    assert is_working_day(end)
    assert working_days_between(day, end) == (count or int(end > day))


@with_database
@given(day=DAYS, later=COUNTS, count=COUNTS, more=COUNTS)
@pytest.mark.usefixtures("loaded")
def test_a_later_start_or_a_larger_count_never_ends_earlier(day: date, later: int, count: int, more: int) -> None:
    end = add_working_days(day, count)
    assert add_working_days(day + timedelta(days=later), count) >= end
    assert add_working_days(day, count + more) >= end


@with_database
@given(days=st.tuples(DAYS, DAYS, DAYS).map(sorted))
@pytest.mark.usefixtures("loaded")
def test_working_days_add_up(days: list[date]) -> None:
    first, middle, last = (
        days[0],
        min(days[1], days[0] + timedelta(days=400)),
        min(days[2], days[0] + timedelta(days=900)),
    )
    whole = working_days_between(first, last)
    assert whole == working_days_between(first, middle) + working_days_between(middle, last)
    assert working_days_between(last, first) == 0


@pytest.mark.usefixtures("empty")
def test_empty_tables_say_to_run_load_calendar() -> None:
    with pytest.raises(NotLoaded, match="manage.py load_calendar"):
        is_working_day(date(2026, 11, 23))


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("day", [date.max, date(2100, 1, 1), date(1, 1, 1), date(1999, 12, 31)])
def test_days_beyond_the_calendar_are_refused_with_a_sentence(day: date) -> None:
    with pytest.raises(OutOfRange, match="Lịch chỉ tính"):
        next_working_day(day)


@pytest.mark.usefixtures("loaded")
def test_counting_past_the_end_of_the_calendar_stops() -> None:
    with pytest.raises(OutOfRange):
        add_working_days(date(2099, 12, 1), 400)


@pytest.mark.usefixtures("loaded")
def test_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2026, 11, 23), -1)
