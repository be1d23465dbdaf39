"""R11, O4: what the mailbox keeps and what the ledger says of it are one, or `verify_ledger` says where they are not."""

import pytest
from django.db import connection

from keng.ledger.models import Entry
from keng.mailbox.audit import audit
from keng.mailbox.models import Part, State, StateChange, Thread
from keng.mailbox.services import change_state, delete
from tests.cast import Cast
from tests.ledger.published import behind_our_back
from tests.mailbox.services.test_answers import a_report, say, sealed_answer


@pytest.fixture
def thread(cast: Cast) -> Thread:
    """A report with an answer, opened; another that its reporter deleted."""
    reporter, thread = a_report(cast)
    change_state(thread=thread, to=State.OPENED, version=1, by="hoa")
    say(cast, thread, sealed_answer(cast, reporter))
    gone, _thread = a_report(cast)
    delete(token=gone.keys.token)
    return Thread.objects.get()


def in_english() -> list[str]:
    return [one.split(" / ")[1] for one in audit()]


@pytest.mark.usefixtures("thread")
def test_where_all_is_as_it_was_done_nothing_is_said() -> None:
    assert list(audit()) == []


def test_r11_a_thread_that_was_deleted_past_the_ledger_is_told_part_by_part(thread: Thread) -> None:
    digests = set(thread.parts.values_list("digest", flat=True))
    thread.delete()
    said = in_english()
    assert len(said) == 2
    assert all(one.endswith("it is gone, and no entry tells of a deletion.") for one in said)
    assert {one.split("the part ")[1][:64] for one in said} == digests


def test_r11_one_part_that_was_deleted_is_told(thread: Thread) -> None:
    thread.parts.filter(direction="officer").delete()
    assert len(in_english()) == 1
    thread.parts.all().delete()
    assert f"The report {thread.key} has lost its first part." in in_english()


def test_a_part_that_no_entry_tells_of_is_told(thread: Thread) -> None:
    part = thread.parts.get(direction="officer")
    with behind_our_back(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry WHERE subject = %s", [part.digest])
    assert in_english() == [f"The part {part.digest} has no entry in the ledger."]


def test_a_report_that_stays_while_its_entries_were_forgotten_is_told(thread: Thread) -> None:
    Entry.objects.filter(case=thread.key).update(salt=None)
    assert len(in_english()) == 2
    assert all(one.endswith("has no entry in the ledger.") for one in in_english())


def test_o4_a_flipped_bit_of_a_sealed_part_is_told(thread: Thread) -> None:
    part = thread.parts.get(direction="reporter")
    payload = bytearray(part.payload)
    payload[7] ^= 4
    Part.objects.filter(pk=part.pk).update(payload=bytes(payload))
    assert in_english() == [f"The part {part.digest} was changed or damaged."]


def test_a_state_that_nobody_is_said_to_have_given_is_told(thread: Thread) -> None:
    StateChange.objects.create(thread=thread, state=State.CLOSED)
    assert in_english() == [f"The report {thread.key} came to closed, and no entry tells of it."]


def test_it_asks_as_often_for_many_reports_as_for_one(
    cast: Cast, thread: Thread, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(5):  # type: ignore[operator]
        list(audit())
    for _number in range(5):
        a_report(cast)
    with django_assert_num_queries(5):  # type: ignore[operator]
        list(audit())
