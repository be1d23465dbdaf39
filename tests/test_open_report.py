"""The way out (R2, S1, O3): `sqlite3`, `age`, `tar` and two paper sheets open a box's reports from a copy of the database."""

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config.demo.client import BoxKeys, Reporter, Root, seal
from config.demo.officer import Opened
from keng.core import calendar
from keng.core.calendar.load import load_calendar
from keng.core.ids import this_hour
from keng.desk.models import BoxSecret, Note
from keng.mailbox import sealing
from keng.mailbox.envelope import read_body
from keng.mailbox.models import Box, Part, Thread
from keng.mailbox.services import accept, answer, change_state, forward
from tests.cast import Cast

SCRIPT = settings.BASE_DIR / "tools" / "open_report.sh"
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40 + b"\x00\xff\xd9"
SAID = "Đêm qua nhà tôi mất hai con trâu.\nCó vết bánh xe ra phía suối."

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the script reads SQLite"),
]


@dataclass
class World:
    """A database copied while it was in use, the sheets of both boxes, and what was said in it."""

    cast: Cast
    folder: Path
    theft: Reporter
    other: Reporter

    @property
    def copy(self) -> Path:
        return self.folder / "copy.sqlite3"

    def sheet(self, name: str, key: str) -> str:
        path = self.folder / name
        path.write_text(key)
        return str(path)

    def sheets(self, keys: BoxKeys) -> tuple[str, str]:
        return self.sheet(f"{keys.slug}-b", keys.sheet_b + "\n"), self.sheet(f"{keys.slug}-a", keys.sheet_a + "\n")

    def open(
        self, slug: str, b: str, a: str, *more: str, typed: str = "", **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(SCRIPT), str(self.copy), slug, b, a, *(more or [str(self.folder / "out")])],
            cwd=self.folder, input=typed, capture_output=True, text=True, timeout=120,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **env},
        )  # fmt: skip


def send(reporter: Reporter, body: bytes) -> None:
    line, sealed = read_body(body)
    accept(slug=reporter.slug, line=line, sealed=sealed)


def of(reporter: Reporter) -> Thread:
    return Thread.objects.select_related("holder__office").get(key=reporter.keys.thread)


def keep_copy(path: Path) -> None:
    """What `.backup` does, of the test's database."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as live, closing(sqlite3.connect(path)) as target:
        live.backup(target)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    load_calendar()
    cast = Cast()
    theft, other = cast.reporter(), cast.reporter()
    send(theft, theft.first(SAID, media=1))
    send(theft, theft.later(index=1, kind="photo", name="photo.jpg", body=PHOTO))
    send(other, other.first("Loa hỏng mấy hôm nay.", what="other", reply=None, forward=False))

    report = Opened(of(theft), cast.keys)
    index, sealed = report.answer("Cảm ơn bà con. Vết bánh xe còn không?")
    answer(thread=report.thread, box=cast.box, index=index, sealed=sealed, by="hoa", office="bp-na-co-sa")
    Note.objects.create(thread=report.thread, box=cast.box, by=cast.hoa, sealed=report.note("Hỏi thêm bản bên."))
    for state in ("opened", "verifying"):
        change_state(thread=of(theft), to=state, version=of(theft).version, by="hoa")
    vouching = report.vouching(cast.police_keys)
    headers = report.headers_for(cast.police_keys, vouching)
    forward(thread=of(theft), to_box=cast.police, headers=headers, version=of(theft).version, by="hoa", part=vouching)

    taken_up = Opened(of(theft), cast.police_keys)
    index, sealed = taken_up.answer("Công an tỉnh đã nhận tin.")
    answer(thread=of(theft), box=cast.police, index=index, sealed=sealed, by="dung", office="ca-dien-bien")
    keep_copy(tmp_path / "copy.sqlite3")
    yield World(cast, tmp_path, theft, other)
    calendar.forget()


def test_r2_both_sheets_open_every_part_of_the_box_text_photo_answers_and_notes(world: World) -> None:
    done = world.open("na-co-sa", *world.sheets(world.cast.keys))
    assert (done.returncode, done.stderr) == (0, "")
    theft = world.folder / "out" / world.theft.keys.thread
    assert (theft / "reporter-0" / "text.txt").read_text() == SAID
    assert json.loads((theft / "reporter-0" / "part.json").read_text())["kind"] == "report"
    assert (theft / "reporter-1" / "photo.jpg").read_bytes() == PHOTO
    assert (theft / "officer-0" / "text.txt").read_text() == "Cảm ơn bà con. Vết bánh xe còn không?"
    assert json.loads((theft / "officer-1" / "part.json").read_text())["to"] == "ca-dien-bien"
    assert (theft / "note-0" / "note.txt").read_text() == "Hỏi thêm bản bên."
    other = world.folder / "out" / world.other.keys.thread
    assert (other / "reporter-0" / "text.txt").read_text() == "Loa hỏng mấy hôm nay."
    assert "Đã mở 6 phần" in done.stdout
    assert not list((world.folder / "out").rglob("padding"))


def test_the_new_sheets_open_the_reports_of_every_key_that_the_box_has_had_and_the_old_ones_nothing(
    world: World,
) -> None:
    cast = world.cast
    new = cast.keys.changed().changed(root=Root())
    BoxSecret.objects.filter(box=cast.box).update(recovery=new.recovery())
    later = Reporter(slug="na-co-sa", recipient=new.recipient, root=new.root.fingerprint)
    send(later, later.first("Tin gửi sau khi đổi khoá."))
    keep_copy(world.copy)
    old = world.open("na-co-sa", *world.sheets(cast.keys))
    assert (old.returncode, "Tờ B không mở được" in old.stderr) == (1, True)
    done = world.open("na-co-sa", *world.sheets(new))
    assert (done.returncode, done.stderr) == (0, "")
    out = world.folder / "out"
    assert (out / later.keys.thread / "reporter-0" / "text.txt").read_text() == "Tin gửi sau khi đổi khoá."
    assert (out / world.theft.keys.thread / "reporter-0" / "text.txt").read_text() == SAID
    assert "Đã mở 7 phần" in done.stdout


def test_r12_the_box_that_a_report_was_forwarded_to_opens_it_and_nothing_else(world: World) -> None:
    done = world.open("ca-dien-bien", *world.sheets(world.cast.police_keys))
    assert (done.returncode, done.stderr) == (0, "")
    [theft] = (world.folder / "out").iterdir()
    assert theft.name == world.theft.keys.thread
    assert (theft / "reporter-0" / "text.txt").read_text() == SAID
    assert (theft / "reporter-1" / "photo.jpg").read_bytes() == PHOTO
    assert (theft / "officer-2" / "text.txt").read_text() == "Công an tỉnh đã nhận tin."
    assert not (theft / "note-0").exists()


def test_the_mac_can_be_checked_from_what_was_taken_out(world: World) -> None:
    world.open("na-co-sa", *world.sheets(world.cast.keys))
    folder = world.folder / "out" / world.theft.keys.thread
    secret = sealing.unb64u(json.loads((folder / "reporter-0" / "part.json").read_text())["secret"])
    entries = [(name, (folder / "reporter-1" / name).read_bytes()) for name in ("part.json", "photo.jpg")]
    mac = sealing.part_mac(secret=secret, thread=folder.name, sender="reporter", index=1, entries=entries)
    assert (folder / "reporter-1" / "mac").read_text() == mac


def test_only_the_owner_can_read_what_was_opened_and_no_key_stays_behind(world: World) -> None:
    before = {path.name for place in ("/dev/shm", "/tmp") for path in Path(place).glob("open-report.*")}
    world.open("na-co-sa", *world.sheets(world.cast.keys))
    for path in (world.folder / "out", *(world.folder / "out").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    after = {path.name for place in ("/dev/shm", "/tmp") for path in Path(place).glob("open-report.*")}
    assert after <= before
    written = b"".join(path.read_bytes() for path in (world.folder / "out").rglob("*") if path.is_file())
    assert world.cast.keys.identity.encode() not in written
    assert b"AGE-SECRET-KEY" not in written


def test_o3_one_sheet_alone_opens_nothing(world: World) -> None:
    b, a = world.sheets(world.cast.keys)
    for pair, said in (((b, b), "Tờ A không mở được"), ((a, a), "Tờ B không mở được")):
        done = world.open("na-co-sa", *pair)
        assert (done.returncode, said in done.stderr, "Đã mở" in done.stdout) == (1, True, False)
    assert not (world.folder / "out").exists()


def test_sheets_in_the_wrong_order_are_told_from_wrong_sheets(world: World) -> None:
    b, a = world.sheets(world.cast.keys)
    swapped = world.open("na-co-sa", a, b)
    assert (swapped.returncode, "đổi chỗ" in swapped.stderr, "wrong way round" in swapped.stderr) == (1, True, True)
    police_b, police_a = world.sheets(world.cast.police_keys)
    wrong = world.open("na-co-sa", police_b, police_a)
    assert (wrong.returncode, "Tờ B không mở được hộp thư na-co-sa" in wrong.stderr) == (1, True)
    half = world.open("na-co-sa", b, police_a)
    assert (half.returncode, "Tờ A không mở được hộp thư na-co-sa" in half.stderr) == (1, True)


def test_a_sheet_may_be_typed_in_small_letters_and_groups(world: World) -> None:
    b, a = world.sheets(world.cast.keys)
    key = world.cast.keys.sheet_b.lower()
    groups = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    done = world.open("na-co-sa", "-", a, typed=f"{groups}\n")
    assert (done.returncode, "Đã mở 6 phần" in done.stdout) == (0, True)
    page = world.sheet("page", f"Kẻng\nHộp thư na-co-sa, tờ B\n\n  {world.cast.keys.sheet_b}  \nGiữ kín.\n")
    assert world.open("na-co-sa", page, a, str(world.folder / "second")).returncode == 0


@pytest.mark.parametrize("text", ["", "AGE-SECRET-KEY-1ABC", "AGE-SECRET-KEY-1" + "B" * 58, "\x00\xff", "x" * 100000])
def test_a_sheet_that_is_no_key_is_refused_with_its_name(world: World, text: str) -> None:
    _b, a = world.sheets(world.cast.keys)
    done = world.open("na-co-sa", world.sheet("bad", text), a)
    assert (done.returncode, "Tờ B không có đủ dòng" in done.stderr) == (1, True)
    assert "B" * 58 not in done.stderr


def test_each_wrong_argument_gets_a_sentence_in_both_languages(world: World) -> None:
    b, a = world.sheets(world.cast.keys)
    for slug, said in (
        ("khong-co", "Không có hộp thư khong-co. Các hộp thư: ca-dien-bien na-co-sa"),
        ("x' OR 1=1 --", "Tên hộp thư chỉ gồm chữ thường"),
    ):
        done = world.open(slug, b, a)
        assert (done.returncode, said in done.stderr) == (1, True)
        assert len(done.stderr.splitlines()) == 2
    assert "Không đọc được tờ B" in world.open("na-co-sa", str(world.folder / "none"), a).stderr
    BoxSecret.objects.all().delete()
    keep_copy(world.folder / "copy.sqlite3")
    assert "chưa có khoá phục hồi" in world.open("na-co-sa", b, a).stderr


def test_what_is_no_database_of_kengs_is_refused(world: World) -> None:
    b, a = world.sheets(world.cast.keys)
    world.copy.write_bytes(b"not a database" * 1000)
    assert "không phải cơ sở dữ liệu của Kẻng" in world.open("na-co-sa", b, a).stderr
    world.copy.unlink()
    assert "Không thấy tệp cơ sở dữ liệu" in world.open("na-co-sa", b, a).stderr
    assert "Cách dùng" in subprocess.run([str(SCRIPT)], capture_output=True, text=True).stderr


def test_a_missing_command_is_named_with_how_to_install_it(world: World) -> None:
    tools = world.folder / "bin"
    tools.mkdir()
    for command in ("bash", "sqlite3", "tar"):
        (tools / command).symlink_to(str(shutil.which(command)))
    done = world.open("na-co-sa", *world.sheets(world.cast.keys), PATH=str(tools))
    assert (done.returncode, "thiếu lệnh age" in done.stderr) == (1, True)
    assert "apt-get install age" in done.stderr


def test_a_box_without_reports_and_a_folder_in_use_are_said(world: World) -> None:
    b, a = world.sheets(world.cast.keys)
    (world.folder / "out").mkdir()
    (world.folder / "out" / "mine.txt").write_text("mine")
    assert "đã có nội dung" in world.open("na-co-sa", b, a).stderr
    Note.objects.all().delete()
    Thread.objects.all().delete()
    keep_copy(world.folder / "copy.sqlite3")
    assert "chưa có tin nào" in world.open("na-co-sa", b, a, str(world.folder / "empty")).stderr


def hostile_tar() -> bytes:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, target in (("photo.jpg", "/etc/passwd"), ("../escaped", ""), ("/tmp/escaped-report", "")):
            info = tarfile.TarInfo(name)
            if target:
                info.type, info.linkname = tarfile.SYMTYPE, target
                tar.addfile(info)
            else:
                info.size = 4
                tar.addfile(info, BytesIO(b"evil"))
        info = tarfile.TarInfo("part.json")
        info.size = 2
        tar.addfile(info, BytesIO(b"{}"))
    return out.getvalue()


def test_s3_a_report_built_to_write_elsewhere_writes_nothing_but_its_own_files(world: World) -> None:
    header, payload = sealing.split(seal(world.cast.keys.recipient, hostile_tar()))
    part = Part.objects.get(thread__key=world.other.keys.thread)
    Part.objects.filter(pk=part.pk).update(header=header, payload=payload, digest=sealing.digest(payload))
    keep_copy(world.folder / "copy.sqlite3")
    sheets = world.sheets(world.cast.keys)
    before = set(world.folder.rglob("*"))
    assert world.open("na-co-sa", *sheets).returncode == 0
    made = set(world.folder.rglob("*")) - before
    assert all(world.folder / "out" in (path, *path.parents) for path in made)
    taken = world.folder / "out" / world.other.keys.thread / "reporter-0"
    assert sorted(path.name for path in taken.iterdir()) == ["part.json", "photo.jpg"]
    assert not any(path.is_symlink() for path in taken.iterdir())
    assert (taken / "photo.jpg").read_bytes() == b""
    assert not Path("/tmp/escaped-report").exists()


def test_a_part_that_this_box_cannot_open_is_marked_and_the_others_are_opened(world: World) -> None:
    header, payload = sealing.split(seal(world.cast.police_keys.recipient, b"for somebody else"))
    Part.objects.filter(thread__key=world.other.keys.thread).update(header=header, payload=payload)
    keep_copy(world.folder / "copy.sqlite3")
    done = world.open("na-co-sa", *world.sheets(world.cast.keys))
    assert done.returncode == 0
    assert f"{world.other.keys.thread}  received    reporter-0  (không mở được / not opened)" in done.stdout
    assert "Đã mở 5 phần" in done.stdout
    assert "1 phần không mở được" in done.stdout


def test_s1_a_backup_made_by_the_command_while_the_database_is_written_opens_too(world: World) -> None:
    live = world.folder / "live.sqlite3"
    shutil.copy(world.copy, live)
    writer = sqlite3.connect(live)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("UPDATE mailbox_box SET title = title || ' '")
    writer.commit()  # in the WAL still: a plain copy of the file would lack it
    subprocess.run(["sqlite3", str(live), f".backup {world.folder / 'backup.sqlite3'}"], check=True)
    shutil.copy(world.folder / "backup.sqlite3", world.copy)
    before = world.copy.read_bytes()
    assert world.open("na-co-sa", *world.sheets(world.cast.keys)).returncode == 0
    assert world.copy.read_bytes() == before
    writer.close()


def test_a_copy_with_its_wal_beside_it_is_read_whole(world: World) -> None:
    live = world.folder / "live.sqlite3"
    shutil.copy(world.copy, live)
    writer = sqlite3.connect(live)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("UPDATE mailbox_box SET slug = 'na-co-sa-moi' WHERE slug = 'na-co-sa'")
    writer.commit()
    for ending in ("", "-wal"):
        shutil.copy(f"{live}{ending}", f"{world.copy}{ending}")
    done = world.open("na-co-sa-moi", *world.sheets(world.cast.keys))
    assert (done.returncode, "Đã mở 6 phần" in done.stdout) == (0, True)
    writer.close()


def test_the_copy_may_lie_in_a_folder_with_an_odd_name(world: World) -> None:
    odd = world.folder / "sao lưu #1 100%? 'tốt'"
    odd.mkdir()
    shutil.move(world.copy, odd / "keng.sqlite3")
    b, a = world.sheets(world.cast.keys)
    done = subprocess.run(
        [str(SCRIPT), str(odd / "keng.sqlite3"), "na-co-sa", b, a, str(odd / "out")], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (odd / "out" / world.theft.keys.thread / "reporter-0" / "text.txt").read_text() == SAID


def test_the_hour_in_the_copy_is_as_fine_as_the_copy_gets(world: World) -> None:
    """R9: whoever opens a copy learns the hour, not the minute."""
    assert Box.objects.get(slug="na-co-sa").threads.filter(hour=this_hour()).count() == 2
