"""After an older backup was restored: the leaves that the database lost come back from the published files, without their content.

The log goes on under its old root, so nobody outside sees a fork; what was lost is a row with the verb ADOPTED, a leaf and no salt.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings
from django.db import transaction

from keng.ledger import files, keys, notes
from keng.ledger.errors import LogDamaged, LogForked, LogRefused
from keng.ledger.folder import FORKED, follow, latest, published
from keng.ledger.models import Checkpoint, Cosignature, Entry, LogKey
from keng.ledger.notes import Head, Note, NoteMalformed, SignatureFailed, Verifier
from keng.ledger.services import append
from keng.ledger.tiles import WIDTH, Growth, TileDamaged, entries_path, unbundle
from keng.ledger.verbs import ADOPTED

HOUR = "%Y-%m-%dT%H"
NOTHING = (
    "Cơ sở dữ liệu đã có đủ các dòng của sổ công khai: không có gì để lấy lại. / "
    "The database has every leaf of the public log: there is nothing to adopt."
)
MISSING = (
    "Thư mục {folder} thiếu hoặc hỏng tệp của sổ công khai ({path}): chép lại thư mục từ máy chứng kiến hay bản sao, rồi chạy lại. / "
    "The folder {folder} lacks a file of the public log, or has a damaged one ({path}): copy the folder back from a witness or a mirror, "
    "then run this again."
)


@dataclass(frozen=True)
class Adopted:
    """`lost` leaves came back without content; `found` were in the database already, not yet with a place."""

    size: int
    found: int
    lost: int


@dataclass(frozen=True)
class Publication:
    """One published checkpoint that the database does not know of."""

    day: date
    head: Head
    note: Note
    leaves: list[bytes]


def adopt(*, by: str) -> Adopted:
    """Takes what was published after this database's time from the files. Raises LogRefused, and then has changed nothing."""
    with files.alone():
        last, note = latest(), published()
        first = last.size if last else 0
        until = notes.read_head(note.text).size if note else 0
        if until <= first:
            raise LogRefused(NOTHING)
        with transaction.atomic():
            keys.take_up_orphans()
            _retire()
            new = list(_publications(last, until))
            done = _enter(first, [leaf for one in new for leaf in one.leaves])
            for one in new:
                _keep(one)
            append(verb="ledger.restored", subject=f"{first}-{done.size}", by=by)
        follow()
        return done


def _publications(last: Checkpoint | None, until: int) -> Iterator[Publication]:
    """What is published after `last` up to the size `until`, each checked against its signature and its root."""
    growth = _growth(last)
    verifiers = [Verifier.read(key.vkey) for key in LogKey.objects.all()]
    for day, size in _days(growth.size, until):
        leaves: list[bytes] = []
        for index in range(growth.size // WIDTH, size // WIDTH):
            some = _bundle(index)
            leaves += some
            for _file in growth.add(some):
                pass
        note = _note(size)
        if notes.read_head(note.text) != Head(keys.origin(), size, growth.root()) or not _signed(note, verifiers):
            raise LogForked(FORKED.format(folder=settings.LEDGER_FOLDER))
        yield Publication(day, notes.read_head(note.text), note, leaves)


def _retire() -> None:
    """A key that was retired after the backup was made, perhaps because it was stolen, does not sign again."""
    try:
        rows = json.loads(files.read("keys"))
        ends = {row["vkey"]: datetime.strptime(row["until"], HOUR).replace(tzinfo=UTC) for row in rows if row["until"]}
    except FileNotFoundError:
        return  # not all who copy a log copy this; docs/operating/ledger.md
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _missing("keys") from error
    for vkey, until in ends.items():
        LogKey.objects.filter(vkey=vkey, until=None).update(until=until)


def _growth(last: Checkpoint | None) -> Growth:
    if last is None:
        return Growth()
    try:
        growth = Growth.read(last.size, files.read)
    except (OSError, TileDamaged) as error:
        raise _missing(f"tile/…, {last.size}") from error
    if growth.root() != bytes(last.root):
        raise LogForked(FORKED.format(folder=settings.LEDGER_FOLDER))
    return growth


def _days(after: int, until: int) -> list[tuple[date, int]]:
    """Days and sizes of the publications after that size, which must lead to `until`."""
    rows: list[tuple[date, int]] = []
    for path in sorted((settings.LEDGER_FOLDER / "days").glob("[0-9]*")):
        try:
            rows += [(date.fromisoformat(day), int(size)) for day, size in json.loads(path.read_text())]
        except (OSError, ValueError, TypeError) as error:
            raise _missing(f"days/{path.name}") from error
    found = sorted((row for row in rows if row[1] > after), key=lambda row: row[1])
    if not found or found[-1][1] != until or any(size % WIDTH for _day, size in found):
        raise _missing("days")
    return found


def _signed(note: Note, verifiers: Sequence[Verifier]) -> bool:
    try:
        return any(notes.verify(note, one) == 0 for one in verifiers if notes.signed_by(note, one))
    except SignatureFailed:
        return False


def _bundle(index: int) -> list[bytes]:
    try:
        leaves = unbundle(files.read(entries_path(index)))
    except (OSError, TileDamaged) as error:
        raise _missing(entries_path(index)) from error
    if len(leaves) != WIDTH:
        raise _missing(entries_path(index))
    return leaves


def _note(size: int) -> Note:
    path = f"checkpoints/{size}"
    try:
        note = notes.read(files.read(path).decode())
        notes.read_head(note.text)
    except (OSError, UnicodeDecodeError, NoteMalformed) as error:
        raise _missing(path) from error
    return note


def _missing(path: str) -> LogDamaged:
    return LogDamaged(MISSING.format(folder=settings.LEDGER_FOLDER, path=path))


def _enter(first: int, leaves: Sequence[bytes]) -> Adopted:
    """Gives leaves that wait for their place the one they had, and makes rows for the others."""
    waiting = {bytes(leaf): pk for pk, leaf in Entry.objects.filter(place=None).values_list("pk", "leaf")}
    lost: list[Entry] = []
    found = 0
    for place, leaf in enumerate(leaves, first):
        if leaf in waiting:
            found += Entry.objects.filter(pk=waiting.pop(leaf), place=None).update(place=place)
        else:
            lost.append(Entry(verb=ADOPTED, salt=None, leaf=leaf, place=place))
    Entry.objects.bulk_create(lost, batch_size=500)
    return Adopted(first + len(leaves), found, len(lost))


def _keep(one: Publication) -> None:
    """The checkpoint as it was, and the cosignatures that it had."""
    ours = {Verifier.read(key.vkey).id for key in LogKey.objects.all()}
    own = Note(one.note.text, tuple(line for line in one.note.signatures if line.id in ours))
    Checkpoint.objects.create(day=one.day, size=one.head.size, root=one.head.root, note=str(own))
    others = {
        line.name: line.line for line in reversed(one.note.signatures) if line.id not in ours
    }  # each witness once
    Cosignature.objects.bulk_create(
        Cosignature(size=one.head.size, name=name, line=line) for name, line in others.items()
    )
