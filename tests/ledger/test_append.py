"""`append()`: in the transaction of what it records, with a verb that an app registered, to the hour."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from keng.core.ids import this_hour
from keng.ledger.models import LENGTHS, Entry
from keng.ledger.services import NotInTransaction, append
from keng.ledger.verbs import verbs

VERB = "test.done"


@pytest.fixture(autouse=True)
def _verb() -> None:
    verbs.register(VERB, "đã làm (thử)")


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction, match=VERB):
        append(verb=VERB, subject="03164")
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rollback_removes_the_entry_with_the_change_and_commit_keeps_both() -> None:
    with transaction.atomic():
        append(verb=VERB, subject="03164")
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
    with transaction.atomic():
        append(verb=VERB, subject="03164")
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_a_verb_that_nobody_registered_is_refused() -> None:
    with pytest.raises(LookupError, match="test.unheard_of"):
        append(verb="test.unheard_of", subject="03164")
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_an_entry_keeps_what_was_said_and_the_hour_alone() -> None:
    append(verb=VERB, subject="03164", office="bp-na-co-sa", by="hoa", purpose="thử", case="x")
    entry = Entry.objects.get()
    assert (entry.verb, entry.subject, entry.office, entry.by, entry.purpose, entry.case) == (
        VERB, "03164", "bp-na-co-sa", "hoa", "thử", "x",
    )  # fmt: skip
    assert entry.hour == this_hour()
    assert (entry.hour.minute, entry.hour.second, entry.hour.microsecond) == (0, 0, 0)


@pytest.mark.django_db
def test_salts_are_random_unless_the_caller_brings_a_log_tag() -> None:
    first, second = append(verb=VERB, subject="a"), append(verb=VERB, subject="a")
    assert first.salt is not None
    assert len(first.salt) == 32
    assert first.salt != second.salt
    tag = bytes(range(32))
    append(verb=VERB, subject="b", salt=tag)
    assert bytes(Entry.objects.get(subject="b").salt or b"") == tag


@pytest.mark.django_db
@pytest.mark.parametrize("salt", [b"", b"short", bytes(33)])
def test_a_salt_of_another_length_is_refused(salt: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        append(verb=VERB, subject="x", salt=salt)
    assert not Entry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in LENGTHS if name != "verb"])
def test_a_text_longer_than_its_column_is_refused_on_both_databases(name: str) -> None:
    texts: dict[str, Any] = {"subject": "x", name: "ă" * (LENGTHS[name] + 1)}
    with pytest.raises(ValueError, match=name):
        append(verb=VERB, **texts)
    append(verb=VERB, **{**texts, name: "ă" * LENGTHS[name]})
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_a_model_row_can_be_neither_saved_again_nor_deleted() -> None:
    entry = append(verb=VERB, subject="x")
    entry.subject = "y"
    with pytest.raises(TypeError, match="never changed"):
        entry.save()
    with pytest.raises(TypeError, match="never deleted"):
        entry.delete()


@pytest.mark.django_db
def test_ids_tell_nothing_of_order() -> None:
    ids = [append(verb=VERB, subject=str(number)).id for number in range(40)]
    assert ids != sorted(ids)
    assert len(set(ids)) == 40
    assert all(0 <= number < 2**63 for number in ids)


@pytest.mark.django_db(transaction=True)
def test_two_threads_append_without_losing_an_entry() -> None:
    def work(name: str) -> None:
        try:
            for number in range(10):
                with transaction.atomic():
                    append(verb=VERB, subject=f"{name}{number}")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Entry.objects.count() == 20


def test_hours_are_kept_in_utc_whatever_the_zone() -> None:
    entry = Entry(verb=VERB, subject="x", hour=datetime(2026, 11, 22, 3, tzinfo=UTC))
    assert b'"hour":"2026-11-22T03"' in entry.canonical()
