"""When a report is due, by clocks that are dated data."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from keng.core.calendar import NoClock, NotLoaded, Pause, due, due_hour, forget, is_working_day, report_dues
from keng.core.models import Clock
from tests.core.moments import MOMENTS, PAUSES, at

with_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
REPORT_CLOCKS = ["report.open", "report.transfer", "report.resolve", "report.resolve_complex", "report.extension"]


def clock(amount: int, unit: str, *, since: str = "2020-01-01", **more: object) -> str:
    Clock.objects.create(
        code="test", amount=amount, unit=unit, since=date.fromisoformat(since), legal_basis="thử", **more
    )
    forget()
    return "test"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("report.open", "2026-11-22T10:00", "2026-11-23T10:00"),
        ("report.open", "2026-02-14T10:00", "2026-02-15T10:00"),  # 24 hours stand, Tết or not
        ("report.transfer", "2026-11-21T10:00", "2026-11-25T23:00"),  # the third day is Culture Day
        ("report.resolve", "2026-11-22T10:00", "2026-12-14T23:00"),  # the 20th day is a Saturday
        ("report.resolve", "2026-01-27T00:00", "2026-02-23T23:00"),  # ends in Tết
        ("report.resolve_complex", "2026-12-31T10:00", "2027-03-01T23:00"),  # no 31 February; the 28th is a Sunday
        ("report.extension", "2026-01-15T10:00", "2026-03-16T23:00"),
    ],
)
def test_report_clocks_of_article_147_counted_by_article_134(code: str, start: str, end: str) -> None:
    assert due(at(start), code) == at(end)


@pytest.mark.usefixtures("loaded")
def test_the_version_in_force_on_the_first_day_counts() -> None:
    clock(5, "days", until=date(2026, 6, 1))
    Clock.objects.create(code="test", amount=10, unit="days", since=date(2026, 6, 1), legal_basis="luật mới")
    forget()
    assert due(at("2026-05-31T23:59"), "test") == at("2026-06-05T23:00")
    assert due(at("2026-06-01T00:00"), "test") == at("2026-06-11T23:00")


@pytest.mark.usefixtures("loaded")
def test_a_newer_version_takes_over_from_one_that_was_not_ended() -> None:
    clock(5, "days")
    Clock.objects.create(code="test", amount=10, unit="days", since=date(2026, 6, 1), legal_basis="luật mới")
    forget()
    assert due(at("2026-05-31T12:00"), "test") == at("2026-06-05T23:00")
    assert due(at("2026-06-01T12:00"), "test") == at("2026-06-11T23:00")


@pytest.mark.usefixtures("loaded")
def test_the_first_day_is_the_one_in_vietnam() -> None:
    clock(1, "days", rolls_over=False)
    assert due(datetime(2026, 11, 10, 18, 0, tzinfo=UTC), "test") == at("2026-11-12T23:00")


@pytest.mark.usefixtures("loaded")
def test_a_clock_of_working_days_ends_when_the_office_closes() -> None:
    assert due(at("2026-11-20T08:00"), clock(2, "working_days")) == at("2026-11-25T17:00")


@pytest.mark.usefixtures("loaded")
def test_a_clock_of_working_hours_ends_to_the_minute() -> None:
    assert due(at("2026-11-23T10:45"), clock(4, "working_hours")) == at("2026-11-23T16:45")


@pytest.mark.usefixtures("loaded")
def test_a_clock_that_does_not_roll_over_may_end_on_a_sunday() -> None:
    assert due(at("2026-11-21T08:00"), clock(1, "days", rolls_over=False)) == at("2026-11-22T23:00")


@pytest.mark.usefixtures("loaded")
def test_hours_that_roll_over_give_way_to_the_next_working_day() -> None:
    assert due(at("2026-11-20T10:00"), clock(24, "hours", rolls_over=True)) == at("2026-11-23T23:00")


@pytest.mark.usefixtures("loaded")
def test_a_pause_takes_out_the_days_after_it_began_up_to_the_one_it_ended_on() -> None:
    start, code = at("2026-11-02T08:00"), clock(3, "working_days")
    assert due(start, code) == at("2026-11-05T17:00")
    assert due(start, code, pauses=[(at("2026-11-03T09:00"), at("2026-11-03T15:00"))]) == at("2026-11-05T17:00")
    assert due(start, code, pauses=[(at("2026-11-03T09:00"), at("2026-11-05T15:00"))]) == at("2026-11-09T17:00")


@with_database
@given(start=MOMENTS, code=st.sampled_from(REPORT_CLOCKS), pauses=PAUSES)
@pytest.mark.usefixtures("loaded")
def test_pauses_only_delay_and_a_clock_of_days_ends_on_a_working_day(
    start: datetime, code: str, pauses: list[Pause]
) -> None:
    end = due(start, code, pauses=pauses)
    assert end >= due(start, code) > start
    if code != "report.open":
        assert is_working_day(end.date())
        assert end.time() == time(23)


@with_database
@given(start=MOMENTS, later=st.integers(0, 2000), code=st.sampled_from(REPORT_CLOCKS))
@pytest.mark.usefixtures("loaded")
def test_what_comes_later_is_never_due_earlier(start: datetime, later: int, code: str) -> None:
    assert due(start + timedelta(hours=later), code) >= due(start, code)


@with_database
@given(hour=MOMENTS.map(lambda moment: moment.replace(minute=0, second=0, microsecond=0)))
@pytest.mark.usefixtures("loaded")
def test_r9_the_dues_of_a_report_are_whole_hours(hour: datetime) -> None:
    for moment in report_dues(hour):
        assert (moment.minute, moment.second, moment.microsecond) == (0, 0, 0)


@pytest.mark.usefixtures("empty")
def test_empty_tables_say_to_run_load_calendar() -> None:
    with pytest.raises(NotLoaded, match="manage.py load_calendar"):
        report_dues(at("2026-11-22T10:00"))


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("code", "start"), [("report.unknown", "2026-11-22T10:00"), ("report.open", "2017-12-31T10:00")]
)
def test_an_unknown_clock_or_a_day_before_the_law_is_refused(code: str, start: str) -> None:
    with pytest.raises(NoClock, match="Không có thời hạn"):
        due(at(start), code)


@pytest.mark.usefixtures("loaded")
def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due(datetime(2026, 11, 22), "report.open")  # noqa: DTZ001 - the mistake under test


@pytest.mark.usefixtures("loaded")
def test_the_report_path_asks_the_database_once_an_hour(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    forget()
    hour = at("2026-11-22T10:00")
    with django_assert_num_queries(3):
        first = report_dues(hour)
    with django_assert_num_queries(0):
        assert report_dues(hour) == first
        report_dues(hour + timedelta(hours=1))


@pytest.mark.usefixtures("loaded")
def test_a_changed_clock_is_heard_of_after_forget() -> None:
    hour = at("2026-11-22T10:00")
    before = report_dues(hour)
    Clock.objects.filter(code="report.open").update(amount=12)
    assert report_dues(hour) == before
    forget()
    assert report_dues(hour)[0] == before[0] - timedelta(hours=12)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"amount": 0}, {"until": date(2020, 1, 1)}])
def test_the_database_refuses_a_clock_that_cannot_run(wrong: dict[str, object]) -> None:
    row = {"code": "x", "amount": 1, "unit": "days", "since": date(2020, 1, 1), "legal_basis": "x", **wrong}
    with pytest.raises(IntegrityError):
        Clock.objects.create(**row)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("kind", "opened", "resolved"),
    [
        # received on Friday 6 November 2026 at 10:00 in Vietnam
        ("crime", "2026-11-07T10:00", "2026-11-26T23:00"),
        ("democracy", "2026-11-13T16:00", "2026-11-30T16:00"),  # 24 November, Culture Day, is off
        ("complaint", "2026-11-17T16:00", "2026-12-07T23:00"),  # the 30th day is a Sunday
    ],
)
def test_each_kind_of_mailbox_has_its_own_clocks_and_both_end_with_a_whole_hour_in_time(
    kind: str, opened: str, resolved: str
) -> None:
    assert report_dues(at("2026-11-06T10:00"), kind) == (at(opened), at(resolved))


@pytest.mark.usefixtures("loaded")
def test_a_day_of_the_office_ends_with_the_last_whole_hour_before_it_closes() -> None:
    assert due_hour(at("2026-11-06T10:00"), "report.tell") == at("2026-11-11T16:00")
