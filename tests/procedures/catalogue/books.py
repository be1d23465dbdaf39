"""Workbooks for the tests, good and bad, made cell by cell."""

import io
import zipfile
from typing import Any

import openpyxl

from keng.procedures.catalogue import outgoing
from keng.procedures.catalogue.sections import Content


def book(whole: Content | None = None) -> "openpyxl.Workbook":
    """The catalogue as it is exported (or `whole`), opened to be changed."""
    return openpyxl.load_workbook(io.BytesIO(outgoing.as_workbook(whole or outgoing.everything())))


def saved(changed: Any) -> bytes:
    out = io.BytesIO()
    changed.save(out)
    return out.getvalue()


def column(sheet: Any, label: str) -> int:
    """Where the column of that heading stands, from 1."""
    return next(cell.column for cell in sheet[1] if cell.value == label)


def put(changed: Any, title: str, row: int, label: str, value: Any) -> str:
    """Writes a cell; its address as errors say it."""
    sheet = changed[title]
    cell = sheet.cell(row, column(sheet, label))
    cell.value = value
    return f"{title}!{cell.coordinate}"


def packed(parts: dict[str, bytes], *, level: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", level) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
