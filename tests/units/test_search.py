"""Search over the whole country's units, and over villages and offices."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from keng.units.load import load_units
from keng.units.models import Unit, Village
from keng.units.search import MOST_FOUND, Rank, search, search_offices, search_units, search_villages
from tests.cast import FOUNDED
from tests.units.places import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def country(db: None) -> None:
    load_units()
    quang_lam = Unit.objects.get(code="03164")
    for name in ("Bản Na Cô Sa 1", "Bản Na Cô Sa 2", "Bản Dền Thàng"):
        Village.objects.create(unit=quang_lam, name=name, valid_from=FOUNDED)
    Village.objects.create(unit=Unit.objects.get(code="03439"), name="Bản Na Cô", valid_from=FOUNDED)
    post("na-co-sa", quang_lam)


# The country takes a second to load, so a test asks it all its questions.
FIRST = {
    "dien bien": "Tỉnh Điện Biên",
    "Điện Biên": "Tỉnh Điện Biên",
    "ĐIỆN BIÊN PHỦ": "Phường Điện Biên Phủ",
    "thanh pho ho chi minh": "Thành phố Hồ Chí Minh",
    "xa dung": "Xã Xa Dung",
    "dac khu phu quoc": "Đặc khu Phú Quốc",
    "dong nai": "Thành phố Đồng Nai",
    "thu lum": "Xã Thu Lũm",
    "ea hleo": "Xã Ea H'Leo",
    "ea h’leo": "Xã Ea H'Leo",
}


@pytest.mark.usefixtures("country")
def test_a_name_is_found_without_accents_or_case() -> None:
    first = {query: search_units(query)[0].thing for query in FIRST}
    assert {query: thing.full_name for query, thing in first.items() if isinstance(thing, Unit)} == FIRST


@pytest.mark.usefixtures("country")
def test_the_province_behind_the_name_tells_two_of_one_name_apart() -> None:
    for query in (
        "quang lam dien bien",
        "xa quang lam dien bien",
        "xã Quảng Lâm, tỉnh Điện Biên",
        "Quảng Lâm (Điện Biên)",
        "  QUANG   LAM dien biên ",
    ):
        exact = [(found.thing.pk, found.where) for found in search_units(query) if found.rank is Rank.EXACT]
        assert exact == [("03164", "Tỉnh Điện Biên")], query


@pytest.mark.usefixtures("country")
def test_without_a_province_both_are_found_and_the_nearer_comes_first() -> None:
    for query in ("xa quang lam", "quang lam", "Quảng Lâm"):
        for near, codes in {"11": ["03164", "01304"], "04": ["01304", "03164"], "": ["01304", "03164"]}.items():
            found = [each.thing.pk for each in search_units(query, near=near) if each.rank is Rank.EXACT]
            assert found == codes, (query, near)


@pytest.mark.usefixtures("country")
def test_results_rank_exact_prefix_word_within() -> None:
    assert [each.rank for each in search_units("quang")] == sorted(each.rank for each in search_units("quang"))
    ranks = {query: search_units(query)[0].rank for query in ("thu lum", "thu lu", "lum thu", "hu lum")}
    assert ranks == {"thu lum": Rank.EXACT, "thu lu": Rank.PREFIX, "lum thu": Rank.WORD, "hu lum": Rank.WITHIN}


@pytest.mark.usefixtures("country")
def test_villages_and_offices_are_found_with_where_they_lie() -> None:
    village = search_villages("ban na co sa 1 quang lam dien bien")[0]
    assert (str(village.thing), village.rank, village.where) == (
        "Bản Na Cô Sa 1",
        Rank.EXACT,
        "Xã Quảng Lâm, Tỉnh Điện Biên",
    )
    assert [str(each.thing) for each in search_villages("bản na cô")][:1] == ["Bản Na Cô"]
    assert len(search_villages("na co")) == 3
    office = search_offices("đồn na-co-sa")[0]
    assert (str(office.thing), office.where) == ("Đồn na-co-sa", "Tỉnh Điện Biên")
    kinds = {type(each.thing).__name__ for each in search("na co sa")}
    assert kinds == {"Village", "Office"}


@pytest.mark.usefixtures("country")
def test_what_has_ended_is_found_no_more() -> None:
    Unit.objects.filter(code="03439").update(valid_to=FOUNDED)
    assert search_units("thu lum") == []
    Village.objects.filter(name="Bản Dền Thàng").update(valid_to=FOUNDED)
    assert search_villages("den thang") == []


@pytest.mark.usefixtures("country")
def test_odd_queries_find_nothing_and_do_no_harm() -> None:
    odd = ["", "   ", "%", "_", "'; DROP TABLE units_unit; --", "\x00", "\u202e", "zzzzzz", "a" * 10_000]
    assert {query: search(query) for query in odd} == {query: [] for query in odd}
    assert Unit.objects.count() == 3355


@pytest.mark.usefixtures("country")
def test_the_number_of_queries_and_results_is_bounded(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for query in ("quang lam dien bien", "a", "tinh thanh pho xa phuong a b c d e f", "xa"):
        with django_assert_max_num_queries(6):
            assert len(search(query)) <= MOST_FOUND


@pytest.mark.usefixtures("country")
def test_every_commune_is_found_by_its_own_name_and_province() -> None:
    communes = list(Unit.objects.exclude(parent=None).select_related("parent").order_by("code"))[::97]
    for unit in communes:
        assert unit.parent is not None
        found = search_units(f"{unit.name} {unit.parent.name}")
        assert unit.pk in [each.thing.pk for each in found if each.rank is Rank.EXACT], unit.name


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(query=st.text(max_size=60))
@pytest.mark.usefixtures("country")
def test_any_text_can_be_searched(query: str) -> None:
    found = search(query)
    assert [each.rank for each in found] == sorted(each.rank for each in found)
