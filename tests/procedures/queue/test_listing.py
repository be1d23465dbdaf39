"""What the queue's list is asked for: how much is late, who is offered as an owner, and no dossier out of reach by its last digits."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from keng.core import ids
from tests.accounts.signing_in import straight_in
from tests.procedures.queue.test_list import codes, get

pytestmark = pytest.mark.django_db


@pytest.fixture
def thu(desk, cast):
    straight_in(desk, cast.thu)
    return desk


def test_a_tab_says_how_much_of_it_is_late_of_ones_own_and_of_the_office(thu, cast):
    cast.row(-3, owner=cast.thu)
    cast.row(-5, owner=cast.ly)
    cast.row(1, owner=cast.thu)
    cast.row(2, owner=cast.ly)
    tabs = {tab["name"]: (tab["count"], tab["late"]) for tab in get(thu).context["tabs"]}
    assert (tabs["mine"], tabs["office"]) == ((2, 1), (4, 2))


def test_who_no_longer_works_at_the_office_is_not_offered_in_the_filter(thu, cast):
    assert [one.username for one in get(thu, tab="office").context["choices"]["owners"]] == ["thu"]
    begun = cast.ly.appointments.get().since
    assert {one.username for one in get(thu, tab="office").context["choices"]["owners"]} == {"ly", "thu"}
    cast.ly.appointments.update(until=begun + timedelta(seconds=1))
    assert [one.username for one in get(thu, tab="office").context["choices"]["owners"]] == ["thu"]


def test_what_is_due_later_today_is_not_late_and_what_was_due_this_morning_is_not_today(thu, cast, monkeypatch):
    noon = localtime(ids.now()).replace(hour=12, minute=0)
    monkeypatch.setattr(ids, "now", lambda: noon)
    late, due = cast.row(-1, owner=cast.thu), cast.row(3, owner=cast.thu)
    assert codes(get(thu, warn="late")) == [late.code]
    assert codes(get(thu, warn="today")) == [due.code]


def test_o2_the_last_digits_find_nothing_at_an_office_out_of_a_leaders_reach_and_nothing_that_was_a_test(desk, cast):
    below, test = cast.row(5, office=cast.neighbour), cast.row(7, office=cast.neighbour, test=True)
    beyond = cast.row(6, office=cast.other_centre)
    _ = cast.post
    straight_in(desk, cast.minh)
    found = [codes(get(desk, q=one.code[-4:])) for one in (below, test, beyond)]
    assert found == [[below.code], [], []]
    assert codes(get(desk, q=beyond.code)) == []
