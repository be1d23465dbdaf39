"""`manage.py work` does every chore at its interval, whatever one of them does."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from config.management.commands import work
from keng.core.registry import Chore, Registry

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def chores(monkeypatch: pytest.MonkeyPatch) -> Registry[Chore]:
    registry: Registry[Chore] = Registry("chore")
    monkeypatch.setattr(work, "chores", registry)
    # The test's own connection must outlive a chore.
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    return registry


def test_each_chore_is_done_at_start_and_then_at_its_own_interval(chores: Registry[Chore]) -> None:
    done: list[str] = []
    chores.register("hourly", Chore(timedelta(hours=1), lambda: done.append("hourly")))
    chores.register("daily", Chore(timedelta(days=1), lambda: done.append("daily")))
    stop = threading.Event()
    today = work.Round(now=0.0)
    today.run(0.0, stop)
    assert done == ["daily", "hourly"]
    assert today.seconds_left(0.0) == 3600
    today.run(3599.0, stop)
    assert done == ["daily", "hourly"]
    today.run(3600.0, stop)
    assert done == ["daily", "hourly", "hourly"]
    today.run(86400.0, stop)
    assert done[3:] == ["hourly", "daily"]


def test_a_broken_chore_stops_no_other_is_tried_again_soon_and_its_data_are_not_logged(
    chores: Registry[Chore], caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def break_down() -> None:
        raise ValueError("what the villager wrote")

    chores.register("broken", Chore(timedelta(hours=1), break_down))
    chores.register("whole", Chore(timedelta(hours=1), lambda: done.append("whole")))
    today = work.Round(now=0.0)
    with caplog.at_level(logging.INFO, "keng"):
        today.run(0.0, threading.Event())
    assert done == ["whole"]
    assert today.due == {"broken": work.TRY_AGAIN, "whole": 3600.0}
    assert "broken" in caplog.text
    assert "ValueError" in caplog.text
    assert "villager" not in caplog.text


def test_told_to_stop_it_begins_no_further_chore(chores: Registry[Chore]) -> None:
    done: list[str] = []
    stop = threading.Event()
    chores.register("first", Chore(timedelta(hours=1), stop.set))
    chores.register("second", Chore(timedelta(hours=1), lambda: done.append("second")))
    work.Round(now=0.0).run(0.0, stop)
    assert done == []


def test_without_chores_it_waits_for_the_order_to_stop(chores: Registry[Chore]) -> None:
    assert work.Round(now=0.0).seconds_left(5.0) is None


@pytest.mark.parametrize(("fails", "code"), [(False, 0), (True, 1)])
def test_once_does_every_chore_once_and_tells_by_its_exit_code(chores: Registry[Chore], fails: bool, code: int) -> None:
    done: list[str] = []

    def run() -> None:
        done.append("once")
        if fails:
            raise OSError

    chores.register("a", Chore(timedelta(hours=1), run))
    chores.register("b", Chore(timedelta(hours=1), run))
    with pytest.raises(SystemExit) as ended:
        call_command("work", once=True)
    assert ended.value.code == code
    assert done == ["once", "once"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_s2_the_running_process_ends_cleanly_when_told_to(number: signal.Signals, tmp_path: Path) -> None:
    environ = {**os.environ, "KENG_DEMO": "1", "KENG_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environ.pop("KENG_DATABASE_URL", None)
    with subprocess.Popen(
        [sys.executable, "-X", "dev", "manage.py", "work"], cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 30
        while not listens(process.pid):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(number)
        _out, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in errors


def listens(pid: int) -> bool:
    """Whether the process has a handler of its own by now: for SIGTERM, since Python always catches SIGINT."""
    caught = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
