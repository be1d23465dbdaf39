"""Files of residents: taken in whole or not at all, sealed, within limits, used again, taken away."""

import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from keng.core import at_rest
from keng.procedures.errors import Refused
from keng.procedures.filing import drafts, files, kinds
from keng.procedures.models import Attachment, AttachmentBytes, Draft
from tests.procedures.filing import made
from tests.procedures.filing.conftest import Filing


def store(draft: Draft, raw: bytes = b"", name: str = "a.pdf", field: str = "photos", **limits: object) -> Attachment:
    return files.store(
        upload=made.upload(raw or made.png(), name), citizen=draft.citizen, draft=draft, field=field,
        limits=files.Limits(**limits),  # type: ignore[arg-type]
    )  # fmt: skip


def refused(draft: Draft, *args: object, **kwargs: object) -> str:
    before = Attachment.objects.count()
    with pytest.raises(Refused) as error:
        store(draft, *args, **kwargs)  # type: ignore[arg-type]
    assert str(error.value.sentence).endswith(".")
    assert (Attachment.objects.count(), AttachmentBytes.objects.count()) == (before, before)
    return error.value.code


def test_a_file_is_kept_sealed_and_comes_back_as_it_was(cast: Filing) -> None:
    kept = store(cast.draft(), made.pdf(), "Hợp đồng.pdf")
    assert (kept.name, kept.kind, kept.citizen) == ("Hợp đồng.pdf", "application/pdf", cast.an)
    plain = files.plain(kept)
    assert plain.startswith(b"%PDF-")
    assert kept.size == len(plain)
    sealed = bytes(AttachmentBytes.objects.get().sealed)
    assert sealed.startswith(b"age-encryption.org/v1\n")
    assert b"%PDF-" not in sealed


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_a_file_is_found_on_the_disk_and_the_age_command_opens_it(cast: Filing, an, tmp_path: Path) -> None:
    def with_marker(pdf) -> None:
        pdf.pages[0].obj.Contents = pdf.make_stream(b"BT (" + made.MARKER + b") Tj ET")

    draft = cast.draft()
    raw = made.pdf(change=with_marker, compress_streams=False)
    big = made.upload(
        raw + b"\n" * 3_000_000 + b"%%EOF", "hop dong.pdf"
    )  # over 2.5 MB, where Django would take to the disk
    answer = an.post(f"/drafts/{draft.pk}/2", {"_seen": drafts.mark(draft, []), "contract": big})
    assert answer.status_code == 302
    kept = Attachment.objects.get()
    assert made.MARKER in files.plain(kept)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    # By another process: this one would let go of SQLite's locks when it closed the database's file.
    found = subprocess.run(["grep", "-rlaF", made.MARKER, str(settings.VAR)], capture_output=True, check=False)
    assert (found.returncode, found.stdout) == (1, b"")
    (tmp_path / "sealed").write_bytes(bytes(AttachmentBytes.objects.get().sealed))
    command = ["age", "-d", "-i", str(at_rest.paths()[-1]), str(tmp_path / "sealed")]
    assert made.MARKER in subprocess.run(command, capture_output=True, check=True).stdout


def test_the_word_of_the_browser_and_the_name_decide_nothing(cast: Filing) -> None:
    upload = made.upload(made.png(), "bao cao.docx", "application/msword")
    kept = files.store(upload=upload, citizen=cast.an, draft=cast.draft(), field="photos")
    assert (kept.kind, kept.name) == ("image/png", "bao cao.png")
    assert refused(cast.draft(), b"MZ" + bytes(900), "anh.png") == "other"


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("C:\\Users\\An\\anh thẻ.JPG", "anh thẻ.png"),
        ("a\x00b\r\nX: y.png", "a b X y.png"),
        ("\u202egnp.exe", "gnp.png"),
        ("<script>.png", "script.png"),
        ("...", "giay-to.png"),
        ("", "giay-to.png"),
        ("☃" * 300 + ".png", "☃" * 116 + ".png"),
        ("ảnh.png".encode().decode(), "ảnh.png"),
        ("a\u0309nh.png", "ảnh.png"),
    ],
)
def test_a_name_is_cleaned_whatever_it_was(name: str, cleaned: str) -> None:
    assert files.clean_name(name, "image/png") == cleaned


def test_a_field_takes_no_more_than_it_allows(cast: Filing) -> None:
    draft = cast.draft()
    store(draft, many=2)
    store(draft, many=2)
    assert refused(draft, many=2) == "many"
    assert refused(draft, kinds=("application/pdf",)) == "kind"
    assert refused(draft, most=20) == "large"
    assert store(draft, field="contract", many=2).field == "contract"


def test_a_draft_takes_no_more_than_the_house_allows(cast: Filing, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = cast.draft()
    monkeypatch.setattr(files, "MOST_FILES", 2)
    store(draft)
    store(draft)
    assert refused(draft) == "full"
    monkeypatch.setattr(files, "MOST_FILES", 20)
    monkeypatch.setattr(files, "MOST_TOGETHER", 3 * Attachment.objects.all()[0].size)
    store(draft)
    assert refused(draft) == "full"


def test_a_form_can_only_narrow_the_houses_limits(cast: Filing) -> None:
    assert refused(cast.draft(), made.png() + bytes(kinds.MOST), most=100 * kinds.MOST) == "large"


def test_a_file_that_can_not_be_sealed_leaves_nothing(cast: Filing, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(_plain: bytes) -> bytes:
        raise at_rest.KeyLost

    monkeypatch.setattr(at_rest, "seal", lost)
    with pytest.raises(at_rest.KeyLost):
        store(cast.draft())
    assert Attachment.objects.count() == 0


def test_a_paper_used_again_has_no_bytes_of_its_own_and_outlives_the_first(cast: Filing) -> None:
    draft = cast.draft()
    first = store(draft)
    second = files.use_again(paper=first, draft=draft, field="contract")
    third = files.use_again(paper=second, draft=draft, field="photos")
    assert AttachmentBytes.objects.count() == 1
    assert files.plain(second) == files.plain(third) == files.plain(first)
    before = files.plain(first)
    files.take_away(attachment=first)
    heirs = [Attachment.objects.get(pk=one.pk) for one in (second, third)]
    assert {files.plain(one) for one in heirs} == {before}
    for one in heirs:
        one.refresh_from_db()
        files.take_away(attachment=one)
    assert AttachmentBytes.objects.count() == 0


def test_a_paper_is_used_again_once_in_a_field(cast: Filing) -> None:
    draft = cast.draft()
    paper = store(draft)
    assert files.use_again(paper=paper, draft=draft, field="contract") == files.use_again(
        paper=paper, draft=draft, field="contract"
    )


def test_nobody_uses_anothers_paper(cast: Filing) -> None:
    paper = store(cast.draft())
    other = drafts.start(version=cast.version, citizen=cast.ba_sua)
    with pytest.raises(Refused) as error:
        files.use_again(paper=paper, draft=other, field="contract")
    assert error.value.status == 404
    assert other.attachments.count() == 0
