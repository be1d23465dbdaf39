"""Which schemas are forms: a small part of JSON Schema 2020-12, and no more, read into pages.

Nothing in it can recurse (`$ref`) or backtrack (`pattern`: named formats instead), and everything has a limit; so checking what
somebody posts costs little, whatever the form. What a schema says that is not here is refused, never ignored.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.core.text import fold
from keng.procedures.forms.fields import (
    LARGEST,
    LONGEST_NOTE,
    MOST_CHOICES,
    MOST_FIELDS,
    MOST_PAGES,
    Field,
    Heading,
    Item,
    Note,
    Page,
    all_fields,
    every_field,
)
from keng.procedures.forms.reading import Malformed, Reader, known, list_of, text
from keng.procedures.forms.writing import conditions

__all__ = ["Malformed", "parse", "read", "refuse_sensitive"]

MOST_BYTES = 200_000
DEEPEST = 12
# Ethnicity, religion, political opinion: never asked for, whatever the form. As `fold` leaves them, word by word.
SENSITIVE = (
    "dan toc", "sac toc", "toc nguoi", "ton giao", "tin nguong", "chinh kien", "quan diem chinh tri", "xu huong chinh tri", "dang phai",
    "dang vien", "ethnicity", "ethnic", "religion", "religious", "political opinion", "political party", "politics",
)  # fmt: skip
ELSEWHERE = {
    "$ref": gettext_lazy("Biểu mẫu không được dùng “$ref”: lược đồ tự gọi lại mình thì không kiểm được."),
    "$dynamicRef": gettext_lazy("Biểu mẫu không được dùng “$ref”: lược đồ tự gọi lại mình thì không kiểm được."),
    "pattern": gettext_lazy(
        "Biểu mẫu không được dùng “pattern”: chọn loại ô có sẵn (số định danh, điện thoại, ngày…)."
    ),
    "patternProperties": gettext_lazy(
        "Biểu mẫu không được dùng “pattern”: chọn loại ô có sẵn (số định danh, điện thoại, ngày…)."
    ),
}


def parse(raw: bytes) -> Any:
    """JSON from outside. Raises Malformed for what is too large, too deep, or no JSON."""
    if len(raw) > MOST_BYTES:
        raise Malformed(_("Tệp quá lớn: một biểu mẫu không quá 200 KB."))
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except RecursionError:
        raise Malformed(_too_deep()) from None
    except ValueError:
        raise Malformed(_("Tệp không phải JSON (UTF-8).")) from None
    measure(value)
    return value


def read(schema: object, display: object) -> list[Page]:
    """The form's pages. Raises Malformed with a sentence for the officer when it is not in the dialect."""
    measure([schema, display])
    top, layer = (
        known(schema, "", {"$schema", "title", "description", *OBJECT}),
        known(display, "", {"pages", "fields"}),
    )
    shown = layer.get("fields", {})
    if not isinstance(shown, dict):
        raise Malformed(_("“fields” của lớp trình bày phải là một bảng tên ô."))
    reader = Reader(shown)
    fields = {field.name: field for field in reader.fields_of(top, "", order=None)} if top else {}
    pages = [page(one, fields) for one in list_of(layer.get("pages", []), MOST_PAGES, _("trang"))]
    everything(pages, fields, reader)
    return pages


OBJECT = ("type", "properties", "required", "additionalProperties", "allOf")


def page(given: object, fields: Mapping[str, Field]) -> Page:
    said = known(given, "", {"title", "help", "fields"})
    items = tuple(item(one, fields) for one in list_of(said.get("fields", []), MOST_FIELDS * 2, _("ô")))
    title, help_text = text(said, "title", 200), text(said, "help", LONGEST_NOTE)
    refuse_sensitive(title)
    return Page(title, help_text, items)


def item(given: object, fields: Mapping[str, Field]) -> Item:
    if isinstance(given, str):
        if given not in fields:
            raise Malformed(_("Trang có ô “%(name)s” mà lược đồ không có.") % {"name": given[:60]})
        return fields[given]
    said = known(given, "", {"heading", "note"})
    if len(said) != 1:
        raise Malformed(_("Mỗi mục trên trang là một ô, một tiêu đề hoặc một lời dặn."))
    if "heading" in said:
        heading = text(said, "heading", 200)
        refuse_sensitive(heading)
        return Heading(heading)
    return Note(text(said, "note", LONGEST_NOTE))


def everything(pages: list[Page], fields: Mapping[str, Field], reader: Reader) -> None:
    """Every field stands on one page, after the field that its condition asks; nothing is said of fields that aren't there."""
    placed = [field.name for field in all_fields(pages)]
    if sorted(placed) != sorted(fields):
        raise Malformed(_("Mỗi ô của lược đồ phải nằm trên đúng một trang."))
    paths = dict(every_field(fields.values()))
    if len(paths) > MOST_FIELDS:
        raise Malformed(_("Biểu mẫu có quá %(most)d ô.") % {"most": MOST_FIELDS})
    if unknown := set(reader.display) - set(paths):
        raise Malformed(_("Lớp trình bày nói đến ô “%(name)s” không có.") % {"name": min(unknown)[:60]})
    reader.in_order(list(all_fields(pages)))
    for field in paths.values():
        refuse_sensitive(field.label, *(words for _value, words in field.choices), field.row)
        refuse_sensitive_name(field.name)
    for rules, inner in reader.rules:
        if rules and alike(rules) != alike(conditions(inner)):
            raise Malformed(_("Điều kiện “allOf” của lược đồ không khớp với “showIf” của lớp trình bày."))


def alike(rules: object) -> list[str]:
    """Rules without their order, which follows that of the properties, which PostgreSQL doesn't keep."""
    return sorted(json.dumps(rule, sort_keys=True) for rule in list_of(rules, MOST_FIELDS, _("điều kiện")))


def refuse_sensitive(*said: str) -> None:
    """Raises Malformed for words that ask for ethnicity, religion or political opinion."""
    for one in said:
        folded = f" {fold(one)} "
        if any(f" {word} " in folded for word in SENSITIVE):
            raise Malformed(
                _("Không được hỏi dân tộc, tôn giáo hay chính kiến: bỏ “%(label)s” khỏi biểu mẫu.")
                % {"label": one[:80]}
            )


def refuse_sensitive_name(name: str) -> None:
    joined = fold(name).replace(" ", "")
    if any(word.replace(" ", "") in joined for word in SENSITIVE):
        raise Malformed(
            _("Không được hỏi dân tộc, tôn giáo hay chính kiến: bỏ “%(label)s” khỏi biểu mẫu.") % {"label": name[:80]}
        )


def measure(value: object) -> None:
    """Depth, size, characters and numbers of anything, without recursion. Raises Malformed."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    budget = MOST_BYTES
    while waiting:
        one, depth = waiting.pop()
        budget -= 2 + len(one) if isinstance(one, str) else 2
        if depth > DEEPEST:
            raise Malformed(_too_deep())
        if budget < 0:
            raise Malformed(_("Biểu mẫu quá lớn."))
        if isinstance(one, dict):
            for key in one:
                waiting.append((key, depth + 1))
                if key in ELSEWHERE:
                    raise Malformed(str(ELSEWHERE[key]))
            waiting.extend((inner, depth + 1) for inner in one.values())
        elif isinstance(one, list):
            _measure_list(one)
            waiting.extend((inner, depth + 1) for inner in one)
        else:
            _measure_value(one)


def _measure_list(one: list[object]) -> None:
    if len(one) > max(MOST_CHOICES, MOST_FIELDS * 2):
        raise Malformed(_("Biểu mẫu có danh sách quá dài (quá %(most)d mục).") % {"most": MOST_CHOICES})


def _measure_value(one: object) -> None:
    if isinstance(one, str):
        if any((char < " " and char != "\n") or "\ud800" <= char <= "\udfff" or char == "\x7f" for char in one):
            raise Malformed(_("Biểu mẫu có ký tự điều khiển không nhìn thấy."))
    elif isinstance(one, int | float) and not abs(one) <= LARGEST:
        raise Malformed(_("Biểu mẫu có số quá lớn."))


def _too_deep() -> str:
    return _("Lược đồ lồng nhau quá sâu.")
