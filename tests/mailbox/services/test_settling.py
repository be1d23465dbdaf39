"""R9 in the file itself: neither hidden row numbers nor the places of large rows tell in which order reports came."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from keng.core.ids import hour_of, this_hour
from keng.mailbox.envelope import read_body
from keng.mailbox.models import Part, Rewrap
from keng.mailbox.services import Settling, accept
from tests.cast import Cast

TABLES = (
    "mailbox_thread",
    "mailbox_part",
    "mailbox_statechange",
    "mailbox_rewrap",
    "ledger_entry",
    "desk_note",
    "desk_assessment",
    "desk_seen",
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="how SQLite lays out its file"),
]


def send(cast: Cast, count: int) -> list[str]:
    """Reports long enough for pages of their own; returns their digests as they came."""
    digests = []
    for number in range(count):
        line, part = read_body(cast.reporter().first(f"Tin thứ {number}. " + "Mất trâu. " * 900))
        digests.append(accept(slug="na-co-sa", line=line, sealed=part).digest)
    return digests


def places(file: Path, digests: list[str]) -> list[int]:
    """Where in the file each part's sealed bytes begin to fill pages of their own."""
    raw = file.read_bytes()
    with sqlite3.connect(file) as copy:
        payloads = dict(copy.execute("SELECT digest, payload FROM mailbox_part"))
    return [raw.index(payloads[digest][6000:6200]) for digest in digests]


def copy_of(folder: Path) -> Path:
    file = folder / "copy.sqlite3"
    file.unlink(missing_ok=True)
    connection.ensure_connection()
    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
    return file


def in_order(places: list[int]) -> float:
    """Share of neighbouring arrivals that lie in the order of arrival; half of them by chance."""
    pairs = list(zip(places, places[1:], strict=False))
    return sum(first < second for first, second in pairs) / len(pairs)


@pytest.mark.parametrize("table", TABLES)
def test_r9_the_key_is_the_row_number_so_no_hidden_column_counts(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM pragma_table_info('{table}') WHERE pk = 1 AND lower(type) = 'integer'")
        assert cursor.fetchone(), f"{table} keeps a hidden row number"
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
        assert "AUTOINCREMENT" not in cursor.fetchone()[0].upper()


def test_r9_after_the_hour_the_places_in_the_file_tell_no_order(cast: Cast, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # earlier tests left free pages in any order
    digests = send(cast, 24)
    assert in_order(places(copy_of(tmp_path), digests)) > 0.9, "this test no longer sees what it guards against"
    Part.objects.update(hour=this_hour() - timedelta(hours=1))
    before = {part.digest: (part.pk, bytes(part.header), bytes(part.payload)) for part in Part.objects.all()}

    assert Settling()() == 24

    assert in_order(places(copy_of(tmp_path), digests)) < 0.85
    assert {part.digest: (part.pk, bytes(part.header), bytes(part.payload)) for part in Part.objects.all()} == before


def test_what_hangs_on_a_part_stays_and_an_hour_not_yet_over_waits(cast: Cast) -> None:
    send(cast, 2)
    now, past = Part.objects.all()
    Part.objects.filter(pk=past.pk).update(hour=this_hour() - timedelta(hours=3))
    Rewrap.objects.create(part=past, box=cast.police, header=b"x")
    settling = Settling()
    assert settling() == 1
    assert settling() == 0, "an hour is written anew once"
    assert Rewrap.objects.get().part == past
    assert hour_of(Part.objects.get(pk=now.pk).hour) == this_hour()
