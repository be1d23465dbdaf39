"""What lies encrypted in the database: age files that the server's keys open, and nobody without them."""

import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from keng.core import at_rest
from keng.procedures.models import Attachment, AttachmentBytes

TEXT = "Giấy tờ của bà con".encode()


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.AT_REST_KEYS = tmp_path / "keys"
    return tmp_path / "keys"


def test_what_was_sealed_opens_and_shows_nothing_meanwhile() -> None:
    sealed = at_rest.seal(TEXT)
    assert sealed.startswith(b"age-encryption.org/v1\n")
    assert TEXT not in sealed
    assert at_rest.unseal(sealed) == TEXT


def test_the_age_command_opens_it_with_the_keys_file_alone(tmp_path: Path) -> None:
    (tmp_path / "sealed").write_bytes(at_rest.seal(TEXT))
    command = ["age", "-d", "-i", str(at_rest.paths()[0]), str(tmp_path / "sealed")]
    assert subprocess.run(command, capture_output=True, check=True).stdout == TEXT


def test_a_key_is_for_nobody_else_on_the_machine(folder: Path) -> None:
    path = at_rest.make()
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in folder.iterdir()] == ["001.age-key"]


def test_the_first_key_is_made_once(folder: Path) -> None:
    assert at_rest.ensure() == folder / "001.age-key"
    assert at_rest.ensure() is None
    assert len(at_rest.paths()) == 1


def test_outside_the_demo_nothing_makes_a_key_by_the_way(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(at_rest.KeyLost):
        at_rest.seal(TEXT)
    assert at_rest.paths() == []


def test_a_new_key_seals_and_the_old_ones_open() -> None:
    before = at_rest.seal(TEXT)
    first = at_rest.paths()[0]
    second = at_rest.make()
    after = at_rest.seal(TEXT)
    assert at_rest.unseal(before) == at_rest.unseal(after) == TEXT
    first.unlink()
    assert at_rest.unseal(after) == TEXT
    with pytest.raises(at_rest.KeyLost):
        at_rest.unseal(before)
    assert at_rest.make().name > second.name  # a number is never given twice


def test_another_key_under_an_old_name_is_noticed(folder: Path) -> None:
    sealed = at_rest.seal(TEXT)
    (folder / "001.age-key").unlink()
    at_rest.make()
    with pytest.raises(at_rest.KeyLost):
        at_rest.unseal(sealed)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"AGE-SECRET-KEY-1QQQ", b"age1abc"])
def test_a_file_that_is_no_key_is_said_to_be_lost(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "001.age-key").write_bytes(content)
    with pytest.raises(at_rest.KeyLost):
        at_rest.seal(TEXT)


def test_a_key_made_by_the_age_tools_serves(folder: Path) -> None:
    at_rest.make()
    path = at_rest.paths()[0]
    sealed, key = at_rest.seal(TEXT), path.read_text()
    path.write_text(f"# created: 2026-11-22T10:00:00+07:00\n# public key: age1…\n{key}")
    assert at_rest.unseal(sealed) == TEXT


def test_torn_bytes_are_refused() -> None:
    sealed = at_rest.seal(TEXT)
    for torn in (b"", sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), b"age-encryption.org/v1\n"):
        with pytest.raises(at_rest.KeyLost):
            at_rest.unseal(torn)


def test_the_command_makes_one_key_and_says_where_it_lies(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _time in range(2):
        call_command("at_rest_key")
    said = capsys.readouterr()
    assert said.out == f"{folder / '001.age-key'}\n" * 2
    assert said.err.count("Chép ngay một bản") == 1
    assert "AGE-SECRET-KEY" not in said.out + said.err


def test_the_command_rotates(folder: Path) -> None:
    call_command("at_rest_key", "--rotate")
    call_command("at_rest_key", "--rotate")
    assert [path.name for path in at_rest.paths()] == ["001.age-key", "002.age-key"]


@pytest.mark.django_db
def test_what_an_old_key_sealed_is_sealed_anew_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_rest, "AT_ONCE", 2)
    for number in range(5):
        kept = Attachment.objects.create(name="a.pdf", kind="application/pdf", size=1, sha256="")
        AttachmentBytes.objects.create(attachment=kept, sealed=at_rest.seal(b"tep %d" % number))
    old = at_rest.paths()[0]
    call_command("at_rest_key", "--rotate", "--reseal")
    old.unlink()
    opened = {at_rest.unseal(bytes(row.sealed)) for row in AttachmentBytes.objects.all()}
    assert opened == {b"tep %d" % number for number in range(5)}
    assert sum(at_rest.reseal()) == 0


@pytest.mark.django_db
def test_resealing_without_the_old_key_stops_and_changes_nothing() -> None:
    kept = Attachment.objects.create(name="a.pdf", kind="application/pdf", size=1, sha256="")
    row = AttachmentBytes.objects.create(attachment=kept, sealed=at_rest.seal(TEXT))
    at_rest.paths()[0].unlink()
    with pytest.raises(CommandError):
        call_command("at_rest_key", "--reseal")
    assert bytes(AttachmentBytes.objects.get().sealed) == row.sealed


def test_two_who_make_the_first_key_at_once_do_not_overwrite_each_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = at_rest.make()
    key = made.read_bytes()
    monkeypatch.setattr(at_rest, "paths", lambda: [])  # what the second saw before the first was there
    with pytest.raises(FileExistsError):
        at_rest.make()
    assert made.read_bytes() == key
    assert list(folder.iterdir()) == [made]
