"""Communes merged, split, merged again, offices ended: whatever the chain, a dossier reaches an office that stands, if there is one."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from keng.procedures.dossiers import moving, services
from keng.procedures.dossiers.heirs import heirs, successor
from keng.procedures.dossiers.routing import today
from keng.procedures.models import Dossier, State
from keng.units.changes import Basis, NewUnit, merge, split
from keng.units.models import Coverage, Office, Unit, Village
from tests.cast import office, unit
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import accepted, at, counter_draft, decided

pytestmark = pytest.mark.django_db
POLICE, CENTRE = "commune_police", "service_centre"


def on(number: int) -> Basis:
    return Basis(date=date(2026, 9, 1) + timedelta(days=number), decision=f"{number}/NQ-HĐND", by="quan")


def new(code: str) -> NewUnit:
    return NewUnit(code, f"Xã số {code}", "xa")


def halves(whole: Unit, number: int, *codes: str, ends: bool = True) -> list[Unit]:
    return split(unit=whole, parts=[new(code) for code in codes or ("03991", "03992")], ends=ends, basis=on(number))


def fresh(code: str, kind: str, place: Unit, number: int) -> Office:
    """An office that was opened then."""
    made = Office.objects.create(
        code=code, name=code, kind=kind, province=place.parent or place, valid_from=on(number).date
    )
    Coverage.objects.create(office=made, unit=place, valid_from=on(number).date)
    return made


def close(*offices: Office) -> None:
    Office.objects.filter(pk__in=[one.pk for one in offices]).update(valid_to=on(70).date)


def settle(dossier: Dossier) -> tuple[Unit, Office]:
    """Where it lies once the chore has run, and that it lies there for good."""
    moving.reroute_all()
    assert moving.reroute_all() == 0
    dossier.refresh_from_db()
    return dossier.unit, dossier.office


@pytest.fixture
def police(cast: Province) -> Office:
    return office("ca-quang-lam", "Công an xã Quảng Lâm", POLICE, cast.quang_lam)


@pytest.fixture
def third(cast: Province) -> Unit:
    return unit("03200", "Mường Nhé", parent=cast.province)


def test_merged_and_merged_again_it_goes_to_the_last_of_them(cast: Province, police: Office, third: Unit) -> None:
    last = office("ca-muong-nhe", "Công an xã Mường Nhé", POLICE, third)
    dossier = decided(cast)
    merge(units=[cast.thanh_yen], into=cast.quang_lam, basis=on(1))
    merge(units=[cast.quang_lam], into=third, basis=on(2))
    close(cast.neighbour, police)
    assert settle(dossier) == (third, last)


def test_split_and_both_parts_merged_into_one_that_one_is_certain(cast: Province, police: Office) -> None:
    dossier = decided(cast)
    parts = halves(cast.thanh_yen, 1)
    merge(units=[parts[0]], into=cast.quang_lam, basis=on(2))
    merge(units=[parts[1]], into=cast.quang_lam, basis=on(3))
    close(cast.neighbour)
    assert settle(dossier) == (cast.quang_lam, police)


def test_split_and_the_first_part_merged_it_goes_where_an_office_stands(cast: Province, police: Office) -> None:
    dossier = decided(cast)
    first, _second = halves(cast.thanh_yen, 1)
    merge(units=[first], into=cast.quang_lam, basis=on(2))
    close(cast.neighbour)
    assert settle(dossier) == (cast.thanh_yen, police), (
        "which part was meant nobody can tell: the old commune's name stays"
    )


def test_split_and_one_part_merged_the_office_that_covers_what_is_left_goes_on(cast: Province, police: Office) -> None:
    """It covered the whole, so it covers what came of it; the same officer goes on."""
    dossier = decided(cast)
    first, _second = halves(cast.thanh_yen, 1)
    merge(units=[first], into=cast.quang_lam, basis=on(2))
    assert settle(dossier) == (cast.thanh_yen, cast.neighbour)
    assert dossier.owner == cast.khoa


def test_where_the_first_part_has_no_office_the_next_has(cast: Province) -> None:
    dossier = decided(cast)
    _first, second = halves(cast.thanh_yen, 1)
    close(cast.neighbour)
    made = fresh("ca-2", POLICE, second, 71)
    assert settle(dossier) == (cast.thanh_yen, made)


def test_merged_into_one_that_was_split_keeps_the_commune_that_is_certain(cast: Province, third: Unit) -> None:
    dossier = decided(cast)
    merge(units=[cast.thanh_yen], into=third, basis=on(1))
    first, _second = halves(third, 2)
    close(cast.neighbour)
    made = fresh("ca-1", POLICE, first, 71)
    assert settle(dossier) == (third, made)


def test_a_part_of_a_part_is_found(cast: Province) -> None:
    dossier = decided(cast)
    first, second = halves(cast.thanh_yen, 1)
    deeper = halves(first, 2, "03993", "03994")
    merge(units=[deeper[0], second], into=deeper[1], basis=on(3))
    close(cast.neighbour)
    made = fresh("ca-4", POLICE, deeper[1], 71)
    assert settle(dossier) == (deeper[1], made)


def test_a_part_that_left_before_is_no_heir_of_what_ended_later(cast: Province, police: Office) -> None:
    dossier = decided(cast)
    [left] = halves(cast.thanh_yen, 1, "03990", ends=False)
    later = halves(cast.thanh_yen, 2)
    close(cast.neighbour)
    fresh("ca-0", POLICE, left, 71)
    made = fresh("ca-2", POLICE, later[1], 71)
    assert settle(dossier) == (cast.thanh_yen, made)
    assert heirs(dossier.unit, today()) == later


def test_while_a_split_commune_stands_it_is_its_own_heir(cast: Province) -> None:
    dossier = decided(cast)
    [left] = halves(cast.thanh_yen, 1, "03990", ends=False)
    assert settle(dossier) == (cast.thanh_yen, cast.neighbour)
    assert successor(left, today()) == left


def test_what_ended_without_a_word_of_what_followed_stays_where_it_is(cast: Province) -> None:
    dossier = decided(cast)
    Unit.objects.filter(pk=cast.thanh_yen.pk).update(valid_to=on(1).date)
    close(cast.neighbour)
    assert settle(dossier) == (cast.thanh_yen, cast.neighbour)


def test_before_the_chore_has_run_an_officer_passes_it_on_all_the_same(cast: Province, police: Office) -> None:
    dossier = accepted(cast)
    parts = halves(cast.thanh_yen, 1)
    for number, part in enumerate(parts):
        merge(units=[part], into=cast.quang_lam, basis=on(2 + number))
    close(cast.neighbour)
    services.advance(dossier=dossier, by=cast.thu)
    assert dossier.office == police


# -- a counter elsewhere -----------------------------------------------------------------------------------------------


def at_the_other_counter(cast: Province) -> Dossier:
    with at("2026-09-01 08:00"):
        return services.submit(draft=counter_draft(cast, cast.lam, cast.other_centre), by=cast.lam)


def test_what_a_counter_elsewhere_took_in_goes_to_the_communes_own_when_that_counter_ends(
    cast: Province, third: Unit
) -> None:
    dossier = at_the_other_counter(cast)
    merge(units=[cast.quang_lam], into=third, basis=on(1))
    close(cast.other_centre)
    fresh("pvhcc-muong-nhe", CENTRE, third, 71)
    assert settle(dossier) == (cast.thanh_yen, cast.centre)


def finished(cast: Province, dossier: Dossier) -> None:
    services.accept(dossier=dossier, by=cast.lam)
    services.advance(dossier=dossier, by=cast.lam, to=cast.khoa)
    services.finish(dossier=dossier, by=cast.khoa)


@pytest.mark.parametrize("ended_before", [False, True])
def test_a_result_is_fetched_where_the_ended_counters_work_goes_on(
    cast: Province, third: Unit, ended_before: bool
) -> None:
    dossier = at_the_other_counter(cast)
    there = fresh("pvhcc-muong-nhe", CENTRE, third, 1)
    services.accept(dossier=dossier, by=cast.lam)
    services.advance(dossier=dossier, by=cast.lam, to=cast.khoa)
    if not ended_before:
        services.finish(dossier=dossier, by=cast.khoa)
        assert dossier.office == cast.other_centre
    merge(units=[cast.quang_lam], into=third, basis=on(2))
    close(cast.other_centre)
    if ended_before:
        services.finish(dossier=dossier, by=cast.khoa)
        assert (dossier.office, dossier.state) == (there, State.DONE)
        document = dossier.messages.get(kind="finished")
        assert document.values["fetch"] == there.name
    assert settle(dossier) == (cast.thanh_yen, there)


def test_a_result_whose_counter_has_nobody_after_it_is_fetched_in_the_commune(cast: Province) -> None:
    dossier = at_the_other_counter(cast)
    finished(cast, dossier)
    close(cast.other_centre)
    assert settle(dossier) == (cast.thanh_yen, cast.centre)


# -- any chain ---------------------------------------------------------------------------------------------------------

CHANGES = st.lists(
    st.tuples(st.sampled_from(["merge", "found", "split", "part"]), st.integers(0, 9), st.integers(0, 9)), max_size=6
)
ENDS = st.lists(st.integers(0, 9), max_size=4)
OPENS = st.lists(st.integers(0, 9), max_size=3)


class History:
    """Changes of communes as they are entered, and beside them, reckoned apart, what came of each: code -> codes."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.standing = list(units)
        self.came_of = {one.pk: {one.pk} for one in self.standing}
        self.number = 0

    def change(self, deed: str, one: int, other: int) -> None:
        self.number += 1
        first, second = (self.standing[place % len(self.standing)] for place in (one, other))
        codes = [f"04{self.number:02}{part}" for part in range(2)]
        if deed in ("merge", "found"):
            if first == second:
                return
            into = merge(
                units=[first, second], into=second if deed == "merge" else new(codes[0]), basis=on(self.number)
            )
            self._became([first] if deed == "merge" else [first, second], [into])
        else:
            ends = deed == "split"
            parts = halves(first, self.number, *codes[: 2 if ends else 1], ends=ends)
            self._became([first] if ends else [], parts)

    def _became(self, ended: list[Unit], made: list[Unit]) -> None:
        gone, come = {one.pk for one in ended}, {one.pk for one in made}
        for codes in self.came_of.values():
            if codes & gone:
                codes -= gone
                codes |= come
        self.standing = [one for one in self.standing if one not in ended]
        self.standing += [one for one in made if one not in self.standing]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
)
@example(changes=[("part", 2, 0)], ends=[0, 1], opens=[3])
@given(changes=CHANGES, ends=ENDS, opens=OPENS)
def test_whatever_the_chain_no_dossier_stays_at_an_ended_office_where_another_could_go_on(
    cast: Province, police: Office, third: Unit, changes: list[tuple[str, int, int]], ends: list[int], opens: list[int]
) -> None:
    _ = (cast.an, Village.objects.all().delete())  # what stays, and what would have to be shared out
    with transaction.atomic():
        anything(cast, changes, ends, opens)
        transaction.set_rollback(True)


def anything(cast: Province, changes: list[tuple[str, int, int]], ends: list[int], opens: list[int]) -> None:
    dossier = decided(cast)
    history = History(Unit.objects.filter(parent=cast.province).order_by("pk"))
    for change in changes:
        history.change(*change)
    kind = dossier.office.kind
    there = list(Office.objects.filter(kind=kind).order_by("pk"))
    close(*(there[place % len(there)] for place in ends))
    for number, chosen in enumerate(opens):
        fresh(f"moi-{number}", kind, history.standing[chosen % len(history.standing)], 71)
    came = history.came_of[cast.thanh_yen.pk]
    able = set(Office.objects.current().filter(kind=kind, coverage__unit__in=came, coverage__valid_to=None))
    before = dossier.office
    place, holder = settle(dossier)
    assert {one.pk for one in heirs(Unit.objects.get(pk=cast.thanh_yen.pk), today())} == came
    assert not able or len(came) > 1 or place.pk in came
    assert holder in able if able else holder == before
    assert before not in able or holder == before, "who may go on, goes on"
