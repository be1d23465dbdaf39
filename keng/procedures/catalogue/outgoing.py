"""The catalogue as files that can be brought in again unchanged: JSON, a workbook, and an empty workbook that explains itself."""

import io
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from keng.procedures.catalogue.columns import Column, Kind
from keng.procedures.catalogue.incoming import newest
from keng.procedures.catalogue.sections import Content, content_of
from keng.procedures.catalogue.services import frame_of
from keng.procedures.catalogue.workbook_sheets import CODE, GUIDE, MAIN, SHEETS, Sheet
from keng.procedures.models import Field, LifeEvent, Procedure, ProcedureVersion

WIDE, NARROW = 42, 20  # characters
KINDS = {
    Kind.WHOLE: "số nguyên",
    Kind.DAY: "ngày, như 26/11/2024",
    Kind.FLAG: "có hoặc không",
    Kind.SLUGS: "tên viết tắt, cách nhau bằng dấu phẩy",
}


def everything(field: str = "") -> Content:
    """The newest state of every procedure that was not retired (its draft, if it has one), of one field or of all. Five queries."""
    versions = Prefetch("versions", ProcedureVersion.objects.order_by("number"))
    rows: QuerySet[Procedure] = Procedure.objects.filter(retired_on=None).select_related("field", "form")
    rows = rows.prefetch_related("life_events", versions).order_by("field__order", "code")
    if field:
        rows = rows.filter(field__slug=field)
    named = ("slug", "name", "order")
    return {
        "fields": list(Field.objects.order_by("order", "slug").values(*named)),
        "life_events": list(LifeEvent.objects.order_by("order", "slug").values(*named, "icon")),
        "procedures": [{**frame_of(row), **content_of(newest(row))} for row in rows if row.versions.all()],
    }


def as_json(whole: Content) -> bytes:
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def as_workbook(whole: Content) -> bytes:
    """One row a procedure, and a sheet for each section of several rows."""
    book = Workbook(write_only=True)
    with translation.override("vi"):  # files travel
        _guide(book)
        for sheet in SHEETS:
            _sheet(book, sheet, _lines(sheet, whole))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def template() -> bytes:
    """A workbook without procedures: its first sheet says what goes into each column; fields and life events are those that there are."""
    return as_workbook({**everything(), "procedures": []})


def _lines(sheet: Sheet, whole: Content) -> Iterable[Content]:
    if sheet.title == MAIN:
        return list(whole["procedures"])
    if sheet.section in ("fields", "life_events"):
        return list(whole[sheet.section])
    return [{CODE.name: one["code"], **row} for one in whole["procedures"] for row in one[sheet.section]]


def _sheet(book: Workbook, sheet: Sheet, lines: Iterable[Content]) -> None:
    drawn = book.create_sheet(sheet.title)
    drawn.freeze_panes = "B2"
    for index, column in enumerate(sheet.columns):
        letter = chr(ord("A") + index)
        drawn.column_dimensions[letter].width = WIDE if column.kind in (Kind.LINE, Kind.TEXT) else NARROW
    drawn.append([_cell(drawn, str(column.label), bold=True) for column in sheet.columns])
    for line in lines:
        drawn.append([_cell(drawn, _value(column, line.get(column.name))) for column in sheet.columns])


def _value(column: Column, value: Any) -> Any:
    if column.kind is Kind.WHOLE or value in ("", None):
        return value
    return date.fromisoformat(value) if column.kind is Kind.DAY else column.shown(value)


def _cell(drawn: Any, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(drawn, value="" if value is None else value)
    if isinstance(value, str):
        cell.data_type = "s"  # a text that begins with = is a text
        cell.number_format = "@"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    elif isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _guide(book: Workbook) -> None:
    """What goes into each column of each sheet."""
    drawn = book.create_sheet(GUIDE)
    for letter, width in zip("ABCDE", (16, 26, 12, 44, 70), strict=True):
        drawn.column_dimensions[letter].width = width
    heading = (_("Trang"), _("Cột"), _("Bắt buộc"), _("Điền gì"), _("Giải thích"))
    drawn.append([_cell(drawn, said, bold=True) for said in heading])
    for sheet in SHEETS:
        for column in sheet.columns:
            said = (
                sheet.title,
                str(column.label),
                _("có") if column.required else "",
                _takes(column),
                str(column.help),
            )
            drawn.append([_cell(drawn, text) for text in said])


def _takes(column: Column) -> str:
    if column.choices:
        return "; ".join(str(label) for _value, label in column.choices)
    return KINDS.get(column.kind, f"chữ, nhiều nhất {column.most} ký tự")
