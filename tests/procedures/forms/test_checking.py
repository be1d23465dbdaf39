"""What is wrong with answers, in sentences; and that the stored schema is the only judge."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from keng.procedures import forms
from keng.procedures.forms.fields import Condition, Field, Kind
from keng.procedures.forms.formats import FORMATS
from tests.procedures.forms.forms import GOOD, MEMBER, one, posted, version


def says(form: Any, answers: dict[str, Any], **files: int) -> dict[str, str]:
    return {problem.path: problem.sentence for problem in forms.check(form=form, answers=answers, files=files)}


def said_of(field: Field, value: object) -> str:
    """The sentence for one answer to one field; "" when it is taken."""
    return says(one(field), {field.name: value}).get(field.name, "")


def test_what_is_in_order_is_in_order() -> None:
    assert says(version(), GOOD, proof=1) == {}


def test_each_empty_required_field_is_asked_for_in_its_own_words() -> None:
    assert says(version(), {}) == {
        "name": "Xin điền ô này.",
        "number": "Xin điền ô này.",
        "why": "Xin chọn câu trả lời.",
        "proof": "Xin gửi 1 tệp.",
        "pledge": "Xin đọc và đánh dấu vào ô này.",
    }


@pytest.mark.parametrize("number", ["01109000012", "0110900001234", "01109000012a", "011-090"])
def test_an_id_number_that_is_not_12_digits_is_refused_with_a_sentence(number: str) -> None:
    assert "đúng 12 chữ số" in said_of(Field("number", Kind.PERSONAL_ID, "Số"), number)


@pytest.mark.parametrize("number", ["０１１０９００００１２３", "011 090 000 123", "٠١١٠٩٠٠٠٠١٢٣", " 011090000123 "])
def test_full_width_digits_are_taken_and_kept_as_ascii(number: str) -> None:
    form = one(Field("number", Kind.PERSONAL_ID, "Số"))
    assert says(form, {"number": number}) == {}
    assert forms.settled(form, {"number": number}) == {"number": "011090000123"}


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (Kind.PHONE, "0912 345.678", "0912345678"),
        (Kind.PHONE, "+84912345678", "+84912345678"),
        (Kind.EMAIL, "an@vidu.vn", "an@vidu.vn"),
        (Kind.MONEY, "1.500.000 đ", 1500000),
        (Kind.MONEY, "1 500 000", 1500000),
        (Kind.NUMBER, "-3", -3),
        (Kind.NUMBER, "１２", 12),
        (Kind.DECIMAL, "25,5", 25.5),
        (Kind.DECIMAL, "25.5", 25.5),
        (Kind.DECIMAL, "25", 25),
        (Kind.DATE, "4/5/1990", "1990-05-04"),
        (Kind.DATE, "04051990", "1990-05-04"),
        (Kind.DATE, "1990-05-04", "1990-05-04"),
        (Kind.DATE, "29/2/2024", "2024-02-29"),
        (Kind.TEXT, "Nguye\u0302\u0303n\0 Va\u0306n", "Nguyễn Văn"),
        (Kind.LONG, "một\r\nhai", "một\nhai"),
    ],
)
def test_what_people_type_is_kept_in_one_form(kind: Kind, value: str, kept: object) -> None:
    form = one(Field("a", kind, "A"))
    assert says(form, {"a": value}) == {}
    assert forms.settled(form, {"a": value}) == {"a": kept}


@pytest.mark.parametrize(
    ("kind", "value", "word"),
    [
        (Kind.PHONE, "12345", "10 chữ số"),
        (Kind.EMAIL, "an@vidu", "ten@vidu.vn"),
        (Kind.EMAIL, "a@b@c.vn", "ten@vidu.vn"),
        (Kind.MONEY, "nhiều", "bằng chữ số"),
        (Kind.MONEY, "-5", "từ 0"),
        (Kind.MONEY, "12,5", "bằng chữ số"),
        (Kind.NUMBER, "9" * 400, "một số"),
        (Kind.DATE, "30/2/2026", "có thật"),
        (Kind.DATE, "hôm qua", "có thật"),
        (Kind.TEXT, "a" * 201, "không quá 200"),
    ],
)
def test_what_is_not_of_its_kind_is_told_how_it_should_look(kind: Kind, value: str, word: str) -> None:
    assert word in said_of(Field("a", kind, "A"), value)


def test_a_date_of_birth_is_not_tomorrow_and_an_end_not_yesterday() -> None:
    today = timezone.localdate()
    tomorrow, yesterday = (today + timedelta(days=1)).isoformat(), (today - timedelta(days=1)).isoformat()
    assert "không sau hôm nay" in said_of(Field("a", Kind.DATE, "A", dates="past"), tomorrow)
    assert "từ hôm nay" in said_of(Field("a", Kind.DATE, "A", dates="coming"), yesterday)
    assert said_of(Field("a", Kind.DATE, "A", dates="past"), today.isoformat()) == ""


def test_numbers_lengths_choices_and_files_keep_their_limits() -> None:
    assert "không quá 24" in said_of(Field("a", Kind.NUMBER, "A", low=1, high=24), 25)
    assert "từ 1" in said_of(Field("a", Kind.NUMBER, "A", low=1, high=24), 0)
    assert "ít nhất 6" in said_of(Field("a", Kind.TEXT, "A", low=6), "12345")
    assert "có sẵn" in said_of(Field("a", Kind.ONE, "A", choices=(("x", "X"),)), "y")
    assert "có sẵn" in said_of(Field("a", Kind.SEVERAL, "A", choices=(("x", "X"),)), ["x", "y"])
    papers = one(Field("a", Kind.FILE, "A", low=2, high=3))
    assert "không quá 3" in says(papers, {}, a=4)["a"]
    assert "ít nhất 2" in says(papers, {}, a=1)["a"]
    assert says(papers, {}) == {}


def test_rows_keep_their_limits_and_each_problem_names_its_row() -> None:
    form = one(Field("a", Kind.ROWS, "Người cùng ở", row="Người", low=2, high=3, required=True, fields=MEMBER))
    assert "ít nhất 2" in says(form, {})["a"]
    good = {"name": "An", "number": "011090000123"}
    assert "không quá 3" in says(form, {"a": [good] * 4})["a"]
    (problem,) = forms.check(form=form, answers={"a": [good, {"name": "Bình", "number": "1"}]}, files={})
    assert (problem.path, problem.label, problem.top) == ("a.1.number", "Người 2: Số định danh", "a")


def test_a_field_is_asked_for_only_when_another_is_answered_so() -> None:
    form = version()
    assert list(says(form, GOOD | {"why": "other"}, proof=1)) == ["why_other"]
    assert says(form, GOOD | {"why": "other", "why_other": "Cưới"}, proof=1) == {}
    assert list(says(form, GOOD | {"owns": False}, proof=1)) == ["host.name", "host.number"]
    assert says(form, GOOD | {"owns": True}, proof=1) == {}
    child = {"name": "Bé", "number": "011220000123", "child": True}
    assert list(says(form, GOOD | {"members": [child]}, proof=1)) == ["members.0.guardian"]


def test_a_hidden_answer_is_dropped_before_checking() -> None:
    stale = GOOD | {"why_other": "x" * 900, "host": {"name": "Lò"}, "needs": ["home"], "needs_note": "Mông"}
    assert says(version(), stale, proof=1) == {}
    kept = forms.settled(version(), stale)
    assert "why_other" not in kept
    assert "host" not in kept
    assert "needs_note" not in kept


def test_what_a_hidden_field_decides_is_hidden_with_it() -> None:
    yes = Condition("a", (True,))
    form = one(
        Field("a", Kind.YES_NO, "A"), Field("b", Kind.YES_NO, "B", when=yes),
        Field("c", Kind.TEXT, "C", required=True, when=Condition("b", (True,))),
    )  # fmt: skip
    assert says(form, {"a": False, "b": True}) == {}
    assert list(says(form, {"a": True, "b": True})) == ["c"]


def test_files_of_a_hidden_field_do_not_count() -> None:
    paper = Field("p", Kind.FILE, "P", required=True, when=Condition("a", (True,)))
    form = one(Field("a", Kind.YES_NO, "A"), paper)
    assert says(form, {"a": False}, p=1) == {}
    assert list(says(form, {"a": True})) == ["p"]


def test_problems_come_in_the_order_of_the_form() -> None:
    paths = [
        problem.path for problem in forms.check(form=version(), answers={"members": [{}, {"name": "A"}, {}]}, files={})
    ]
    assert paths == [
        "name",
        "number",
        "why",
        "members.0.name",
        "members.0.number",
        "members.1.number",
        "proof",
        "pledge",
    ]


def test_only_a_page_s_problems_are_shown_with_it() -> None:
    form = version()
    first = forms.pages(form)[0]
    assert [one.path for one in forms.of_page(first, forms.check(form=form, answers={}, files={}))] == [
        "name",
        "number",
    ]


def test_what_was_answered_is_read_in_words() -> None:
    answers = GOOD | {
        "members": [{"name": "Lò Thị Mai", "number": "011220000123"}], "income": 1500000, "needs": ["home", "words"],
        "host": {"name": "Lò Văn Hặc"}, "area": 25.5,
    }  # fmt: skip
    lines = dict(forms.shown(version(), answers))
    assert lines["Ngày sinh"] == "04/05/1990"
    assert lines["Lý do"] == "Làm việc"
    assert lines["Người 1: Họ và tên"] == "Lò Thị Mai"
    assert lines["Thu nhập"] == "1.500.000 đồng"
    assert lines["Cần giúp"] == "Làm tại nhà, Phiên dịch"
    assert lines["Chủ nhà: Họ và tên"] == "Lò Văn Hặc"
    assert lines["Diện tích"] == "25,5"
    assert lines["Tôi cam đoan khai đúng"] == "Có"


NAMES = ["name", "number", "born", "why", "owns", "host", "members", "months", "needs", "pledge", "income", "area"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.sampled_from(["work", "other", "words", "011090000123"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*NAMES, "child", "guardian"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
COUNTS = st.dictionaries(st.sampled_from(["proof", "name"]), st.integers(-2, 5))


@given(st.dictionaries(st.sampled_from([*NAMES, "unknown"]), VALUES), COUNTS)
@settings(max_examples=300, deadline=None)
def test_any_mess_has_problems_or_is_valid_by_plain_jsonschema(answers: dict[str, Any], files: dict[str, int]) -> None:
    form = version()
    problems = forms.check(form=form, answers=answers, files=files)
    valid = Draft202012Validator(form.schema, format_checker=FORMATS).is_valid(forms.instance(form, answers, files))
    assert valid == (not problems)
    assert all(problem.sentence and problem.label for problem in problems)
    assert forms.settled(form, forms.settled(form, answers)) == forms.settled(form, answers)
    forms.shown(form, answers)


KEYS = st.sampled_from(
    [
        *NAMES,
        "members.0",
        "members.0.name",
        "members.7.number",
        "members.99999",
        "members.x",
        "host.name",
        "_add",
        "_drop",
    ]
)


@given(
    st.dictionaries(
        KEYS | st.text(), st.lists(st.text() | st.sampled_from(["yes", "members", "members.0"]), min_size=1)
    )
)
@settings(max_examples=200, deadline=None)
def test_any_post_gives_answers_that_a_page_can_show(values: dict[str, list[str]]) -> None:
    """S3: nothing that is posted raises, and what was typed comes back on the page."""
    form = version()
    for page in forms.pages(form):
        answers = forms.read_post(form, page, posted(**values))
        problems = forms.check(form=form, answers=answers, files={})
        assert "form-page" in forms.render_page(form, page, answers, problems)


def test_a_list_deep_or_long_is_no_trouble() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert list(says(version(), GOOD | {"name": deep, "members": deep, "needs": [deep]}, proof=1)) == ["name"]
    many = [{"name": "A", "number": "011090000123"}] * 50_000
    assert "không quá 3" in says(version(), GOOD | {"members": many}, proof=1)["members"]
