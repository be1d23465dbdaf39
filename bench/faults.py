"""What the server survives: `kill -9` at random moments, power cuts, a full disk, a locked database, a clock moved a day both ways.

`manage.py serve`, `manage.py work` and a loop that publishes the log run as they do in life, on SQLite; phones with real proofs of work
send to them over HTTP all the while, until they are answered. Afterwards everything that was acknowledged must be there, once, and the log
whole. `python -m bench.faults [--seed N] [--kills N] [kill|power|disk_full|locked|clock …]`; JSON lines on stdout, progress on stderr.
"""

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import faults_checks as checks
from bench import native
from bench.faults_phones import Case, Crowd, make_cases
from bench.faults_stage import ROOT, Stage, cut_power, environment

PORT = int(os.environ.get("BENCH_PORT", "8680"))
BOXES = 240  # so many that none takes enough to make its proofs dearer
PHONES, PAUSE = (
    12,
    0.04,
)  # seconds between two reports of a phone: some 250 a second together, so that a run needs tens of thousands
ACKNOWLEDGED = (10, 60)  # between two kills, by chance
DAY = 24 * 60 * 60
EVERYBODY = ("server", "worker", "publisher")
# What a kill hits, and how often of a hundred.
VICTIMS = {
    EVERYBODY: 40,
    ("server",): 20,
    ("worker", "publisher"): 20,
    ("publisher",): 15,
    ("one process of the server",): 5,
}
PARTS_A_CASE = 1.25

Figures = Iterator[dict[str, Any]]


def main() -> None:
    asked = argparse.ArgumentParser(description="Fault runs.")
    asked.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("only", nargs="*", choices=[*MEASURES, []])
    said = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left running
    tell(f"seed {said.seed}")
    with data_folder() as (folder, beside):
        run = Run(folder, beside, seed=said.seed, kills=said.kills)
        try:
            for name, measure in MEASURES.items():
                if not said.only or name in said.only:
                    for figure in measure(run):
                        print(json.dumps({**figure, "seed": said.seed}), flush=True)
        finally:
            run.stage.kill(*EVERYBODY)


@contextmanager
def data_folder() -> Iterator[tuple[Path, Path]]:
    """On the disk where the data would lie: a data folder, and one for what belongs to the run alone."""
    place = ROOT / "var"
    place.mkdir(exist_ok=True)
    parent = Path(tempfile.mkdtemp(prefix="faults-", dir=place))
    folder, beside = parent / "data", parent / "beside"
    folder.mkdir()
    beside.mkdir()
    os.environ.update(environment(folder, PORT))
    try:
        yield folder, beside
    finally:
        shutil.rmtree(parent, ignore_errors=True)


class Run:
    """The stage, and reports that are sealed and solved as they are needed: a proof holds for an hour or two."""

    def __init__(self, folder: Path, beside: Path, *, seed: int, kills: int) -> None:
        from bench.mailbox_server import prepare_database

        self.chance, self.kills = random.Random(seed), kills
        self.solver = native.solver(beside)
        self.targets = prepare_database(BOXES)
        self.stage = Stage(folder, port=PORT, shim=native.faults(beside), beside=beside)
        self.seen: list[Case] = []
        self.folder = folder
        if self.stage.answers():
            raise RuntimeError(f"somebody else serves on port {PORT}: choose another by BENCH_PORT")

    def cases(self, parts: int) -> list[Case]:
        number = int(parts / PARTS_A_CASE)
        tell(f"sealing {number} reports")
        return make_cases(self.targets, number, solver=self.solver, chance=self.chance)

    @contextmanager
    def crowd(self, cases: Iterator[Case], phones: int = PHONES) -> Iterator[Crowd]:
        crowd = Crowd(PORT, cases, phones=phones, solver=self.solver, pause=PAUSE)
        try:
            yield crowd
        finally:
            crowd.leave()
            self.seen += crowd.seen

    def lost(self, cases: list[Case]) -> list[str]:
        with checks.opened(self.stage.database) as db:
            return checks.lost(db, cases) + checks.not_erased(db, cases)

    def doubled(self) -> list[str]:
        with checks.opened(self.stage.database) as db:
            return checks.doubled(db) + checks.half_done(db)

    def log_broken(self) -> list[str]:
        """Our own recomputation, and the project's verification."""
        with checks.opened(self.stage.database) as db:
            wrong = checks.broken_log(db, self.folder / "ledger")
        verified = self.stage.manage("verify_ledger", "--all")
        return wrong + ([f"verify_ledger: {verified.stderr.strip()[:300]}"] if verified.returncode else [])

    def three(self, name: str, lost: list[str], **more: Any) -> Figures:
        """The figures that every kind of fault ends with; the publisher has stopped by then, after it published once more."""
        self.stage.kill("publisher")
        self.stage.manage("ledger_publish")
        found = {"lost": lost + self.lost(self.seen), "doubled": self.doubled(), "log_broken": self.log_broken()}
        for what, sentences in found.items():
            for sentence in sentences[:10]:
                tell(f"{name} {what}: {sentence}")
            figure_name = "faults.log_broken" if (name, what) == ("kill", "log_broken") else f"faults.{name}_{what}"
            yield {"name": figure_name, "value": len(sentences), "unit": what.replace("_", " "), **more}


def tell(sentence: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {sentence}", file=sys.stderr, flush=True)


def wait_for(true: Callable[[], bool], seconds: float, every: float = 0.005) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def kill(run: Run) -> Figures:
    """As often as asked: some are killed at a moment of chance, a third of the times in the midst of a publication."""
    stage, chance = run.stage, run.chance
    cases = iter(run.cases(run.kills * 110 + 2500))
    stage.start(*EVERYBODY)
    alone = _rate_alone(run, cases)
    lost, down, begun = list[str](), list[float](), time.monotonic()
    with run.crowd(cases) as crowd:
        for number in range(run.kills):
            _wait_for_a_moment(run, crowd)
            (victims,) = chance.choices(list(VICTIMS), list(VICTIMS.values()))
            at = time.monotonic()
            _kill(stage, victims)
            stage.start(*EVERYBODY)
            if "server" in victims[0]:
                down.append(time.monotonic() - at)
            lost += _look(run, crowd.seen[-400:], f"kill {number + 1}")
            if number % 10 == 9:
                tell(f"{number + 1} of {run.kills} kills, {crowd.acknowledged} acknowledged, {len(lost)} wrong")
        wait_for(lambda: crowd.last > at, 30)
    acknowledged = crowd.acknowledged
    rate = acknowledged / (time.monotonic() - begun)
    stage.stop()
    for status in crowd.statuses:
        if status.split()[0] not in ("200", "201", "broken", "409", "404"):
            lost.append(f"answered {status}")
    yield {
        "name": "faults.kill_acknowledged", "value": acknowledged, "unit": "parts", "kills": run.kills,
        "ratio": round(rate / alone, 3), "floor": round(alone), "floor_unit": "parts/s without kills",
        "up_again_s": round(statistics.median(down), 1) if down else None, "answers": dict(crowd.statuses),
    }  # fmt: skip
    yield from run.three("kill", lost)


def _rate_alone(run: Run, cases: Iterator[Case]) -> float:
    """Acknowledged parts a second while nobody is killed."""
    with run.crowd(cases) as crowd:
        wait_for(lambda: crowd.acknowledged > 200, 60)
        first, begun = crowd.acknowledged, time.monotonic()
        wait_for(lambda: crowd.acknowledged > first + 1500, 15)
        return (crowd.acknowledged - first) / (time.monotonic() - begun)


def _wait_for_a_moment(run: Run, crowd: Crowd) -> None:
    goal = crowd.acknowledged + run.chance.randint(*ACKNOWLEDGED)
    wait_for(lambda: crowd.acknowledged >= goal, 10)
    if run.chance.random() < 1 / 3:
        wait_for(lambda: run.stage.publishing, 1.5, every=0.001)
    time.sleep(run.chance.uniform(0, 0.08))


def _kill(stage: Stage, victims: tuple[str, ...]) -> None:
    if victims == ("one process of the server",):
        stage.kill_one_process_of_the_server()
    else:
        stage.kill(*victims)


def _look(run: Run, cases: list[Case], when: str) -> list[str]:
    """A first look, while the phones go on."""
    with checks.opened(run.stage.database) as db:
        wrong = checks.lost(db, cases) + checks.half_published(db, run.folder / "ledger")
    for sentence in wrong:
        tell(f"{when}: {sentence}")
    return wrong


CUTS = 25


def power(run: Run) -> Figures:
    """Everything is killed and what was written but not synced is taken back: what a power cut does to the files' contents.

    Not tried: names of files that were not synced, and a disk that lies about what it has synced.
    """
    if run.stage.shim is None:
        return
    cases, undone, lost, begun = iter(run.cases(CUTS * 120)), 0, list[str](), len(run.seen)
    for number in range(CUTS):
        run.stage.control.record(True)
        run.stage.start(*EVERYBODY)
        with run.crowd(cases) as crowd:
            _wait_for_a_moment(run, crowd)
            run.stage.kill(*EVERYBODY)
        undone += cut_power(run.stage, run.chance)
        lost += _look(run, run.seen[-400:], f"cut {number + 1}")
    tell(f"{CUTS} power cuts, {undone} writes undone, {len(lost)} wrong")
    acknowledged = sum(len(case.acknowledged) for case in run.seen[begun:])
    yield {
        "name": "faults.power_acknowledged", "value": acknowledged, "unit": "parts", "cuts": CUTS, "writes_undone": undone
    }  # fmt: skip
    yield from run.three("power", lost)


def disk_full(run: Run) -> Figures:
    """No file may grow for some seconds. Senders are told, pages are still served, and with room again all goes on by itself."""
    if run.stage.shim is None:
        return
    stage = run.stage
    stage.start(*EVERYBODY)
    with run.crowd(iter(run.cases(5000))) as crowd:
        wait_for(lambda: crowd.acknowledged > 200, 30)
        stage.empty_write_ahead_log()
        before = crowd.statuses.copy()
        stage.control.full(True)
        wait_for(lambda: crowd.statuses["500 storage"] > before["500 storage"] + 20, 30)
        time.sleep(3)
        served, during = stage.answers(), crowd.statuses - before
        stage.control.full(False)
        again = time.monotonic()
        came_back = wait_for(lambda: crowd.last > again, 60)
        seconds = time.monotonic() - again
        time.sleep(2)
    unclear = {status: number for status, number in during.items() if status not in ("200", "201", "500 storage")}
    lost = [f"answered {status}" for status in unclear] + ([] if came_back else ["it did not recover"])
    yield {
        "name": "faults.disk_full_told",
        "value": during["500 storage"],
        "unit": "answers 500 storage",
        "pages_served": served,
    }
    yield {"name": "faults.disk_full_recovery_s", "value": round(seconds, 2), "unit": "s"}
    yield from run.three("disk_full", lost)


HELD = 25.0  # seconds: longer than the 20 that the server waits


def locked(run: Run) -> Figures:
    """Another program holds the write lock for longer than the server waits for it."""
    stage = run.stage
    stage.start(*EVERYBODY)
    with run.crowd(iter(run.cases(3000))) as crowd:
        wait_for(lambda: crowd.acknowledged > 100, 30)
        with stage.locked():
            before = crowd.statuses.copy()
            held = time.monotonic()
            time.sleep(1)
            served = stage.answers()
            time.sleep(HELD - (time.monotonic() - held))
            during = crowd.statuses - before
        again = time.monotonic()
        came_back = wait_for(lambda: crowd.last > again, 60)
        seconds = time.monotonic() - again
        time.sleep(2)
    lost = [f"answered {status}" for status in during if status not in ("200", "201", "500 storage")]
    lost += [] if came_back else ["it did not recover"]
    yield {
        "name": "faults.locked_told",
        "value": during["500 storage"],
        "unit": "answers 500 storage",
        "pages_served": served,
    }
    yield {"name": "faults.locked_recovery_s", "value": round(seconds, 2), "unit": "s"}
    yield from run.three("locked", lost)


def clock(run: Run) -> Figures:
    """The wall clock jumps a day on, back, a day back, and back: proofs of the old hour are asked for anew, and come."""
    if run.stage.shim is None:
        return
    stage, lost, slowest = run.stage, list[str](), 0.0
    stage.start(*EVERYBODY)
    with run.crowd(iter(run.cases(3000)), phones=4) as crowd:
        wait_for(lambda: crowd.acknowledged > 50, 30)
        for offset in (DAY, 0, -DAY, 0):
            stage.control.clock(offset)
            moved, goal = time.monotonic(), crowd.acknowledged + 50
            if not wait_for(lambda goal=goal: crowd.acknowledged >= goal, 90):  # type: ignore[misc]
                lost.append(f"with the clock off by {offset} s nothing came in")
            slowest = max(slowest, time.monotonic() - moved)
            stage.kill("worker", "publisher")
            stage.start("worker", "publisher")
            wait_for(lambda: stage.publishing, 20)
            lost += _look(run, crowd.seen[-400:], f"clock {offset}")
    lost += [
        f"answered {status}" for status in crowd.statuses if status not in ("200", "201", "404 no_thread", "409 pow")
    ]
    yield {
        "name": "faults.clock_acknowledged",
        "value": crowd.acknowledged,
        "unit": "parts",
        "answers": dict(crowd.statuses),
    }
    yield {"name": "faults.clock_slowest_50_s", "value": round(slowest, 1), "unit": "s"}
    yield from run.three("clock", lost)


MEASURES: dict[str, Callable[[Run], Figures]] = {
    "kill": kill,
    "power": power,
    "disk_full": disk_full,
    "locked": locked,
    "clock": clock,
}


if __name__ == "__main__":
    main()
