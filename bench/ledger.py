"""The public log: what an entry costs a report, what publishing costs a night, what a proof costs a phone, what it all weighs.

Everything runs in this process, on a database and a folder of its own on this disk. Conditions: docs/performance.md.
"""

import json
import os
import pickle
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from hashlib import sha256
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any
from unittest import mock

from bench.mailbox_server import Workshop, workshop

Figures = Iterator[dict[str, Any]]
PHONES, TURN, TURNS = 16, 100, 40
NIGHT = 100_000
LARGE = 10_000_000
PROOFS = 200
DAYS, A_DAY = 20, 1000
COLUMNS = 'id, verb, subject, office, "by", hour, purpose, "case", salt, leaf'


def main() -> None:
    only = set(sys.argv[1:])
    with workshop() as shop:
        for name, measure in MEASURES.items():
            if not only or name in only:
                for figure in measure(shop):
                    print(json.dumps(figure), flush=True)


def figure(name: str, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"name": f"ledger.{name}", "value": value, "unit": unit, **more}


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# An entry, as a part of a report


def append_cost(shop: Workshop) -> Figures:
    """16 phones hand reports in, by turns with the ledger's entry and without; the middle of the turns' rates."""
    from keng.mailbox.services import parts

    bodies = iter(pickle.loads(shop.file_of("ledger", number=TURN * TURNS + 200).read_bytes()))
    hand_in(list(islice(bodies, 200)))
    rates: dict[bool, list[float]] = {True: [], False: []}
    cpu: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(TURNS):
        with_entry = turn % 4 in (0, 3)  # so that neither always comes first
        some, spent = list(islice(bodies, TURN)), time.process_time()
        with nullcontext() if with_entry else mock.patch.object(parts, "append", nothing):
            rates[with_entry].append(TURN / timed(partial(hand_in, some)))
        cpu[with_entry].append((time.process_time() - spent) / TURN * 1000)
    with_one, without = statistics.median(rates[True]), statistics.median(rates[False])
    ratio = statistics.median(one / other for one, other in zip(rates[True], rates[False], strict=True))
    yield figure(
        "append_cost", round(1 - ratio, 3), "of the report rate", ratio=round(ratio, 3), reports_per_s=round(with_one),
        floor=round(without), floor_unit="reports/s without an entry",
        cpu_ms=round(statistics.median(cpu[True]), 3), cpu_ms_without=round(statistics.median(cpu[False]), 3),
    )  # fmt: skip


def nothing(**said: object) -> None:
    """Stands where an entry would be appended."""


def hand_in(bodies: list[tuple[str, bytes]]) -> None:
    with ThreadPoolExecutor(PHONES) as phones:
        answers = list(phones.map(post, bodies))
    if set(answers) != {"201 Created"}:
        raise RuntimeError(f"answers: {set(answers)}")


def post(report: tuple[str, bytes]) -> str:
    from config.wsgi import application

    slug, body = report
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": f"/b/{slug}/parts", "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000", "wsgi.url_scheme": "http",
        "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/octet-stream", "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
    }  # fmt: skip
    said: list[str] = []
    for _piece in application(environ, lambda status, headers: said.append(status)):
        pass
    return said[0]


# A night


def publish_100k(_shop: Workshop) -> Figures:
    """100,000 entries go into the log; against the same hashes, the same rows and the same files by a bare loop on the same disk."""
    from django.conf import settings

    from keng.ledger.publication import publish

    publish(force=True)
    add_entries(NIGHT)
    before = set(settings.LEDGER_FOLDER.rglob("*"))
    seconds = timed(lambda: publish(force=True))
    made = [path for path in settings.LEDGER_FOLDER.rglob("*") if path.is_file() and path not in before]
    bare = timed(lambda: publish_barely(_shop.folder / "bare", [path.read_bytes() for path in made]))
    yield figure(
        "publish_100k_s", round(seconds, 2), "s", ratio=round(seconds / bare, 2), floor=round(bare, 2), floor_unit="s", files=len(made)
    )  # fmt: skip


def add_entries(number: int) -> None:
    from django.db import connection, transaction

    from keng.core.ids import random_id, this_hour
    from keng.ledger.models import Entry, new_salt

    rows = []
    for at in range(number):
        entry = Entry(
            verb="mailbox.part.received", subject=sha256(b"%d" % at).hexdigest(), office="bp-na-co-sa", case=f"{random_id():064x}",
            salt=new_salt(),
        )  # fmt: skip
        rows.append(row_of(entry, connection.ops.adapt_datetimefield_value(this_hour())))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO ledger_entry ({COLUMNS}) VALUES ({', '.join(['%s'] * 10)})", rows)


def row_of(entry: Any, hour: Any) -> tuple[Any, ...]:
    from keng.ledger.leaves import leaf_of

    leaf = leaf_of(entry.salt, entry.canonical())
    return entry.pk, entry.verb, entry.subject, entry.office, "", hour, "", entry.case, entry.salt, leaf


def publish_barely(folder: Path, contents: list[bytes]) -> None:
    folder.mkdir(parents=True)
    row = [sha256(b"\x00" + at.to_bytes(48)).digest() for at in range(NIGHT)]
    while len(row) > 1:
        row = [sha256(b"\x01" + row[at] + row[at + 1]).digest() for at in range(0, len(row) - 1, 2)]
    database = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB, p)"
    )
    database.execute("BEGIN")
    database.executemany("INSERT INTO t VALUES (?, ?, NULL)", ((at, bytes(300)) for at in range(NIGHT)))
    database.executemany("UPDATE t SET p = ? WHERE id = ?", ((at, at) for at in range(NIGHT)))
    database.execute("COMMIT")
    database.close()
    for number, content in enumerate(contents):
        with (folder / str(number)).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


# A proof


def proof_10m(shop: Workshop) -> Figures:
    """The proof of one of ten million leaves, from tiles on this disk; against reading the files that it stands in."""
    from django.conf import settings
    from django.utils.timezone import localdate

    from keng.ledger import notes
    from keng.ledger.models import Checkpoint, Entry
    from keng.ledger.proofs import inclusion_of

    settings.LEDGER_FOLDER = shop.folder / "large"
    size, root = plant_log(settings.LEDGER_FOLDER)
    chosen = random.Random(1).sample(range(size), PROOFS)
    Checkpoint.objects.create(day=localdate(), size=size, root=root, note=notes.Head("bench/ledger", size, root).text)
    taken = set(Entry.objects.filter(place__in=chosen).values_list("place", flat=True))
    entries = [
        Entry(verb="mailbox.part.received", place=place, leaf=leaf_at(place)) for place in chosen if place not in taken
    ]
    waits, bare = [], []
    for entry in entries:
        waits.append(timed(partial(inclusion_of, entry)) * 1000)
        if inclusion_of(entry) is None:
            raise RuntimeError("no proof")
        read = list(paths_of(entry.place, size))
        bare.append(timed(partial(read_all, settings.LEDGER_FOLDER, read)) * 1000)
    middle, floor = statistics.median(waits), statistics.median(bare)
    yield figure(
        "proof_ms_10m", round(middle, 2), "ms", ratio=round(middle / floor, 1), floor=round(floor, 3), floor_unit="ms to read the tiles",
        leaves=size, p95_ms=round(statistics.quantiles(waits, n=20)[-1], 2),
    )  # fmt: skip


def read_all(folder: Path, paths: list[str]) -> list[bytes]:
    return [(folder / path).read_bytes() for path in paths]


def leaf_at(place: int) -> bytes:
    return place.to_bytes(48)


def plant_log(folder: Path) -> tuple[int, bytes]:
    """A log of LARGE leaves: its tiles of hashes, without the bundles of leaves, which no proof reads."""
    from keng.ledger.tiles import Growth

    growth = Growth()
    while growth.size < LARGE:
        put(folder, growth.add([leaf_at(place) for place in range(growth.size, growth.size + 256)]))
    put(folder, growth.parts())
    return growth.size, growth.root()


def put(folder: Path, files: Any) -> None:
    for path, content in files:
        if not path.startswith("tile/entries/"):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def paths_of(place: int, size: int) -> Iterator[str]:
    from keng.ledger.tiles import path_of

    level = 0
    while count := size >> (8 * level):
        index = place >> (8 * level + 8)
        yield path_of(level, index, min(256, count - 256 * index))
        level += 1


# What it weighs


def bytes_per_entry(shop: Workshop) -> Figures:
    """Twenty days of 1000 entries: what database and files grew by, against the entries' own bytes with salt and leaf."""
    from django.conf import settings
    from django.db import connection

    from keng.ledger.models import Entry
    from keng.ledger.publication import publish

    settings.LEDGER_FOLDER = shop.folder / "weighed"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_checkpoint")
        if cursor.fetchone()[0]:
            raise RuntimeError("this one begins with an empty log")
    before = database_bytes()
    for _day in range(DAYS):
        add_entries(A_DAY)
        publish(force=True)
    grown = database_bytes() - before
    published = sum(path.stat().st_size for path in settings.LEDGER_FOLDER.rglob("*") if path.is_file())
    number = DAYS * A_DAY
    own = statistics.mean(len(entry.canonical()) + 32 + 48 for entry in Entry.objects.exclude(subject="")[:1000])
    each = (grown + published) / number
    yield figure(
        "bytes_per_entry", round(each), "bytes", ratio=round(each / own, 2), floor=round(own), floor_unit="bytes of entry, salt, leaf",
        database=round(grown / number), files=round(published / number),
    )  # fmt: skip


def database_bytes() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


MEASURES = {
    "append_cost": append_cost,
    "bytes_per_entry": bytes_per_entry,
    "publish_100k": publish_100k,
    "proof_10m": proof_10m,
}


if __name__ == "__main__":
    main()
