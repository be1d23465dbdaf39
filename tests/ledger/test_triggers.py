"""O4: the database itself refuses to let the past be altered, whoever speaks SQL to it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from config.checks import ledger_is_append_only
from keng.ledger.models import Entry
from keng.ledger.triggers import lock

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Entry:
    made = Entry(verb="test.done", subject="03164", office="o", by="b", purpose="p", case="c")
    made.save()
    return made


def sql(statement: str, *values: bytes | int | str | datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(statement: str, *values: bytes | int | str | datetime, match: str) -> None:
    before = list(Entry.objects.order_by("id").values_list())
    with pytest.raises(DatabaseError, match=match):
        sql(statement, *values)
    assert list(Entry.objects.order_by("id").values_list()) == before


def test_o4_an_entry_is_never_deleted(entry: Entry) -> None:
    refused("DELETE FROM ledger_entry", match="never deleted")
    refused("DELETE FROM ledger_entry WHERE id = %s", entry.id, match="never deleted")
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        Entry.objects.all().delete()
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("column", ["verb", "subject", "office", "by", "purpose", "case"])
@pytest.mark.usefixtures("entry")
def test_o4_no_column_of_an_entry_changes(column: str) -> None:
    refused(f'UPDATE ledger_entry SET "{column}" = %s', "other", match="never changed")
    refused(f'UPDATE ledger_entry SET salt = NULL, "{column}" = %s', "other", match="never changed")


def test_o4_neither_id_nor_hour_nor_salt_changes(entry: Entry) -> None:
    refused("UPDATE ledger_entry SET id = id + 1", match="never changed")
    refused("UPDATE ledger_entry SET hour = %s, salt = NULL", datetime(2020, 1, 1, tzinfo=UTC), match="never changed")
    refused("UPDATE ledger_entry SET salt = %s", bytes(32), match="never changed")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Entry.objects.filter(id=entry.id).update(subject="other")


def test_a_salt_may_be_erased_and_does_not_come_back(entry: Entry) -> None:
    sql("UPDATE ledger_entry SET salt = NULL WHERE id = %s", entry.id)
    assert Entry.objects.get().salt is None
    refused("UPDATE ledger_entry SET salt = %s", bytes(32), match="never changed")
    sql("UPDATE ledger_entry SET salt = NULL WHERE id = %s", entry.id)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has no INSERT OR REPLACE")
def test_o4_an_entry_is_not_replaced_by_a_way_round_the_delete_trigger(entry: Entry) -> None:
    refused(
        'INSERT OR REPLACE INTO ledger_entry (id, verb, subject, office, "by", hour, purpose, "case", salt)'
        " VALUES (%s, 'x', 'x', '', '', '2026-11-22 03:00:00', '', '', NULL)",
        entry.id,
        match="never replaced",
    )


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
@pytest.mark.usefixtures("entry")
def test_o4_the_table_is_not_truncated() -> None:
    refused("TRUNCATE ledger_entry", match="never deleted")


@pytest.mark.parametrize("finer", [timedelta(minutes=1), timedelta(seconds=1), timedelta(microseconds=1)])
def test_r9_the_database_takes_no_time_finer_than_an_hour(finer: timedelta) -> None:
    with pytest.raises(DatabaseError, match="finer than an hour"), transaction.atomic():
        Entry(verb="x", subject="y", hour=datetime(2026, 11, 22, 3, tzinfo=UTC) + finer).save()


def test_s4_start_up_refuses_a_ledger_without_its_triggers_until_they_are_put_back() -> None:
    assert list(ledger_is_append_only()) == []
    lock.drop(connection)
    assert lock.missing(connection) >= {"ledger_entry_no_delete", "ledger_entry_no_update"}
    assert "append-only" in str(next(ledger_is_append_only()).hint)
    lock.create(connection)
    lock.create(connection)
    assert list(ledger_is_append_only()) == []


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite can't switch a trigger off")
def test_s4_a_trigger_that_is_switched_off_is_missed_like_one_that_is_gone() -> None:
    sql("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_no_delete")
    assert lock.missing(connection) == {"ledger_entry_no_delete"}
