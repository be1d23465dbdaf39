"""States by the table, one officer at a time; deletion as the reporter wishes."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import transaction
from django.utils import timezone

from keng.core.registry import chores
from keng.desk.models import Assessment, Note
from keng.ledger.models import Entry
from keng.mailbox.models import FLOWS, Box, Part, State, StateChange, Thread
from keng.mailbox.services import Conflict, NotAllowed, Refused, change_state, delete, erase_due
from tests.cast import Cast
from tests.mailbox.services.test_parts import message, send


@pytest.fixture
def thread(cast: Cast) -> Thread:
    send("na-co-sa", cast.reporter().first("Tin."))
    return Thread.objects.get()


def in_state(thread: Thread, state: str) -> Thread:
    Thread.objects.filter(pk=thread.pk).update(state=state)
    thread.refresh_from_db()
    return thread


def test_opening_a_report_is_a_state_a_change_an_entry_and_a_new_version(thread: Thread) -> None:
    opened = change_state(thread=thread, to=State.OPENED, version=1, by="hoa")
    assert (opened.state, opened.version) == (State.OPENED, 2)
    assert set(StateChange.objects.values_list("state", flat=True)) == {State.RECEIVED, State.OPENED}
    entry = Entry.objects.get(verb="mailbox.state.opened")
    assert (entry.subject, entry.case, entry.office, entry.by) == (thread.key, thread.key, "bp-na-co-sa", "hoa")


@pytest.mark.parametrize("kind", Box.Kind.values)
def test_only_what_the_table_allows_may_follow(thread: Thread, kind: str) -> None:
    Box.objects.filter(pk=thread.box_id).update(kind=kind)
    for state, to in product(State.values, State.values):
        with transaction.atomic():
            follows(in_state(Thread.objects.get(), state), kind, to)
            transaction.set_rollback(True)


def follows(thread: Thread, kind: str, to: str) -> None:
    state = thread.state
    if to in FLOWS[kind].get(state, ()) and to != State.FORWARDED:
        assert change_state(thread=thread, to=to, version=1, by="hoa").state == to
        return
    with pytest.raises(NotAllowed):
        change_state(thread=thread, to=to, version=1, by="hoa")
    thread.refresh_from_db()
    assert (thread.state, thread.version) == (state, 1)
    assert not Entry.objects.filter(verb__startswith="mailbox.state").exists()


def test_two_officers_never_overwrite_each_other(thread: Thread) -> None:
    in_state(thread, State.VERIFYING)
    change_state(thread=thread, to=State.ACTED_ON, version=1, by="hoa")
    with pytest.raises(Conflict) as conflict:
        change_state(thread=thread, to=State.UNFOUNDED, version=1, by="nam")
    assert (conflict.value.status, conflict.value.extra) == (409, {"version": 2})
    thread.refresh_from_db()
    assert thread.state == State.ACTED_ON


def test_a_state_of_a_thread_that_was_erased_meanwhile_is_refused(cast: Cast, thread: Thread) -> None:
    stale = Thread.objects.get()
    thread.delete()
    with pytest.raises(Refused) as refused:
        change_state(thread=stale, to=State.OPENED, version=1, by="hoa")
    assert refused.value.code == "no_thread"


def test_an_unopened_report_is_erased_at_once_and_only_the_ledger_remembers(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    send("na-co-sa", message(reporter, 1))
    assert delete(token=reporter.keys.token) is None
    assert {model.objects.count() for model in (Thread, Part, StateChange)} == {0}
    assert sorted(Entry.objects.filter(case=reporter.keys.thread).values_list("verb", flat=True)) == [
        "mailbox.part.received",
        "mailbox.part.received",
        "mailbox.report.deleted",
    ]


def test_an_opened_report_is_erased_seven_days_on_and_asking_again_changes_nothing(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    change_state(thread=Thread.objects.get(), to=State.OPENED, version=1, by="hoa")
    day = timezone.localdate() + timedelta(days=7)
    assert delete(token=reporter.keys.token) == day
    assert delete(token=reporter.keys.token) == day
    assert Entry.objects.filter(verb="mailbox.report.deletion_asked").count() == 1
    assert Thread.objects.get().version == 2, "an officer at work is not disturbed by it"


def test_a_report_that_was_asked_for_again_before_its_day_keeps_the_first_day(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    first = timezone.localdate() + timedelta(days=2)
    Thread.objects.update(state=State.OPENED, erase_on=first)
    assert delete(token=reporter.keys.token) == first


@pytest.mark.parametrize("state", [state for state in State.values if state != State.RECEIVED])
def test_no_state_but_received_is_erased_at_once(cast: Cast, state: str) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    in_state(Thread.objects.get(), state)
    assert delete(token=reporter.keys.token) is not None
    assert Thread.objects.exists()


def test_r7_deleting_what_is_unknown_or_was_deleted_is_refused_alike(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    delete(token=reporter.keys.token)
    refusals = []
    for token in (reporter.keys.token, bytes(32)):
        with pytest.raises(Refused) as refused:
            delete(token=token)
        refusals.append((refused.value.as_json(), refused.value.status))
    assert refusals[0] == refusals[1]


def test_the_hourly_chore_erases_what_is_due_and_nothing_else(cast: Cast) -> None:
    today = timezone.localdate()
    keys = {}
    days = {"past": today - timedelta(days=1), "today": today, "later": today + timedelta(days=1), "never": None}
    for name, day in days.items():
        reporter = cast.reporter()
        send("na-co-sa", reporter.first("Tin."))
        Thread.objects.filter(key=reporter.keys.thread).update(state=State.CLOSED, erase_on=day)
        keys[name] = reporter.keys.thread
    chore = chores["mailbox.erase_due"]
    assert chore.every == timedelta(hours=1)
    assert chore.run() == 2
    assert chore.run() == 0
    assert set(Thread.objects.values_list("key", flat=True)) == {keys["later"], keys["never"]}
    assert set(Entry.objects.filter(verb="mailbox.report.deleted").values_list("case", flat=True)) == {
        keys["past"],
        keys["today"],
    }


def test_erasing_takes_the_desks_assessment_and_notes_along(cast: Cast) -> None:
    send("na-co-sa", cast.reporter().first("Tin."))
    thread = in_state(Thread.objects.get(), State.CLOSED)
    Assessment.objects.create(thread=thread, category="theft")
    Note.objects.create(thread=thread, box=cast.box, by=cast.hoa, sealed=b"age")
    Thread.objects.update(erase_on=timezone.localdate())
    assert erase_due() == 1
    assert {model.objects.count() for model in (Assessment, Note)} == {0}
