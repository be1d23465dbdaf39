"""Office hours: adding, measuring, pauses."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keng.core.calendar import Pause, add_working_hours, working_time_between
from keng.core.calendar.hours import opening
from keng.core.calendar.spans import in_order, local_day
from tests.core.moments import MOMENTS, PAUSES, at

with_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
HOURS = st.integers(0, 8 * 60).map(lambda quarters: quarters / 4)


def is_open(moment: datetime) -> bool:
    return any(opens <= moment <= closes for opens, closes in opening(local_day(moment)))


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23T08:00", 1, "2026-11-23T09:00"),
        ("2026-11-23T11:00", 1, "2026-11-23T14:00"),
        ("2026-11-23T12:00", 0, "2026-11-23T13:30"),
        ("2026-11-23T16:30", 1, "2026-11-25T08:00"),
        ("2026-11-22T10:00", 7.5, "2026-11-23T17:00"),
        ("2026-01-09T16:00", 2, "2026-01-10T08:30"),
        ("2026-02-13T17:00", 0.5, "2026-02-23T08:00"),
    ],
)
def test_hours_run_only_while_the_office_is_open(start: str, hours: float, end: str) -> None:
    assert add_working_hours(at(start), hours) == at(end)


@pytest.mark.usefixtures("loaded")
def test_a_moment_of_another_time_zone_is_the_same_moment() -> None:
    assert add_working_hours(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), 1) == at("2026-11-23T09:00")


@pytest.mark.usefixtures("loaded")
def test_a_pause_stops_the_clock_and_overlapping_pauses_count_once() -> None:
    start = at("2026-11-23T08:00")
    pauses = [(at("2026-11-23T09:00"), at("2026-11-23T10:00")), (at("2026-11-23T09:30"), at("2026-11-23T10:30"))]
    assert add_working_hours(start, 2, pauses=pauses) == at("2026-11-23T11:30")
    assert working_time_between(start, at("2026-11-23T17:00"), pauses=pauses) == timedelta(hours=5.5)


@with_database
@given(moment=MOMENTS, hours=HOURS, pauses=PAUSES)
@pytest.mark.usefixtures("loaded")
def test_adding_then_measuring_gives_back_and_lands_in_office_hours(
    moment: datetime, hours: float, pauses: list[Pause]
) -> None:
    end = add_working_hours(moment, hours, pauses=pauses)
    assert end >= moment
    assert is_open(end)
    assert working_time_between(moment, end, pauses=pauses) == timedelta(hours=hours)


@with_database
@given(moment=MOMENTS, later=HOURS, hours=HOURS, more=HOURS, pauses=PAUSES)
@pytest.mark.usefixtures("loaded")
def test_adding_is_monotone_and_pauses_only_delay(
    moment: datetime, later: float, hours: float, more: float, pauses: list[Pause]
) -> None:
    end = add_working_hours(moment, hours, pauses=pauses)
    assert add_working_hours(moment + timedelta(hours=later), hours, pauses=pauses) >= end
    assert add_working_hours(moment, hours + more, pauses=pauses) >= end
    assert add_working_hours(moment, hours) <= end


@with_database
@given(moments=st.tuples(MOMENTS, MOMENTS, MOMENTS).map(sorted), pauses=PAUSES)
@pytest.mark.usefixtures("loaded")
def test_measured_time_adds_up_and_pauses_only_shorten(moments: list[datetime], pauses: list[Pause]) -> None:
    first, middle, last = moments
    whole = working_time_between(first, last, pauses=pauses)
    assert whole == working_time_between(first, middle, pauses=pauses) + working_time_between(
        middle, last, pauses=pauses
    )
    assert timedelta() <= whole <= working_time_between(first, last)
    assert working_time_between(last, first) == timedelta()


def test_pauses_that_touch_are_one() -> None:
    eight, nine, ten = (at(f"2026-11-23T{hour}:00") for hour in ("08", "09", "10"))
    assert in_order([(nine, ten), (eight, nine)]) == [(eight, ten)]


def test_a_pause_that_ends_within_another_does_not_shorten_it() -> None:
    eight, nine, ten, eleven = (at(f"2026-11-23T{hour}:00") for hour in ("08", "09", "10", "11"))
    assert in_order([(eight, eleven), (nine, ten)]) == [(eight, eleven)]


@given(pauses=PAUSES)
def test_joined_pauses_never_touch_and_stay_in_order(pauses: list[Pause]) -> None:
    joined = in_order(pauses)
    assert all(earlier[1] < later[0] for earlier, later in zip(joined, joined[1:], strict=False))
    assert in_order(joined) == joined


@pytest.mark.usefixtures("loaded")
def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        add_working_hours(datetime(2026, 11, 23, 8, 0), 1)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(ValueError, match="forwards"):
        add_working_hours(at("2026-11-23T08:00"), -1)
    with pytest.raises(ValueError, match="ends before it begins"):
        add_working_hours(at("2026-11-23T08:00"), 1, pauses=[(at("2026-11-23T09:00"), at("2026-11-23T08:00"))])
