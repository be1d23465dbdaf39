"""The sums are what counting from the beginning gives, whatever happened to the dossiers (ADR 37)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from keng.core.registry import chores
from keng.procedures.figures import upkeep
from keng.procedures.models import Dossier, DossierTally, Procedure
from tests.procedures.cast import Province
from tests.procedures.slips.dossiers import ACCEPTED, dossier

DONE = ACCEPTED + timedelta(days=2)


def sums() -> dict[tuple[Any, ...], tuple[int, int]]:
    """What the tally holds, added up, without what came to nothing."""
    found: dict[tuple[Any, ...], tuple[int, int]] = {}
    for *key, number, minutes in DossierTally.objects.values_list(
        "office", "unit", "procedure", "month", "channel", "what", "number", "minutes"
    ):
        before = found.get(tuple(key), (0, 0))
        found[tuple(key)] = (before[0] + number, before[1] + minutes)
    return {key: numbers for key, numbers in found.items() if any(numbers)}


def anew() -> dict[tuple[Any, ...], tuple[int, int]]:
    """The same, counted from the dossiers in plain Python."""
    found: dict[tuple[Any, ...], tuple[int, int]] = {}
    for one in Dossier.objects.filter(test=False):
        answers = one.closing_office_id or one.office_id
        facts = [(one.first_office_id, one.submitted_at, one.channel, "received", 0)]
        if answers != one.first_office_id:
            facts.append((answers, one.submitted_at, "", "came", 0))
            facts.append((one.first_office_id, one.submitted_at, "", "gone", 0))
        if one.closed_at:
            facts.append((answers, one.closed_at, "", one.in_time or "untimed", one.worked_minutes or 0))
        for office, at, channel, what, minutes in facts:
            local = at + timedelta(hours=7)
            month = local.year * 100 + local.month
            for key in (
                (office, one.unit_id, None, month, channel, what),
                (office, None, one.procedure_id, month, channel, what),
            ):
                before = found.get(key, (0, 0))
                found[key] = (before[0] + 1, before[1] + minutes)
    return found


def test_a_dossier_is_counted_when_it_comes_and_when_it_ends(db: None) -> None:
    cast = Province()
    of = dossier(cast)
    assert sorted(key[5] for key in sums()) == ["received", "received"]
    of.closed_at, of.in_time, of.worked_minutes = DONE, "early", 840
    of.save()
    assert sums() == anew()
    ended = [numbers for key, numbers in sums().items() if key[5] == "early"]
    assert ended == [(1, 840), (1, 840)]


def test_a_months_last_minute_is_the_local_one(db: None) -> None:
    """30 November, 23:59:59 and a second later in Vietnam, which is still November in UTC."""
    cast = Province()
    dossier(cast, 1, submitted_at=datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC))
    dossier(cast, 2, submitted_at=datetime(2026, 11, 30, 17, 0, 0, tzinfo=UTC))
    assert {key[3]: numbers[0] for key, numbers in sums().items() if key[1]} == {202611: 1, 202612: 1}


def test_a_test_dossier_is_never_counted_until_it_is_none(db: None) -> None:
    cast = Province()
    of = dossier(cast, test=True, closed_at=DONE, in_time="on")
    assert sums() == {}
    Dossier.objects.filter(pk=of.pk).update(test=False)
    assert sums() == anew() != {}
    of.delete()
    assert sums() == {}


OFFICES, CHANNELS = ("neighbour", "centre", "other_centre"), ("online", "counter", "home")
UNITS, PROCEDURES = ("thanh_yen", "quang_lam"), ("first", "second")
CHANGES = st.one_of(
    st.tuples(st.sampled_from(["office", "first_office", "closing_office"]), st.sampled_from(OFFICES)),
    st.tuples(st.just("closing_office"), st.none()),
    st.tuples(st.just("unit"), st.sampled_from(UNITS)),
    st.tuples(st.just("procedure"), st.sampled_from(PROCEDURES)),
    st.tuples(st.just("channel"), st.sampled_from(CHANNELS)),
    st.tuples(st.just("test"), st.booleans()),
    st.tuples(st.just("in_time"), st.sampled_from(["", "early", "on", "late"])),
    st.tuples(st.just("worked_minutes"), st.one_of(st.none(), st.integers(0, 9000))),
    st.tuples(st.just("closed_at"), st.one_of(st.none(), st.integers(0, 90))),
    st.tuples(st.just("submitted_at"), st.integers(0, 90)),
    st.tuples(st.just("state"), st.sampled_from(["submitted", "processing"])),
    st.tuples(st.just("compact"), st.none()),
    st.tuples(st.just("delete"), st.none()),
)


def second_procedure(cast: Province) -> Procedure:
    return Procedure.objects.get_or_create(code="1.004222", defaults={"field": cast.version.procedure.field})[0]


def others(cast: Province) -> dict[str, Any]:
    """A value for each column that a sum hangs on, other than the one `dossier` gave."""
    return {
        "first_office": cast.centre,
        "office": cast.centre,
        "closing_office": cast.centre,
        "unit": cast.quang_lam,
        "procedure": second_procedure(cast),
        "channel": "home",
        "submitted_at": ACCEPTED - timedelta(days=40),
        "closed_at": DONE + timedelta(days=40),
        "in_time": "late",
        "worked_minutes": 99,
        "test": True,
    }


@pytest.mark.parametrize(
    "column",
    [
        "first_office",
        "office",
        "closing_office",
        "unit",
        "procedure",
        "channel",
        "submitted_at",
        "closed_at",
        "in_time",
        "worked_minutes",
        "test",
    ],
)
def test_whichever_column_of_a_dossier_changes_its_sums_move_with_it(db: None, column: str) -> None:
    cast = Province()
    of = dossier(cast, closed_at=DONE, in_time="early", worked_minutes=840)
    before = sums()
    for change in ({column: others(cast)[column]}, {column: getattr(of, column)}):
        Dossier.objects.filter(pk=of.pk).update(**change)
        assert sums() == anew()
        assert (sums() == before) is (change == {column: getattr(of, column)})


def test_a_dossier_that_is_deleted_leaves_no_sum_of_how_it_ended(db: None) -> None:
    cast = Province()
    dossier(cast, 1, closed_at=DONE, in_time="late", worked_minutes=5000).delete()
    assert sums() == {}
    assert upkeep.tally.compact() == 8
    assert not DossierTally.objects.exists()


class TestAnyHistory(TestCase):
    @settings(max_examples=25)
    @given(st.lists(st.tuples(st.integers(1, 4), CHANGES), max_size=14))
    def test_whatever_happens_the_sums_are_those_of_a_count_from_the_beginning(self, story: list[Any]) -> None:
        cast = Province()
        for number in range(1, 5):
            dossier(cast, number)
        for number, (name, value) in story:
            one = Dossier.objects.filter(code=f"H11-261102-{number:04d}")
            if name == "compact":
                upkeep.tally.compact()
            elif name == "delete":
                one.delete()
            else:
                one.update(**{name: self.meant(cast, name, value)})
        assert sums() == anew()
        upkeep.tally.compact()
        assert sums() == anew()
        assert DossierTally.objects.count() == len(anew())

    @staticmethod
    def meant(cast: Province, name: str, value):
        if value is not None and (name == "unit" or name.endswith("office")):
            return getattr(cast, value)
        if name == "procedure":
            return cast.version.procedure if value == "first" else second_procedure(cast)
        return ACCEPTED + timedelta(days=value) if name.endswith("_at") and value is not None else value


def test_counting_all_anew_gives_what_the_triggers_kept(db: None) -> None:
    cast = Province()
    for number in range(1, 9):
        dossier(
            cast,
            number,
            test=number == 3,
            closed_at=DONE if number % 2 else None,
            in_time="late" if number == 5 else "",
            worked_minutes=100 * number if number % 2 else None,
        )
    kept = sums()
    assert upkeep.tally.count_all() == 7
    assert sums() == kept == anew()
    assert not upkeep.tally.missing(connection)


def test_compacting_saves_rows_and_is_a_chore(db: None) -> None:
    cast = Province()
    for number in range(1, 6):
        dossier(cast, number)
    assert DossierTally.objects.count() == 10
    assert upkeep.tally.compact() == 8
    compact = set(DossierTally.objects.values_list("pk", flat=True))
    assert upkeep.tally.compact() == 0
    assert set(DossierTally.objects.values_list("pk", flat=True)) == compact, "what is compact is not written again"
    assert chores["procedures.compact_figures"].run == upkeep.tally.compact


@pytest.mark.parametrize("name", ["dossier_received_added", "dossier_ended_moved"])
def test_a_missing_trigger_is_noticed(db: None, name: str) -> None:
    on = f" ON {upkeep.TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert upkeep.tally.missing(connection) == {name}
    upkeep.tally.create(connection)
    assert upkeep.tally.missing(connection) == set()
