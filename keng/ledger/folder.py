"""The folder of the public log follows the database: tiles, days, keys, notes, `checkpoint` last.

Every file is a pure function of the places and checkpoints in the database, so whatever stopped the writing, the next run finishes it.
"""

import json
from collections.abc import Iterator
from datetime import date
from itertools import groupby

from django.conf import settings

from keng.ledger import files, notes
from keng.ledger.errors import LogDamaged, LogForked, OlderThanLog
from keng.ledger.models import Checkpoint, Cosignature, Entry, LogKey
from keng.ledger.notes import Head, Note, NoteMalformed
from keng.ledger.tiles import WIDTH, Growth, TileDamaged

CHECKPOINT = "checkpoint"
AT_A_TIME = 64 * WIDTH  # leaves read from the database at once
OLDER = (
    "Cơ sở dữ liệu cũ hơn sổ công khai: sổ đã có {published} dòng, cơ sở dữ liệu chỉ biết {known}; "
    "chạy manage.py ledger_adopt rồi khởi động lại. / The database is older than the public log: the log has {published} leaves, "
    "the database knows of {known}; run manage.py ledger_adopt, then start again."
)
FORKED = (
    "Sổ công khai trong {folder} không phải của cơ sở dữ liệu này: đặt KENG_LEDGER_FOLDER về đúng thư mục, hoặc khôi phục đúng bản sao "
    "lưu. / The public log in {folder} is not this database's: point KENG_LEDGER_FOLDER at the right folder, or restore the right backup."
)
DAMAGED = (
    "Các dòng trong cơ sở dữ liệu không khớp với sổ đã ký ở mức {size}: khôi phục bản sao lưu, rồi chạy manage.py verify_ledger. / "
    "The database's leaves do not give the root signed at size {size}: restore a backup, then run manage.py verify_ledger."
)


def write_out(*, anew: bool = False) -> None:
    """Brings the files up to what the database says; `anew` looks at each and mends what is missing or damaged. Raises LogRefused."""
    with files.alone():
        follow(anew=anew)


def write_note(checkpoint: Checkpoint) -> None:
    """Publishes a checkpoint's note again, with the cosignatures that came since.

    Waits for nobody where it stands there already: whoever posts a public note back to us can't hold a thread while a long publication or
    an export has the folder.
    """
    if _stands(checkpoint):
        return
    with files.alone():
        last, writing = latest(), files.Writing(checkpoint.day)
        writing.put(f"checkpoints/{checkpoint.size}", cosigned(checkpoint).encode())
        if last == checkpoint:
            writing.put(CHECKPOINT, cosigned(checkpoint).encode())
        writing.sync()


def _stands(checkpoint: Checkpoint) -> bool:
    note, paths = cosigned(checkpoint).encode(), [f"checkpoints/{checkpoint.size}"]
    try:
        return all(files.read(path) == note for path in (paths if latest() != checkpoint else [*paths, CHECKPOINT]))
    except OSError:
        return False


def latest() -> Checkpoint | None:
    return Checkpoint.objects.order_by("size").last()


def cosigned(checkpoint: Checkpoint) -> str:
    """The note with its cosignatures, in the order of the witnesses' names."""
    lines = Cosignature.objects.filter(size=checkpoint.size).order_by("name").values_list("line", flat=True)
    return checkpoint.note + "".join(lines)


def published() -> Note | None:
    """The newest note among the files, None before the first publication."""
    return next((note for path in _notes_of() if (note := _note(path))), None)


def _notes_of() -> Iterator[str]:
    yield CHECKPOINT
    folder = settings.LEDGER_FOLDER / "checkpoints"
    yield from (
        f"checkpoints/{size}" for size in sorted((int(path.name) for path in folder.glob("[0-9]*")), reverse=True)
    )


def _note(path: str) -> Note | None:
    try:
        note = notes.read(files.read(path).decode())
        notes.read_head(note.text)
    except (OSError, UnicodeDecodeError, NoteMalformed):
        return None
    return note


def check_published() -> Head | None:
    """What the files say; raises OlderThanLog or LogForked where the database does not know of it."""
    note = published()
    if note is None:
        return None
    head, last = notes.read_head(note.text), latest()
    known = last.size if last else 0
    if head.size > known:
        raise OlderThanLog(OLDER.format(published=head.size, known=known))
    if not Checkpoint.objects.filter(size=head.size, root=head.root).exists():
        raise LogForked(FORKED.format(folder=settings.LEDGER_FOLDER))
    return head


def follow(*, anew: bool = False) -> None:
    """As `write_out`, for one who is alone already."""
    head = check_published()
    last = latest()
    if last is None:
        return
    begin = None if anew or head is None else Checkpoint.objects.filter(size=head.size).first()
    writing = files.Writing(last.day)
    if anew or begin != last:
        _write_tiles(begin)
        _write_days()
    writing.put("keys", _keys().encode())
    writing.put(f"checkpoints/{last.size}", cosigned(last).encode())
    writing.sync()
    if writing.put(CHECKPOINT, cosigned(last).encode()):
        writing.sync()


def _write_tiles(begin: Checkpoint | None) -> None:
    """Tiles and notes of all checkpoints after `begin`, whose tiles are all there."""
    growth = edge(begin)
    for checkpoint in Checkpoint.objects.filter(size__gt=growth.size).order_by("size"):
        writing = files.Writing(checkpoint.day)
        for path, content in _tiles(growth, checkpoint):
            writing.put(path, content)
        writing.put(f"checkpoints/{checkpoint.size}", cosigned(checkpoint).encode())
        writing.sync()


def _tiles(growth: Growth, checkpoint: Checkpoint) -> Iterator[tuple[str, bytes]]:
    """The files that lead from what `growth` has to a checkpoint. Raises LogDamaged, before the last ones, where they lead elsewhere."""
    while growth.size < checkpoint.size:
        leaves = _leaves(growth.size, min(growth.size + AT_A_TIME, checkpoint.size))
        for at in range(0, len(leaves), WIDTH):
            yield from growth.add(leaves[at : at + WIDTH])
    if growth.root() != bytes(checkpoint.root):
        raise LogDamaged(DAMAGED.format(size=checkpoint.size))
    yield from growth.parts()


def _leaves(start: int, end: int) -> list[bytes]:
    rows = Entry.objects.filter(place__gte=start, place__lt=end).order_by("place").values_list("leaf", flat=True)
    found = [bytes(leaf) for leaf in rows]
    if len(found) != end - start:
        raise LogDamaged(DAMAGED.format(size=end))
    return found


def edge(checkpoint: Checkpoint | None) -> Growth:
    """The tree as of a checkpoint: its right edge from the tiles, or from all leaves where the tiles are gone or wrong."""
    if checkpoint is None:
        return Growth()
    try:
        growth = Growth.read(checkpoint.size, files.read)
        if growth.root() == bytes(checkpoint.root):
            return growth
    except (OSError, TileDamaged):
        pass
    _write_tiles(None)
    return Growth.read(checkpoint.size, files.read)


def _write_days() -> None:
    days = Checkpoint.objects.order_by("size").values_list("day", "size")
    for month, group in groupby(sorted(days, key=_month), key=_month):
        writing = files.Writing(date.fromisoformat(f"{month}-01"))
        writing.put(f"days/{month}", json.dumps([[f"{day}", size] for day, size in group]).encode())
        writing.sync()


def _month(row: tuple[date, int]) -> str:
    return f"{row[0]:%Y-%m}"


def _keys() -> str:
    """All keys that ever signed, oldest first."""
    rows = [
        {
            "vkey": key.vkey,
            "since": f"{key.since:%Y-%m-%dT%H}",
            "until": f"{key.until:%Y-%m-%dT%H}" if key.until else None,
        }
        for key in LogKey.objects.order_by("pk")
    ]
    return json.dumps(rows)
