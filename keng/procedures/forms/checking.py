"""What is kept of answers, and what is wrong with them: the stored schema is the only judge, its verdicts become sentences."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from keng.procedures.forms.fields import CHOOSERS, MOST_ROWS, Field, Kind, Page, all_fields
from keng.procedures.forms.formats import FORMATS, typed

LONGEST_NUMBER_BITS = 60


@dataclass(frozen=True)
class Problem:
    """`path` names the input (`owner.name`, `members.0.born`), `label` the field for reading, `sentence` what to do."""

    path: str
    sentence: str
    label: str = ""

    @property
    def about(self) -> str:
        """The label, to be followed by a colon: a question or a whole sentence ends with its own mark."""
        return self.label.rstrip(" .?!:…")

    @property
    def top(self) -> str:
        """The name of the form's own field that it is in."""
        return self.path.split(".")[0]

    @property
    def anchor(self) -> str:
        """The id of its input on the page."""
        return "f-" + self.path.replace(".", "-")


def settled(fields: tuple[Field, ...], answers: object) -> dict[str, Any]:
    """What is kept of `answers`: known names only, normalised, without what is empty or not asked for. Takes anything."""
    given = answers if isinstance(answers, dict) else {}
    kept: dict[str, Any] = {}
    for field in fields:  # a field that decides stands before those that it decides about
        if field.kind is Kind.FILE or (field.when and not field.when.met(kept)):
            continue
        value = settle(field, given.get(field.name))
        if value is not None:
            kept[field.name] = value
    return kept


def settle(field: Field, value: object) -> Any:
    if field.kind is Kind.GROUP:
        return settled(field.fields, value) or ({} if field.required else None)
    if field.kind is Kind.ROWS:
        rows = [settled(field.fields, row) for row in value[: MOST_ROWS + 1]] if isinstance(value, list) else []
        while rows and not rows[-1]:
            rows.pop()
        return rows or None
    if field.kind is Kind.SEVERAL:
        return (
            list(dict.fromkeys(one for one in value[:200] if isinstance(one, str))) or None
            if isinstance(value, list)
            else None
        )
    return settle_one(field, value)


def settle_one(field: Field, value: object) -> Any:
    if isinstance(value, bool):
        return None if field.kind is Kind.PLEDGE and not value else value
    if isinstance(value, str):
        return typed(field, value)
    if isinstance(value, int):
        return value if value.bit_length() <= LONGEST_NUMBER_BITS else None
    return value if isinstance(value, float) and math.isfinite(value) else None


def with_files(pages: list[Page], answers: dict[str, Any], files: Mapping[str, int]) -> dict[str, Any]:
    """The whole that the schema judges: settled answers, and of each file field asked for how many files there are, if any."""
    asked = [
        field for field in all_fields(pages) if field.kind is Kind.FILE and (not field.when or field.when.met(answers))
    ]
    return answers | {field.name: files[field.name] for field in asked if files.get(field.name, 0) > 0}


def problems(schema: dict[str, Any], pages: list[Page], answers: object, files: Mapping[str, int]) -> list[Problem]:
    """What is wrong, in the order of the pages; none: it may be filed."""
    fields = tuple(all_fields(pages))
    instance = with_files(pages, settled(fields, answers), files)
    validator = Draft202012Validator(schema, format_checker=FORMATS)
    found: dict[str, Problem] = {}
    for error in validator.iter_errors(instance):
        path, field = where(error, fields)
        if path not in found:
            found[path] = Problem(path, sentence(error, field), label(path, fields))
    order = {field.name: place for place, field in enumerate(fields)}
    return sorted(found.values(), key=lambda problem: (order.get(problem.top, len(order)), _key(problem.path, fields)))


def _key(path: str, fields: tuple[Field, ...]) -> tuple[tuple[int, int], ...]:
    """Sorts rows by number and, within them, fields as they stand."""
    key: list[tuple[int, int]] = []
    for part in path.split("."):
        if part.isdigit():
            key.append((0, int(part)))
            continue
        place = next((place for place, field in enumerate(fields) if field.name == part), len(fields))
        key.append((1, place))
        fields = fields[place].fields if place < len(fields) else ()
    return tuple(key)


def where(error: ValidationError, fields: tuple[Field, ...]) -> tuple[str, Field | None]:
    """The path of the input that an error is about, and its field."""
    path = [str(part) for part in error.absolute_path]
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        # each missing name is an error of its own, whose message begins with it
        path.append(next((name for name in missing if error.message.startswith(f"'{name}'")), missing[0]))
    field = None
    inner = fields
    for part in path:
        if part.isdigit():
            if field is not None and field.kind is Kind.SEVERAL:
                return ".".join(path[:-1]), field
            continue
        field = next((one for one in inner if one.name == part), None)
        inner = field.fields if field else ()
    return ".".join(path), field


def label(path: str, fields: tuple[Field, ...]) -> str:
    """What the field is called where it stands: “Người 2: Họ và tên”."""
    said: list[str] = []
    for part in path.split("."):
        if part.isdigit():
            said[-1] = f"{said[-1]} {int(part) + 1}"
            continue
        field = next((one for one in fields if one.name == part), None)
        if field is None:
            return path
        said.append((field.row or _("Người")) if field.kind is Kind.ROWS and path != part else field.label)
        fields = field.fields
    return ": ".join(said)


def sentence(error: ValidationError, field: Field | None) -> str:
    """What to do about it, in a sentence for the one who fills in the form."""
    keyword = str(error.validator)
    if field is None:
        return _("Câu trả lời này không có trong biểu mẫu.")
    if keyword in ("required", "minLength") and (keyword == "required" or not field.low or field.low < 2):
        return missing(field)
    if keyword == "type":
        return WRONG_KIND.get(field.kind, _unreadable)(field)
    return BY_KEYWORD.get(keyword, _unreadable)(field)


def missing(field: Field) -> str:
    if field.kind is Kind.FILE:
        return ngettext("Xin gửi %(count)d tệp.", "Xin gửi ít nhất %(count)d tệp.", field.least or 1) % {
            "count": field.least or 1
        }
    if field.kind is Kind.PLEDGE:
        return _("Xin đọc và đánh dấu vào ô này.")
    if field.kind is Kind.ROWS:
        return _("Xin điền ít nhất %(count)d người.") % {"count": field.least or 1}
    return _("Xin chọn câu trả lời.") if field.kind in CHOOSERS | {Kind.YES_NO} else _("Xin điền ô này.")


def _unreadable(_field: Field) -> str:
    return _("Câu trả lời này không đúng dạng. Xin điền lại.")


def _number(field: Field) -> str:
    if field.kind is Kind.DECIMAL:
        return _("Xin điền một số, ví dụ 25,5.")
    return (
        _("Xin điền số tiền bằng chữ số, ví dụ 1.500.000.")
        if field.kind is Kind.MONEY
        else _("Xin điền một số, ví dụ 4.")
    )


def _date(field: Field) -> str:
    if field.dates == "past":
        return _("Xin điền một ngày có thật, không sau hôm nay, ví dụ 04/05/1990.")
    if field.dates == "coming":
        return _("Xin điền một ngày có thật, từ hôm nay trở đi, ví dụ 31/12/2030.")
    return _("Xin điền một ngày có thật, ví dụ 04/05/1990.")


BY_FORMAT: dict[Kind, Callable[[Field], str]] = {
    Kind.PERSONAL_ID: lambda _field: _("Số định danh cá nhân có đúng 12 chữ số. Xin xem lại trên thẻ căn cước."),
    Kind.PHONE: lambda _field: _("Số điện thoại có 10 chữ số, bắt đầu bằng số 0, ví dụ 0912345678."),
    Kind.EMAIL: lambda _field: _("Địa chỉ thư điện tử có dạng ten@vidu.vn."),
    Kind.DATE: _date,
    Kind.MONEY: _number,
}
WRONG_KIND = BY_FORMAT | {Kind.NUMBER: _number, Kind.DECIMAL: _number}


def _format(field: Field) -> str:
    return BY_FORMAT.get(field.kind, _unreadable)(field)


def _too_long(field: Field) -> str:
    if field.kind in BY_FORMAT:
        return BY_FORMAT[field.kind](field)
    return _("Xin viết ngắn hơn: không quá %(most)d ký tự.") % {"most": field.most}


def _maximum(field: Field) -> str:
    if field.kind is Kind.FILE:
        return _("Xin gửi không quá %(most)d tệp.") % {"most": field.most}
    return _("Xin điền số không quá %(most)s.") % {"most": readable(field.most)}


def _minimum(field: Field) -> str:
    return (
        missing(field)
        if field.kind is Kind.FILE
        else _("Xin điền số từ %(least)s trở lên.") % {"least": readable(field.low or 0)}
    )


def readable(number: float) -> str:
    """1.500.000, as Vietnamese writes it."""
    if isinstance(number, float) and not number.is_integer():
        return f"{number:,.6f}".rstrip("0").translate(str.maketrans(",.", ".,"))
    return f"{int(number):,}".replace(",", ".")


BY_KEYWORD: dict[str, Callable[[Field], str]] = {
    "format": _format,
    "minLength": lambda field: _("Xin viết ít nhất %(least)d ký tự.") % {"least": field.low or 1},
    "maxLength": _too_long,
    "minimum": _minimum,
    "maximum": _maximum,
    "enum": lambda _field: _("Xin chọn một trong các câu trả lời có sẵn."),
    "const": missing,
    "minItems": missing,
    "maxItems": lambda field: _("Xin điền không quá %(most)d người.") % {"most": field.most},
}
