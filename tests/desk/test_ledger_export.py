"""O3: the ledger leaves the house when one person asked for it and another said yes, once, and the ledger says that it did."""

import io
import os
import stat
import subprocess
import zipfile
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import CommandError, call_command

from keng.accounts import approvals
from keng.accounts.models import Approval
from keng.desk.ledger_export import KIND, SUBJECT
from keng.ledger import export
from keng.ledger.folder import latest
from keng.ledger.models import Entry, LogKey
from keng.ledger.publication import publish
from tests.accounts.signing_in import straight_in
from tests.cast import Cast
from tests.conftest import FaceClient
from tests.ledger.published import do, verbs
from tools import verify_ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    verbs.register("test.done", "đã làm (thử)")
    made = Cast()
    do(30)
    publish(force=True)
    do(3, first=40)
    return made


def asked(cast: Cast) -> Approval:
    return approvals.ask(kind=KIND, subject=SUBJECT, office=cast.province_police, reason="Thanh tra tỉnh", by=cast.quan)


def approved(cast: Cast) -> Approval:
    return approvals.approve(approval=asked(cast), by=cast.minh)


def hand_over(approval: Approval, out: Path) -> str:
    said = io.StringIO()
    call_command("ledger_export", approval=approval.pk, out=out, stdout=said)
    return said.getvalue()


def test_o3_with_another_persons_approval_it_is_written_and_an_auditor_finds_it_whole(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "export"
    approval = approved(cast)
    said = hand_over(approval, out)
    assert f"Đã xuất {latest().size} dòng vào {out}." in said
    entry = Entry.objects.get(verb="desk.ledger.exported")
    assert (entry.by, entry.office, entry.purpose) == ("quan", "ca-dien-bien", "Thanh tra tỉnh")
    assert entry.case == f"ledger.export {approval.pk}"
    assert verify_ledger.main(["tree", str(out), "--key", LogKey.objects.get().vkey]) == 0
    assert str(entry.subject) in (out / "entries.jsonl").read_text()


def test_o3_nothing_leaves_before_another_person_approved(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="hai người"):
        hand_over(asked(cast), tmp_path / "export")
    assert list(tmp_path.iterdir()) == []
    assert not Entry.objects.filter(verb="desk.ledger.exported").exists()


def test_o3_one_approval_is_one_export(cast: Cast, tmp_path: Path) -> None:
    approval = approved(cast)
    hand_over(approval, tmp_path / "one")
    with pytest.raises(CommandError, match="hai người"):
        hand_over(approval, tmp_path / "two")
    assert not (tmp_path / "two").exists()


def test_o3_an_approval_for_something_else_exports_nothing(cast: Cast, tmp_path: Path) -> None:
    other = approvals.ask(kind="box.recovery", subject="na-co-sa", office=cast.post, reason="Mất khoá", by=cast.nam)
    approvals.approve(approval=other, by=cast.quan)
    with pytest.raises(CommandError, match="There is no request"):
        hand_over(other, tmp_path / "export")
    with pytest.raises(CommandError, match="There is no request 99"):
        call_command("ledger_export", approval=99, out=tmp_path / "export")


def test_nobody_else_on_the_machine_may_read_it(cast: Cast, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        hand_over(approved(cast), tmp_path / "export")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "export").stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "export").rglob("*") if p.is_file()} == {0o600}


def test_as_a_zip_it_is_the_same(cast: Cast, tmp_path: Path) -> None:
    hand_over(approved(cast), tmp_path / "export.zip")
    assert stat.S_IMODE((tmp_path / "export.zip").stat().st_mode) == 0o600
    with zipfile.ZipFile(tmp_path / "export.zip") as found:
        assert found.testzip() is None
        found.extractall(tmp_path / "export")
    assert verify_ledger.main(["tree", str(tmp_path / "export.zip"), "--key", LogKey.objects.get().vkey]) == 0
    command = ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"]
    assert subprocess.run(command, cwd=tmp_path / "export", check=False).returncode == 0


def test_what_is_there_already_is_never_written_over_and_costs_no_approval(cast: Cast, tmp_path: Path) -> None:
    approval = approved(cast)
    for name in ("export", "export.zip"):
        (tmp_path / name).mkdir() if name == "export" else (tmp_path / name).write_text("x")
        with pytest.raises(CommandError, match="is there already"):
            hand_over(approval, tmp_path / name)
    hand_over(approval, tmp_path / "another")


def test_s2_where_the_disk_is_full_no_half_export_is_left(cast: Cast, tmp_path: Path) -> None:
    full = OSError(28, "No space left on device")
    with mock.patch.object(export, "_line", side_effect=full), pytest.raises(CommandError, match="No space left"):
        hand_over(approved(cast), tmp_path / "export")
    assert not (tmp_path / "export").exists()


def test_a_log_that_was_never_published_costs_no_approval(tmp_path: Path) -> None:
    approval = approved(Cast())
    with pytest.raises(CommandError, match="Nothing has been published"):
        hand_over(approval, tmp_path / "export")
    assert Approval.objects.get().used_at is None
    assert not (tmp_path / "export").exists()


def test_no_reports_content_and_no_persons_name_is_in_it(cast: Cast, tmp_path: Path) -> None:
    hand_over(approved(cast), tmp_path / "export")
    everything = b"".join(path.read_bytes() for path in (tmp_path / "export").rglob("*") if path.is_file())
    for name in ("Phạm Hồng Quân", "Trần Quang Minh"):
        assert name.encode() not in everything
    assert b'"by":"quan"' in everything


def test_o3_who_asked_is_told_on_the_desk_what_comes_next_once_it_is_approved(cast: Cast, desk: FaceClient) -> None:
    straight_in(desk, cast.quan)
    waits = asked(cast)
    assert "ledger_export" not in desk.get(f"/approvals/{waits.pk}/").content.decode()
    approvals.approve(approval=waits, by=cast.minh)
    page = desk.get(f"/approvals/{waits.pk}/").content.decode()
    assert f"manage.py ledger_export --approval {waits.pk} --out ledger.zip" in page
