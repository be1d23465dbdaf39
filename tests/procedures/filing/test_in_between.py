"""What happens to a draft, its files and papers between being found and being used: another window, a second press, erasing (S3)."""

import pytest
from django.db import IntegrityError

from keng.procedures import consents
from keng.procedures.dossiers import services
from keng.procedures.filing import drafts, files, kinds
from keng.procedures.models import AttachmentBytes, Dossier
from tests.procedures.filing import made
from tests.procedures.filing.conftest import Filing


@pytest.mark.parametrize("address", ["/drafts/{}/2", "/api/drafts/{}/2/files"])
def test_s3_a_file_on_its_way_while_the_draft_is_filed_leads_to_the_receipt(an, cast: Filing, monkeypatch, address):
    draft, other, looked_at = cast.filled(), made.upload(made.png(), "anh.png"), kinds.clean

    def filed_meanwhile(raw: bytes, *, most: int) -> kinds.Clean:
        services.submit(draft=draft, by=None)
        return looked_at(raw, most=most)

    monkeypatch.setattr(kinds, "clean", filed_meanwhile)
    answer = an.post(address.format(draft.pk), {"photos": other})
    dossier = Dossier.objects.get()
    assert answer["Location"] == f"/dossiers/{dossier.code}/receipt"
    assert dossier.attachments.count() == 1


def test_s3_a_file_erased_while_it_is_asked_for_is_not_there(an, cast: Filing) -> None:
    draft = cast.filled()
    kept = draft.attachments.get()
    AttachmentBytes.objects.all().delete()
    assert an.get(f"/drafts/{draft.pk}/files/{kept.pk}").status_code == 404


def again(an, cast: Filing, monkeypatch: pytest.MonkeyPatch, meanwhile):
    """An chooses a paper of an earlier dossier for a draft; just before it is put there, `meanwhile(draft)` happens."""
    paper = services.submit(draft=cast.filled(), by=None).attachments.get()
    consents.give(citizen=cast.an, purpose="reuse", dossier=None, how="online", witness=None)
    draft, make_room = cast.draft(), files._make_room

    def then(**given) -> None:
        meanwhile(draft)
        make_room(**given)

    monkeypatch.setattr(files, "_make_room", then)
    seen = {"_seen": drafts.mark(draft, [])}
    return an.post(f"/drafts/{draft.pk}/2", {**seen, "_again": "contract", "_again.contract": str(paper.pk)})


def test_s3_a_paper_erased_while_it_is_chosen_is_no_longer_offered(an, cast: Filing, monkeypatch) -> None:
    def erased(_draft) -> None:
        raise IntegrityError("FOREIGN KEY constraint failed")  # as at the end of the transaction

    answer = again(an, cast, monkeypatch, erased)
    assert answer.status_code == 302
    assert answer["Location"].endswith("/2")


def test_s3_a_draft_deleted_while_a_paper_is_chosen_is_not_there(an, cast: Filing, monkeypatch) -> None:
    assert again(an, cast, monkeypatch, lambda draft: drafts.delete(draft=draft)).status_code == 404
    assert Dossier.objects.count() == 1
