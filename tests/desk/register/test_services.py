"""The register: one number for each report and box, given at the first opening, without a gap however many open at once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import connections

from keng.desk.mailbox.services import open_report
from keng.desk.models import RegisterEntry
from keng.desk.register import services
from keng.ledger.models import Entry
from keng.mailbox.errors import Conflict
from keng.mailbox.models import State, Thread
from keng.mailbox.services.threads import _erase_if_there
from tests.cast import Cast
from tests.desk.register.conftest import Made, make


def numbers(cast: Cast, year: int | None = None) -> list[int]:
    found = RegisterEntry.objects.filter(box=cast.box)
    return sorted((found.filter(year=year) if year else found).values_list("number", flat=True))


def test_a_report_gets_its_number_when_it_is_first_opened_and_never_another(cast: Cast, report: Made) -> None:
    thread = report(State.RECEIVED, number=False)
    assert not RegisterEntry.objects.exists()
    open_report(thread=thread, by=cast.hoa)
    open_report(thread=thread, by=cast.nam)
    entry = RegisterEntry.objects.get()
    assert (entry.number, entry.thread, entry.box) == (1, thread, cast.box)
    assert Entry.objects.get(verb=services.REGISTERED).subject == f"na-co-sa {entry}"


def test_numbers_tell_the_order_of_opening_and_not_of_arrival(cast: Cast, report: Made) -> None:
    first, second = report(State.RECEIVED, number=False), report(State.RECEIVED, number=False)
    open_report(thread=second, by=cast.hoa)
    open_report(thread=first, by=cast.hoa)
    assert [first.register.get().number, second.register.get().number] == [2, 1]


def test_a_report_that_was_passed_on_gets_a_number_of_the_new_box_too_when_that_opens_it(
    cast: Cast, report: Made
) -> None:
    make(cast.police)
    services.enter(thread=make(cast.police), by=cast.dung)
    thread = report()
    Thread.objects.filter(pk=thread.pk).update(holder=cast.police, state=State.FORWARDED)
    thread.refresh_from_db()
    open_report(thread=thread, by=cast.dung)
    assert {entry.box.slug: entry.number for entry in thread.register.all()} == {"na-co-sa": 1, "ca-dien-bien": 2}


def test_a_report_that_comes_back_keeps_the_number_that_it_had(cast: Cast, report: Made) -> None:
    thread = report()
    report()
    assert services.enter(thread=thread, by=cast.nam).number == 1
    assert numbers(cast) == [1, 2]


def test_each_year_of_local_time_begins_with_one(cast: Cast, report: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = iter([datetime(2026, 12, 31, 16, tzinfo=UTC), datetime(2026, 12, 31, 17, tzinfo=UTC)])
    monkeypatch.setattr(services, "this_hour", lambda: next(hours))
    assert [str(report().register.get()) for _year in range(2)] == ["001/2026", "001/2027"]


def test_an_erased_report_leaves_its_line_and_nothing_else(cast: Cast, report: Made) -> None:
    gone, stays = report(), report()
    assert _erase_inside_transaction(gone.pk)
    assert list(RegisterEntry.objects.order_by("number").values_list("number", "thread")) == [(1, None), (2, stays.pk)]
    assert report().register.get().number == 3


def _erase_inside_transaction(pk: int) -> bool:
    from django.db import transaction

    with transaction.atomic():
        return _erase_if_there(pk)


@pytest.mark.django_db(transaction=True)
def test_many_who_open_at_once_leave_no_gap_and_no_double(cast: Cast) -> None:
    """Two officers, thirty reports, every report opened by both at the same moment."""
    reports = [make(cast.box, State.RECEIVED) for _one in range(30)]
    jobs: list[Callable[[], object]] = [
        partial(open_report, thread=one, by=who) for one in reports for who in (cast.hoa, cast.nam)
    ]
    assert at_once(jobs, together=12) == []
    assert numbers(cast) == list(range(1, 31))
    assert RegisterEntry.objects.values("thread").distinct().count() == 30


@pytest.mark.django_db(transaction=True)
def test_a_number_whose_opening_fails_is_given_to_the_next(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = [make(cast.box, State.RECEIVED) for _one in range(12)]
    really, bad = services.append, {one.key for one in reports[::3]}

    def fails(**said: str) -> object:
        if said["case"] in bad:
            raise OSError("no room")
        return really(**said)  # type: ignore[arg-type]

    monkeypatch.setattr(services, "append", fails)
    jobs: list[Callable[[], object]] = [partial(open_report, thread=one, by=cast.hoa) for one in reports]
    assert len(at_once(jobs, together=12)) == 4
    assert numbers(cast) == list(range(1, 9))


def at_once(jobs: list[Callable[[], object]], *, together: int) -> list[BaseException]:
    """Runs the jobs in `together` threads that start at the same moment; returns what was raised."""
    raised: list[BaseException] = []
    ready = threading.Barrier(together)

    def run(mine: list[Callable[[], object]]) -> None:
        ready.wait()
        for job in mine:
            try:
                job()
            except Exception as error:  # noqa: BLE001 - what is looked at
                raised.append(error)
        connections.close_all()

    threads = [threading.Thread(target=run, args=(jobs[number::together],)) for number in range(together)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return raised


def test_o2_an_office_that_passed_a_report_on_writes_nothing_into_the_next_ones_register(
    cast: Cast, report: Made
) -> None:
    """Two of an office at one moment: one opens the report, the other passes it on."""
    seen = report(State.RECEIVED, number=False)
    Thread.objects.filter(pk=seen.pk).update(holder=cast.police, state=State.FORWARDED)
    with pytest.raises(Conflict) as refused:
        open_report(thread=seen, by=cast.hoa)
    assert refused.value.code == "passed_on"
    assert not RegisterEntry.objects.exists()
    assert not Entry.objects.filter(case=seen.key, by="hoa").exists()
