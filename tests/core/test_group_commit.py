"""One COMMIT for many: each job hears its own result, and only once it is stored."""

import gc
import threading
import weakref
from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from keng.core import group_commit as module
from keng.core.group_commit import group_commit
from keng.core.models import DayOverride

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def only_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL groups its commits itself")


def add(day: int, reason: str = "") -> DayOverride:
    return DayOverride.objects.create(date=f"2030-01-{day:02d}", kind="off", reason=reason, legal_basis="")


def days() -> list[int]:
    return sorted(date.day for date in DayOverride.objects.values_list("date", flat=True))


def at_once(jobs: list[Callable[[], object]]) -> list[object]:
    """What each job returned or raised, all handed in at the same moment, in threads of their own."""
    results: list[object] = [None] * len(jobs)
    ready = threading.Barrier(len(jobs))

    def run(number: int) -> None:
        ready.wait()
        try:
            results[number] = group_commit(jobs[number])  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - what is looked at
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return results


def test_a_jobs_result_comes_back_and_is_stored() -> None:
    assert group_commit(lambda: add(1).date) == "2030-01-01"
    assert days() == [1]


def test_many_at_once_each_get_their_own_result() -> None:
    results = at_once([lambda day=day: add(day) and day for day in range(1, 29)])  # type: ignore[misc]
    assert results == list(range(1, 29))
    assert days() == list(range(1, 29))


def test_a_job_that_raises_is_rolled_back_alone_and_hears_why() -> None:
    add(5)

    def half_then_fail(day: int) -> None:
        add(day)
        raise ValueError(day)

    jobs: list[Callable[[], object]] = [lambda day=day: add(day) for day in (1, 2, 3)]  # type: ignore[misc]
    jobs += [lambda: half_then_fail(10), lambda: add(5)]
    results = at_once(jobs)
    assert isinstance(results[3], ValueError)
    assert isinstance(results[4], IntegrityError)
    assert days() == [1, 2, 3, 5]


def test_a_failed_block_inside_a_job_spoils_neither_it_nor_its_neighbours() -> None:
    add(5)

    def fail_inside() -> str:
        with pytest.raises(IntegrityError), transaction.atomic(savepoint=False):
            add(5)
        return "went on"

    results = at_once([lambda: add(1).reason, fail_inside, lambda: add(2).reason])
    assert (results[0], results[2]) == ("", "")
    assert isinstance(results[1], transaction.TransactionManagementError), "it can't be stored: part of it failed"
    assert days() == [1, 2, 5]


def test_many_jobs_share_one_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    first_runs, others_wait = threading.Event(), threading.Event()
    sizes: list[int] = []
    real = module._commit_together

    def counted(jobs: list[module.Job[object]]) -> None:
        sizes.append(len(jobs))
        real(jobs)

    monkeypatch.setattr(module, "_commit_together", counted)
    group_commit(lambda: None)  # the writer waits inside a call of the real one
    sizes.clear()

    def slow() -> None:
        first_runs.set()
        others_wait.wait(10)

    threads = [threading.Thread(target=group_commit, args=(slow,))]
    threads[0].start()
    first_runs.wait(10)
    for day in range(1, 11):
        threads.append(threading.Thread(target=group_commit, args=(lambda day=day: add(day),)))
        threads[-1].start()
    while module._waiting.qsize() < 10:
        pass
    others_wait.set()
    for thread in threads:
        thread.join(30)
    assert sizes == [1, 10]
    assert days() == list(range(1, 11))


def test_s2_when_the_commit_fails_everybody_hears_it_nothing_is_stored_and_the_next_one_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(self: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("django.db.backends.base.base.BaseDatabaseWrapper._commit", full)
        results = at_once([lambda day=day: add(day) for day in (1, 2, 3)])  # type: ignore[misc]
    assert [type(result) for result in results] == [OperationalError] * 3
    assert days() == []
    group_commit(lambda: add(4))
    assert days() == [4]


def test_inside_a_transaction_it_is_part_of_it() -> None:
    with transaction.atomic():
        group_commit(lambda: add(1))
        transaction.set_rollback(True)
    assert days() == []


def test_the_writer_keeps_nothing_of_a_job_that_is_done() -> None:
    class Kept:
        pass

    def job(kept: Kept) -> None:
        add(1)

    kept = Kept()
    trace = weakref.ref(kept)
    group_commit(partial(job, kept))
    del kept
    for _round in range(200):  # the writer may be between waking us and forgetting
        gc.collect()
        if trace() is None:
            return
        threading.Event().wait(0.01)
    pytest.fail("the job is still held")
