"""PostgreSQL's own files after an erasing: dead rows stay until the tables are rewritten as docs/operating/deletion.md says, then not."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from keng.desk.outcomes.services import forget
from keng.ledger.models import Entry
from keng.mailbox.models import Thread
from keng.mailbox.services import delete, erase_due
from keng.notify.models import Message
from tests.cast import Cast
from tests.mailbox.services.test_erasing import hanging_on
from tests.mailbox.whole_report import WholeReport, whole_report

DOCS = Path(__file__).resolve().parents[2] / "docs" / "operating" / "deletion.md"


def tables_to_rewrite() -> list[str]:
    (listed,) = re.findall(r"VACUUM FULL ([a-z_,\s]+)'", DOCS.read_text())
    return [table.strip() for table in listed.split(",")]


def test_the_page_for_operators_names_every_table_that_holds_something_of_a_report() -> None:
    cascade = {model._meta.db_table for model, _lookup, what in hanging_on(Thread) if what is models.CASCADE}
    besides = {apps.get_model("desk", "Outcome")._meta.db_table, Message._meta.db_table, Entry._meta.db_table}
    assert set(tables_to_rewrite()) == cascade | besides | {Thread._meta.db_table}


def written() -> bytes:
    """The files of all tables, with what lies outside their rows."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 't', 'i') AND n.nspname IN ('public', 'pg_toast') AND pg_relation_filepath(c.oid) IS NOT NULL"
        )
        return b"".join(bytes(content) for (content,) in cursor.fetchall())


def left(report: WholeReport) -> set[str]:
    content = written()
    return {name for name, value in report.kept.items() if "row number" not in name and value[-64:] in content}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="how PostgreSQL lays out its files")
@pytest.mark.django_db(transaction=True)
def test_r11_c4_erased_rows_stay_in_the_files_until_the_tables_are_rewritten(cast: Cast) -> None:
    report = whole_report(cast)
    assert delete(token=report.reporter.keys.token) is not None
    Thread.objects.update(erase_on=timezone.localdate())
    assert erase_due() == 1
    forget()
    assert {"log tag", "note", "reporter 1, payload"} <= left(report), "dead rows: this is why the page exists"
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM FULL {', '.join(tables_to_rewrite())}")
    assert left(report) == set()
