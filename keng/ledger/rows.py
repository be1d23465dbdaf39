"""Entries as they lie in the database, read in bytes: a damaged row is something to report, not an error on the way.

Reads in order of place, some thousands at a time, so that a log of millions needs no more memory than a small one.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection

from keng.ledger.leaves import LEAF_BYTES, SALT_BYTES, leaf_of

AT_A_TIME = 4096
TEXTS = ("by", "case", "office", "purpose", "subject", "verb")
HOUR = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d):00:00")


class Row(NamedTuple):
    """`fault` says what is wrong with the row by itself, Vietnamese and English; `salt` is None in one that was erased."""

    place: Any
    id: int
    verb: str
    case: str
    canonical: bytes
    salt: bytes | None
    leaf: bytes
    fault: str


def published() -> Iterator[Row]:
    """Those with a place, in order of place."""
    yield from _pages("place", "place IS NOT NULL AND place >= %s", first=-(2**63))


def waiting() -> Iterator[Row]:
    """Those without, in no order that means anything."""
    yield from _pages("id", "place IS NULL AND id >= %s", first=0)


def canonical(texts: dict[str, str], hour: str) -> bytes:
    """As `Entry.canonical`, from the texts and "2026-11-22T03": made here once more, so that a mistake there would show."""
    return json.dumps(
        {**texts, "hour": hour, "v": "1"}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def _pages(column: str, where: str, *, first: int) -> Iterator[Row]:
    sql = f"SELECT {_columns()} FROM ledger_entry WHERE {where} ORDER BY {column} LIMIT {AT_A_TIME}"  # noqa: S608
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql, [first])
            page = cursor.fetchall()
        for values in page:
            yield _row(*values)
        last = page[-1][column == "id"] if page else None
        if len(page) < AT_A_TIME or not isinstance(last, int):
            return
        first = last + 1


def _columns() -> str:
    """Texts as bytes, for SQLite takes any: one that is no text would end the reading."""
    if connection.vendor == "postgresql":
        texts = [f"convert_to(\"{name}\", 'UTF8')" for name in TEXTS]
        hour = "convert_to(to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), 'UTF8')"
    else:
        texts, hour = [f'CAST("{name}" AS BLOB)' for name in TEXTS], "CAST(hour AS BLOB)"
    return ", ".join(["place", "id", hour, "salt", "leaf", *texts])


def _row(place: Any, pk: int, hour: Any, salt: Any, leaf: Any, *texts: Any) -> Row:
    said = _decoded(texts)
    found = HOUR.fullmatch(_text(hour) or "")
    if said is None or found is None:
        return Row(place, pk, "", "", b"", None, _bytes(leaf), "không đọc được / can't be read")
    written = canonical(said, f"{found[1]}T{found[2]}")
    kept = None if salt is None else _bytes(salt)
    fault = _fault(kept, _bytes(leaf), written)
    return Row(place, pk, said["verb"], said["case"], written, kept, _bytes(leaf), fault)


def _decoded(texts: tuple[Any, ...]) -> dict[str, str] | None:
    said = {name: _text(value) for name, value in zip(TEXTS, texts, strict=True)}
    known = {name: value for name, value in said.items() if value is not None}
    return known if len(known) == len(TEXTS) else None


def _fault(salt: bytes | None, leaf: bytes, written: bytes) -> str:
    if len(leaf) != LEAF_BYTES:
        return "có mã cam kết sai độ dài / has a leaf of the wrong length"
    if salt is None:
        return ""
    if len(salt) != SALT_BYTES or leaf_of(salt, written) != leaf:
        return "không khớp với mã cam kết của nó / does not match its own leaf"
    return ""


def _text(raw: Any) -> str | None:
    try:
        return _bytes(raw).decode()
    except UnicodeDecodeError:
        return None


def _bytes(raw: Any) -> bytes:
    return bytes(raw) if isinstance(raw, bytes | bytearray | memoryview) else b"\xff"
