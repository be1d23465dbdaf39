"""Reads one property of a schema into a field, by a table of what each kind may say."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from keng.procedures.forms.fields import (
    DECIDERS,
    LARGEST,
    LONGEST_HELP,
    LONGEST_LABEL,
    LONGEST_LONG,
    LONGEST_NAME,
    LONGEST_TEXT,
    MEDIA,
    MOST_CHOICES,
    MOST_FIELDS,
    MOST_FILES,
    MOST_MEGABYTES,
    MOST_ROWS,
    Condition,
    Field,
    Kind,
)
from keng.procedures.forms.writing import DATE_FORMATS, FILES, FORMATS, VND, Json

AUTOCOMPLETE = ("name", "bday", "tel", "email", "street-address", "address-line1", "organization")
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
KIND_OF_FORMAT = {name: kind for kind, name in FORMATS.items()} | dict.fromkeys(DATE_FORMATS.values(), Kind.DATE)
SHOWN = {"kind", "help", "autocomplete", "row", "choices", "fields", "accept", "megabytes", "showIf"}
OBJECT = {"type", "properties", "required", "additionalProperties", "allOf"}
STRING, NUMERIC = {"type", "minLength", "maxLength"}, {"type", "minimum", "maximum"}
NUMBERS = frozenset({Kind.NUMBER, Kind.DECIMAL, Kind.MONEY})
KEYWORDS: dict[Kind, set[str]] = {
    Kind.TEXT: STRING,
    Kind.LONG: STRING,
    Kind.NUMBER: NUMERIC,
    Kind.DECIMAL: NUMERIC,
    Kind.MONEY: NUMERIC | {"format"},
    Kind.DATE: STRING | {"format"},
    Kind.PERSONAL_ID: STRING | {"format"},
    Kind.PHONE: STRING | {"format"},
    Kind.EMAIL: STRING | {"format"},
    Kind.YES_NO: {"type"},
    Kind.PLEDGE: {"type", "const"},
    Kind.ONE: {"type", "enum"},
    Kind.SEVERAL: {"type", "items", "uniqueItems", "minItems", "maxItems"},
    Kind.GROUP: OBJECT,
    Kind.ROWS: {"type", "items", "minItems", "maxItems"},
    Kind.FILE: NUMERIC | {"format"},
}


class Malformed(ValueError):
    """Not a form in our dialect; `sentence` says to an officer what is wrong with it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def known(given: object, where: str, keys: Collection[str]) -> Json:
    """`given` as an object that says nothing but `keys`."""
    if not isinstance(given, dict):
        raise Malformed(_("Biểu mẫu sai cấu trúc ở “%(where)s”.") % {"where": where or _("gốc")})
    if other := set(given) - set(keys):
        raise Malformed(
            _("Biểu mẫu không được dùng “%(word)s” ở “%(where)s”.")
            % {"word": min(map(str, other))[:60], "where": where or _("gốc")}
        )
    return given


def list_of(given: object, most: int, what: str) -> list[Any]:
    if not isinstance(given, list):
        raise Malformed(_("Biểu mẫu sai cấu trúc: cần một danh sách %(what)s.") % {"what": what})
    if len(given) > most:
        raise Malformed(_("Biểu mẫu có quá %(most)d %(what)s.") % {"most": most, "what": what})
    return given


def text(said: Mapping[str, Any], key: str, longest: int) -> str:
    value = said.get(key, "")
    if not isinstance(value, str) or len(value) > longest:
        raise Malformed(_("“%(key)s” phải là chữ, không quá %(longest)d ký tự.") % {"key": key, "longest": longest})
    return value.strip()


def whole(said: Mapping[str, Any], key: str, least: int, most: int) -> int | None:
    if key not in said:
        return None
    value = said[key]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Malformed(
            _("“%(key)s” phải là số từ %(least)d đến %(most)d.") % {"key": key, "least": least, "most": most}
        )
    return value


class Reader:
    """`display` is what the display layer says of fields, by path. `rules` collects each object's allOf with the fields it is about."""

    def __init__(self, display: dict[str, Any]) -> None:
        self.display = display
        self.rules: list[tuple[object, list[Field]]] = []

    def fields_of(self, schema: Json, before: str, order: list[str] | None) -> list[Field]:
        """The fields of an object, in `order` or (None) as they come."""
        properties = schema.get("properties", {})
        if schema.get("type") != "object" or not isinstance(properties, dict):
            raise Malformed(_("Biểu mẫu sai cấu trúc ở “%(where)s”.") % {"where": before or _("gốc")})
        if schema.get("additionalProperties", False) is not False or len(properties) > MOST_FIELDS:
            raise Malformed(_("Biểu mẫu chỉ nhận những ô đã kê, không quá %(most)d ô.") % {"most": MOST_FIELDS})
        required = list_of(schema.get("required", []), MOST_FIELDS, _("ô bắt buộc"))
        always, at_times = set(map(str, required)), asked_at_times(schema.get("allOf", []))
        if unknown := always - set(properties):
            raise Malformed(_("Ô bắt buộc “%(name)s” không có trong lược đồ.") % {"name": min(unknown)[:60]})
        if order is not None and sorted(order) != sorted(properties):
            raise Malformed(_("Thứ tự ô của “%(where)s” không khớp với lược đồ.") % {"where": before})
        names = list(properties) if order is None else order
        fields = [self.field(name, properties[name], before, name in always | at_times) for name in names]
        if before:
            self.in_order(fields)
        self.rules.append((schema.get("allOf"), fields))
        return fields

    def field(self, name: str, schema: object, before: str, required: bool) -> Field:
        path = before + name
        if not name or len(path) > 60 or len(name) > LONGEST_NAME or not set(name) <= LETTERS or not name[0].isalpha():
            raise Malformed(_("Tên ô “%(name)s” chỉ gồm chữ thường không dấu, số và gạch dưới.") % {"name": name[:60]})
        said = known(schema, path, {word for words in KEYWORDS.values() for word in words} | {"title"})
        shown = known(self.display.get(path, {}), path, SHOWN)
        kind = kind_of(said, shown, path)
        known(schema, path, KEYWORDS[kind] | {"title"})
        made: dict[str, Any] = DETAILS[kind](self, said, shown, path) if kind in DETAILS else {}
        if required and made.get("low") == 1 and kind not in NUMBERS:
            made["low"] = None  # that is what required means
        return Field(
            name=name,
            kind=kind,
            label=text(said, "title", LONGEST_LABEL) or name,
            help=text(shown, "help", LONGEST_HELP),
            required=required,
            when=condition(shown),
            autocomplete=one_of(shown, "autocomplete", ("", *AUTOCOMPLETE)),
            **made,
        )

    def in_order(self, fields: list[Field]) -> None:
        """A condition asks a field of choices that stands earlier, about an answer that it can have."""
        earlier: dict[str, Field] = {}
        for field in fields:
            if field.when:
                answerable(field, field.when, earlier.get(field.when.field))
            earlier[field.name] = field

    def inner(self, schema: object, shown: Json, path: str) -> tuple[Field, ...]:
        if "." in path:
            raise Malformed(_("Nhóm ô không được lồng trong nhóm khác (“%(where)s”).") % {"where": path})
        order = [str(one) for one in list_of(shown["fields"], MOST_FIELDS, _("ô"))] if "fields" in shown else None
        inner = tuple(self.fields_of(known(schema, path, OBJECT), f"{path}.", order))
        if any(field.kind is Kind.FILE for field in inner):
            raise Malformed(
                _("Tệp gửi kèm không đặt trong nhóm (“%(where)s”): đặt thẳng trên trang.") % {"where": path}
            )
        return inner


def asked_at_times(rules: object) -> set[str]:
    """The names that conditions make required; the rules themselves are compared afterwards with what they must be."""
    names: set[str] = set()
    for one in list_of(rules, MOST_FIELDS, _("điều kiện")):
        then = known(one, "allOf", {"if", "then", "else"}).get("then", {})
        names |= set(map(str, list_of(known(then, "then", {"required"}).get("required", []), 1, _("ô bắt buộc"))))
    return names


def kind_of(said: Json, shown: Json, path: str) -> Kind:
    kind = KINDS.get(str(said.get("type")), _nothing)(said, shown)
    if kind is None:
        raise Malformed(_("Ô “%(where)s” thuộc loại không có trong Kẻng.") % {"where": path})
    return kind


def _nothing(_said: Json, _shown: Json) -> None:
    return None


def _string(said: Json, shown: Json) -> Kind | None:
    if "enum" in said:
        return Kind.ONE
    if "format" in said:
        return KIND_OF_FORMAT.get(str(said["format"]))
    return Kind.LONG if shown.get("kind") == "long" else Kind.TEXT


def _integer(said: Json, _shown: Json) -> Kind | None:
    return {"": Kind.NUMBER, VND: Kind.MONEY, FILES: Kind.FILE}.get(str(said.get("format", "")))


def _array(said: Json, _shown: Json) -> Kind:
    items = said.get("items")
    return Kind.ROWS if isinstance(items, dict) and items.get("type") == "object" else Kind.SEVERAL


def _boolean(said: Json, _shown: Json) -> Kind | None:
    if "const" not in said:
        return Kind.YES_NO
    return Kind.PLEDGE if said["const"] is True else None


KINDS: dict[str, Callable[[Json, Json], Kind | None]] = {
    "string": _string,
    "integer": _integer,
    "number": lambda _said, _shown: Kind.DECIMAL,
    "boolean": _boolean,
    "array": _array,
    "object": lambda _said, _shown: Kind.GROUP,
}


def unless(usual: int, value: int | None) -> int | None:
    """None for what the kind has anyway."""
    return None if value == usual else value


def _lengths(longest: int, usual: int) -> Callable[[Reader, Json, Json, str], Json]:
    def read(_reader: Reader, said: Json, _shown: Json, _path: str) -> Json:
        return {
            "low": whole(said, "minLength", 0, longest),
            "high": unless(usual, whole(said, "maxLength", 1, longest)),
        }

    return read


def _range(_reader: Reader, said: Json, _shown: Json, _path: str) -> Json:
    low, high = (whole(said, key, -LARGEST, LARGEST) for key in ("minimum", "maximum"))
    usual = 0 if said.get("format") == VND else -LARGEST
    return {"low": None if low is None else unless(usual, low), "high": unless(LARGEST, high)}


def _of_format(shortest: int) -> Callable[[Reader, Json, Json, str], Json]:
    """What the format says already; lengths may only leave room for it: `shortest` characters."""

    def read(_reader: Reader, said: Json, _shown: Json, _path: str) -> Json:
        whole(said, "minLength", 0, shortest), whole(said, "maxLength", shortest, LONGEST_TEXT)
        return {}

    return read


def _date(reader: Reader, said: Json, shown: Json, path: str) -> Json:
    _of_format(10)(reader, said, shown, path)
    return {"dates": next(when for when, name in DATE_FORMATS.items() if name == said["format"])}


def choices(said: Json, shown: Json, path: str) -> tuple[tuple[str, str], ...]:
    values = list_of(said.get("enum", []), MOST_CHOICES, _("lựa chọn"))
    words = shown.get("choices", {})
    if (
        not values
        or not all(isinstance(value, str) and 0 < len(value) <= 200 for value in values)
        or not isinstance(words, dict)
    ):
        raise Malformed(_("Ô “%(where)s” cần ít nhất một lựa chọn bằng chữ.") % {"where": path})
    if len(set(values)) < len(values) or set(words) - set(values):
        raise Malformed(_("Lựa chọn của ô “%(where)s” trùng nhau hoặc không khớp.") % {"where": path})
    return tuple((value, text(words, value, 200) or value) for value in values)


def _one(_reader: Reader, said: Json, shown: Json, path: str) -> Json:
    return {"choices": choices(said, shown, path)}


def _several(_reader: Reader, said: Json, shown: Json, path: str) -> Json:
    items = known(said.get("items"), path, {"type", "enum"})
    if items.get("type") != "string" or said.get("uniqueItems", True) is not True:
        raise Malformed(_("Ô “%(where)s” thuộc loại không có trong Kẻng.") % {"where": path})
    whole(said, "minItems", 0, 1), whole(said, "maxItems", 1, MOST_CHOICES)
    return {"choices": choices(items, shown, path)}


def _group(reader: Reader, said: Json, shown: Json, path: str) -> Json:
    return {"fields": reader.inner({key: value for key, value in said.items() if key != "title"}, shown, path)}


def _rows(reader: Reader, said: Json, shown: Json, path: str) -> Json:
    return {
        "fields": reader.inner(said.get("items"), shown, path),
        "low": whole(said, "minItems", 0, MOST_ROWS),
        "high": unless(MOST_ROWS, whole(said, "maxItems", 1, MOST_ROWS)),
        "row": text(shown, "row", 60),
    }


def _file(_reader: Reader, said: Json, shown: Json, path: str) -> Json:
    accept = tuple(map(str, list_of(shown.get("accept", list(MEDIA)), len(MEDIA), _("loại tệp"))))
    if not accept or set(accept) - set(MEDIA):
        raise Malformed(_("Ô “%(where)s” chỉ nhận tệp PDF và ảnh JPEG, PNG.") % {"where": path})
    return {
        "low": unless(0, whole(said, "minimum", 0, MOST_FILES)),
        "high": unless(MOST_FILES, whole(said, "maximum", 1, MOST_FILES)),
        "accept": accept,
        "megabytes": whole(shown, "megabytes", 1, MOST_MEGABYTES) or MOST_MEGABYTES,
    }


DETAILS: dict[Kind, Callable[[Reader, Json, Json, str], Json]] = {
    Kind.TEXT: _lengths(LONGEST_TEXT * 5, LONGEST_TEXT),
    Kind.LONG: _lengths(LONGEST_LONG, LONGEST_LONG),
    Kind.NUMBER: _range,
    Kind.DECIMAL: _range,
    Kind.MONEY: _range,
    Kind.DATE: _date,
    Kind.PERSONAL_ID: _of_format(12),
    Kind.PHONE: _of_format(10),
    Kind.EMAIL: _of_format(6),
    Kind.ONE: _one,
    Kind.SEVERAL: _several,
    Kind.GROUP: _group,
    Kind.ROWS: _rows,
    Kind.FILE: _file,
}


def one_of(shown: Json, key: str, allowed: tuple[str, ...]) -> str:
    value = shown.get(key, "")
    if value not in allowed:
        raise Malformed(_("“%(key)s” không nhận “%(value)s”.") % {"key": key, "value": str(value)[:60]})
    return str(value)


def condition(shown: Json) -> Condition | None:
    if not shown.get("showIf"):
        return None
    said = known(shown["showIf"], "showIf", {"field", "is"})
    values = list_of(said.get("is", []), MOST_CHOICES, _("lựa chọn"))
    if not values or not all(isinstance(value, str | bool) for value in values):
        raise Malformed(_("Điều kiện “showIf” cần ít nhất một câu trả lời."))
    return Condition(text(said, "field", LONGEST_NAME), tuple(values))


def answerable(field: Field, when: Condition, decider: Field | None) -> None:
    possible: set[str | bool] = {True, False}
    if decider is not None and decider.kind is not Kind.YES_NO:
        possible = {value for value, _words in decider.choices}
    if decider is None or decider.kind not in DECIDERS or not all(value in possible for value in when.values):
        raise Malformed(
            _("Điều kiện của ô “%(label)s” phải hỏi một ô có hoặc không, hay ô chọn, đứng trước nó.")
            % {"label": field.label}
        )
