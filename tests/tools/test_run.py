"""`make run` starts the server, the worker, a witness and what stands in for e-identity together, and leaves none behind."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tools.conftest import executable

# Stands in for Python: notes each command, and stays alive for the two that serve.
NOTES = """#!/bin/bash
echo "$2 $KENG_DEMO" >>notes
case "$2" in
serve) [ "$3" = --check ] && exit 0; echo $$ >serve.pid; exec sleep 60 ;;
work) echo $$ >work.pid; exec sleep 60 ;;
run) echo $$ >witness.pid; exec sleep 60 ;;
8001) echo $$ >identity.pid; exec sleep 60 ;;
demo) exit "${DEMO_FAILS:-0}" ;;
esac
"""
Start = Callable[..., "subprocess.Popen[bytes]"]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def start(clone: Path) -> Iterator[Start]:
    executable(clone / ".venv/bin/python", NOTES)
    executable(clone / "tools/setup.sh", "#!/bin/sh\n")
    started: list[subprocess.Popen[bytes]] = []

    def start(**environ: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [clone / "tools/run.sh"], env={"PATH": "/usr/bin:/bin", **environ}, stdout=subprocess.DEVNULL,
            # Whoever runs the tests in the background has them ignore Ctrl-C, and bash can't catch what it was born ignoring.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()  # so that it ends what it started
        process.wait(timeout=20)


def both(clone: Path) -> list[int]:
    until(
        lambda: all(
            (clone / name).is_file() and (clone / name).read_text().strip() for name in ("serve.pid", "work.pid")
        )
    )
    return [int((clone / name).read_text()) for name in ("serve.pid", "work.pid")]


def witness(clone: Path, name: str = "witness.pid") -> int:
    until(lambda: (clone / name).is_file() and bool((clone / name).read_text().strip()))
    return int((clone / name).read_text())


def identity(clone: Path) -> int:
    """What stands in for e-identity."""
    return witness(clone, "identity.pid")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_the_server_and_the_worker(clone: Path, start: Start, number: signal.Signals) -> None:
    process = start()
    pids = [*both(clone), witness(clone), identity(clone)]
    process.send_signal(number)
    assert process.wait(timeout=20) == 0
    assert not any(alive(pid) for pid in pids)


@pytest.mark.parametrize("first", [0, 1])
def test_when_one_ends_so_does_the_other(clone: Path, start: Start, first: int) -> None:
    process = start()
    pids = both(clone)
    os.kill(pids[first], signal.SIGKILL)
    assert process.wait(timeout=20) != 0
    assert not any(alive(pid) for pid in pids)


def test_a_demo_without_its_witness_goes_on(clone: Path, start: Start) -> None:
    process = start()
    pids = both(clone)
    os.kill(witness(clone), signal.SIGKILL)
    time.sleep(0.5)
    assert process.poll() is None
    assert all(alive(pid) for pid in pids)


def test_a_demo_without_e_identity_goes_on(clone: Path, start: Start) -> None:
    process = start()
    pids = both(clone)
    os.kill(identity(clone), signal.SIGKILL)
    time.sleep(0.5)
    assert process.poll() is None
    assert all(alive(pid) for pid in pids)


def test_all_is_made_ready_in_order_as_the_demo(clone: Path, start: Start) -> None:
    start()
    both(clone)
    prepared = ["migrate", "load_units", "load_calendar", "collectstatic", "ledger_key", "at_rest_key"]
    before = [*prepared, "init", "serve", "demo", "ledger_key"]

    def steps() -> list[str]:
        return [line.split()[0] for line in (clone / "notes").read_text().splitlines()]

    until(lambda: len(steps()) == len(before) + 4)
    assert steps()[: len(before)] == before
    assert sorted(steps()[len(before) :]) == ["8001", "run", "serve", "work"]
    assert all(line.endswith(" 1") for line in (clone / "notes").read_text().splitlines())


def test_nothing_is_served_when_the_demo_cannot_be_made(clone: Path, start: Start) -> None:
    assert start(DEMO_FAILS="1").wait(timeout=20) == 1
    assert not (clone / "serve.pid").exists()
