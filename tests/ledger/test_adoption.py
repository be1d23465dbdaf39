"""A database restored from an older backup than the log: noticed, refused, and mended from the published files without a fork."""

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from keng.ledger import files, keys, merkle, notes
from keng.ledger.adoption import adopt
from keng.ledger.errors import LogRefused, OlderThanLog
from keng.ledger.folder import write_note
from keng.ledger.models import Checkpoint, Cosignature, Entry, LogKey
from keng.ledger.notes import Signer
from keng.ledger.proofs import inclusion_of
from keng.ledger.publication import latest, publish
from keng.ledger.services import append
from keng.ledger.triggers import lock
from keng.ledger.verbs import ADOPTED, verbs
from tests.ledger.log import folder, read_log, tree_of
from tests.ledger.test_log_vectors import VECTORS

pytestmark = pytest.mark.django_db
VERB = "test.done"
MODELS = (Entry, Checkpoint, Cosignature, LogKey)
WITNESS = Signer("w.example", keys.Ed25519PrivateKey.from_private_bytes(bytes(32)), notes.WITNESS)


@pytest.fixture(autouse=True)
def _verb() -> None:
    verbs.register(VERB, "đã làm (thử)")


def do(*subjects: str) -> None:
    with transaction.atomic():
        for subject in subjects:
            append(verb=VERB, subject=subject)


def backup() -> Callable[[], None]:
    """The ledger's tables as they are now; what is returned puts them back."""
    rows: list[tuple[Any, list[Any]]] = [(model, list(model.objects.all())) for model in MODELS]

    def restore() -> None:
        lock.drop(connection)
        for model, kept in rows:
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {model._meta.db_table}")
            model.objects.bulk_create(kept)
        lock.create(connection)

    return restore


@pytest.fixture
def restored() -> dict[str, bytes]:
    """Backed up after one publication and one more entry; two publications and a cosignature later restored. What was published."""
    do("published before")
    publish(force=True)
    do("waiting at the backup")
    restore = backup()
    do("lost 1")
    publish(force=True)
    do(*(f"lost {number}" for number in range(2, 400)))
    last = publish(force=True)
    Cosignature.objects.create(size=last.size, name=WITNESS.name, line=WITNESS.line(notes.read(last.note).text, time=1))
    write_note(last)
    found = folder()
    restore()
    return found


def test_s2_an_older_database_is_noticed_and_publishes_nothing(restored: dict[str, bytes]) -> None:
    with pytest.raises(OlderThanLog, match="ledger_adopt") as refused:
        publish(force=True)
    assert " / " in str(refused.value)
    with pytest.raises(OlderThanLog):
        publish()
    assert folder() == restored
    assert Checkpoint.objects.count() == 1


def test_the_leaves_come_back_and_the_log_goes_on_under_its_old_root(restored: dict[str, bytes]) -> None:
    older = notes.read_head(notes.read(restored["checkpoint"].decode()).text)
    do("after the restore")
    done = adopt(by="quan")
    assert folder() == restored
    assert done.size == older.size == latest().size
    assert done.found == 1
    assert (
        done.lost
        == Entry.objects.filter(verb=ADOPTED).count()
        == older.size - Checkpoint.objects.order_by("size").first().size - 1
    )

    waiting = Entry.objects.get(subject="waiting at the backup")
    assert waiting.place is not None
    assert inclusion_of(waiting) is not None
    assert Entry.objects.get(subject="after the restore").place is None
    lost = Entry.objects.filter(verb=ADOPTED)
    assert set(lost.values_list("salt", "subject", "by", "case")) == {(None, "", "", "")}

    publish(force=True)
    log = read_log()
    assert log.head.size > older.size
    assert log.leaves == [bytes(leaf) for leaf in Entry.objects.order_by("place").values_list("leaf", flat=True)]
    merkle.verify_consistency(
        first=older.size, second=log.head.size, first_root=older.root, second_root=log.head.root,
        proof=merkle.consistency(older.size, log.head.size, tree_of(log.leaves)),
    )  # fmt: skip
    assert Entry.objects.get(verb="ledger.restored").by == "quan"


def test_checkpoints_days_and_cosignatures_come_back_too(restored: dict[str, bytes]) -> None:
    adopt(by="quan")
    assert Checkpoint.objects.count() == 3
    assert Cosignature.objects.get().name == WITNESS.name
    for checkpoint in Checkpoint.objects.all():
        assert WITNESS.name not in checkpoint.note
    files_of_days = [json.loads(content) for path, content in restored.items() if path.startswith("days/")]
    assert [row for rows in files_of_days for row in rows] == [
        [f"{one.day}", one.size] for one in Checkpoint.objects.order_by("size")
    ]


def test_everything_back_to_an_empty_database_can_be_adopted_with_the_key_file_alone() -> None:
    restore = backup()
    do("a", "b")
    publish(force=True)
    before = folder()
    restore()
    with pytest.raises(OlderThanLog):
        publish(force=True)
    adopt(by="quan")
    assert folder() == before
    publish(force=True)
    assert LogKey.objects.count() == 1
    assert len(read_log().leaves) == latest().size


def test_a_key_made_after_the_backup_signs_again_after_adopting() -> None:
    publish(force=True)
    restore = backup()
    keys.rotate(by="quan", at_once=True)
    publish(force=True)
    restore()
    adopt(by="quan")
    publish(force=True)
    assert LogKey.objects.count() == 2
    note = notes.read(latest().note)
    for signer in keys.signers():
        assert notes.verify(note, signer.verifier) == 0


def test_a_key_stolen_and_retired_after_the_backup_does_not_sign_again() -> None:
    publish(force=True)
    restore = backup()
    (stolen,) = keys.signers()
    keys.rotate(by="quan", at_once=True)
    publish(force=True)
    restore()
    adopt(by="quan")
    publish(force=True)
    assert not notes.signed_by(notes.read(latest().note), stolen.verifier)


def test_a_line_that_stands_twice_under_a_published_note_comes_back_once(restored: dict[str, bytes]) -> None:
    name = f"checkpoints/{notes.read_head(notes.read(restored['checkpoint'].decode()).text).size}"
    twice = restored[name] + restored[name].splitlines(keepends=True)[-1]
    (settings.LEDGER_FOLDER / name).write_bytes(twice)
    adopt(by="quan")
    assert Cosignature.objects.get().name == WITNESS.name


def test_there_is_nothing_to_adopt_where_nothing_is_missing() -> None:
    with pytest.raises(LogRefused, match="nothing to adopt"):
        adopt(by="quan")
    publish(force=True)
    with pytest.raises(LogRefused, match="nothing to adopt"):
        adopt(by="quan")


def spoil(path: str, content: bytes | None) -> None:
    target = settings.LEDGER_FOLDER / path
    if content is None:
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    else:
        target.write_bytes(content)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("tile/entries/001", None),
        ("tile/entries/002", bytes(256 * 50)),
        ("tile/entries/001", b"\x00\x30" + bytes(48)),
        ("tile/entries/003", (b"\x00\x30" + bytes(48)) * 256),
        ("tile/1", None),
        ("tile/1/000.p/1", bytes(32)),
        ("checkpoints", None),
        ("days/2026-11", b"["),
        ("days", None),
        ("keys", b"[1]"),
        ("days/2026-11", b'[["2026-11-22", "x"]]'),
    ],
)
def test_s2_files_that_lack_something_change_nothing(
    restored: dict[str, bytes], path: str, content: bytes | None
) -> None:
    month = next(name for name in restored if name.startswith("days/"))
    spoil(month if "/" in path and path.startswith("days") else path, content)
    before = list(Entry.objects.order_by("pk").values_list("pk", "place"))
    with pytest.raises(LogRefused) as refused:
        adopt(by="quan")
    assert " / " in str(refused.value)
    assert list(Entry.objects.order_by("pk").values_list("pk", "place")) == before
    assert Checkpoint.objects.count() == 1


def test_a_log_that_another_key_signed_is_not_adopted(restored: dict[str, bytes]) -> None:
    last = restored["checkpoint"].decode()
    stranger = Signer("127.0.0.1:8000/ledger", keys.Ed25519PrivateKey.from_private_bytes(bytes(32)))
    text = notes.read(last).text
    forged = notes.sign(text, stranger).encode()
    for path in ("checkpoint", f"checkpoints/{notes.read_head(text).size}"):
        (settings.LEDGER_FOLDER / path).write_bytes(forged)
    with pytest.raises(LogRefused, match="KENG_LEDGER_FOLDER"):
        adopt(by="quan")


def test_a_foreign_log_is_neither_gone_on_with_nor_adopted(restored: dict[str, bytes]) -> None:
    shutil.rmtree(settings.LEDGER_FOLDER)
    settings.LEDGER_FOLDER.mkdir()
    (settings.LEDGER_FOLDER / "checkpoint").write_text(VECTORS["checkpoints"][-1]["note"])
    with pytest.raises(LogRefused):
        publish(force=True)
    with pytest.raises(LogRefused):
        adopt(by="quan")


def test_the_command_says_what_came_back(restored: dict[str, bytes], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ledger_adopt")
    said = capsys.readouterr().out
    assert f"{latest().size} leaves again: 1 were in the backup" in said
    with pytest.raises(CommandError, match="nothing to adopt"):
        call_command("ledger_adopt")
    assert files.read("checkpoint") == restored["checkpoint"]
