"""Run by `keng.core.confined` as a process of its own: a workbook comes in by stdin; its sheets go out as JSON.

{"sheets": [{"title", "rows": [[[kind, value], …], …], "merged": ["A1:B2", …]}, …]}; a cell's kind is s (text), n (number), d (day),
b (yes or no), f (formula), e (error) or "" (nothing). What can't be taken is named in one word on stderr, exit status 3. Sizes, rows and
what is in the archive are looked at before a spreadsheet library sees any of it. Knows nothing of the rest of the house.
"""

import io
import json
import re
import sys
import zipfile
import zlib
from datetime import date, datetime
from typing import Any

MOST_INFLATED = 48 * 1024 * 1024  # bytes of all parts together
MOST_PARTS = 200
MOST_SHEETS = 20
MOST_ROWS = 20_000  # of one sheet
MOST_CELLS = 300_000  # of all
MOST_COLUMNS = 40
MOST_MERGED = 20  # named; one is enough to refuse
OLD = b"\xd0\xcf\x11\xe0"  # Excel before 2007, and any newer one that has a password
ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
NUMBER = re.compile(rb"<(?:\w+:)?row\s[^>]{0,400}?\br=\"(\d{1,9})\"")
CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?ref=\"([A-Z]{1,3}\d{1,7}(?::[A-Z]{1,3}\d{1,7})?)\"")
BROKEN = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError, EOFError,
    NotImplementedError, RuntimeError, OverflowError, AssertionError, MemoryError,
)  # fmt: skip


class Unfit(Exception):
    """`sys.stderr` gets its word."""


def looked_at(raw: bytes) -> dict[str, list[str]]:
    """Part of a sheet -> what is merged in it. Raises Unfit for what is no workbook of a size that a person could have written."""
    if raw[:4] == OLD:
        raise Unfit("old")
    if raw[:2] != b"PK":
        raise Unfit("kind")
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = parts_of(archive)
        sheets = [name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        if len(sheets) > MOST_SHEETS:
            raise Unfit("rows")
        for name in names:
            if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(name)[:2000].upper():
                raise Unfit("broken")
        return counted({name: archive.read(name) for name in sheets})


def parts_of(archive: zipfile.ZipFile) -> list[str]:
    """The archive's parts, as its directory has them: nothing is unpacked yet. Raises Unfit."""
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if any("vbaproject" in name.lower() for name in names):
        raise Unfit("macro")
    if "xl/workbook.xml" not in names or len(set(names)) != len(names):
        raise Unfit("kind")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INFLATED:
        raise Unfit("bomb")
    if any(part.flag_bits & 1 for part in parts):
        raise Unfit("old")
    return names


def counted(sheets: dict[str, bytes]) -> dict[str, list[str]]:
    """What is merged in each; its rows and cells counted as they are written. Raises Unfit."""
    cells = 0
    for sheet in sheets.values():
        rows = sum(1 for _row in ROW.finditer(sheet))
        last = max((int(number) for number in NUMBER.findall(sheet)), default=0)
        cells += sum(1 for _cell in CELL.finditer(sheet))
        if max(rows, last) > MOST_ROWS + 1 or cells > MOST_CELLS:
            raise Unfit("rows")
    return {name: [ref.decode() for ref in MERGED.findall(sheet)[:MOST_MERGED]] for name, sheet in sheets.items()}


def read(raw: bytes) -> dict[str, Any]:
    """The sheets, cell by cell. Raises Unfit."""
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise Unfit("broken")
    merged = looked_at(raw)
    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
    sheets = []
    for sheet in book.worksheets:
        part = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
        rows = [[cell(one) for one in row] for row in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)]
        sheets.append({"title": sheet.title, "rows": [trimmed(row) for row in rows], "merged": merged.get(part, [])})
    return {"sheets": sheets}


def cell(one: Any) -> tuple[str, Any]:
    """Its kind and what is in it."""
    value, kind = one.value, getattr(one, "data_type", "n")
    if value is None:
        return "", None
    if kind in ("f", "e"):
        return kind, str(value)[:80]
    if isinstance(value, bool):
        return "b", value
    if isinstance(value, (datetime, date)):
        return "d", value.isoformat()[:10]
    if isinstance(value, (int, float)):
        return "n", value
    return "s", str(value)


def trimmed(row: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Without the empty cells at its end."""
    while row and row[-1][0] == "":
        row.pop()
    return row


def main() -> int:
    try:
        sys.stdout.write(json.dumps(read(sys.stdin.buffer.read())))
    except Unfit as error:
        sys.stderr.write(str(error))
        return 3
    except BROKEN:
        sys.stderr.write("broken")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
