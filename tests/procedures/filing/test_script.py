"""What the page's script asks for: answers saved while somebody types, files one by one."""

from keng.procedures.filing import drafts
from keng.procedures.models import Attachment, Draft
from tests.procedures.citizens import as_citizen
from tests.procedures.filing import made
from tests.procedures.filing.conftest import Filing


def test_what_is_typed_is_saved_unchecked_and_the_page_gets_its_new_mark(an, cast: Filing) -> None:
    draft = cast.draft()
    address = f"/api/drafts/{draft.pk}/1"
    first = an.post(address, {"_seen": drafts.mark(draft, ["address", "owner"]), "address": "", "owner": "Lò"})
    assert first.status_code == 200
    assert len(first.json()["saved"]) == 5
    second = an.post(address, {"_seen": first.json()["seen"], "address": "Bản", "owner": "Lò"})
    assert second.status_code == 200
    draft.refresh_from_db()
    assert draft.answers == {"address": "Bản", "owner": "Lò"}
    late = an.post(address, {"_seen": first.json()["seen"], "address": "Khác", "owner": "Lò"})
    assert (late.status_code, late.json()["error"]) == (409, "elsewhere")
    draft.refresh_from_db()
    assert draft.answers["address"] == "Bản"


def test_a_file_alone_is_taken_and_the_page_comes_back_with_it(an, cast: Filing) -> None:
    draft = cast.draft()
    address = f"/api/drafts/{draft.pk}/2/files"
    told = an.post(address, {"photos": made.upload(made.png(), "nha.png")})
    assert told.status_code == 200
    assert "nha.png" in told.json()["html"]
    assert "wrong-sum" not in told.json()["html"]
    bad = an.post(address, {"photos": made.upload(b"MZ", "virus.exe")})
    assert (bad.status_code, bad.json()["error"]) == (400, "file")
    assert bad.json()["message"].startswith("virus.exe: Chỉ nhận PDF")
    assert Attachment.objects.count() == 1


def test_a_file_for_a_field_that_the_page_does_not_have_is_passed_over(an, cast: Filing) -> None:
    draft = cast.draft()
    assert an.post(f"/api/drafts/{draft.pk}/1/files", {"contract": made.upload(made.png())}).status_code == 200
    assert not Attachment.objects.exists()


def test_nonsense_is_no_error_of_the_server(an, cast: Filing) -> None:
    draft = cast.draft()
    for body, kind in (
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"{" * 9999, "application/json"),
        (b"--x", "multipart/form-data; boundary=x"),
    ):
        answer = an.post(f"/api/drafts/{draft.pk}/1", body, content_type=kind)
        assert answer.status_code < 500
    assert an.get(f"/api/drafts/{draft.pk}/1").status_code == 405
    assert Draft.objects.get().answers == {}


def test_a_body_that_did_not_come_whole_is_said_before_anybody_reads_it(an, cast: Filing) -> None:
    draft = cast.draft()
    for why, status in (("large", 413), ("cut", 400), ("slow", 408), ("busy", 503)):
        for address in (f"/api/drafts/{draft.pk}/2/files", f"/drafts/{draft.pk}/2"):
            answer = an.post(address, {"photos": made.upload(made.png())}, **{"keng.arrived": why})
            assert answer.status_code == status
            said = answer.json()["message"] if "/api/" in address else answer.content.decode()
            assert "8 MB" in said or why != "large"
    assert not Attachment.objects.exists()


def test_a_file_of_five_megabytes_is_no_body_that_vanishes(an, cast: Filing) -> None:
    """Above Django's own limit a memory handler drops files without a word."""
    draft = cast.draft()
    raw = made.jpeg() + bytes(4_900_000)
    assert an.post(f"/api/drafts/{draft.pk}/2/files", {"photos": made.upload(raw, "nha.jpg")}).status_code == 200
    assert Attachment.objects.get().kind == "image/jpeg"
    over = an.post(
        f"/api/drafts/{draft.pk}/2/files", {"photos": made.upload(made.jpeg() + bytes(5_300_000), "nha.jpg")}
    )
    assert over.status_code == 413
    assert "5 MB" in over.json()["message"]


def test_without_a_token_nothing_is_saved(my, cast: Filing) -> None:
    from tests.conftest import FaceClient

    strict = as_citizen(FaceClient("my", enforce_csrf_checks=True), cast.an)
    draft = cast.draft()
    assert strict.post(f"/api/drafts/{draft.pk}/1", {"address": "x"}).status_code == 403
    assert Draft.objects.get().answers == {}
