"""Renaming, changing kind, merging and splitting: dated, in the ledger, all or nothing."""

from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keng.ledger.models import Entry
from keng.units.changes import Basis, NewUnit, change_kind, merge, rename, split
from keng.units.models import Unit, UnitEvent
from keng.units.names import Refused
from tests.cast import FOUNDED, unit
from tests.units.places import DAY, basis, commune, covered, dien_bien, names, post

pytestmark = pytest.mark.django_db
BEFORE = DAY - timedelta(days=1)


def test_a_renamed_unit_remembers_its_old_name() -> None:
    place = commune("03164", "Quảng Lâm")
    rename(unit=place, name="  Quảng  Sơn ", basis=basis())
    place = Unit.objects.get(code="03164")
    assert (place.name, place.search_key) == ("Quảng Sơn", "quang son")
    assert [place.as_of(day).name for day in (FOUNDED, BEFORE, DAY)] == ["Quảng Lâm", "Quảng Lâm", "Quảng Sơn"]  # type: ignore[union-attr]
    entry = Entry.objects.get()
    assert (entry.verb, entry.subject, entry.by, entry.case) == ("units.unit.renamed", "03164", "quan", "12/NQ-HĐND")
    assert entry.purpose == "Quảng Lâm → Quảng Sơn"


def test_a_unit_is_unknown_before_it_began_and_after_it_ended() -> None:
    one, two = commune("03164", "Quảng Lâm"), commune("03165", "Nậm Vì")
    merge(units=[one], into=two, basis=basis())
    one.refresh_from_db()
    assert one.as_of(FOUNDED - timedelta(days=1)) is None
    assert one.as_of(BEFORE) is not None
    assert one.as_of(DAY) is None


def test_a_commune_becomes_a_ward_but_never_a_province() -> None:
    place = commune("03164", "Quảng Lâm")
    event = change_kind(unit=place, kind="phuong", basis=basis())
    assert event.says == "xã → phường"
    assert Unit.objects.get(code="03164").full_name == "Phường Quảng Lâm"
    for wrong in ("tinh", "phuong", "làng", ""):
        with pytest.raises(Refused):
            change_kind(unit=place, kind=wrong, basis=basis())
    assert Entry.objects.count() == 1


def test_merging_into_an_existing_commune_brings_villages_and_coverage_along() -> None:
    one, two = commune("03164", "Quảng Lâm", "Bản 1", "Bản 2"), commune("03165", "Nậm Vì", "Bản 1")
    don_one, don_two = post("mot", one), post("hai", one, two)
    whole = merge(units=[one, two], into=two, basis=basis())
    assert whole.pk == two.pk
    assert names(whole) == ["Bản 1", "Bản 1 (Quảng Lâm)", "Bản 2"]
    assert names(one) == []
    assert names(one, BEFORE) == ["Bản 1", "Bản 2"]
    assert (covered(don_one), covered(don_two)) == (["03165"], ["03165"])
    assert (covered(don_one, BEFORE), covered(don_two, BEFORE)) == (["03164"], ["03164", "03165"])
    one.refresh_from_db()
    assert one.valid_to == DAY
    assert [(event.kind, event.other_id) for event in one.events.all()] == [("merged", "03165")]


def test_merging_two_communes_founds_a_third() -> None:
    one, two = commune("03164", "Quảng Lâm", "Bản 1"), commune("03165", "Nậm Vì", "Bản 2")
    whole = merge(units=[one, two], into=NewUnit("03199", "Quảng Nậm", "xa"), basis=basis())
    assert (whole.full_name, whole.parent_id, whole.valid_from) == ("Xã Quảng Nậm", "11", DAY)
    assert names(whole) == ["Bản 1", "Bản 2"]
    assert [unit.code for unit in Unit.objects.current() if not unit.is_province] == ["03199"]
    assert sorted(Entry.objects.values_list("verb", flat=True)) == [
        "units.unit.founded",
        "units.unit.merged",
        "units.unit.merged",
    ]


def test_merging_provinces_moves_their_communes_and_each_remembers_its_province() -> None:
    lai_chau = unit("12", "Lai Châu", "tinh")
    place = commune("03439", "Thu Lũm", province=lai_chau)
    merge(units=[lai_chau], into=dien_bien(), basis=basis())
    place = Unit.objects.get(code="03439")
    assert place.parent_id == "11"
    assert [place.as_of(day).parent for day in (BEFORE, DAY)] == ["12", "11"]  # type: ignore[union-attr]


def test_splitting_off_a_part_leaves_the_rest() -> None:
    place = commune("03164", "Quảng Lâm", "Bản 1", "Bản 2")
    don = post("mot", place)
    moved = place.villages.get(name="Bản 2")
    (part,) = split(
        unit=place, parts=[NewUnit("03199", "Na Cô Sa", "xa", villages=[moved.pk])], ends=False, basis=basis()
    )
    assert (names(place), names(part)) == (["Bản 1"], ["Bản 2"])
    assert covered(don) == ["03164", "03199"]
    assert part.as_of(DAY) is not None
    assert part.events.get().other_id == "03164"


def test_splitting_up_needs_a_place_for_every_village() -> None:
    place = commune("03164", "Quảng Lâm", "Bản 1", "Bản 2")
    first, second = place.villages.order_by("name")
    halves = [NewUnit("03198", "Quảng Lâm Thượng", "xa", villages=[first.pk]), NewUnit("03199", "Quảng Lâm Hạ", "xa")]
    with pytest.raises(Refused, match="chưa giao"):
        split(unit=place, parts=halves, ends=True, basis=basis())
    assert Unit.objects.count() == 2
    assert names(place) == ["Bản 1", "Bản 2"]
    halves[1] = NewUnit("03199", "Quảng Lâm Hạ", "xa", villages=[second.pk])
    parts = split(unit=place, parts=halves, ends=True, basis=basis())
    assert [names(part) for part in parts] == [["Bản 1"], ["Bản 2"]]
    place.refresh_from_db()
    assert place.valid_to == DAY


def test_a_province_splits_by_its_communes() -> None:
    one, two = commune("03164", "Quảng Lâm"), commune("03165", "Nậm Vì")
    (part,) = split(
        unit=dien_bien(), parts=[NewUnit("13", "Mường Nhé", "tinh", communes=["03164"])], ends=False, basis=basis()
    )
    for place in (one, two):
        place.refresh_from_db()
    assert (one.parent_id, two.parent_id) == (part.code, "11")


def test_a_village_entered_after_the_decision_does_not_stand_in_the_way() -> None:
    one, two = commune("03164", "Quảng Lâm"), commune("03165", "Nậm Vì")
    one.villages.create(name="Bản mới", valid_from=timezone.localdate())
    merge(units=[one], into=two, basis=basis())
    assert names(two) == ["Bản mới"]


@pytest.mark.parametrize(
    ("day", "decision", "sentence"),
    [
        (date(2999, 1, 1), "1/NQ", "Chưa đến ngày"),
        (FOUNDED - timedelta(days=1), "1/NQ", "theo thứ tự"),
        (DAY, "  ", "Chưa ghi số quyết định"),
        (DAY, "x" * 121, "dài quá"),
    ],
)
def test_a_change_without_a_fitting_date_or_basis_is_refused(day: date, decision: str, sentence: str) -> None:
    place = commune("03164", "Quảng Lâm")
    with pytest.raises(Refused, match=sentence):
        rename(unit=place, name="Khác", basis=Basis(date=day, decision=decision, by="quan"))
    assert not UnitEvent.objects.exists()
    assert not Entry.objects.exists()


def test_changes_are_entered_in_the_order_of_their_dates_and_none_after_the_end() -> None:
    one, two = commune("03164", "Quảng Lâm"), commune("03165", "Nậm Vì")
    rename(unit=one, name="Mới", basis=basis())
    with pytest.raises(Refused, match="theo thứ tự"):
        rename(unit=one, name="Cũ hơn", basis=basis(BEFORE))
    merge(units=[one], into=two, basis=basis())
    with pytest.raises(Refused, match="đã kết thúc"):
        rename(unit=one, name="Sau khi hết", basis=basis())


@pytest.mark.parametrize(
    "new",
    [
        NewUnit("3199", "Mới", "xa"),
        NewUnit("03165", "Trùng mã", "xa"),
        NewUnit("0319x", "Mới", "xa"),
        NewUnit("٠٣١٩٩", "Mới", "xa"),
        NewUnit("03199", "", "xa"),
        NewUnit("03199", "Mới", "tinh"),
        NewUnit("03199", "Mới", "làng"),
        NewUnit("03199", "M\u202eới", "xa"),
        NewUnit("03199", "x" * 121, "xa"),
    ],
    ids=repr,
)
def test_a_new_unit_that_cannot_be_is_refused_and_nothing_is_changed(new: NewUnit) -> None:
    one, two = commune("03164", "Quảng Lâm"), commune("03165", "Nậm Vì")
    with pytest.raises(Refused):
        merge(units=[one, two], into=new, basis=basis())
    assert Unit.objects.filter(valid_to=None).count() == 3
    assert not Entry.objects.exists()


def test_a_merger_needs_two_units_of_one_level() -> None:
    one = commune("03164", "Quảng Lâm")
    with pytest.raises(Refused, match="ít nhất hai"):
        merge(units=[one, one], into=NewUnit("03199", "Mới", "xa"), basis=basis())
    with pytest.raises(Refused, match="ít nhất hai"):
        merge(units=[one], into=one, basis=basis())
    with pytest.raises(Refused, match="cùng cấp"):
        merge(units=[one], into=dien_bien(), basis=basis())
    with pytest.raises(Refused, match="ít nhất hai"):
        split(unit=one, parts=[NewUnit("03199", "Mới", "xa")], ends=True, basis=basis())
    with pytest.raises(Refused, match="cùng cấp"):
        split(unit=one, parts=[NewUnit("13", "Mới", "tinh")], ends=False, basis=basis())


def test_a_split_cannot_take_another_communes_village() -> None:
    one, two = commune("03164", "Quảng Lâm"), commune("03165", "Nậm Vì", "Bản 1")
    taken = NewUnit("03199", "Mới", "xa", villages=[two.villages.get().pk])
    with pytest.raises(Refused, match="không thuộc"):
        split(unit=one, parts=[taken], ends=False, basis=basis())


STEPS = st.tuples(
    st.sampled_from(["Một", "Hai", "Ba"]), st.sampled_from(["xa", "phuong", "dac_khu"]), st.integers(0, 40)
)


def take(place: Unit, name: str, kind: str, day: date) -> tuple[str, str]:
    """Renames and changes kind, where that is any change, and returns name and kind."""
    with suppress(Refused):
        rename(unit=place, name=name, basis=basis(day))
    with suppress(Refused):
        change_kind(unit=place, kind=kind, basis=basis(day))
    place.refresh_from_db()
    return place.name, place.kind


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(steps=st.lists(STEPS, max_size=6))
def test_as_of_gives_back_every_state_that_ever_was(steps: list[tuple[str, str, int]]) -> None:
    UnitEvent.objects.all().delete()
    Unit.objects.filter(code="03164").delete()
    place = commune("03164", "Quảng Lâm")
    day, states = FOUNDED, {FOUNDED: ("Quảng Lâm", "xa")}
    for name, kind, later in steps:
        day += timedelta(days=later)
        states[day] = take(place, name, kind, day)
    days = [*sorted(states), timezone.localdate()]
    for begins, ends in pairwise(days):
        for moment in {begins, max(begins, ends - timedelta(days=1))}:
            form = place.as_of(moment)
            assert form is not None
            assert (form.name, form.kind) == states[begins]
