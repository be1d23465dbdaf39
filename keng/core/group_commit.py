"""Many requests, one COMMIT: on SQLite the first waiting thread commits for all that wait with it.

A disk syncs a few hundred times a second at best; a villager's report must not queue behind each sync.
On PostgreSQL, which does this itself, a job is a plain transaction.
"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connection, transaction

T = TypeVar("T")


class Job(Generic[T]):
    """One request's writes, and what became of them."""

    def __init__(self, run: Callable[[], T]) -> None:
        self.run = run
        self.done = False
        self.result: T | None = None
        self.error: BaseException | None = None


_waiting: list[Job[object]] = []
_waiting_lock = threading.Lock()
_write_lock = threading.Lock()


def group_commit(run: Callable[[], T]) -> T:
    """Runs `run` in a transaction, perhaps shared, and returns its result once it is on disk; raises what it raised.

    `run` must use the default connection only and not lean on the thread it runs in. A job that raises is rolled back alone.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            return run()
    job: Job[T] = Job(run)
    with _waiting_lock:
        _waiting.append(job)  # type: ignore[arg-type]
    with _write_lock:
        if not job.done:
            _commit_all()
    if job.error is not None:
        raise job.error
    return job.result  # type: ignore[return-value]


def _commit_all() -> None:
    with _waiting_lock:
        jobs = _waiting[:]
        _waiting.clear()
    try:
        with transaction.atomic():
            for job in jobs:
                _run_alone(job)
    except BaseException as error:  # noqa: BLE001 - every waiting thread must hear that nothing was stored
        for job in jobs:
            job.error = error
    finally:
        for job in jobs:
            job.done = True


def _run_alone(job: Job[object]) -> None:
    try:
        with transaction.atomic():
            job.result = job.run()
    except Exception as error:  # noqa: BLE001 - told to the thread that asked, by group_commit
        job.error = error
