"""A catalogue from a workbook (.xlsx): every error with its cell. The file itself is opened in a confined process."""

import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.core import confined
from keng.procedures.catalogue.columns import Bad, Column
from keng.procedures.catalogue.incoming import Catalogue, Incoming
from keng.procedures.catalogue.sections import MOST_ROWS, PLAIN, TABLES, Content, clean, read_frame
from keng.procedures.catalogue.workbook_sheets import BY_TITLE, CODE, GUIDE, MAIN, SHEETS, Sheet, letter
from keng.procedures.errors import Refused

WORKER = Path(__file__).with_name("workbook_worker.py")
MOST_ERRORS = 200
SENTENCES = {
    "old": gettext_lazy(
        "Đây là tệp Excel kiểu cũ (.xls) hoặc có mật khẩu: mở ra rồi lưu lại thành .xlsx, không mật khẩu."
    ),
    "kind": gettext_lazy("Tệp không phải bảng tính Excel (.xlsx)."),
    "macro": gettext_lazy("Bảng tính có macro: lưu lại thành .xlsx, không macro."),
    "bomb": gettext_lazy("Bảng tính mở ra lớn quá, nên không đọc."),
    "rows": gettext_lazy(
        "Bảng tính nhiều dòng quá: mỗi trang nhiều nhất 20.000 dòng, cả tệp 300.000 ô. Chia làm nhiều tệp."
    ),
    "broken": gettext_lazy("Bảng tính bị hỏng, không đọc được."),
}
NO_TIME = gettext_lazy("Đọc bảng tính này lâu quá: chia làm nhiều tệp nhỏ hơn.")
BUSY = gettext_lazy("Máy chủ đang bận đọc tệp khác: đồng chí thử lại sau một phút.")
Cell = tuple[str, Any]


def read(body: bytes) -> Catalogue:
    """What the workbook says, errors by cell (`Các bước!D7`). Raises Refused for what is no such workbook."""
    with translation.override("vi"):  # headings of files are Vietnamese, whoever reads them: files travel
        return _read(body)


def _read(body: bytes) -> Catalogue:
    try:
        opened = json.loads(confined.run(WORKER, body))
    except confined.Busy as error:
        raise Refused(BUSY, "busy", 503) from error
    except confined.Unfit as error:
        raise Refused(SENTENCES.get(str(error), NO_TIME), str(error) or "time") from error
    found = Catalogue()
    rows: dict[str, list[_Row]] = {}
    for raw in opened["sheets"]:
        sheet = BY_TITLE.get(str(raw["title"]).strip().casefold())
        if sheet is not None:
            rows[sheet.title] = _rows(sheet, raw, found)
        elif str(raw["title"]) != GUIDE and raw["rows"]:
            found.errors.append((str(raw["title"]), _("Không có trang tính nào tên như vậy; bỏ trang này đi.")))
    if MAIN not in rows:
        raise Refused(_("Bảng tính thiếu trang “%(sheet)s”; tải tệp mẫu về để xem.") % {"sheet": MAIN}, "shape")
    _procedures(rows, found)
    del found.errors[MOST_ERRORS:]
    return found


class _Row:
    """One row of a sheet: what stands under each column, and in which cell."""

    def __init__(self, title: str, number: int, values: Content, places: dict[str, str]) -> None:
        self.title, self.number, self.values, self.places = title, number, values, places

    @property
    def where(self) -> str:
        return f"{self.title}!A{self.number}"

    def place(self, column: str) -> str:
        return self.places.get(column, self.where)


def _rows(sheet: Sheet, raw: dict[str, Any], found: Catalogue) -> list[_Row]:
    found.errors += [(f"{sheet.title}!{ref}", _("Ô gộp: bỏ gộp rồi điền từng ô.")) for ref in raw["merged"]]
    lines: list[list[Cell]] = raw["rows"]
    columns = _columns(sheet, lines[0] if lines else [], found)
    rows = []
    for number, line in enumerate(lines[1:], 2):
        if any(kind for kind, _value in line):
            rows.append(_row(sheet, columns, number, line, found))
    return rows


def _columns(sheet: Sheet, heading: list[Cell], found: Catalogue) -> dict[int, Column]:
    """Which column of the sheet is which of ours, by what its first row says."""
    known = {str(column.label).casefold(): column for column in sheet.columns}
    columns: dict[int, Column] = {}
    for index, (kind, value) in enumerate(heading):
        column = known.get(str(value).strip().casefold()) if kind == "s" else None
        if column is not None and column not in columns.values():
            columns[index] = column
        elif kind:
            place = f"{sheet.title}!{letter(index)}1"
            found.errors.append(
                (place, _("Trang này không có cột “%(name)s”, hoặc có hai lần.") % {"name": str(value)[:60]})
            )
    if sheet.columns[0] not in columns.values():
        missing = _("Thiếu cột “%(name)s” ở dòng 1.") % {"name": sheet.columns[0].label}
        found.errors.append((f"{sheet.title}!A1", missing))
    return columns


def _row(sheet: Sheet, columns: dict[int, Column], number: int, line: list[Cell], found: Catalogue) -> _Row:
    values: Content = {}
    places = {column.name: f"{sheet.title}!{letter(index)}{number}" for index, column in columns.items()}
    for index, (kind, value) in enumerate(line):
        column = columns.get(index)
        place = f"{sheet.title}!{letter(index)}{number}"
        if kind == "f":
            found.errors.append((place, _("Ô có công thức: dán lại thành giá trị.")))
        elif kind == "e":
            found.errors.append((place, _("Ô báo lỗi của Excel.")))
        elif column is not None and kind:
            values[column.name] = date.fromisoformat(value) if kind == "d" else value
        elif kind:
            found.errors.append((place, _("Ô nằm ngoài các cột có tên.")))
    return _Row(sheet.title, number, values, places)


def _procedures(rows: dict[str, list[_Row]], found: Catalogue) -> None:
    children: dict[str, dict[str, list[_Row]]] = {}
    codes = set()
    for row in rows[MAIN]:
        codes.add(str(row.values.get("code", "")).strip())
    for sheet in SHEETS[1:]:
        if sheet.section in TABLES:
            children[sheet.section] = _by_code(rows.get(sheet.title, []), codes, found)
        else:
            named = [kept for row in rows.get(sheet.title, []) if (kept := _named(sheet, row, found))]
            (found.fields if sheet.section == "fields" else found.life_events).extend(named)
    for row in rows[MAIN]:
        code = str(row.values.get("code", "")).strip()
        _procedure(row, {name: of.get(code, []) for name, of in children.items()}, found)


def _by_code(rows: list[_Row], codes: set[str], found: Catalogue) -> dict[str, list[_Row]]:
    sorted_in: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        code = str(row.values.pop("code", "")).strip()
        if code not in codes:
            unknown = _("Mã “%(code)s” không có ở trang “%(sheet)s”.") % {"code": code[:40], "sheet": MAIN}
            found.errors.append((row.place(CODE.name), unknown))
        sorted_in[code].append(row)
    return sorted_in


def _named(sheet: Sheet, row: _Row, found: Catalogue) -> Content | None:
    kept: Content = {}
    for column in sheet.columns:
        try:
            kept[column.name] = column.read(row.values.get(column.name))
        except Bad as error:
            found.errors.append((row.place(column.name), error.sentence))
            return None
    return kept


def _procedure(row: _Row, children: dict[str, list[_Row]], found: Catalogue) -> None:
    plain = {column.name: row.values.get(column.name) for column in PLAIN}
    places: dict[tuple[str | int, ...], str] = {(name,): place for name, place in row.places.items()}
    for name, lines in children.items():
        plain[name] = [line.values for line in lines[: MOST_ROWS + 1]]
        places[name,] = lines[0].where if lines else row.where
        for index, line in enumerate(lines[: MOST_ROWS + 1]):
            places |= {(name, index, column): place for column, place in line.places.items()} | {
                (name, index): line.where
            }
    frame, problems = read_frame(row.values)
    content, more = clean(plain)
    incoming = Incoming(frame, content, places, row.where)
    found.errors += [(incoming.place(problem.path), problem.sentence) for problem in problems + more]
    found.procedures.append(incoming)
