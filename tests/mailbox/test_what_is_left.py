"""What the disk holds once a report is erased and the hourly chores have run: every file of the data folder is searched (R11, C4)."""

import os
import secrets
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from config.demo.client import Reporter
from keng.core.group_commit import group_commit
from keng.core.ids import this_hour
from keng.core.registry import chores
from keng.ledger.models import Entry
from keng.mailbox.models import Part, Thread
from keng.mailbox.sealing import ReceiptKeys, b64u
from keng.mailbox.services import Settling, delete, erase_due, settling
from keng.notify import outbox
from keng.notify.models import Message
from tests.cast import Cast
from tests.mailbox.services.test_parts import message, send
from tests.mailbox.whole_report import WholeReport, remember, whole_report

PIECE = 16  # bytes: of any 31 that stay somewhere, one such piece is whole
HOURLY = ("mailbox.erase_due", "desk.forget_remarks", "desk.compact_figures", "mailbox.settle")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's files: test_what_postgresql_keeps.py"),
]


def files() -> dict[str, bytes]:
    """All that is written: the database, what lies beside it, and whatever else is in the data folder."""
    database = Path(connection.settings_dict["NAME"])
    paths = {path for folder in (settings.VAR, database.parent) for path in Path(folder).rglob("*") if path.is_file()}
    assert database in paths
    return {path.name: bytes_of(path) for path in paths if "static" not in path.parts}


def bytes_of(path: Path) -> bytes:
    """Read by another process: to close the database's file in this one would loosen the locks that it holds on it."""
    return subprocess.run(["cat", str(path)], capture_output=True, check=True).stdout


def left(report: WholeReport) -> set[str]:
    """What of the report is found: "what it is, in which file"."""
    return {
        f"{name} in {file}"
        for file, content in files().items()
        for name, value in report.kept.items()
        if any(piece in content for piece in pieces(value))
    }


def pieces(value: bytes) -> Iterator[bytes]:
    """All of what is small; of what fills pages a piece in every 256 bytes."""
    step = PIECE if len(value) < 4096 else PIECE * 16
    yield value[:PIECE]
    for at in range(step, len(value) - PIECE + 1, step):
        yield value[at : at + PIECE]


def do_the_hourly_chores() -> None:
    for name in ("mailbox.erase_due", "desk.forget_remarks", "desk.compact_figures"):
        chores[name].run()
    Settling()()


def erase_on_its_day(report: WholeReport) -> None:
    assert delete(token=report.reporter.keys.token) is not None
    Thread.objects.filter(key=report.thread.key).update(erase_on=timezone.localdate())
    do_the_hourly_chores()


def secure_delete(on: bool) -> None:
    """On this connection and on the writer's, which is another."""

    def switch() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA secure_delete = {'ON' if on else 'OFF'}")

    switch()
    group_commit(switch)


@pytest.fixture(autouse=True)
def as_in_life() -> Iterator[None]:
    """Connections of earlier tests may have written with other settings; what they wrote is not looked for."""
    yield
    secure_delete(True)


def test_r11_c4_of_an_erased_report_no_file_holds_anything_but_what_the_ledger_says(cast: Cast) -> None:
    report, other = whole_report(cast), whole_report(cast, words="Tin khác. ")
    every = {f"{name} in test.sqlite3" for name in report.kept}
    do_the_hourly_chores()
    assert left(report) == every, "the search finds all of it while it is there, and the write-ahead log is empty"
    erase_on_its_day(report)
    assert left(report) == set()
    tag = report.reporter.keys.log_tag
    assert [
        1 for content in files().values() for said in (tag.hex().encode(), b64u(tag).encode()) if said in content
    ] == []
    assert left(other) == {f"{name} in test.sqlite3" for name in other.kept}, "of the other report nothing is missing"
    written = files()["test.sqlite3"]
    assert report.thread.key.encode() in written, "who did what stays in the ledger's rows, under the report's number"


def test_until_the_hourly_chore_the_write_ahead_log_may_hold_it_and_then_it_is_empty(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    assert delete(token=reporter.keys.token) is None
    assert any(reporter.keys.log_tag in content for name, content in files().items() if name.endswith("-wal"))
    do_the_hourly_chores()
    assert {len(content) for name, content in files().items() if name.endswith("-wal")} <= {0}
    assert [name for name, content in files().items() if reporter.keys.log_tag in content] == []


def test_s2_a_long_look_at_the_database_puts_the_emptying_off_and_holds_no_sender_up(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "PATIENCE", 0.05)
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    settle = Settling()
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM mailbox_part").fetchone()
        assert delete(token=reporter.keys.token) is None
        begun = time.monotonic()
        with pytest.raises(settling.StillRead):
            settle()
        assert time.monotonic() - begun < 5
        other.execute("ROLLBACK")
    assert settle() == 0
    assert [name for name, content in files().items() if reporter.keys.log_tag in content] == []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (20_000,)


def test_the_search_sees_what_stays_when_the_database_does_not_overwrite(cast: Cast) -> None:
    """The test above can fail: without `secure_delete` the free pages keep what lay there."""
    report = whole_report(cast)
    secure_delete(False)
    erase_on_its_day(report)
    assert {"reporter 1, payload in test.sqlite3"} <= left(report)


def many(cast: Cast, count: int) -> list[Reporter]:
    """Reports with a message each; random keys instead of a receipt's, which take long to derive."""
    _ = cast.box
    made = []
    for _report in range(count):
        token = secrets.token_bytes(32)
        keys = ReceiptKeys(
            token=token, thread=sha256(token).hexdigest(), identity=cast.keys.identity, reply=cast.keys.recipient,
            pin_key=secrets.token_bytes(32), log_tag=secrets.token_bytes(32), secret=secrets.token_bytes(32),
        )  # fmt: skip
        reporter = Reporter(
            slug="na-co-sa", recipient=cast.keys.recipient, root=cast.keys.root.fingerprint, keys=keys, bits=0
        )
        send("na-co-sa", reporter.first("Mất trâu. " * secrets.randbelow(2000)))
        send("na-co-sa", message(reporter, 1))
        made.append(reporter)
    return made


def test_among_hundreds_whose_pages_split_and_merge_nothing_stays_of_those_that_were_erased(cast: Cast) -> None:
    erased: dict[str, WholeReport] = {}
    for _hour in range(4):
        for reporter in many(cast, 30)[::3]:
            thread = Thread.objects.get(key=reporter.keys.thread)
            report = erased[reporter.keys.thread] = WholeReport(reporter, thread)
            remember(report)
            assert delete(token=reporter.keys.token) is None
        Part.objects.filter(hour=this_hour()).update(hour=this_hour() - timedelta(hours=1))
        do_the_hourly_chores()
    assert len(erased) == 40
    assert Thread.objects.count() == 80
    written = b"".join(files().values())
    found = {
        name
        for report in erased.values()
        for name, value in report.kept.items()
        if any(piece in written for piece in islice(pieces(value), 0, None, 4))
    }
    assert found == set()


def test_the_ledgers_place_given_later_brings_no_salt_back(cast: Cast) -> None:
    """A row that is written anew when it is published must not leave its old self behind."""
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    delete(token=reporter.keys.token)
    with transaction.atomic():
        for place, entry in enumerate(Entry.objects.order_by("?")):
            Entry.objects.filter(pk=entry.pk).update(place=place)
    do_the_hourly_chores()
    assert [name for name, content in files().items() if reporter.keys.log_tag in content] == []


def test_a_message_that_went_out_is_in_no_file_any_more(cast: Cast) -> None:
    words = "Đồng chí có tin mới cần xem trên bàn làm việc. " * 50
    now = timezone.now()
    waiting = Message.objects.create(
        channel="email", address="dau-vet-dia-chi@example.vn", subject="Tin mới", body=words, since=now, next_try=now
    )
    marks = [b"dau-vet-dia-chi", words.encode()[:200]]
    assert any(mark in content for mark in marks for content in files().values())
    outbox._sent(waiting)
    do_the_hourly_chores()
    assert [name for name, content in files().items() for mark in marks if mark in content] == []


def temporary_files() -> set[str]:
    """Those of SQLite that this process has open; their names are gone as soon as they are made."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.add(os.readlink(link))
    return {name for name in found if "etilqs_" in name}


@pytest.mark.parametrize("kept_in", ["", "FILE"])
def test_r9_settling_and_erasing_use_no_temporary_file(cast: Cast, kept_in: str) -> None:
    """SQLite would put sorted rows and undone pages into /var/tmp. Where the settings let it, the same look sees them."""
    report, seen = whole_report(cast), set[str]()
    for number in range(40):
        Part.objects.create(
            thread=report.thread, box=cast.box, direction="reporter", index=10 + number, digest=f"{number:064d}",
            header=b"", payload=secrets.token_bytes(60_000),
        )  # fmt: skip
    Part.objects.update(hour=this_hour() - timedelta(hours=1))

    def look() -> int:
        seen.update(temporary_files())
        return 0

    if kept_in:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA temp_store = {kept_in}")
    raw = connection.connection
    raw.set_progress_handler(look, 500)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE looked_at AS SELECT * FROM mailbox_part ORDER BY random()")
            cursor.execute("DROP TABLE looked_at")
        Settling()()
        Thread.objects.update(erase_on=timezone.localdate())
        erase_due()
    finally:
        raw.set_progress_handler(None, 0)
        connection.close()
    assert bool(seen) is (kept_in == "FILE")
