"""A commune merged, an office ended while dossiers are open there: they go on elsewhere, under the same code, and the resident is told."""

from datetime import date

import pytest

from keng.ledger.models import Entry
from keng.procedures.dossiers import moving, services
from keng.procedures.models import Event, Message
from keng.units.changes import Basis, NewUnit, merge, split
from keng.units.models import Coverage, Office
from tests.cast import office
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import accepted, at, counter_draft, decided, draft, submitted

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)
BASIS = Basis(date=DAY, decision="12/NQ-HĐND", by="quan")


@pytest.fixture
def police(cast: Province) -> Office:
    return office("ca-quang-lam", "Công an xã Quảng Lâm", "commune_police", cast.quang_lam)


def end(*offices: Office) -> None:
    Office.objects.filter(pk__in=[one.pk for one in offices]).update(valid_to=DAY)


def test_after_a_merger_an_open_dossier_is_the_successors_and_its_code_stays(cast: Province, police: Office) -> None:
    dossier, closed = decided(cast), services.withdraw(dossier=submitted(cast), by=None)
    code = dossier.code
    merge(units=[cast.thanh_yen], into=cast.quang_lam, basis=BASIS)
    end(cast.neighbour, cast.centre)
    assert moving.reroute_all() == 1
    assert moving.reroute_all() == 0
    dossier.refresh_from_db()
    assert (dossier.code, dossier.unit, dossier.office, dossier.owner) == (code, cast.quang_lam, police, None)
    assert dossier.state == "processing"
    entry = Entry.objects.get(verb="procedures.dossier.routed")
    assert (entry.case, entry.by, entry.purpose) == (code, "", "system:unit_ended")
    assert Event.objects.get(kind="routed").note == "Công an xã Thanh Yên → Công an xã Quảng Lâm"
    assert Message.objects.get(kind="routed").values["office"] == "Công an xã Quảng Lâm"
    closed.refresh_from_db()
    assert closed.office == cast.centre


def test_while_both_offices_stand_the_same_officer_goes_on(cast: Province, police: Office) -> None:
    dossier = decided(cast)
    merge(units=[cast.thanh_yen], into=cast.quang_lam, basis=BASIS)
    assert moving.reroute_all() == 1
    dossier.refresh_from_db()
    assert (dossier.unit, dossier.office, dossier.owner) == (cast.quang_lam, cast.neighbour, cast.khoa)
    assert moving.reroute_all() == 0


def test_two_communes_that_became_a_third_pass_on_through_it(cast: Province, police: Office) -> None:
    dossier = decided(cast)
    whole = merge(units=[cast.thanh_yen, cast.quang_lam], into=NewUnit("03999", "Thanh Quảng", "xa"), basis=BASIS)
    end(cast.neighbour)
    assert moving.reroute_all() == 1
    dossier.refresh_from_db()
    assert (dossier.unit, dossier.office) == (whole, police)


def test_what_lies_at_an_office_that_lost_the_commune_goes_on(cast: Province, police: Office) -> None:
    dossier = decided(cast)
    Coverage.objects.filter(office=cast.neighbour).update(valid_to=DAY)
    Coverage.objects.create(office=police, unit=cast.thanh_yen, valid_from=DAY)
    assert moving.reroute_all() == 1
    dossier.refresh_from_db()
    assert (dossier.office, dossier.unit) == (police, cast.thanh_yen)
    assert Entry.objects.get(verb="procedures.dossier.routed").purpose == "system:office_ended"


def test_with_nobody_to_take_it_over_it_stays_and_the_log_says_so(
    cast: Province, caplog: pytest.LogCaptureFixture
) -> None:
    dossier = decided(cast)
    end(cast.neighbour)
    assert moving.reroute_all() == 0
    dossier.refresh_from_db()
    assert dossier.office == cast.neighbour
    assert dossier.code in caplog.text


def test_a_split_commune_leaves_the_dossier_with_the_office_that_covers_its_parts(cast: Province) -> None:
    dossier = decided(cast)
    parts = [NewUnit("03991", "Thanh Yên 1", "xa"), NewUnit("03992", "Thanh Yên 2", "xa")]
    split(unit=cast.thanh_yen, parts=parts, ends=True, basis=BASIS)
    assert moving.reroute_all() == 0
    dossier.refresh_from_db()
    assert dossier.office == cast.neighbour


def test_a_counter_elsewhere_keeps_what_it_took_in(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = services.submit(draft=counter_draft(cast, cast.lam, cast.other_centre), by=cast.lam)
        Coverage.objects.create(
            office=cast.other_centre, unit=office("x", "X", "border_post", cast.quang_lam).covers.get(), valid_from=date(2025, 8, 1),
            valid_to=DAY,
        )  # fmt: skip
        assert moving.reroute_all() == 0
    dossier.refresh_from_db()
    assert dossier.office == cast.other_centre


def test_a_new_dossier_for_the_merged_commune_goes_to_whoever_covers_the_whole(cast: Province, police: Office) -> None:
    _ = accepted(cast)
    merge(units=[cast.thanh_yen], into=cast.quang_lam, basis=BASIS)
    end(cast.neighbour, cast.centre)
    dossier = services.submit(draft=draft(cast, unit=cast.quang_lam), by=None)
    assert dossier.office == cast.other_centre


def test_a_dossier_of_a_split_commune_goes_on_to_its_end(cast: Province) -> None:
    """The offices of the old commune cover its parts, and so it can be decided."""
    dossier = accepted(cast)
    parts = [NewUnit("03991", "Thanh Yên 1", "xa"), NewUnit("03992", "Thanh Yên 2", "xa")]
    split(unit=cast.thanh_yen, parts=parts, ends=True, basis=BASIS)
    services.advance(dossier=dossier, by=cast.thu, to=cast.khoa)
    assert (dossier.office, dossier.unit) == (cast.neighbour, cast.thanh_yen)
    services.finish(dossier=dossier, by=cast.khoa)
    assert dossier.state == "done"


def test_where_the_parts_go_apart_it_goes_on_in_the_one_that_the_holding_office_covers(cast: Province) -> None:
    dossier = accepted(cast)
    parts = [NewUnit("03991", "Thanh Yên 1", "xa"), NewUnit("03992", "Thanh Yên 2", "xa")]
    first, second = split(unit=cast.thanh_yen, parts=parts, ends=True, basis=BASIS)
    Coverage.objects.filter(office=cast.centre, unit=first).delete()
    Coverage.objects.filter(office=cast.neighbour).delete()
    for code, unit in (("ca-1", first), ("ca-2", second)):
        made = office(code, f"Công an {unit.name}", "commune_police", cast.quang_lam)
        Coverage.objects.create(office=made, unit=unit, valid_from=DAY)
    services.advance(dossier=dossier, by=cast.thu)
    assert dossier.office.code == "ca-2"


def test_an_office_that_ended_after_a_split_is_followed_by_one_of_a_part(cast: Province) -> None:
    dossier = decided(cast)
    parts = [NewUnit("03991", "Thanh Yên 1", "xa"), NewUnit("03992", "Thanh Yên 2", "xa")]
    first, _second = split(unit=cast.thanh_yen, parts=parts, ends=True, basis=BASIS)
    end(cast.neighbour)
    made = office("ca-1", "Công an xã Thanh Yên 1", "commune_police", cast.quang_lam)
    Coverage.objects.create(office=made, unit=first, valid_from=DAY)
    assert moving.reroute_all() == 1
    dossier.refresh_from_db()
    assert dossier.office == made
