"""What changes from one state of a procedure to another, section by section, as a person reads it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from keng.procedures.catalogue.columns import Column, Kind, Says
from keng.procedures.catalogue.sections import FRAME, PLAIN, TABLES, Content, Table


@dataclass(frozen=True)
class Change:
    """One section that changes: the lines that go and those that come."""

    name: str
    label: Says
    gone: tuple[str, ...]
    come: tuple[str, ...]


def differences(before: Content, after: Content) -> list[Change]:
    """The sections of `after` that are not as in `before`; both may be a frame, a content or both together."""
    return [change for change in _changes(before, after) if change.gone or change.come]


def _changes(before: Content, after: Content) -> Iterator[Change]:
    for column in (*FRAME, *PLAIN):
        if column.name in after and before.get(column.name) != after[column.name]:
            yield Change(
                column.name,
                column.label,
                _line(column.shown(before.get(column.name))),
                _line(column.shown(after[column.name])),
            )
    for name, table in TABLES.items():
        if name in after and before.get(name) != after[name]:
            yield _rows(table, before.get(name) or [], after[name])


def _line(shown: str) -> tuple[str, ...]:
    return (shown,) if shown else ()


def _rows(table: Table, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Change:
    old, new = ([row_text(table, row) for row in rows] for rows in (before, after))
    gone, come = tuple(row for row in old if row not in new), tuple(row for row in new if row not in old)
    if not (gone or come):
        come = (_("Đổi thứ tự các dòng."),)
    return Change(table.name, table.label, gone, come)


def row_text(table: Table, row: dict[str, Any]) -> str:
    """One row in a line: "lệ phí · 15.000 đồng · nộp trực tiếp", "Tờ khai · bản chính: 1"."""
    said = ((column, column.shown(row.get(column.name))) for column in table.columns)
    return " · ".join(_cell(table, column, text) for column, text in said if text and text != "0")


def _cell(table: Table, column: Column, text: str) -> str:
    """A number alone says nothing, and neither does the name of a form's field."""
    if (table.name, column.name) == ("costs", "amount"):
        return _("%(amount)s đồng") % {"amount": text}
    if column.kind is Kind.WHOLE or (table.name, column.name) == ("documents", "field"):
        label = str(column.label)
        return f"{label[0].lower()}{label[1:]}: {text}"
    return text
