"""Checking a password costs half a second of a processor on purpose; few at once, so that reports are taken in meanwhile (R10)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Busy(Exception):
    """Too many passwords are being checked; nothing was counted."""


class Gate:
    """Lets `at_once` in. Another `queue` may wait, each `longest` seconds at most; the rest are turned away at once, so that a
    storm of tries holds few of the desk's threads. Whoever is `known` may always wait."""

    def __init__(self, at_once: int, queue: int, longest: float) -> None:
        self._room = threading.BoundedSemaphore(at_once)
        self._queue = threading.BoundedSemaphore(queue)
        self._longest = longest

    @contextmanager
    def enter(self, *, known: bool) -> Iterator[None]:
        """Raises Busy."""
        self._wait(known)
        try:
            yield
        finally:
            self._room.release()

    def _wait(self, known: bool) -> None:
        if self._room.acquire(blocking=False):
            return
        if known:
            entered = self._room.acquire(timeout=self._longest)
        elif self._queue.acquire(blocking=False):
            try:
                entered = self._room.acquire(timeout=self._longest)
            finally:
                self._queue.release()
        else:
            entered = False
        if not entered:
            raise Busy


passwords = Gate(at_once=2, queue=8, longest=5.0)
