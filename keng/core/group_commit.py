"""Many requests, one COMMIT: on SQLite one thread of the process writes for all, and commits together what has come in meanwhile.

A disk syncs a few hundred times a second at best; a villager's report must not queue behind each sync. The writer keeps one
connection open, so that neither the time nor the memory of a connection for each of the server's threads is spent.
On PostgreSQL, which does this itself, a job is a plain transaction.
"""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

T = TypeVar("T")

TOGETHER = 64  # jobs in one transaction: at a report each, a quarter of a megabyte to sync


class Job(Generic[T]):
    """One request's writes, and what became of them."""

    def __init__(self, run: Callable[[], T]) -> None:
        self.run = run
        self.result: T | None = None
        self.error: BaseException | None = None
        self._under_way = threading.Lock()
        self._under_way.acquire()

    def wait(self) -> None:
        self._under_way.acquire()

    def end(self) -> None:
        self._under_way.release()


_waiting: SimpleQueue[Job[Any]] = SimpleQueue()
_starting = threading.Lock()
_writer: threading.Thread | None = None


def group_commit(run: Callable[[], T]) -> T:
    """Runs `run` in a transaction, perhaps shared, and returns its result once it is on disk; raises what it raised.

    `run` must use the default connection only and not lean on the thread it runs in. A job that raises is rolled back alone.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            return run()
    job = Job(run)
    _start_writer()
    _waiting.put(job)
    job.wait()
    if job.error is not None:
        raise job.error
    return job.result  # type: ignore[return-value]


def _start_writer() -> None:
    global _writer
    if _writer is None or not _writer.is_alive():
        with _starting:
            if _writer is None or not _writer.is_alive():
                _writer = threading.Thread(target=_write_for_all, name="keng-writer", daemon=True)
                _writer.start()


def _write_for_all() -> None:
    while True:
        _commit_together(_next_jobs())


def _next_jobs() -> list[Job[Any]]:
    """Waits for a job, then takes along what else waits by now."""
    jobs = [_waiting.get()]
    try:
        while len(jobs) < TOGETHER:
            jobs.append(_waiting.get_nowait())
    except Empty:
        pass
    return jobs


def _commit_together(jobs: list[Job[Any]]) -> None:
    try:
        with transaction.atomic():
            for job in jobs:
                _run_alone(job)
    except BaseException as error:  # noqa: BLE001 - every waiting thread must hear that nothing was stored
        for job in jobs:
            job.error = error
    finally:
        for job in jobs:
            job.end()


def _run_alone(job: Job[Any]) -> None:
    """A savepoint by hand: what `atomic` does besides would be a tenth of the cost of a report."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT job")
        try:
            job.result = job.run()
            if connection.needs_rollback:
                raise transaction.TransactionManagementError("a block within this job failed")
        except Exception as error:  # noqa: BLE001 - told to the thread that asked, by group_commit
            connection.needs_rollback = False  # the next line does what it asks for
            cursor.execute("ROLLBACK TO job")
            job.error = error
        cursor.execute("RELEASE job")
