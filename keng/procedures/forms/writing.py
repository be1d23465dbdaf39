"""From pages to what is stored: the JSON Schema 2020-12 that says what is asked for, and the display layer that says how.

The order of fields stands in lists of the display layer: PostgreSQL's jsonb keeps no order of keys.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from keng.procedures.forms.fields import (
    LARGEST,
    MEDIA,
    MOST_MEGABYTES,
    Condition,
    Field,
    Heading,
    Item,
    Kind,
    Note,
    Page,
    all_fields,
    every_field,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FORMATS = {
    Kind.PERSONAL_ID: "personal-id",
    Kind.PHONE: "phone",
    Kind.EMAIL: "email",
}
DATE_FORMATS = {"": "date", "past": "past-date", "coming": "coming-date"}
VND, FILES = "vnd", "files"

Json = dict[str, Any]


def write(pages: Sequence[Page]) -> tuple[Json, Json]:
    """`(schema, display)` of the form."""
    fields = list(all_fields(pages))
    layer = {path: shown for path, field in every_field(fields) if (shown := display_of(field))}
    display: Json = {"pages": [page_of(page) for page in pages]}
    if layer:
        display["fields"] = layer
    return {"$schema": DIALECT, **object_of(fields)}, display


def page_of(page: Page) -> Json:
    made: Json = {"title": page.title, "fields": [item_of(item) for item in page.items]}
    return made | ({"help": page.help} if page.help else {})


def item_of(item: Item) -> str | Json:
    if isinstance(item, Heading):
        return {"heading": item.text}
    return {"note": item.text} if isinstance(item, Note) else item.name


def display_of(field: Field) -> Json:
    made: Json = {
        "kind": "long" if field.kind is Kind.LONG else "",
        "help": field.help,
        "autocomplete": field.autocomplete,
        "row": field.row,
        "choices": dict(field.choices),
        "fields": [inner.name for inner in field.fields],
        "accept": list(field.accept) if field.accept != MEDIA else [],
        "megabytes": field.megabytes if field.megabytes != MOST_MEGABYTES else 0,
        "showIf": {"field": field.when.field, "is": list(field.when.values)} if field.when else {},
    }
    return {key: value for key, value in made.items() if value}


def object_of(fields: Iterable[Field]) -> Json:
    """The schema of a form, a group or a row."""
    fields = list(fields)
    made: Json = {
        "type": "object",
        "properties": {field.name: {"title": field.label, **SCHEMAS[field.kind](field)} for field in fields},
        "additionalProperties": False,
    }
    if asked := [field.name for field in fields if field.required and not field.when]:
        made["required"] = asked
    if rules := conditions(fields):
        made["allOf"] = rules
    return made


def conditions(fields: Iterable[Field]) -> list[Json]:
    """One rule for each field that is asked for at times: asked for then, absent otherwise."""
    deciders = {field.name: field.kind for field in fields}
    return [rule(field, field.when, deciders.get(field.when.field)) for field in fields if field.when]


def rule(field: Field, when: Condition, decider: Kind | None) -> Json:
    value: Json = {"enum": list(when.values)}
    test = {"contains": value} if decider is Kind.SEVERAL else value
    made: Json = {"if": {"properties": {when.field: test}, "required": [when.field]}}
    if field.required:
        made["then"] = {"required": [field.name]}
    return made | {"else": {"properties": {field.name: False}}}


def _text(field: Field) -> Json:
    least = max(field.low or 0, int(field.required))
    return {"type": "string", "maxLength": field.most} | ({"minLength": least} if least else {})


def _number(field: Field) -> Json:
    low = 0 if field.low is None and field.kind is Kind.MONEY else field.low
    made: Json = {"type": "number" if field.kind is Kind.DECIMAL else "integer"}
    made |= {"format": VND} if field.kind is Kind.MONEY else {}
    return made | {"minimum": -LARGEST if low is None else low, "maximum": field.most}


def _named(field: Field) -> Json:
    return {"type": "string", "format": FORMATS[field.kind], "maxLength": 100}


def _date(field: Field) -> Json:
    return {"type": "string", "format": DATE_FORMATS[field.dates], "maxLength": 10}


def _one(field: Field) -> Json:
    return {"type": "string", "enum": [value for value, _words in field.choices]}


def _several(field: Field) -> Json:
    return {"type": "array", "items": _one(field), "uniqueItems": True, "maxItems": len(field.choices)} | (
        {"minItems": 1} if field.required else {}
    )


def _rows(field: Field) -> Json:
    made: Json = {"type": "array", "items": object_of(field.fields), "maxItems": field.most}
    return made | ({"minItems": field.least} if field.least else {})


def _file(field: Field) -> Json:
    return {"type": "integer", "format": FILES, "minimum": field.least, "maximum": field.most}


SCHEMAS: dict[Kind, Callable[[Field], Json]] = {
    Kind.TEXT: _text,
    Kind.LONG: _text,
    Kind.NUMBER: _number,
    Kind.DECIMAL: _number,
    Kind.MONEY: _number,
    Kind.DATE: _date,
    Kind.PERSONAL_ID: _named,
    Kind.PHONE: _named,
    Kind.EMAIL: _named,
    Kind.YES_NO: lambda _field: {"type": "boolean"},
    Kind.PLEDGE: lambda _field: {"type": "boolean", "const": True},
    Kind.ONE: _one,
    Kind.SEVERAL: _several,
    Kind.GROUP: lambda field: object_of(field.fields),
    Kind.ROWS: _rows,
    Kind.FILE: _file,
}
