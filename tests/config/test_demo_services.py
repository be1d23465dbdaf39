"""Which dossiers the demo files: as published, the same ones each time, by people who don't exist."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from config.demo.services.plan import COUNTS, THANH_YEN, dossiers
from config.demo.services.residents import known
from keng.core.calendar.load import load_calendar

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _calendar() -> None:
    load_calendar()


def test_thanh_yen_had_more_than_500_in_2025_and_its_neighbours_some() -> None:
    planned = dossiers(NOW)
    first = Counter(one.resident.commune for one in planned if one.filed.year == 2025)
    assert first[THANH_YEN] > 500
    assert min(first[commune] for commune in COUNTS) > 50
    assert 1900 < len(planned) < 2200


def test_they_are_the_same_each_time_and_in_order_and_none_is_to_come() -> None:
    planned = dossiers(NOW)
    assert planned == dossiers(NOW)
    assert planned == sorted(planned, key=lambda one: one.filed)
    assert planned[-1].filed < NOW


def test_a_sample_is_spread_over_the_whole_time() -> None:
    few = dossiers(NOW, most=100)
    assert 80 <= len(few) <= 150
    assert {one.resident for one in few} >= set(known())
    assert few[0].filed.year == 2025
    assert (NOW - few[-1].filed).days < 30


def test_every_resident_has_a_number_of_their_own_that_agrees_with_sex_and_birth() -> None:
    people = {one.resident for one in dossiers(NOW)}
    assert len({one.number for one in people}) == len(people) > 500
    for one in people:
        assert re.fullmatch(r"011\d{9}", one.number)
        assert one.number[4:6] == f"{one.born.year % 100:02d}"
        assert (int(one.number[3]) % 2 == 1) == (" Thị" in one.name)


def test_at_the_counter_and_at_home_work_is_done_on_working_days() -> None:
    assert {one.filed.isoweekday() for one in dossiers(NOW) if one.channel != "online"} <= {1, 2, 3, 4, 5, 6}
    assert {one.channel for one in dossiers(NOW)} == {"online", "counter", "home"}
