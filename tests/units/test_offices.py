"""Offices: what they cover, who stands above them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from keng.ledger.models import Entry
from keng.units.models import Coverage, Office, Unit
from keng.units.names import Refused
from keng.units.offices import MOST_ABOVE, Details, add, change, cover, uncover
from tests.cast import FOUNDED, unit
from tests.units.places import commune, covered, dien_bien, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def quang_lam() -> Unit:
    return commune("03164", "Quảng Lâm")


def details(**other: Any) -> Details:
    return Details(**{"name": "Đồn Biên phòng Na Cô Sa", "kind": "border_post", "above": None, **other})


def test_an_office_is_added_with_what_it_covers(quang_lam: Unit) -> None:
    made = add(
        code="bp-na-co-sa",
        details=details(phone="0215 3 123 456"),
        covers=[quang_lam],
        by="quan",
        office="ca-dien-bien",
    )
    assert (made.province_id, made.search_key, made.valid_from) == (
        "11",
        "don bien phong na co sa",
        timezone.localdate(),
    )
    assert covered(made) == ["03164"]
    assert list(Entry.objects.order_by("verb").values_list("verb", "subject", "purpose", "by")) == [
        ("units.coverage.added", "bp-na-co-sa", "Xã Quảng Lâm", "quan"),
        ("units.office.added", "bp-na-co-sa", "Đồn Biên phòng Na Cô Sa", "quan"),
    ]


@pytest.mark.parametrize("code", ["", "BP", "bp--x", "-bp", "bp_x", "đồn", "x" * 61, "bp\n", "../x"])
def test_a_code_that_could_not_stand_in_an_address_is_refused(quang_lam: Unit, code: str) -> None:
    with pytest.raises(Refused, match="Mã cơ quan"):
        add(code=code, details=details(), covers=[quang_lam], by="quan")
    assert not Office.objects.exists()


def test_a_code_is_used_once_for_ever_and_an_office_covers_something(quang_lam: Unit) -> None:
    add(code="bp", details=details(), covers=[quang_lam], by="quan")
    with pytest.raises(Refused, match="đã có"):
        add(code="bp", details=details(), covers=[quang_lam], by="quan")
    with pytest.raises(Refused, match="địa bàn"):
        add(code="khac", details=details(), covers=[], by="quan")


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"kind": "hop_tac_xa"}, {"phone": "9" * 21}, {"address": "x" * 201}, {"address": "\x00"}],
    ids=repr,
)
def test_details_that_do_not_fit_are_refused_and_change_nothing(quang_lam: Unit, wrong: dict[str, str]) -> None:
    made = add(code="bp", details=details(), covers=[quang_lam], by="quan")
    entries = Entry.objects.count()
    with pytest.raises(Refused):
        change(changed=made, details=details(**wrong), by="quan")
    made.refresh_from_db()
    assert made.name == "Đồn Biên phòng Na Cô Sa"
    assert Entry.objects.count() == entries


def test_a_change_is_told_in_the_ledger_and_no_change_is_not(quang_lam: Unit) -> None:
    made = add(code="bp", details=details(), covers=[quang_lam], by="quan")
    change(changed=made, details=details(), by="quan")
    assert not Entry.objects.filter(verb="units.office.changed").exists()
    change(changed=made, details=details(name="Đồn Na Cô Sa"), by="quan")
    assert Entry.objects.get(verb="units.office.changed").purpose == "name: Đồn Biên phòng Na Cô Sa → Đồn Na Cô Sa"
    assert Office.objects.get(code="bp").search_key == "don na co sa"


def test_coverage_is_dated_and_saying_it_twice_changes_nothing(quang_lam: Unit) -> None:
    other = commune("03165", "Nậm Vì")
    made = add(code="bp", details=details(), covers=[quang_lam], by="quan")
    assert (
        cover(office_covering=made, unit=other, by="quan").pk == cover(office_covering=made, unit=other, by="quan").pk
    )
    uncover(office_covering=made, unit=quang_lam, by="quan")
    uncover(office_covering=made, unit=quang_lam, by="quan")
    assert covered(made) == ["03165"]
    assert Coverage.objects.count() == 2
    assert Entry.objects.filter(verb="units.coverage.ended").count() == 1
    cover(office_covering=made, unit=quang_lam, by="quan")
    assert covered(made) == ["03164", "03165"]


def test_the_last_unit_and_another_provinces_are_refused(quang_lam: Unit) -> None:
    made = add(code="bp", details=details(), covers=[quang_lam], by="quan")
    with pytest.raises(Refused, match="ít nhất một"):
        uncover(office_covering=made, unit=quang_lam, by="quan")
    foreign = commune("03439", "Thu Lũm", province=unit("12", "Lai Châu", "tinh"))
    with pytest.raises(Refused, match="tỉnh khác"):
        cover(office_covering=made, unit=foreign, by="quan")
    with pytest.raises(Refused, match="tỉnh khác"):
        add(code="khac", details=details(), covers=[quang_lam, foreign], by="quan")
    assert not Office.objects.filter(code="khac").exists()
    assert cover(office_covering=made, unit=dien_bien(), by="quan").pk


def test_an_ended_unit_is_covered_no_more(quang_lam: Unit) -> None:
    made = add(code="bp", details=details(), covers=[quang_lam], by="quan")
    gone = commune("03165", "Nậm Vì")
    Unit.objects.filter(code=gone.code).update(valid_to=timezone.localdate() - timedelta(days=1))
    gone.refresh_from_db()
    with pytest.raises(Refused, match="đã kết thúc"):
        cover(office_covering=made, unit=gone, by="quan")


def test_nobody_stands_above_themselves_however_long_the_ring(quang_lam: Unit) -> None:
    top = post("tren", quang_lam)
    middle = post("giua", quang_lam, above=top)
    bottom = post("duoi", quang_lam, above=middle)
    for above in (top, middle, bottom):
        with pytest.raises(Refused, match="chính nó"):
            change(changed=top, details=details(above=above), by="quan")
    top.refresh_from_db()
    assert top.above is None


def test_a_chain_is_no_longer_than_the_permissions_walk(quang_lam: Unit) -> None:
    chain = [post("c0", quang_lam)]
    for level in range(1, MOST_ABOVE + 1):
        chain.append(add(code=f"c{level}", details=details(above=chain[-1]), covers=[quang_lam], by="quan"))
    with pytest.raises(Refused, match="nhiều nhất"):
        add(code="qua", details=details(above=chain[-1]), covers=[quang_lam], by="quan")
    with pytest.raises(Refused, match="nhiều nhất"):
        change(changed=chain[0], details=details(above=post("dinh", quang_lam)), by="quan")


def test_the_database_refuses_what_the_services_would(quang_lam: Unit) -> None:
    made = post("bp", quang_lam)
    wrong = [
        lambda: Office.objects.filter(pk=made.pk).update(above=made),
        lambda: Office.objects.filter(pk=made.pk).update(valid_to=FOUNDED - timedelta(days=1)),
        lambda: Unit.objects.filter(pk="03164").update(parent=None),
        lambda: Unit.objects.filter(pk="11").update(parent="11"),
        lambda: Unit.objects.filter(pk="03164").update(valid_to=FOUNDED - timedelta(days=1)),
        lambda: Coverage.objects.create(office=made, unit=quang_lam, valid_from=timezone.localdate()),
        lambda: quang_lam.villages.create(name="x", valid_from=FOUNDED, valid_to=FOUNDED - timedelta(days=1)),
    ]
    for attempt in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
