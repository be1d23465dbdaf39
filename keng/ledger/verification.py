"""Whether what the database keeps is what was published and signed: rows, leaves, places, checkpoints, files, and what the apps keep.

Reads once through everything, in constant memory; changes nothing. What it finds it tells, the first thing first.
`tools/verify_ledger.py` is its counterpart for those who have no access to the server.
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from keng.core.ids import this_hour
from keng.core.registry import audits
from keng.ledger import files, notes, rows
from keng.ledger.keys import origin
from keng.ledger.leaves import LEAF_BYTES
from keng.ledger.models import Checkpoint, Cosignature, Entry, LogKey
from keng.ledger.notes import Head, NoteMalformed, SignatureFailed, Verifier
from keng.ledger.tiles import WIDTH, Growth, entries_path, path_of

RANGE = re.compile(r"(\d{1,15})-(\d{1,15})")  # places [from, to), in the entry of a restored database
WAIT = timedelta(days=2)
AHEAD = timedelta(hours=2)
# By its verb's end an entry tells of a deletion: every erased entry needs one, under the same case, that kept its salt.
ERASED_SILENTLY = """
SELECT e.place, e.id FROM ledger_entry e WHERE e.salt IS NULL AND e.verb <> 'ledger.adopted' AND NOT EXISTS (
    SELECT 1 FROM ledger_entry d WHERE d."case" = e."case" AND d.verb LIKE '%%.deleted' AND d.salt IS NOT NULL
) ORDER BY e.place"""
# A deletion says in its purpose how many entries it erased; those of another case could else be passed off as of this one.
ERASED_TOO_MANY = """
SELECT d.place, d.purpose, (
    SELECT COUNT(*) FROM ledger_entry e WHERE e."case" = d."case" AND e.salt IS NULL AND e.verb <> 'ledger.adopted'
) FROM ledger_entry d WHERE d.verb LIKE '%%.deleted' AND d.salt IS NOT NULL AND d.purpose <> '' ORDER BY d.place"""
# A row that came back without its content, which is a lost database or a buried report: the restoring must be told, by an entry.
ADOPTED_ROWS = "SELECT place FROM ledger_entry WHERE verb = 'ledger.adopted' ORDER BY place"
# A publication makes its fillers: a backup from before it has none of them. Bundles of 256 are never of two publications.
FILLED = """
WITH adopted AS MATERIALIZED (SELECT DISTINCT place / 256 AS bundle FROM ledger_entry WHERE verb = 'ledger.adopted')
SELECT DISTINCT place / 256 FROM ledger_entry WHERE verb = 'ledger.padding' AND salt IS NOT NULL AND place IS NOT NULL
AND place / 256 IN (SELECT bundle FROM adopted)"""  # once: PostgreSQL, where it counts wrongly, else looks anew for every filler
TILE = re.compile(r"tile/(entries|\d)/((?:x\d{3}/)*\d{3})(?:\.p/(\d+))?")

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Finding:
    """One difference, in a sentence: Vietnamese, ` / `, English."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


def verify(*, known: Sequence[str] = (), progress: Progress = lambda done, of: None) -> Iterator[Finding]:
    """Everything that does not agree, the first thing first; nothing where all is as it was signed.

    `known` are checkpoints kept elsewhere, as notes: a log that was made anew from its first day agrees with itself, not with them.
    """
    checkpoints = _Checkpoints(known)
    tree = _Tree(checkpoints, progress)
    parts: tuple[tuple[str, Callable[[], Iterable[str]]], ...] = (
        ("Các trang chốt / The checkpoints", checkpoints.check),
        ("Các việc / The entries", tree.check),
        ("Các việc chưa vào sổ / The waiting entries", _waiting),
        ("Các việc đã xoá / The erased entries", _erased),
        ("Các dòng lấy lại / The adopted leaves", lambda: _adopted(checkpoints.size)),
        ("Các tệp công khai / The public files", _small_files),
        ("Thư mục công khai / The public folder", tree.strays),
        *((f"Kiểm toán {name} / The audit {name}", audit) for name, audit in audits),
    )
    for name, check in parts:
        for sentence in _as_far_as_it_goes(name, check):
            yield Finding(sentence)


def _as_far_as_it_goes(name: str, check: Callable[[], Iterable[str]]) -> Iterator[str]:
    """What a damaged database can't even be asked is a finding too."""
    try:
        yield from check()
    except (DatabaseError, ValueError, TypeError, AttributeError, OverflowError) as error:
        what = str(error).replace(" / ", " ").replace("\n", " ")[:200]
        yield _both(name, f"không đọc được hết ({what})", f"can't all be read ({what})")


class _Checkpoints:
    """The signed notes: of this database, and those that somebody kept."""

    def __init__(self, known: Sequence[str]) -> None:
        self.known = known
        self.size = 0
        self.heads: dict[int, list[tuple[bytes, str]]] = {}  # size -> roots that were signed, and what says so

    def check(self) -> Iterator[str]:
        keys = list(_readable_keys())
        for row in Checkpoint.objects.order_by("size").iterator():
            self.size = row.size
            yield from self._row(row, keys)
        for number, text in enumerate(self.known, 1):
            yield from self._kept(number, text, keys)

    def _row(self, row: Checkpoint, keys: list[Verifier]) -> Iterator[str]:
        name = f"Trang chốt cỡ {row.size} / The checkpoint of size {row.size}"
        self.heads.setdefault(row.size, []).append((bytes(row.root), name))
        if _signed_head(row.note, keys) != Head(origin(), row.size, bytes(row.root)) or row.size % WIDTH:
            yield _both(name, "không đúng như đã ký", "is not as it was signed")
        for line in Cosignature.objects.filter(size=row.size).order_by("name"):
            yield from _cosigned(row, line)

    def _kept(self, number: int, text: str, keys: list[Verifier]) -> Iterator[str]:
        head = _signed_head(text, keys)
        name = f"Trang chốt giữ riêng thứ {number} / Kept checkpoint {number}"
        if head is None or head.origin != origin():
            yield _both(name, "không do sổ này ký", "was not signed by this log")
        elif head.size > self.size or head.size % WIDTH or not head.size:
            yield _both(
                name,
                f"có {head.size} dòng, sổ chỉ còn {self.size}",
                f"has {head.size} leaves, the log only {self.size}",
            )
        else:
            self.heads.setdefault(head.size, []).append((head.root, name))


def _readable_keys() -> Iterator[Verifier]:
    for key in LogKey.objects.order_by("pk"):
        try:
            yield Verifier.read(key.vkey)
        except NoteMalformed:
            continue  # what it signed will say so


def _signed_head(text: str, keys: list[Verifier]) -> Head | None:
    """What a note says, if every line in the name of one of the keys is theirs, and there is one."""
    try:
        note = notes.read(text)
        signers = [key for key in keys if notes.signed_by(note, key)]
        for key in signers:
            notes.verify(note, key)
        return notes.read_head(note.text) if signers else None
    except (NoteMalformed, SignatureFailed):
        return None


def _cosigned(row: Checkpoint, line: Cosignature) -> Iterator[str]:
    try:
        note = notes.read(row.note + line.line)
        witnesses = [key for key in map(Verifier.read, settings.WITNESSES) if key.name == line.name]
        for witness in witnesses:
            if notes.signed_by(note, witness):
                notes.verify(note, witness)
        right = note.signatures[-1].name == line.name and note.signatures[-1].line == line.line
    except (NoteMalformed, SignatureFailed):
        right = False
    if not right:
        yield _both(
            f"Chữ ký của nhân chứng {line.name} dưới trang chốt cỡ {row.size} / The cosignature of {line.name} under size {row.size}",
            "không đúng: đây không phải trang chốt mà nhân chứng đã thấy",
            "is not valid: this is not the checkpoint that the witness saw",
        )


class _Tree:
    """Rows against leaves against tiles against roots."""

    def __init__(self, checkpoints: _Checkpoints, progress: Progress) -> None:
        self.checkpoints, self.progress = checkpoints, progress
        self.growth = Growth()
        self.tiles: set[str] = set()  # those at the right edge of some day, which are not full
        self.whole = True  # no row was missing or could not be read, so that the rest of the tree can be told

    def check(self) -> Iterator[str]:
        leaves: list[bytes] = []
        expected = 0
        for row in rows.published():
            yield from self._row(row, expected)
            expected = row.place + 1 if isinstance(row.place, int) else expected + 1
            leaves.append(row.leaf)
            if len(leaves) == WIDTH:
                yield from self._grow(leaves)
                leaves = []
                self.progress(expected, self.checkpoints.size)
        if expected != self.checkpoints.size:
            yield _place(
                expected, "thiếu hoặc thừa so với trang chốt cuối", "is missing, or too many for the last checkpoint"
            )

    def _row(self, row: rows.Row, expected: int) -> Iterator[str]:
        if row.place != expected or not isinstance(row.place, int):
            self.whole = False
            yield _place(expected, "bị mất", "is gone")
        elif row.fault:
            vi, en = row.fault.split(" / ")
            yield _place(row.place, vi, en)
        self.whole = self.whole and len(row.leaf) == LEAF_BYTES

    def _grow(self, leaves: list[bytes]) -> Iterator[str]:
        if not self.whole:
            return
        for path, content in self.growth.add(leaves):
            yield from _file(path, content)
        if self.growth.size in self.checkpoints.heads:
            yield from self._roots()
            yield from self._parts(needed=self.growth.size == self.checkpoints.size)

    def _roots(self) -> Iterator[str]:
        for root, name in self.checkpoints.heads[self.growth.size]:
            if root != self.growth.root():
                yield _both(name, "ký cho một sổ khác: gốc không khớp với các dòng", "was signed over other leaves")

    def _parts(self, *, needed: bool) -> Iterator[str]:
        """Those of former days may have been put away; what is there must be right."""
        for path, content in self.growth.parts():
            self.tiles.add(path)
            if needed or (settings.LEDGER_FOLDER / path).exists():
                yield from _file(path, content)

    def strays(self) -> Iterator[str]:
        """Files in the public folder that no publication put there."""
        folder = Path(settings.LEDGER_FOLDER)
        small = _small() | {files.LOCK, files.NEW}
        for where, inner, names in (
            os.walk(folder) if self.whole else ()
        ):  # a folder at a time: there are a thousand in one
            inner.sort()
            for name in sorted((Path(where) / one).relative_to(folder).as_posix() for one in names):
                if name not in small and not self._is_tile(name):
                    yield _both(f"Tệp {name} / The file {name}", "không thuộc về sổ", "is none of the log's")

    def _is_tile(self, name: str) -> bool:
        found = TILE.fullmatch(name)
        if found is None or found[3]:
            return name in self.tiles
        index = int(found[2].replace("x", "").replace("/", ""))
        level = 0 if found[1] == "entries" else int(found[1])
        expected = entries_path(index) if found[1] == "entries" else path_of(level, index)
        return name == expected and index < self.growth.size >> 8 * level >> 8


def _waiting() -> Iterator[str]:
    """Entries that have no place: each in itself, and how long they have been waiting."""
    for row in rows.waiting():
        if row.fault:
            yield _both(f"Việc {row.id}, chưa vào sổ, / The entry {row.id}, which waits,", *row.fault.split(" / "))
    late = Entry.objects.filter(place=None, hour__lt=this_hour() - WAIT).count()
    if late:
        yield (
            f"{late} việc đã quá hai ngày mà chưa vào sổ công khai."
            f" / {late} entries have been waiting for the public log for more than two days."
        )
    early = Entry.objects.filter(place=None, hour__gt=this_hour() + AHEAD).count()
    if early:
        yield (
            f"{early} việc chưa vào sổ mang giờ chưa tới: đồng hồ sai, hoặc có người muốn chúng chờ mãi."
            f" / {early} waiting entries bear an hour yet to come: a clock was wrong, or somebody means them to wait for ever."
        )


def _erased() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(ERASED_SILENTLY)
        while some := cursor.fetchmany(rows.AT_A_TIME):
            for place, pk in some:
                name = f"Việc {pk} / The entry {pk}" if place is None else _named(place)
                yield _both(
                    name, "đã bị xoá mà không có việc xoá nào được ghi", "was erased, and no entry tells of a deletion"
                )
        cursor.execute(ERASED_TOO_MANY)
        while some := cursor.fetchmany(rows.AT_A_TIME):
            for place, told, number in some:
                if told.isdecimal() and int(told) < number:
                    yield _place(
                        "–" if place is None else place,
                        f"nói đã xoá {told} việc, nhưng có {number} việc đã bị xoá",
                        f"tells of {told} entries erased, and {number} are",
                    )


def _restored(size: int) -> list[tuple[int, int]]:
    """The ranges of places that were lost with a database. One beyond the log as it was when it was told excuses nothing of later."""
    told = Entry.objects.filter(verb="ledger.restored", salt__isnull=False).values_list("subject", "place")
    ranges = [(found, size if place is None else place) for one, place in told if (found := RANGE.fullmatch(one))]
    return [(int(found[1]), int(found[2])) for found, before in ranges if int(found[2]) <= before]


def _adopted(size: int) -> Iterator[str]:
    ranges = _restored(size)
    with connection.cursor() as cursor:
        cursor.execute(FILLED)
        filled = {bundle for (bundle,) in cursor.fetchall()}
        cursor.execute(ADOPTED_ROWS)
        while some := cursor.fetchmany(rows.AT_A_TIME):
            for (place,) in some:
                if (place or 0) // WIDTH in filled or not any(low <= (place or 0) < high for low, high in ranges):
                    yield _place(
                        place,
                        "không còn nội dung mà không có việc khôi phục nào được ghi",
                        "has lost its content, and no entry tells of a restored database",
                    )


# The small files: a pure function of the database, each byte as docs/public-log.md says


def _small_files() -> Iterator[str]:
    last = Checkpoint.objects.order_by("size").last()
    if last is None:
        return
    yield from _file("checkpoint", _cosigned_note(last))
    for checkpoint in Checkpoint.objects.order_by("size").iterator():
        yield from _file(f"checkpoints/{checkpoint.size}", _cosigned_note(checkpoint))
    for name, content in (*_days(), ("keys", _keys())):
        yield from _file(name, content)


def _small() -> set[str]:
    sizes = Checkpoint.objects.values_list("size", flat=True)
    return {"checkpoint", "keys", *(f"checkpoints/{size}" for size in sizes), *(name for name, _content in _days())}


def _cosigned_note(checkpoint: Checkpoint) -> bytes:
    lines = Cosignature.objects.filter(size=checkpoint.size).order_by("name").values_list("line", flat=True)
    return (checkpoint.note + "".join(lines)).encode()


def _days() -> Iterator[tuple[str, bytes]]:
    days = [(f"{day}", size) for day, size in Checkpoint.objects.order_by("size").values_list("day", "size")]
    for month, group in groupby(sorted(days, key=lambda one: one[0][:7]), key=lambda one: one[0][:7]):
        yield f"days/{month}", json.dumps([list(one) for one in group]).encode()


def _keys() -> bytes:
    return json.dumps(
        [
            {"vkey": key.vkey, "since": _hour(key.since), "until": _hour(key.until) if key.until else None}
            for key in LogKey.objects.order_by("pk")
        ]
    ).encode()


def _hour(moment: object) -> str:
    return f"{moment:%Y-%m-%dT%H}"


def _file(path: str, content: bytes) -> Iterator[str]:
    name = f"Tệp {path} / The file {path}"
    try:
        if files.read(path) != content:
            yield _both(name, "không khớp với cơ sở dữ liệu", "does not match the database")
    except OSError:
        yield _both(name, "thiếu hoặc không đọc được", "is missing or can't be read")


def _named(place: object) -> str:
    return f"Việc ở chỗ {place} / The entry at place {place}"


def _place(place: object, vi: str, en: str) -> str:
    return _both(_named(place), vi, en)


def _both(name: str, vi: str, en: str) -> str:
    """`name` is Vietnamese / English too."""
    in_vietnamese, _slash, in_english = name.partition(" / ")
    return f"{in_vietnamese} {vi}. / {in_english} {en}."
