"""Publication: everything new goes into the log once, among fillers, at its hour; whatever was published stays as it is."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from keng.ledger import files, keys, merkle, notes, publication
from keng.ledger.errors import LogDamaged, LogForked
from keng.ledger.models import Checkpoint, Entry
from keng.ledger.publication import latest, publish, publish_due, write_out
from keng.ledger.services import append
from keng.ledger.verbs import PADDING, verbs
from tests.ledger.log import folder, read_log, tree_of

pytestmark = pytest.mark.django_db
VERB = "test.done"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture(autouse=True)
def _verb() -> None:
    verbs.register(VERB, "đã làm (thử)")


def do(number: int) -> list[Entry]:
    with transaction.atomic():
        return [append(verb=VERB, subject=str(at)) for at in range(number)]


@pytest.fixture
def clock() -> Iterator[mock.MagicMock]:
    """`clock.return_value` is the time of day that publication sees."""
    with mock.patch.object(timezone, "now") as now:
        now.return_value = at("2026-11-22T03:00")
        yield now


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def test_every_entry_gets_one_place_and_every_place_is_an_entry() -> None:
    do(300)
    checkpoint = publish(force=True)
    assert checkpoint is not None
    places = list(Entry.objects.order_by("place").values_list("place", flat=True))
    assert places == list(range(checkpoint.size))
    assert checkpoint.size % 256 == 0
    assert Entry.objects.exclude(verb=PADDING).count() == 300 + 1  # and the key that was made
    assert Entry.objects.filter(verb=PADDING).exclude(salt=None).count() == checkpoint.size - 301


def test_what_is_published_is_the_tree_of_the_rows_and_signed() -> None:
    do(10)
    publish(force=True)
    do(700)
    checkpoint = publish(force=True)
    assert checkpoint is not None
    leaves = [bytes(leaf) for leaf in Entry.objects.order_by("place").values_list("leaf", flat=True)]
    assert read_log().leaves == leaves
    assert bytes(checkpoint.root) == merkle.root([merkle.leaf_hash(leaf) for leaf in leaves])
    (signer,) = keys.signers()
    note = notes.read(files.read("checkpoint").decode())
    assert notes.verify(note, signer.verifier) == 0
    assert notes.read_head(note.text) == notes.Head("127.0.0.1:8000/ledger", checkpoint.size, bytes(checkpoint.root))
    assert str(note) == checkpoint.note


def test_older_places_and_tiles_stay_when_the_log_grows() -> None:
    do(40)
    first = publish(force=True)
    assert first is not None
    places, before = dict(Entry.objects.values_list("pk", "place")), folder()
    do(40)
    second = publish(force=True)
    assert second is not None
    assert places.items() <= dict(Entry.objects.values_list("pk", "place")).items()
    after = folder()
    for path in before:
        if path.startswith(("tile/", "checkpoints/")):
            assert after[path] == before[path], path
    tree = tree_of(read_log().leaves)
    merkle.verify_consistency(
        first=first.size, second=second.size, first_root=bytes(first.root), second_root=bytes(second.root),
        proof=merkle.consistency(first.size, second.size, tree),
    )  # fmt: skip


def test_the_order_of_the_log_is_not_that_of_arrival() -> None:
    made = [entry.pk for entry in do(200)]
    publish(force=True)
    by_place = list(Entry.objects.filter(verb=VERB).order_by("place").values_list("pk", flat=True))
    assert by_place != made
    assert by_place != sorted(made)


@pytest.mark.parametrize("number", [0, 1, 255, 256, 257])
@pytest.mark.parametrize("chance", [0, 1, 255])
def test_the_log_grows_by_whole_tiles_and_never_by_nothing(number: int, chance: int) -> None:
    with mock.patch("keng.ledger.publication.secrets.randbelow", return_value=chance):
        padded = number + publication._padding(number)
    assert padded % 256 == 0
    assert padded == max(256, -(-(number + chance) // 256) * 256)


def test_a_day_without_anything_is_published_like_any_other() -> None:
    keys.ensure()
    publish(force=True)
    first = latest()
    publish(force=True)
    second = latest()
    assert first is not None
    assert second is not None
    assert second.size == first.size + 256


# When


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-11-22T01:59", False),
        ("2026-11-22T02:00", True),
        ("2026-11-22T23:59", True),
        ("2026-11-23T00:30", False),
        ("2026-11-23T02:00", True),
    ],
)
def test_it_is_due_once_a_local_day_at_its_hour(clock: mock.MagicMock, moment: str, due: bool) -> None:
    clock.return_value = at("2026-11-21T02:00")
    assert publish() is not None
    clock.return_value = at(moment)
    if moment > "2026-11-23":
        clock.return_value = at("2026-11-22T05:00")
        assert publish() is not None
        clock.return_value = at(moment)
    assert (publish() is not None) is due
    assert publish() is None


def test_s2_a_clock_moved_both_ways_loses_nothing_and_leaves_no_gap(clock: mock.MagicMock) -> None:
    labels = []
    for moment in ("2026-11-22T03:00", "2026-11-23T03:00", "2026-11-22T03:10", "2026-11-22T03:20", "2026-11-23T02:00"):
        clock.return_value = at(moment)
        do(3)
        made = publish()
        labels.append(f"{made.day}" if made else None)
    assert labels == ["2026-11-22", "2026-11-23", "2026-11-22", None, "2026-11-23"]
    clock.return_value = at("2027-12-01T02:00")
    assert publish() is not None
    clock.return_value = at("2026-11-24T02:00")
    assert publish() is not None
    assert list(Entry.objects.order_by("place").values_list("place", flat=True)) == list(range(latest().size))
    assert len(read_log().leaves) == latest().size
    assert json.loads(files.read("days/2026-11")) == [
        [f"{day}", size]
        for day, size in Checkpoint.objects.filter(day__year=2026).order_by("size").values_list("day", "size")
    ]


def test_r11_the_first_publication_of_an_upgraded_installation_takes_all_older_entries(clock: mock.MagicMock) -> None:
    do(1000)
    with mock.patch("keng.ledger.publication.secrets.randbelow", return_value=0):
        publish_due()
    assert latest().size == 1024
    assert not Entry.objects.filter(place=None).exists()


def test_a_summers_files_are_listed_by_month(clock: mock.MagicMock) -> None:
    for moment in ("2026-10-31T05:00", "2026-11-01T05:00", "2026-11-02T05:00"):
        clock.return_value = at(moment)
        publish()
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    assert json.loads(files.read("days/2026-10")) == [["2026-10-31", sizes[0]]]
    assert json.loads(files.read("days/2026-11")) == [["2026-11-01", sizes[1]], ["2026-11-02", sizes[2]]]


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_publish_once(settings: Settings) -> None:
    settings.LEDGER_HOUR = "0"
    do(50)
    made: list[Checkpoint | None] = []

    def work() -> None:
        try:
            made.append(publish())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in made) == 1
    assert Checkpoint.objects.count() == 1
    assert len(read_log().leaves) == latest().size


@pytest.mark.django_db(transaction=True)
def test_two_machines_on_one_database_publish_once(settings: Settings) -> None:
    """Each with a folder of its own, so that no lock on a file stands between them: the other one publishes in the midst of ours."""
    do(50)
    ours = settings.LEDGER_FOLDER
    grow = publication._grow

    def meanwhile(*asked):
        settings.LEDGER_FOLDER = ours / "other"
        with mock.patch.object(publication, "_grow", grow):
            assert publish(force=True) is not None
        settings.LEDGER_FOLDER = ours
        return grow(*asked)

    with mock.patch.object(publication, "_grow", meanwhile):
        assert publish(force=True) is None
    assert Checkpoint.objects.count() == 1
    assert len(read_log().leaves) == latest().size


def test_entries_appended_while_it_publishes_wait_for_the_next() -> None:
    do(5)
    with mock.patch.object(publication, "_shuffle", side_effect=lambda leaves: do(3)):
        publish(force=True)
    assert Entry.objects.filter(place=None).count() == 3
    publish(force=True)
    assert not Entry.objects.filter(place=None).exists()


# What is not right


def test_a_missing_or_damaged_tile_is_mended_from_the_database() -> None:
    do(600)
    publish(force=True)
    before = folder()
    for path in ("tile/0/001", "tile/entries/000", f"tile/1/000.p/{latest().size // 256}", "keys"):
        (settings.LEDGER_FOLDER / path).write_bytes(b"x")
    (settings.LEDGER_FOLDER / "tile/0/000").unlink()
    write_out(anew=True)
    assert folder() == before
    # Where only the right edge is wrong, publishing notices by itself.
    (settings.LEDGER_FOLDER / f"tile/1/000.p/{latest().size // 256}").write_bytes(bytes(32 * (latest().size // 256)))
    publish(force=True)
    assert len(read_log().leaves) == latest().size


def test_a_lost_folder_is_written_again_with_the_same_bytes() -> None:
    for number in (3, 600):
        do(number)
        publish(force=True)
    before = folder()
    for path in sorted(settings.LEDGER_FOLDER.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    write_out()
    assert folder() == before


def test_s2_a_leaf_changed_in_the_database_stops_the_log(settings: Settings) -> None:
    do(5)
    publish(force=True)
    entry = Entry.objects.filter(verb=VERB).first()
    Checkpoint.objects.update(root=bytes(32))
    with pytest.raises(LogForked, match="KENG_LEDGER_FOLDER"):
        publish(force=True)
    assert entry is not None
    settings.LEDGER_FOLDER = settings.LEDGER_FOLDER / "new"
    with pytest.raises(LogDamaged, match="verify_ledger"):
        publish(force=True)


def test_the_chore_says_in_the_journal_why_it_refuses(caplog: pytest.LogCaptureFixture) -> None:
    publish(force=True)
    Checkpoint.objects.update(root=bytes(32))
    with caplog.at_level("ERROR", "keng.ledger"), pytest.raises(LogForked):
        publish_due()
    assert "KENG_LEDGER_FOLDER" in caplog.text


def test_a_damaged_newest_note_is_no_way_round_the_comparison(settings: Settings) -> None:
    publish(force=True)
    publish(force=True)
    (settings.LEDGER_FOLDER / "checkpoint").write_bytes(b"\xff\xfe")
    Checkpoint.objects.update(root=bytes(32))
    with pytest.raises(LogForked):
        publish(force=True)


def test_the_command_publishes_now_and_mends(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ledger_publish")
    call_command("ledger_publish", "--anew")
    assert capsys.readouterr().out.count("256") == 4
    Checkpoint.objects.update(root=bytes(32))
    with pytest.raises(Exception, match="KENG_LEDGER_FOLDER"):
        call_command("ledger_publish")


def test_r9_all_that_is_published_bears_the_days_hour_whenever_it_was_written(clock: mock.MagicMock) -> None:
    clock.return_value = at("2026-11-22T09:41")
    publish()
    times = {
        path.stat().st_mtime for path in settings.LEDGER_FOLDER.rglob("*") if path.is_file() and path.name != ".lock"
    }
    assert times == {at("2026-11-22T02:00").timestamp(), at("2026-11-01T02:00").timestamp()}


def test_others_on_the_machine_can_read_what_is_public_and_nothing_else() -> None:
    publish(force=True)
    for path in settings.LEDGER_FOLDER.rglob("*"):
        if not path.name.startswith("."):
            assert path.stat().st_mode & 0o777 == (0o644 if path.is_file() else 0o755), path
    (private,) = settings.LEDGER_KEYS.iterdir()
    assert private.stat().st_mode & 0o777 == 0o600
    assert settings.LEDGER_KEYS.stat().st_mode & 0o777 == 0o700


def test_r10_many_entries_become_several_checkpoints_so_that_no_report_waits_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publication, "MOST", 300)
    do(700)
    last = publish(force=True)
    assert Checkpoint.objects.count() == 3
    assert last == latest()
    assert not Entry.objects.filter(place=None).exists()
    log = read_log()
    assert log.leaves == [bytes(leaf) for leaf in Entry.objects.order_by("place").values_list("leaf", flat=True)]
    for checkpoint in Checkpoint.objects.all():
        assert files.read(f"checkpoints/{checkpoint.size}").decode() == checkpoint.note


def test_s2_a_night_that_was_cut_short_between_two_checkpoints_is_finished_the_same_day(
    clock: mock.MagicMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "MOST", 300)
    clock.return_value = at("2026-11-22T03:00")
    assert publish() is not None
    do(301)
    assert publish() is not None
    assert not Entry.objects.filter(place=None).exists()
    do(300)
    assert publish() is None
