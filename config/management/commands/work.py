"""`manage.py work`: does the chores that the apps registered, each at its interval, until it is told to stop."""

import logging
import signal
import sys
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from keng.core.registry import Chore, chores

logger = logging.getLogger("keng.work")
TRY_AGAIN = 60.0  # seconds after a failure


def attempt(name: str, chore: Chore) -> bool:
    """Does one chore; a failure is logged by the chore's name and the error's kind alone, for its text may quote data (R1)."""
    close_old_connections()
    try:
        chore.run()
    except Exception as error:  # noqa: BLE001 - one broken chore must not stop the others
        logger.error(
            "Việc nền “%s” chưa xong, sẽ làm lại. / This chore failed, to be tried again: %s",
            name,
            type(error).__name__,
        )
        return False
    finally:
        close_old_connections()
    return True


class Round:
    """When each chore is due, on the clock that no change of the wall clock moves (S2)."""

    def __init__(self, now: float) -> None:
        self.due = {name: now for name, _chore in chores}

    def run(self, now: float, stop: threading.Event) -> None:
        """Does what is due at `now` (seconds), the longest waiting first, and leaves off between two chores when told to stop."""
        waiting = sorted((due, name) for name, due in self.due.items() if due <= now)
        for _due, name in waiting:
            if stop.is_set():
                return
            every = chores[name].every.total_seconds()
            self.due[name] = now + (every if attempt(name, chores[name]) else min(every, TRY_AGAIN))

    def seconds_left(self, now: float) -> float | None:
        """How long until the next is due; None when there is nothing to do at all."""
        return max(0.0, min(self.due.values()) - now) if self.due else None


class Command(BaseCommand):
    help = "Làm các việc nền theo giờ cho đến khi được lệnh dừng. / Does the background chores until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="Làm mỗi việc một lần rồi thôi. / Do each chore once and end."
        )

    def handle(self, *, once: bool, **options: Any) -> None:
        if once:
            done = [attempt(name, chore) for name, chore in chores]
            sys.exit(0 if all(done) else 1)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        today = Round(time.monotonic())
        while not stop.is_set():
            today.run(time.monotonic(), stop)
            stop.wait(today.seconds_left(time.monotonic()))
