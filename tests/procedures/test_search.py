"""The catalogue's search: what people type leads to what they mean, whatever they type does no harm."""

import threading
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from keng.core.text import fold
from keng.procedures import search
from keng.procedures.catalogue import services as catalogue
from keng.procedures.models import Field, LifeEvent, Procedure, ProcedureVersion
from keng.procedures.models.dossiers import now
from keng.procedures.search import Entry, Index, find
from keng.procedures.search_words import LONGEST_WORD, MOST_WORDS, everyday, sound, untangled, wordings, words_of
from keng.units.models import OfficeKind
from tests.procedures.cast import Province
from tests.procedures.posted import NAMES

INDEX = Index(Entry(place, fold(name), f"1{place:06}") for place, name in enumerate(NAMES))


def first(query: str) -> str:
    return next((NAMES[place] for place in INDEX.best(query, 1)), "")


# What was typed and what was meant


@pytest.mark.parametrize(
    "query",
    [
        "Đăng ký tạm trú", "dang ky tam tru", "ĐĂNG KÝ TẠM TRÚ", "tạm trú đăng ký", "đăng kí tạm chú", "dangky tamtru",
        "dang ky tham tru", "ddawng kys tamj trus", "d9a8ng ky1 ta5m tru1", "tôi muốn đăng ký tạm trú thì cần những gì",
    ],
)  # fmt: skip
def test_accents_slips_sounds_missing_spaces_and_typing_methods_are_forgiven(query: str) -> None:
    assert first(query) == "Đăng ký tạm trú"


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("làm giấy khai sinh", "Đăng ký khai sinh"),
        ("lam giay khai xinh cho con", "Đăng ký khai sinh"),
        ("chuyển khẩu", "Đăng ký thường trú"),
        ("tach khau", "Tách hộ"),
        ("mat can cuoc", "Cấp lại thẻ căn cước"),
        ("khach ngu lai", "Thông báo lưu trú"),
        ("giay doc than", "Cấp Giấy xác nhận tình trạng hôn nhân"),
        ("tiền người già", "Trợ cấp hưu trí xã hội hàng tháng"),
        ("so do", "Cấp Giấy chứng nhận quyền sử dụng đất lần đầu"),
    ],
)
def test_everyday_words_lead_to_the_posted_name(query: str, meant: str) -> None:
    assert first(query) == meant


def test_the_plain_procedure_comes_before_its_special_kinds_unless_they_are_asked_for() -> None:
    assert first("khai sinh") == "Đăng ký khai sinh"
    assert first("khai sinh nuoc ngoai") == "Đăng ký khai sinh có yếu tố nước ngoài"
    assert first("dang ky lai khai sinh") == "Đăng ký lại khai sinh"


def test_a_code_or_its_beginning_finds_its_procedure() -> None:
    index = Index([Entry(7, "dang ky tam tru", "1004194"), Entry(8, "tach ho", "1010038")])
    for query in ("1.004194", "1004194", "thủ tục 1.004194", "1.0041"):
        assert index.best(query, 5)[:1] == [7]


def test_the_whole_code_comes_before_a_longer_one_that_begins_with_it() -> None:
    held = Index([Entry(1, "cap", "10041944"), Entry(2, "dang ky tam tru", "1004194")])
    assert held.best("1.004194", 2) == [2, 1]


def test_what_has_little_of_what_was_asked_is_not_found() -> None:
    assert INDEX.best("xin visa du lịch Nhật Bản", 5) == []
    assert INDEX.best("zzzz", 5) == []
    assert Index([]).best("dang ky", 5) == []


def test_every_saying_is_one_that_words_can_match_and_means_something_of_its_own() -> None:
    assert len(everyday()) > 100
    assert all(said and len(said) <= 6 for said in everyday())
    assert ["dang", "ky", "thuong", "tru"] in list(wordings(["chuyen", "khau"]))
    assert list(wordings(["tam", "tru"])) == [["tam", "tru"]]


def test_sounds_taken_for_each_other_are_one() -> None:
    for one, other in [("tru", "chu"), ("sinh", "xin"), ("ky", "ki"), ("giay", "day"), ("nghe", "nge"), ("lam", "nam")]:
        assert sound(one) == sound(other)
    assert sound("tru") != sound("tu")


def test_words_are_taken_apart_only_where_all_parts_are_known() -> None:
    known = {"tam", "tru", "dang", "ky"}
    assert untangled(["tamtru", "dawng"], known) == ["tam", "tru", "dang"]
    assert untangled(["tamtruqq"], known) == ["tamtruqq"]


# Anything at all


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_s3_any_text_is_searched_for(query: str) -> None:
    assert len(INDEX.best(query, 20)) <= 20


@pytest.mark.parametrize(
    "query",
    ["", " ", "\x00", "\ud800", "a" * 1_000_000, "a " * 500_000, "ﷺ" * 10_000, "đ" * 999, "%s", "1" * 5000, "'; --"],
)
def test_s3_a_query_of_any_size_is_cut_before_it_costs(query: str) -> None:
    assert len(words_of(query)) <= MOST_WORDS
    assert all(len(word) <= LONGEST_WORD for word in words_of(query))
    INDEX.best(query, 20)


# Of the database


def version(code: str, name: str, *, by: Province, field: str = "cu-tru", **more: object) -> ProcedureVersion:
    place = Field.objects.get_or_create(slug=field, defaults={"name": "Cư trú"})[0]
    procedure, _new = Procedure.objects.get_or_create(code=code, defaults={"field": place})
    values = {
        "number": 1, "search_key": fold(name), "agency": "Công an xã", "competent": OfficeKind.COMMUNE_POLICE, "amount": 3,
        "result": "Thông báo", "valid_from": date(2025, 7, 1), "published_at": now(), "published_by": by.quan, **more,
    }  # fmt: skip
    return ProcedureVersion.objects.create(procedure=procedure, name=name, **values)


@pytest.fixture
def cast() -> Province:
    return Province()


@pytest.mark.django_db
def test_only_what_is_in_force_is_found_and_a_change_is_seen_at_once(cast: Province) -> None:
    old = cast.version
    assert find("tạm trú") == [old]
    draft = version("1.004194", "Đăng ký tạm trú mới", by=cast, number=2, published_at=None, published_by=None)
    assert find("tạm trú mới") == [old]
    today = timezone.localdate()
    ProcedureVersion.objects.filter(pk=old.pk).update(valid_to=today)
    ProcedureVersion.objects.filter(pk=draft.pk).update(
        published_at=now(), published_by=cast.quan, valid_from=today, search_key="dang ky tam tru moi"
    )
    assert find("tạm trú") == [draft]
    Procedure.objects.update(retired_on=today - timedelta(days=1))
    assert find("tạm trú") == []


@pytest.mark.django_db
def test_a_version_that_begins_tomorrow_is_found_tomorrow(cast: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    version("1.1", "Tách hộ", by=cast, valid_from=tomorrow)
    assert find("tách hộ") == []
    monkeypatch.setattr(timezone, "localdate", lambda *_: tomorrow)
    assert [found.name for found in find("tách hộ")] == ["Tách hộ"]


@pytest.mark.django_db
def test_the_life_event_and_the_field_help_to_find(cast: Province) -> None:
    moved = version("1.1", "Cấp giấy phép", by=cast)
    assert find("chuyển nhà") == []
    moved.procedure.life_events.add(LifeEvent.objects.create(slug="chuyen-nha", name="Chuyển nhà"))
    assert find("chuyển nhà") == [moved]


def test_a_word_of_the_name_counts_more_than_one_of_the_life_event() -> None:
    index = Index([Entry(1, "cap giay", "1000001", more="chuyen nha"), Entry(2, "khai bao khi chuyen nha", "1000002")])
    assert index.best("chuyen nha", 1) == [2]


@pytest.mark.django_db
def test_a_procedure_that_was_put_to_another_field_is_found_and_counted_there(cast: Province) -> None:
    moved = version("1.1", "Cấp giấy phép", by=cast)
    other = Field.objects.create(slug="ho-tich", name="Hộ tịch")
    assert (find("hộ tịch"), search.posted().in_field[other.pk]) == ([], 0)
    catalogue.place(
        procedure=moved.procedure, frame=catalogue.frame_of(moved.procedure) | {"field": "ho-tich"}, by=cast.quan
    )
    assert (find("hộ tịch"), search.posted().in_field[other.pk]) == ([moved], 1)


@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 40])
def test_the_number_of_queries_and_results_is_bounded(
    cast: Province, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(many):
        version(f"2.{number:06}", f"Cấp giấy phép {number}", by=cast)
    find("giấy phép")
    with django_assert_max_num_queries(6):
        found = find("giấy phép", limit=1000)
    assert len(found) == many
    with django_assert_max_num_queries(6):
        assert [each.procedure.field.name for each in find("giấy phép", limit=3)] == ["Cư trú"] * min(many, 3)
    assert find("giấy phép", limit=-5) == []


@pytest.mark.django_db
def test_many_who_ask_at_once_while_it_changes_make_the_index_once(
    cast: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ = cast.version
    entries, made = search.in_force(), []
    monkeypatch.setattr(search, "stamp", lambda: ("now",))
    monkeypatch.setattr(search, "in_force", lambda: made.append(1) or entries)
    memory = search.Memory()
    threads = [threading.Thread(target=memory.index) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
