"""Villages: entered one by one or as a list, with errors by line."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from keng.ledger.models import Entry
from keng.units import village_lists, villages
from keng.units.models import Unit, Village
from keng.units.names import Refused, clean_name
from tests.units.places import commune, dien_bien, names

pytestmark = pytest.mark.django_db
COMMUNES = Unit.objects.exclude(parent=None)


@pytest.fixture
def quang_lam() -> Unit:
    return commune("03164", "Quảng Lâm", "Bản Na Cô Sa 1")


def test_a_village_is_added_renamed_and_ended_each_with_its_entry(quang_lam: Unit) -> None:
    village = villages.add(unit=quang_lam, name=" Bản  Na Cô Sa 2 ", by="quan", office="ca-dien-bien")
    assert (village.name, village.search_key, village.valid_from) == (
        "Bản Na Cô Sa 2",
        "ban na co sa 2",
        timezone.localdate(),
    )
    villages.rename(village=village, name="Bản Na Cô Sa 3", by="quan")
    villages.rename(village=village, name="Bản Na Cô Sa 3", by="quan")
    villages.end(village=village, by="quan")
    villages.end(village=village, by="quan")
    assert names(quang_lam) == ["Bản Na Cô Sa 1"]
    assert set(Entry.objects.values_list("verb", "subject", "by")) == {
        ("units.village.added", "03164", "quan"),
        ("units.village.renamed", "03164", "quan"),
        ("units.village.ended", "03164", "quan"),
    }
    assert Entry.objects.count() == 3


def test_a_village_ended_by_mistake_is_entered_again_the_same_day(quang_lam: Unit) -> None:
    village = villages.add(unit=quang_lam, name="Bản Mới", by="quan")
    villages.end(village=village, by="quan")
    assert villages.add(unit=quang_lam, name="Bản Mới", by="quan").pk == village.pk
    assert "Bản Mới" in names(quang_lam)


@pytest.mark.parametrize("name", ["", "   ", "---", "\x00", "Bản\u202e", "Bản\u200b", "x" * 121, "ﷺ" * 8])
def test_a_name_that_cannot_be_read_is_refused(quang_lam: Unit, name: str) -> None:
    with pytest.raises(Refused):
        villages.add(unit=quang_lam, name=name, by="quan")
    with pytest.raises(Refused):
        villages.rename(village=quang_lam.villages.get(), name=name, by="quan")
    assert not Entry.objects.exists()


def test_a_commune_has_no_two_villages_of_one_name(quang_lam: Unit) -> None:
    other = villages.add(unit=quang_lam, name="Bản 2", by="quan")
    with pytest.raises(Refused, match="đã có"):
        villages.add(unit=quang_lam, name="Bản Na Cô Sa 1", by="quan")
    with pytest.raises(Refused, match="đã có"):
        villages.rename(village=other, name="Bản Na Cô Sa 1", by="quan")
    assert villages.add(unit=commune("03165", "Nậm Vì"), name="Bản Na Cô Sa 1", by="quan").pk


def test_a_province_has_no_villages_of_its_own() -> None:
    with pytest.raises(Refused, match="một xã đang có"):
        villages.add(unit=dien_bien(), name="Bản 1", by="quan")


def test_a_list_says_first_what_it_would_change_and_changes_nothing(quang_lam: Unit) -> None:
    made = village_lists.plan(
        "Tên bản\n1\tBản Na Cô Sa 1\n2\tBản Na Co Sa 1\n\n3\tBản Dền Thàng\n", within=COMMUNES, commune=quang_lam
    )
    assert [line.name for line in made.known] == ["Bản Na Cô Sa 1"]
    assert [(line.number, line.name, line.alike) for line in made.new] == [
        (3, "Bản Na Co Sa 1", "Bản Na Cô Sa 1"),
        (5, "Bản Dền Thàng", ""),
    ]
    assert made.errors == []
    assert Village.objects.count() == 1


@pytest.mark.parametrize("mark", ["\t", ";", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_list_of_several_communes_is_carried_out_whole(quang_lam: Unit, mark: str, end: str) -> None:
    commune("03165", "Nậm Vì")
    text = "\ufeff" + end.join([f"Mã xã{mark}Tên bản", f"03164{mark}Bản 2", f"03165{mark}Bản 1", f'03165{mark}"Bản 2"'])
    village_lists.carry_out(text, within=COMMUNES, by="quan", office="ca-dien-bien")
    assert names(quang_lam) == ["Bản 2", "Bản Na Cô Sa 1"]
    assert names(Unit.objects.get(code="03165")) == ["Bản 1", "Bản 2"]
    assert set(Entry.objects.values_list("verb", "subject", "purpose")) == {
        ("units.villages.imported", "03164", "1 bản"),
        ("units.villages.imported", "03165", "2 bản"),
    }
    village_lists.carry_out(text, within=COMMUNES, by="quan")
    assert (Village.objects.count(), Entry.objects.count()) == (4, 2)


def test_a_list_with_wrong_lines_names_them_and_enters_nothing(quang_lam: Unit) -> None:
    text = "03164,Bản 2\n99999,Bản 1\nBản không mã\n03164,\n03164,Bản 2\n03164,B\u202eản\n11,Bản tỉnh"
    made = village_lists.plan(text, within=COMMUNES)
    assert [number for number, _sentence in made.errors] == [2, 3, 4, 5, 6, 7]
    assert all(sentence.endswith(".") for _number, sentence in made.errors)
    with pytest.raises(Refused, match="6 dòng sai"):
        village_lists.carry_out(text, within=COMMUNES, by="quan")
    assert names(quang_lam) == ["Bản Na Cô Sa 1"]
    assert not Entry.objects.exists()


def test_another_communes_code_is_refused_where_it_is_out_of_reach(quang_lam: Unit) -> None:
    commune("03165", "Nậm Vì")
    within = COMMUNES.filter(code="03164")
    made = village_lists.plan("03164,Bản 2\n03165,Bản 2", within=within)
    assert [number for number, _sentence in made.errors] == [2]


def test_a_village_ended_today_comes_back_with_a_list(quang_lam: Unit) -> None:
    village = villages.add(unit=quang_lam, name="Bản 2", by="quan")
    villages.end(village=village, by="quan")
    village_lists.carry_out("Bản 2", within=COMMUNES, commune=quang_lam, by="quan")
    assert names(quang_lam) == ["Bản 2", "Bản Na Cô Sa 1"]


@pytest.mark.parametrize("text", ["Bản 1\n" * 5001, "x" * 400_001])
def test_a_list_too_long_is_refused_with_a_sentence(quang_lam: Unit, text: str) -> None:
    with pytest.raises(Refused, match="dài quá"):
        village_lists.plan(text, within=COMMUNES, commune=quang_lam)


@pytest.mark.usefixtures("quang_lam")
@pytest.mark.parametrize("lines", [2, 400])
def test_reading_a_list_takes_two_queries_whatever_its_length(
    django_assert_num_queries: DjangoAssertNumQueries, lines: int
) -> None:
    text = "\n".join(f"03164,Bản {number}" for number in range(lines))
    with django_assert_num_queries(2):
        assert len(village_lists.plan(text, within=COMMUNES).new) == lines


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(max_size=300))
def test_any_text_is_read_without_failing_and_every_line_ends_up_once(quang_lam: Unit, text: str) -> None:
    made = village_lists.plan(text, within=COMMUNES, commune=quang_lam)
    numbers = [line.number for line in (*made.new, *made.known)] + [number for number, _sentence in made.errors]
    assert len(numbers) == len(set(numbers))
    for line in made.new:
        assert clean_name(line.name) == line.name
    if not made.errors:
        village_lists.carry_out(text, within=COMMUNES, commune=quang_lam, by="quan")
        again = village_lists.plan(text, within=COMMUNES, commune=quang_lam)
        assert (again.new, again.errors) == ([], [])
