"""When a dossier is due: over Tết, across a swapped Saturday, from 16:59, paused twice; how near that is, and whether it came in time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.core.calendar import is_working_day, working_time_between
from keng.procedures.dossiers import deadlines, services
from keng.procedures.models import Dossier, ProcedureVersion, State
from tests.procedures.cast import STEPS, Province
from tests.procedures.dossiers.filed import HERE, accepted, at, submitted

pytestmark = pytest.mark.django_db


def version(amount: int = 3, unit: str = "working_days") -> ProcedureVersion:
    return ProcedureVersion(amount=amount, time_unit=unit, steps=STEPS)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


@pytest.mark.parametrize(
    ("accepted_at", "amount", "unit", "due"),
    [
        # Tết 2026: 16 to 20 February off
        ("2026-02-13 08:00", 3, "working_days", "2026-02-25 17:00"),
        ("2026-02-13 16:00", 4, "working_hours", "2026-02-23 10:30"),
        # Saturday 22 August is worked for Monday 31 August
        ("2026-08-20 08:00", 2, "working_days", "2026-08-22 17:00"),
        ("2026-08-28 08:00", 1, "working_days", "2026-09-03 17:00"),
        # A minute before closing
        ("2026-11-20 16:59", 1, "working_days", "2026-11-23 17:00"),
        ("2026-11-20 16:59", 1, "working_hours", "2026-11-23 08:29"),
        # Days: the last one whole; a last day off gives way
        ("2026-11-20 09:00", 2, "days", "2026-11-23 23:59"),
        ("2026-11-20 09:00", 1, "months", "2026-12-21 23:59"),
    ],
)
def test_a_result_is_due(accepted_at: str, amount: int, unit: str, due: str) -> None:
    assert deadlines.due(local(accepted_at), version(amount, unit)) == local(due)


def test_paused_twice_the_days_of_both_are_left_out() -> None:
    """The days on which they began count; 24 November is off, so is the weekend."""
    pauses = [
        (local("2026-11-25 09:00"), local("2026-11-27 10:00")),
        (local("2026-11-30 09:00"), local("2026-12-02 10:00")),
    ]
    assert deadlines.due(local("2026-11-23 08:00"), version(3), pauses) == local("2026-12-03 17:00")


MOMENTS = st.integers(0, 330 * 24 * 60).map(lambda one: datetime(2026, 1, 2, tzinfo=HERE) + timedelta(minutes=one))
MINUTES = st.integers(1, 20 * 24 * 60).map(lambda one: timedelta(minutes=one))


@given(MOMENTS, st.integers(1, 60), st.sampled_from(["working_days", "working_hours", "days"]), MINUTES, MINUTES)
def test_a_pause_never_shortens_the_time_and_a_longer_one_never_shortens_it_more(
    start: datetime, amount: int, unit: str, before: timedelta, length: timedelta
) -> None:
    plain = deadlines.due(start, version(amount, unit))
    pause = (start + before, start + before + length)
    paused = deadlines.due(start, version(amount, unit), [pause])
    longer = deadlines.due(start, version(amount, unit), [(pause[0], pause[1] + timedelta(days=2))])
    assert start < plain <= paused <= longer
    if pause[0] >= plain:
        assert paused == plain


@given(MOMENTS, MINUTES, MINUTES)
def test_what_was_left_when_the_clock_stopped_is_left_when_it_goes_on(
    since: datetime, left: timedelta, length: timedelta
) -> None:
    end, until = since + left, since + length
    moved = deadlines.moved(end, since, until)
    assert moved is not None
    assert working_time_between(until, moved) == working_time_between(since, end)
    assert deadlines.moved(since, since, until) == since
    assert deadlines.moved(None, since, until) is None


@given(MOMENTS, st.integers(1, 30), MINUTES)
def test_early_on_time_and_late_follow_each_other(start: datetime, amount: int, after: timedelta) -> None:
    """The later it is ready, the worse; at the last minute it is in time, one office minute later it is not."""
    dossier = Dossier(accepted_at=start, version=version(amount))
    order = ["early", "on", "late"]
    due = deadlines.due(start, dossier.version)
    assert deadlines.how(dossier, due, []) == "on"
    worse = [
        deadlines.how(dossier, moment, []) for moment in sorted([start, start + after, due, due + timedelta(days=9)])
    ]
    assert worse == sorted(worse, key=order.index)
    day = due.date()
    while not is_working_day(day := day + timedelta(days=1)):
        pass
    assert deadlines.how(dossier, deadlines.end_of(day).replace(hour=7, minute=30), []) == "on"
    assert deadlines.how(dossier, deadlines.end_of(day).replace(hour=7, minute=31), []) == "late"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-23 08:00", ""),
        ("2026-11-25 08:00", ""),
        ("2026-11-26 08:00", "soon"),
        ("2026-11-27 07:00", "today"),
        ("2026-11-27 17:00", "today"),
        ("2026-11-27 17:01", "late"),
    ],
)
def test_it_is_said_before_it_is_late_and_the_whole_day_on_which_it_is_due(
    cast: Province, moment: str, said: str
) -> None:
    with at("2026-11-23 08:00"):
        dossier = accepted(cast)
    with at(moment):
        assert deadlines.warn(dossier) == said


def test_a_friday_is_soon_before_a_monday(cast: Province) -> None:
    with at("2026-11-25 08:00"):
        dossier = accepted(cast)
    with at("2026-11-27 16:00"):
        assert dossier.due is not None
        assert dossier.due.date() == date(2026, 11, 30)
        assert deadlines.warn(dossier) == "soon"


def test_before_acceptance_the_check_itself_is_due(cast: Province) -> None:
    with at("2026-11-23 14:00"):
        dossier = submitted(cast)
    with at("2026-11-25 08:00"):
        assert deadlines.warn(dossier) == "today"
    with at("2026-11-25 08:31"):
        assert deadlines.warn(dossier) == "late"


def test_while_the_resident_is_awaited_nothing_of_ours_is_late(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = accepted(cast)
        services.ask_supplement(dossier=dossier, items=[{"title": "Ảnh"}], by_day=date(2026, 12, 24), by=cast.thu)
    with at("2026-12-20 08:00"):
        assert dossier.state == State.WAITING
        assert deadlines.warn(dossier) == ""


def test_what_was_never_accepted_is_neither_early_nor_late() -> None:
    assert deadlines.how(Dossier(version=version()), local("2026-11-23 08:00"), []) == ""
    assert deadlines.worked_minutes(Dossier(version=version()), local("2026-11-23 08:00"), []) is None


@pytest.mark.parametrize(
    ("closed", "months", "until"),
    [
        ("2026-11-23 08:00", 60, "2031-11-23"),
        ("2026-01-31 08:00", 1, "2026-02-28"),
        ("2026-12-31 23:30", 2, "2027-02-28"),
        ("2026-10-31 08:00", 1, "2026-11-30"),
        ("2026-11-30 08:00", 13, "2027-12-30"),
        ("2026-03-01 00:30", 12, "2027-03-01"),  # the chore stops dossiers at night; in UTC it is still February
    ],
)
def test_data_are_kept_for_whole_months(closed: str, months: int, until: str) -> None:
    assert deadlines.kept_until(local(closed), months) == date.fromisoformat(until)
    assert deadlines.kept_until(local(closed).astimezone(UTC), months) == date.fromisoformat(until)


def test_a_resident_is_given_thirty_days_unless_the_officer_says_otherwise() -> None:
    assert deadlines.answer_until(local("2026-11-23 08:00")) == date(2026, 12, 23)


@pytest.mark.parametrize(
    ("unit", "moment", "in_time"),
    [
        # Four office hours from 8:00 end at 14:00, for nobody works from 11:30 to 13:30.
        ("working_hours", "2026-11-23 11:00", "early"),
        ("working_hours", "2026-11-23 11:01", "on"),
        ("working_hours", "2026-11-23 14:00", "on"),
        ("working_hours", "2026-11-23 14:01", "late"),
        # Plain hours run at noon too, and end at 12:00.
        ("hours", "2026-11-23 10:30", "early"),
        ("hours", "2026-11-23 10:31", "on"),
        ("hours", "2026-11-23 12:00", "on"),
        ("hours", "2026-11-23 12:01", "late"),
    ],
)
def test_a_time_in_hours_is_early_by_an_office_hour_and_late_by_a_minute(unit: str, moment: str, in_time: str) -> None:
    dossier = Dossier(accepted_at=local("2026-11-23 08:00"), version=version(4, unit))
    assert deadlines.how(dossier, local(moment), []) == in_time
