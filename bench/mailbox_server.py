"""The mailbox's server: what a report costs it, how soon it answers, what it holds out against. Conditions: docs/performance.md."""

import json
import os
import pickle
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.server import ROOT, Server, environment

PORT = int(os.environ.get("BENCH_PORT", "8180"))
BOXES = 160  # a province's; each stays below the load that makes a proof dearer
SLOW_US = 4000

Figures = Iterator[dict[str, Any]]


def main() -> None:
    only = set(sys.argv[1:])
    with workshop() as shop:
        for name, measure in MEASURES.items():
            if not only or name in only:
                for figure in measure(shop):
                    print(json.dumps(figure), flush=True)


class Workshop:
    """A folder on this disk with a database to copy, reports to send and the compiled tools."""

    def __init__(self, folder: Path) -> None:
        from bench import native, reports

        self.folder, self.runs = folder, 0
        self.solver, self.slow_disk = native.solver(folder), native.slow_disk(folder)
        self.database = folder / "keng.sqlite3"
        self.targets = prepare_database(BOXES)
        self.bodies = folder / "bodies"
        self.make = reports.make
        self._files: dict[str, Path] = {}

    def file_of(self, name: str, **asked: Any) -> Path:
        """Reports made once and used again, each run with a fresh database."""
        if name not in self._files:
            self._files[name] = self.folder / name
            made = self.make(asked.pop("targets", self.targets), solver=self.solver, **asked)
            self._files[name].write_bytes(pickle.dumps(made))
        return self._files[name]

    def server(self, *, slow: bool = False) -> Server:
        self.runs += 1
        preload = self.slow_disk if slow else None
        return Server(self.folder / f"run-{self.runs}", self.database, port=PORT, preload=preload, slow_us=SLOW_US)


@contextmanager
def workshop() -> Iterator[Workshop]:
    """On the disk where the data would lie, not in a memory file system."""
    place = ROOT / "var"
    place.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=place))
    os.environ.update(environment(folder, PORT))
    try:
        yield Workshop(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare_database(boxes: int) -> list[Any]:
    """A migrated database with a calendar and boxes, in the folder that the environment names; the boxes as a load needs them."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench.reports import Target
    from keng.core.calendar.load import load_calendar
    from tests.cast import BoxKeys, Cast, open_box

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    load_calendar()
    cast, keys = Cast(), BoxKeys("na-co-sa")
    for number in range(boxes):
        open_box("na-co-sa" if number == 0 else f"hop-thu-{number}", cast.post, keys)
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    slugs = ["na-co-sa", *(f"hop-thu-{number}" for number in range(1, boxes))]
    return [Target(slug, keys.recipient, keys.root.fingerprint) for slug in slugs]


def load(**said: Any) -> "Load":
    return Load({"port": PORT, "host": f"127.0.0.1:{PORT}", **said})


class Load:
    """A load in a process of its own, under way from the moment it is made."""

    def __init__(self, said: dict[str, Any]) -> None:
        said["bodies"] = str(said.get("bodies", ""))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.load"], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdin
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.close()

    def done(self) -> dict[str, Any]:
        assert self.process.stdout
        said: dict[str, Any] = json.loads(self.process.stdout.read())
        self.process.wait()
        return said


def p95_ms(results: list[list[float]]) -> float:
    return round(statistics.quantiles([seconds * 1000 for seconds, _status in results], n=20)[-1], 1)


def errors(results: list[list[float]]) -> int:
    return sum(status not in (200, 201) for _seconds, status in results)


def figure(name: str, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"name": f"mailbox.{name}", "value": value, "unit": unit, **more}


def floor(shop: Workshop, *, slow: bool, size: int, seconds: float = 3.0) -> float:
    """Rows a second of a bare loop: one row of a report's size, one COMMIT, the same disk and the same durability."""
    code = (
        "import os, sqlite3, sys, time\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.executescript('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)')\n"
        "rows, end, blob = 0, time.perf_counter() + float(sys.argv[3]), os.urandom(int(sys.argv[2]))\n"
        "while time.perf_counter() < end:\n"
        "    db.execute('BEGIN IMMEDIATE'); db.execute('INSERT INTO t (b) VALUES (?)', (blob,)); db.execute('COMMIT'); rows += 1\n"
        "print(rows / float(sys.argv[3]))\n"
    )
    shop.runs += 1
    path = shop.folder / f"floor-{shop.runs}.sqlite3"
    env = environment(shop.folder, PORT, shop.slow_disk if slow else None, SLOW_US)
    asked = [sys.executable, "-c", code, str(path), str(size), str(seconds)]
    return float(subprocess.run(asked, env=env, capture_output=True, text=True, check=True).stdout)


TEXTS = 2000


def texts(shop: Workshop) -> Path:
    return shop.file_of("texts", number=TEXTS)


def size_of(bodies: Path) -> int:
    return len(pickle.loads(bodies.read_bytes())[0][1])


def cost(shop: Workshop) -> Figures:
    """16 phones, one report after another, on this disk: CPU a report, rate against a bare loop, p95, memory."""
    bodies = texts(shop)
    with shop.server() as server:
        load(mode="closed", bodies=bodies, first=0, last=200, phones=16).done()
        before = server.cpu_ms()
        said = load(mode="closed", bodies=bodies, first=200, last=TEXTS, phones=16).done()
        spent = server.cpu_ms() - before
    done = len(said["results"])
    bare = floor(shop, slow=False, size=size_of(bodies))
    rate = done / said["seconds"]
    yield figure(
        "accept_cpu_ms", round(spent / done, 3), "CPU-ms", errors=errors(said["results"]), bytes=size_of(bodies)
    )
    yield figure(
        "insert_ratio", round(rate / bare, 2), "x", reports_per_s=round(rate), floor=round(bare), floor_unit="rows/s"
    )
    yield figure("p95_ms_16", p95_ms(said["results"]), "ms")
    yield figure("rss_mb", round(server.peak_kb / 1024, 1), "MB")


def slow_disk(shop: Workshop) -> Figures:
    """The same on a disk that takes 4 ms longer for each fsync, for the bare loop as for the server."""
    if shop.slow_disk is None:
        return
    bodies = texts(shop)
    with shop.server(slow=True):
        load(mode="closed", bodies=bodies, first=0, last=100, phones=16).done()
        said = load(mode="closed", bodies=bodies, first=200, last=TEXTS, phones=16).done()
    bare = floor(shop, slow=True, size=size_of(bodies))
    rate = len(said["results"]) / said["seconds"]
    yield figure(
        "insert_ratio_slow_disk",
        round(rate / bare, 2),
        "x",
        reports_per_s=round(rate),
        floor=round(bare),
        floor_unit="rows/s",
    )
    yield figure("p95_ms_16_slow_disk", p95_ms(said["results"]), "ms", errors=errors(said["results"]))


def crowd(shop: Workshop) -> Figures:
    """200 phones at once."""
    bodies = texts(shop)
    with shop.server() as server:
        said = load(mode="closed", bodies=bodies, first=0, last=TEXTS, phones=200).done()
    yield figure(
        "errors_200", errors(said["results"]), "errors", of=len(said["results"]), p95_ms=p95_ms(said["results"])
    )
    yield figure("rss_mb_200", round(server.peak_kb / 1024, 1), "MB")


def slow_uploads(shop: Workshop) -> Figures:
    """200 phones that upload 1 KB a second, and 16 others beside them."""
    bodies = texts(shop)
    with shop.server():
        crawling = load(mode="slow", phones=200, bytes_a_second=1000, seconds=12)
        time.sleep(3)
        said = load(mode="closed", bodies=bodies, first=0, last=TEXTS, phones=16).done()
        kept = crawling.done()["kept"]
    yield figure(
        "p95_ms_slow_uploads", p95_ms(said["results"]), "ms", errors=errors(said["results"]), slow_uploads_kept=kept
    )


def large(shop: Workshop) -> Figures:
    """16 phones that send 5 MB, which padding makes 8; who is turned away tries again, as phones do."""
    bodies = shop.file_of("large", number=64, attachment=5_000_000)
    with shop.server() as server:
        said = load(mode="closed", bodies=bodies, first=0, last=64, phones=16, again_at=[503, 0]).done()
    yield figure(
        "rss_5mb_mb", round(server.peak_kb / 1024, 1), "MB", errors=errors(said["results"]), bytes=size_of(bodies)
    )


FLOOD_RATE, FLOOD_SECONDS = 500, 30
HONEST_A_SECOND = 4


def flood(shop: Workshop) -> Figures:
    """Valid 16-bit proofs at 500 a second on one box; honest phones send to it and to its neighbour, and solve again when told to."""
    from bench.reports import seal_report

    flooded, neighbour = shop.targets[0], shop.targets[1]
    bodies = shop.file_of("flood", targets=[flooded], number=FLOOD_RATE * FLOOD_SECONDS)
    number = HONEST_A_SECOND * FLOOD_SECONDS
    honest = [seal_report((flooded, neighbour)[at % 2], "Có người lạ vào bản.") for at in range(number)]
    sent: list[dict[str, float]] = []
    with shop.server():
        flooding = load(mode="paced", bodies=bodies, first=0, last=None, rate=FLOOD_RATE, phones=64)
        threads = []
        for report in honest:
            threads.append(threading.Thread(target=lambda report=report: sent.append(send_honestly(shop, report))))
            threads[-1].start()
            time.sleep(1 / HONEST_A_SECOND)
        for thread in threads:
            thread.join()
        said = flooding.done()
    answered = [status for _seconds, status in said["results"]]
    yield figure("flood_honest_lost", number - sum(bool(one["stored"]) for one in sent), "reports", of=number)
    yield figure(
        "flood_p95_ms",
        p95_ms([[one["seconds"], 201] for one in sent]),
        "ms",
        p95_with_solving_ms=p95_ms([[one["whole"], 201] for one in sent]),
        flood_sent=len(answered),
        flood_stored=answered.count(201),
        flood_turned_away=answered.count(409),
    )


def send_honestly(shop: Workshop, report: Any) -> dict[str, float]:
    """Solves, sends, and solves again with what a 409 tells, at most six times. `seconds` is the wait for the last answer."""
    from bench.reports import solve

    begun, bits, hour, seconds = time.perf_counter(), 16, "", 0.0
    for _try in range(6):
        nonce = next(iter(solve([report], shop.solver, bits, hour)))
        line = HTTPConnection("127.0.0.1", PORT, timeout=60)
        sent = time.perf_counter()
        line.request("POST", f"/b/{report.slug}/parts", report.body(nonce, hour))
        answer = line.getresponse()
        said = json.loads(answer.read())
        seconds = time.perf_counter() - sent
        line.close()
        if answer.status in (200, 201):
            return {"stored": 1, "seconds": seconds, "whole": time.perf_counter() - begun}
        bits, hour = said.get("bits", bits), said.get("hour", hour)
    return {"stored": 0, "seconds": seconds, "whole": time.perf_counter() - begun}


MEASURES = {
    "cost": cost,
    "slow_disk": slow_disk,
    "crowd": crowd,
    "slow_uploads": slow_uploads,
    "large": large,
    "flood": flood,
}


if __name__ == "__main__":
    main()
