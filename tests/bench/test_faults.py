"""The fault runs, small: the real server, worker and publication under load, killed, cut off, on a full disk, by a wrong clock (S2, R10).

`make bench BENCH=faults` does the same two hundred times over. Here too: that each check would see what it is there to see.
"""

import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.db import connection

from bench import faults_checks as checks
from bench import native
from bench.faults import wait_for as wait_in_seconds
from bench.faults_phones import Case, Crowd, make_cases
from bench.faults_stage import Stage, cut_power
from bench.reports import Target
from tests.e2e.server import Server, free_port
from tests.mailbox.real import MAKE

EVERYBODY = ("server", "worker", "publisher")
DAY = 24 * 60 * 60
pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the real server here is on SQLite in either leg: once is enough"
)


class World:
    """The stage with its box, and reports for it."""

    def __init__(self, parent: Path) -> None:
        folder, beside = parent / "data", parent / "beside"
        folder.mkdir()
        beside.mkdir()
        keys = json.loads(Server(folder).python(MAKE).splitlines()[-1])
        self.target = Target("na-co-sa", keys["recipient"], keys["root"])
        self.chance = random.Random(7)
        self.solver = native.solver(beside)
        self.stage = Stage(folder, port=free_port(), shim=native.faults(beside), beside=beside)
        self.seen: list[Case] = []

    @contextmanager
    def crowd(self, number: int) -> Iterator[Crowd]:
        """Four phones with so many reports, some forty a second; afterwards disk and clock are right again."""
        cases = make_cases([self.target], number, solver=self.solver, chance=self.chance)
        crowd = Crowd(self.stage.port, iter(cases), phones=4, solver=self.solver, pause=0.1)
        try:
            yield crowd
        finally:
            self.stage.control.full(False)
            self.stage.control.clock(0)
            crowd.leave()
            self.seen += crowd.seen

    def wrong(self) -> list[str]:
        """Everything that should hold and doesn't, after one more publication."""
        self.stage.kill("publisher")
        published = self.stage.manage("ledger_publish")
        assert published.returncode == 0, published.stderr
        folder = self.stage.folder / "ledger"
        with checks.opened(self.stage.database) as db:
            found = checks.lost(db, self.seen) + checks.not_erased(db, self.seen)
            found += checks.doubled(db) + checks.half_done(db) + checks.broken_log(db, folder)
        verified = self.stage.manage("verify_ledger")
        return found + ([verified.stderr] if verified.returncode else [])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("faults"))
    try:
        made.stage.start(*EVERYBODY)
        yield made
    finally:
        made.stage.kill(*EVERYBODY)


def test_r10_s2_killed_again_and_again_it_keeps_what_it_acknowledged_once_and_the_log_whole(world: World) -> None:
    with world.crowd(200) as crowd:
        for victims in (EVERYBODY, ("server",), EVERYBODY, ("worker", "publisher"), EVERYBODY):
            assert more(crowd, world.chance.randint(3, 12)), crowd.statuses
            if victims == EVERYBODY:
                wait_for(lambda: world.stage.publishing, 3)
            world.stage.kill(*victims)
            world.stage.start(*EVERYBODY)
    assert crowd.acknowledged >= 20
    assert {status.split()[0] for status in crowd.statuses} <= {"200", "201", "409", "404", "broken"}
    assert world.wrong() == []


def test_s2_when_the_process_that_serves_dies_the_other_ends_too_so_that_both_are_started_again(world: World) -> None:
    world.stage.kill_one_process_of_the_server()
    world.stage.start("server")
    assert world.stage.answers()


def test_s2_on_a_full_disk_senders_are_told_pages_are_served_and_it_recovers_by_itself(world: World) -> None:
    needs_compiler(world)
    world.stage.start(*EVERYBODY)
    with world.crowd(150) as crowd:
        assert more(crowd, 5), crowd.statuses
        world.stage.empty_write_ahead_log()
        world.stage.control.full(True)
        assert wait_for(lambda: crowd.statuses["500 storage"] >= 5), crowd.statuses
        assert world.stage.answers()
        world.stage.control.full(False)
        assert more(crowd, 10), crowd.statuses
    assert {status for status in crowd.statuses if not status.startswith(("20", "409", "404"))} == {"500 storage"}
    assert world.wrong() == []


def test_s2_a_clock_a_day_off_both_ways_costs_a_second_proof_and_nothing_else(world: World) -> None:
    needs_compiler(world)
    world.stage.start(*EVERYBODY)
    with world.crowd(150) as crowd:
        for offset in (DAY, -DAY, 0):
            world.stage.control.clock(offset)
            assert more(crowd, 8), crowd.statuses
    assert crowd.statuses["409 pow"] > 0
    assert {status.split()[0] for status in crowd.statuses} <= {"200", "201", "404", "409"}
    assert world.wrong() == []


def test_r10_after_a_power_cut_everything_acknowledged_is_there(world: World) -> None:
    needs_compiler(world)
    for _cut in range(2):
        world.stage.kill(*EVERYBODY)
        world.stage.control.record(True)
        world.stage.start(*EVERYBODY)
        with world.crowd(100) as crowd:
            assert more(crowd, 12), crowd.statuses
            world.stage.kill(*EVERYBODY)
        cut_power(world.stage, world.chance)
    assert world.wrong() == []


ROWS = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous={sys.argv[2]}; CREATE TABLE IF NOT EXISTS t (b BLOB)")
for _row in range(50):
    db.execute("INSERT INTO t VALUES (randomblob(500))")
os._exit(0)
"""


@pytest.mark.parametrize(("synchronous", "kept"), [("FULL", True), ("OFF", False)])
def test_a_power_cut_takes_what_was_not_synced(world: World, synchronous: str, kept: bool) -> None:
    """That nothing is lost above says something only because something can be."""
    needs_compiler(world)
    world.stage.kill(*EVERYBODY)
    path = world.stage.folder / f"rows-{synchronous}.sqlite3"
    world.stage.control.record(True)
    subprocess.run([sys.executable, "-c", ROWS, str(path), synchronous], env=world.stage.env, check=True)
    cut_power(world.stage, random.Random(1))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as db:
        try:
            rows = db.execute("SELECT count(*) FROM t").fetchone()[0]
        except sqlite3.OperationalError:
            rows = 0  # not even the table
    assert (rows == 50) is kept


def test_the_checks_see_a_lost_a_doubled_and_a_half_done_part_and_a_broken_log(world: World, tmp_path: Path) -> None:
    """Each on a copy that somebody has spoiled."""
    world.stage.kill(*EVERYBODY)
    assert world.wrong() == []
    folder = world.stage.folder / "ledger"
    spoils = {
        "lost": "DELETE FROM mailbox_part",
        "not the database's": "UPDATE ledger_checkpoint SET root = zeroblob(32)",
        "not that of its entries": "UPDATE ledger_entry SET leaf = zeroblob(48) WHERE place = 5",
        "places": "UPDATE ledger_entry SET place = NULL WHERE place = 7",
        "entered twice": (
            'INSERT INTO ledger_entry SELECT id + 1, verb, subject, office, "by", hour, purpose, "case", salt, leaf, NULL'
            " FROM ledger_entry WHERE verb = 'mailbox.part.received'"
        ),
        "without its entry": "UPDATE ledger_entry SET subject = 'x' WHERE verb = 'mailbox.part.received'",
    }
    for number, (seen, spoil) in enumerate(spoils.items()):
        copy = tmp_path / f"{number}.sqlite3"
        with closing(sqlite3.connect(world.stage.database)) as source, closing(sqlite3.connect(copy)) as db:
            source.backup(db)
            for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {trigger}")
            db.execute(spoil)
            found = (
                checks.lost(db, world.seen) + checks.doubled(db) + checks.half_done(db) + checks.broken_log(db, folder)
            )
        assert any(seen in sentence for sentence in found), (seen, found[:3])


def needs_compiler(world: World) -> None:
    if world.stage.shim is None:
        pytest.skip("no C compiler")


def wait_for(true: Callable[[], bool], seconds: float = 60) -> bool:
    return wait_in_seconds(true, seconds)


def more(crowd: Crowd, number: int) -> bool:
    """Waits until so many more parts have been acknowledged."""
    goal = crowd.acknowledged + number
    return wait_for(lambda: crowd.acknowledged >= goal)
