"""Which schemas are forms, and what is said of those that aren't."""

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from keng.procedures.forms.dialect import Malformed, parse, read
from keng.procedures.forms.fields import Field, Kind, Page
from keng.procedures.forms.writing import write
from tests.procedures.forms.forms import EVERY_KIND, one

DISPLAY = {"pages": [{"title": "Trang", "fields": ["a"]}]}


def schema(a: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": a}, **more}


def refused(a: object, display: object = DISPLAY) -> str:
    """The sentence said of a schema (or of a form's only property)."""
    whole = a if isinstance(a, dict) and "properties" in a else schema(a)
    with pytest.raises(Malformed) as raised:
        read(whole, display)
    return raised.value.sentence


def test_every_kind_comes_back_as_it_was_written() -> None:
    made = write(EVERY_KIND)
    Draft202012Validator.check_schema(made[0])
    assert write(read(*made)) == made
    assert [page.title for page in read(*made)] == [page.title for page in EVERY_KIND]
    assert read(*made)[0].items[0] == EVERY_KIND[0].items[0]


def test_the_order_of_keys_means_nothing() -> None:
    """PostgreSQL keeps none."""
    shuffled = json.loads(json.dumps(write(EVERY_KIND), sort_keys=True))
    assert [page.fields for page in read(*shuffled)] == [page.fields for page in read(*write(EVERY_KIND))]


def test_a_new_form_is_empty() -> None:
    assert read({}, {}) == []


def test_a_schema_that_calls_itself_is_refused() -> None:
    own = schema({"$ref": "#"})
    assert "$ref" in refused(own)
    assert "$ref" in refused(schema({"type": "array", "items": {"$dynamicRef": "#a"}}))
    assert "$defs" in refused(schema({"type": "string"}, **{"$defs": {"a": {}}}))


def test_a_pattern_that_backtracks_is_refused_and_never_run() -> None:
    began = time.monotonic()
    assert "pattern" in refused({"type": "string", "pattern": "^(a+)+$"})
    assert "pattern" in refused(schema({"type": "string"}, patternProperties={"^(a+)+$": {}}))
    assert time.monotonic() - began < 1


def test_a_schema_1000_deep_is_refused() -> None:
    deep: Any = {"type": "string"}
    for _ in range(1000):
        deep = {"type": "array", "items": deep}
    assert "sâu" in refused(deep)
    raw = b'{"items":' * 1000 + b"{}" + b"}" * 1000
    with pytest.raises(Malformed):
        read(parse(raw), {})
    with pytest.raises(Malformed, match="sâu"):
        parse(b"[" * 90_000)


def test_a_huge_list_of_choices_is_refused() -> None:
    assert "quá dài" in refused({"type": "string", "enum": [str(number) for number in range(5000)]})
    assert "quá 100" in refused({"type": "string", "enum": [str(number) for number in range(101)]})
    with pytest.raises(Malformed, match="200 KB"):
        parse(b" " * 200_001)


@pytest.mark.parametrize("bad", ["\0", "\x1b", "\ud800", "\x7f"])
def test_invisible_characters_are_refused(bad: str) -> None:
    assert "ký tự" in refused({"type": "string", "title": f"Tên{bad}"})
    assert "ký tự" in refused({"type": "string", "enum": [bad]})


@pytest.mark.parametrize("raw", [b"\xff\xfe{}", b"{", b"", b'{"a": NaN', b"\0"])
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse(raw)


@pytest.mark.parametrize(
    "a",
    [
        {"type": "string", "format": "uri"},
        {"type": "string", "contentEncoding": "base64"},
        {"type": ["string", "null"]},
        {"type": "integer", "multipleOf": 0.1},
        {"type": "integer", "maximum": 10**400},
        {"type": "boolean", "const": False},
        {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
        {"type": "array", "items": {"type": "string", "enum": []}},
        {"type": "string", "enum": ["a", "a"]},
        {"type": "string", "enum": [1]},
        {"type": "string", "maxLength": -1},
        {"type": "string", "maxLength": True},
        {"type": "string", "maxLength": None},
        {"type": "integer", "minimum": None},
        {"type": "string", "format": "date", "maxLength": None},
        {"type": "string", "format": "past-date", "maxLength": [1]},
        {"type": "string", "format": "coming-date", "maxLength": 9},
        {"type": "string", "format": "personal-id", "maxLength": "x"},
        {"type": "string", "format": "phone", "maxLength": 0},
        {"type": "string", "format": "email", "minLength": 50},
        {"type": "string", "minLength": "5"},
        {"type": "object", "properties": {"b": {"type": "object", "properties": {}}}},
        {"type": "object", "properties": {"b": {"type": "integer", "format": "files"}}},
        {"type": "string", "title": 5},
        {"anyOf": [{"type": "string"}]},
        True,
        None,
        [],
        "string",
    ],
    ids=str,
)
def test_what_the_dialect_has_no_word_for_is_refused(a: object) -> None:
    assert refused(a)


@pytest.mark.parametrize(
    "label",
    ["Dân tộc", "DÂN TỘC của cha", "dan toc", "Tôn giáo", "Tín ngưỡng", "Quan điểm chính trị", "Religion", "Dân  tộc"],
)
def test_no_field_asks_for_ethnicity_religion_or_opinion(label: str) -> None:
    """Never built, whatever the officer calls it: by label, choice or name."""
    assert "dân tộc, tôn giáo hay chính kiến" in refused({"type": "string", "title": label})
    choosing = one(Field("a", Kind.ONE, "Mục", choices=(("x", label),)))
    assert "chính kiến" in refused(choosing.schema, choosing.display)
    in_rows = one(Field("a", Kind.ROWS, "Người", fields=(Field("b", Kind.TEXT, label),)))
    assert "chính kiến" in refused(in_rows.schema, in_rows.display)


@pytest.mark.parametrize("name", ["dan_toc", "dantoc", "ton_giao", "religion_of_father"])
def test_nor_by_its_name(name: str) -> None:
    made = write([Page("Trang", items=(Field(name, Kind.TEXT, "Mục khác"),))])
    assert "chính kiến" in refused(*made)


@pytest.mark.parametrize("label", ["Dân số trong hộ", "Quốc tịch", "Giáo viên chủ nhiệm", "Tốc độ", "Chính sách"])
def test_a_harmless_label_is_taken(label: str) -> None:
    assert read(schema({"type": "string", "title": label}), DISPLAY)


@pytest.mark.parametrize(
    "display",
    [
        {"pages": []},
        {"pages": [{"title": "Trang", "fields": ["a", "a"]}]},
        {"pages": [{"title": "Trang", "fields": ["b"]}]},
        {"pages": [{"title": "Trang", "fields": ["a", {"html": "<b>"}]}]},
        {"pages": [{"title": "Trang", "fields": ["a", {"note": "x", "heading": "y"}]}]},
        {"pages": {}},
        {"pages": [[]]},
        {**DISPLAY, "fields": {"c": {}}},
        {**DISPLAY, "fields": []},
        {**DISPLAY, "fields": {"a": {"style": "x"}}},
        {**DISPLAY, "fields": {"a": {"showIf": {"field": "a", "is": [True]}}}},
        {**DISPLAY, "fields": {"a": {"showIf": {"field": "zzz", "is": [True]}}}},
        {**DISPLAY, "fields": {"a": {"autocomplete": "cc-number"}}},
        [],
        None,
    ],
    ids=str,
)
def test_a_display_layer_that_does_not_fit_is_refused(display: object) -> None:
    assert refused({"type": "string"}, display)


def test_a_condition_is_said_alike_by_schema_and_display() -> None:
    written, display = write(EVERY_KIND)
    written["allOf"][0]["if"]["properties"]["why"] = {"enum": ["work"]}
    assert "showIf" in refused(written, display)


def test_a_condition_asks_what_stands_before_it() -> None:
    pages = [Page("Trang", items=tuple(reversed(EVERY_KIND[1].fields)))]
    assert "đứng trước" in refused(*write(pages))


def test_too_many_fields_are_refused() -> None:
    assert "150" in refused(*write([Page("Trang", items=tuple(Field(f"a{n}", Kind.TEXT, "A") for n in range(151)))]))


WORDS = st.text() | st.sampled_from(["type", "properties", "allOf", "pages", "fields", "items"])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner),
    max_leaves=20,
)


@given(JSON, JSON)
@settings(max_examples=150, deadline=None)
def test_any_json_is_a_form_or_is_refused(schema: object, display: object) -> None:
    """S3: nothing else is raised."""
    with suppress(Malformed):
        assert isinstance(read(schema, display), list)
