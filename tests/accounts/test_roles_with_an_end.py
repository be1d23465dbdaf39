"""A role to a day: it holds through that day by the local clock, ends by itself, and is extended by another that follows it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.timezone import localdate

from keng.accounts import people, permissions
from keng.accounts.models import Appointment, Role
from keng.accounts.permissions import has_role
from keng.ledger.models import Entry
from tests.accounts.test_people import refused
from tests.cast import Cast, user

pytestmark = pytest.mark.django_db
IN_A_WEEK = timedelta(days=7)


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.quan, made.hoa, made.nam, made.lan, made.neighbour
    return made


def acting(cast, until: date | None, role: Role = Role.CUSTODIAN) -> Appointment:
    """Hoà acts as the neighbour's custodian."""
    return people.give_role(user=cast.hoa, office=cast.neighbour, role=role, until=until, by=cast.quan)


def at(monkeypatch, moment: datetime) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    monkeypatch.setattr(permissions, "datetime", Clock)


def test_a_role_to_a_day_holds_through_that_day_by_the_local_clock_and_no_longer(cast, monkeypatch):
    last = localdate() + IN_A_WEEK
    given = acting(cast, last)
    midnight = datetime.combine(last + timedelta(days=1), datetime.min.time(), UTC) - timedelta(hours=7)
    assert given.until == midnight
    assert given.last_day == last
    at(monkeypatch, midnight - timedelta(seconds=1))
    assert has_role(cast.hoa, cast.neighbour, Role.CUSTODIAN)
    at(monkeypatch, midnight)
    assert not has_role(cast.hoa, cast.neighbour, Role.CUSTODIAN)


def test_the_entry_says_from_when_to_when(cast):
    last = localdate() + IN_A_WEEK
    acting(cast, last)
    entry = Entry.objects.get(verb="accounts.role.given")
    assert (entry.case, entry.purpose) == ("custodian", f"{localdate():%Y-%m-%d}..{last:%Y-%m-%d}")


@pytest.mark.parametrize("days", [-1, 3654])
def test_an_end_gone_by_or_very_far_off_is_refused(cast, days):
    refused(people.BAD_UNTIL, acting, cast=cast, until=localdate() + timedelta(days=days))


def test_today_may_be_the_last_day(cast):
    assert acting(cast, localdate()).last_day == localdate()
    assert has_role(cast.hoa, cast.neighbour, Role.CUSTODIAN)


def test_a_role_is_extended_by_another_that_begins_where_it_ends(cast):
    first = acting(cast, localdate() + IN_A_WEEK)
    second = acting(cast, localdate() + 2 * IN_A_WEEK)
    assert (second.since, second.pk == first.pk, second.to_come) == (first.until, False, True)
    third = acting(cast, None)
    assert third.since == second.until


@pytest.mark.parametrize("days", [0, 6, 7])
def test_a_role_within_the_time_of_one_held_already_is_refused(cast, days):
    acting(cast, localdate() + IN_A_WEEK)
    refused(people.HAS_ROLE, acting, cast=cast, until=localdate() + timedelta(days=days))


def test_beside_a_role_without_an_end_none_with_an_end_is_given(cast):
    acting(cast, None)
    refused(people.HAS_ROLE, acting, cast=cast, until=localdate() + IN_A_WEEK)


def test_nobody_both_administers_and_reads_not_even_from_a_later_day(cast):
    second = user("second", "Quản trị hai", (cast.neighbour, Role.LEADER))
    by = {"user": second, "office": cast.neighbour, "by": cast.quan}
    people.give_role(role=Role.OFFICER, until=localdate(), **by)
    people.give_role(role=Role.OFFICER, until=localdate() + IN_A_WEEK, **by)
    Appointment.objects.filter(user=second, role=Role.OFFICER, since__lte=datetime.now(UTC)).delete()
    refused(people.APART, people.give_role, role=Role.ADMINISTRATOR, **by)


def test_ending_a_role_early_strikes_out_what_was_to_follow_it(cast):
    first = acting(cast, localdate() + IN_A_WEEK)
    acting(cast, None)
    people.end_role(appointment=first, by=cast.quan)
    assert not has_role(cast.hoa, cast.neighbour, Role.CUSTODIAN)
    assert not Appointment.objects.filter(user=cast.hoa, office=cast.neighbour, until=None).exists()
    refused(people.ENDED, people.end_role, appointment=first, by=cast.quan)


def test_what_was_to_follow_is_struck_out_alone_and_the_role_held_now_stays(cast):
    acting(cast, localdate() + IN_A_WEEK)
    people.end_role(appointment=acting(cast, None), by=cast.quan)
    assert has_role(cast.hoa, cast.neighbour, Role.CUSTODIAN)
    assert Appointment.objects.filter(user=cast.hoa, office=cast.neighbour).count() == 1
