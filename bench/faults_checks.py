"""What must hold whatever happened: read from the database and the published files by SQL and SHA-256 alone, with no code of the server."""

import base64
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from bench.faults_phones import Case

MANY = 400  # values in one statement


def opened(database: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(database, timeout=60))


def lost(db: sqlite3.Connection, cases: Iterable[Case]) -> list[str]:
    """Acknowledged parts that are not there as they were sent; erased reports apart."""
    expected = {
        case.parts[index].digest: (case, index)
        for case in cases
        if not case.erasing
        for index in tuple(case.acknowledged)
    }
    found: dict[str, tuple[str, int]] = {}
    for some in _chunks(list(expected)):
        rows = db.execute(
            'SELECT p.digest, t.key, p."index", p.payload FROM mailbox_part p JOIN mailbox_thread t ON t.id = p.thread_id'
            f" WHERE p.direction = 'reporter' AND p.digest IN ({','.join('?' * len(some))})",
            some,
        )
        found |= {
            digest: (key, index)
            for digest, key, index, payload in rows
            if hashlib.sha256(payload).hexdigest() == digest
        }
    return [
        f"part {digest} is lost"
        for digest, (case, index) in expected.items()
        if found.get(digest) != (case.thread, index) and not case.erasing  # its phone may have gone on meanwhile
    ]


def not_erased(db: sqlite3.Connection, cases: Iterable[Case]) -> list[str]:
    """Reports whose erasing was acknowledged and of which something is left."""
    erased = {case.thread: case for case in cases if case.erased}
    there = set()
    for some in _chunks(list(erased)):
        marks = ",".join("?" * len(some))
        there |= {key for (key,) in db.execute(f"SELECT key FROM mailbox_thread WHERE key IN ({marks})", some)}
        there |= {
            key
            for (key,) in db.execute(
                f'SELECT "case" FROM ledger_entry WHERE "case" IN ({marks}) GROUP BY 1 HAVING sum(salt IS NOT NULL) <> 1',
                some,
            )
        }
    return [f"thread {key} is not erased" for key in there]


DOUBLED = {
    "a part is there twice": "SELECT digest FROM mailbox_part GROUP BY digest HAVING count(*) > 1",
    "a thread is there twice": "SELECT key FROM mailbox_thread GROUP BY key HAVING count(*) > 1",
    "an arrival is entered twice": (
        "SELECT subject FROM ledger_entry WHERE verb = 'mailbox.part.received' GROUP BY subject HAVING count(*) > 1"
    ),
    "an erasing is entered twice": (
        "SELECT subject FROM ledger_entry WHERE verb = 'mailbox.report.deleted' GROUP BY subject HAVING count(*) > 1"
    ),
    "a report was received twice": (
        "SELECT thread_id FROM mailbox_statechange WHERE state = 'received' GROUP BY thread_id HAVING count(*) > 1"
    ),
}
HALF = {
    "a part without its entry": (
        "SELECT digest FROM mailbox_part WHERE digest NOT IN (SELECT subject FROM ledger_entry WHERE verb = 'mailbox.part.received')"
    ),
    "an entry without its part": (
        "SELECT subject FROM ledger_entry WHERE verb = 'mailbox.part.received' AND salt IS NOT NULL"
        " AND subject NOT IN (SELECT digest FROM mailbox_part)"
    ),
    "a thread without a part": "SELECT key FROM mailbox_thread WHERE id NOT IN (SELECT thread_id FROM mailbox_part)",
    "an erased report without its entry": (
        'SELECT subject FROM ledger_entry WHERE salt IS NULL AND "case" NOT IN'
        " (SELECT subject FROM ledger_entry WHERE verb = 'mailbox.report.deleted')"
    ),
    "a broken page": "SELECT * FROM pragma_quick_check WHERE quick_check <> 'ok'",
    "a row that points nowhere": 'SELECT "table" FROM pragma_foreign_key_check',
}


def doubled(db: sqlite3.Connection) -> list[str]:
    return _found(db, DOUBLED)


def half_done(db: sqlite3.Connection) -> list[str]:
    return _found(db, HALF)


def _found(db: sqlite3.Connection, asked: dict[str, str]) -> list[str]:
    return [f"{what}: {value}" for what, sql in asked.items() for (value, *_rest) in db.execute(sql)]


def half_published(db: sqlite3.Connection, folder: Path) -> list[str]:
    """What a look at the newest state shows: places without a checkpoint or the other way, a file ahead of the database."""
    number, last, size = db.execute(
        "SELECT count(place), coalesce(max(place) + 1, 0), (SELECT coalesce(max(size), 0) FROM ledger_checkpoint) FROM ledger_entry"
    ).fetchone()
    wrong = [] if number == last == size else [f"{number} places, the last {last - 1}, under a checkpoint of {size}"]
    newest = folder / "checkpoint"
    if newest.exists():
        lines = newest.read_text().splitlines()
        row = db.execute("SELECT root FROM ledger_checkpoint WHERE size = ?", [int(lines[1])]).fetchone()
        if row is None or base64.b64encode(row[0]).decode() != lines[2]:
            wrong.append(f"the file of size {lines[1]} is not the database's")
    return wrong


def broken_log(db: sqlite3.Connection, folder: Path) -> list[str]:
    """Every checkpoint's root and every published bundle, worked out anew from the entries (RFC 6962; C2SP tlog-tiles)."""
    leaves = [
        bytes(leaf) for (leaf,) in db.execute("SELECT leaf FROM ledger_entry WHERE place IS NOT NULL ORDER BY place")
    ]
    wrong, stack, at = half_published(db, folder), list[tuple[int, bytes]](), 0
    rows = db.execute("SELECT size, root, note FROM ledger_checkpoint ORDER BY size").fetchall()
    for size, root, note in rows:
        while at < min(size, len(leaves)):
            _push(stack, leaves[at])
            at += 1
        said = note.splitlines()[1:3]
        if _top(stack) != root or said != [str(size), base64.b64encode(root).decode()]:
            wrong.append(f"the checkpoint of {size} is not that of its entries")
    published = _size_of(folder / "checkpoint")
    for number in range(published // 256):
        expected = b"".join(b"\x00\x30" + leaf for leaf in leaves[256 * number : 256 * number + 256])
        path = folder / "tile" / "entries" / _path(number)
        if not path.exists() or path.read_bytes() != expected:
            wrong.append(f"bundle {number} is not its entries")
    return wrong


def _size_of(checkpoint: Path) -> int:
    return int(checkpoint.read_text().splitlines()[1]) if checkpoint.exists() else 0


def _path(number: int) -> str:
    """`x001/x234/067`, as tlog-tiles writes a number."""
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)


def _push(stack: list[tuple[int, bytes]], leaf: bytes) -> None:
    """`stack` holds the roots of complete subtrees, largest first: (height, hash)."""
    height, node = 0, hashlib.sha256(b"\0" + leaf).digest()
    while stack and stack[-1][0] == height:
        node = hashlib.sha256(b"\1" + stack.pop()[1] + node).digest()
        height += 1
    stack.append((height, node))


def _top(stack: list[tuple[int, bytes]]) -> bytes:
    node = stack[-1][1] if stack else hashlib.sha256().digest()
    for _height, left in reversed(stack[:-1]):
        node = hashlib.sha256(b"\1" + left + node).digest()
    return node


def _chunks(values: list[str]) -> Iterator[list[str]]:
    return (values[at : at + MANY] for at in range(0, len(values), MANY))
