"""Nothing is typed for somebody without their consent on record, and it is theirs to take back while the officer still types (C3)."""

import re
from datetime import timedelta
from html import unescape

import pytest

from keng.accounts.models import Citizen
from keng.core import ids
from keng.ledger.models import Entry
from keng.procedures import consents
from keng.procedures.assisted.person import READ_ALOUD
from keng.procedures.dossiers import services
from keng.procedures.errors import NotAllowed
from keng.procedures.filing import drafts, files
from keng.procedures.models import Attachment, Consent, Dossier, Draft
from tests.accounts.signing_in import straight_in
from tests.conftest import FaceClient
from tests.procedures.assisted.at_counter import PERSON, begin, fill, plain_text
from tests.procedures.citizens import as_citizen
from tests.procedures.filing import made
from tests.procedures.slips.reading import words

pytestmark = pytest.mark.django_db


def test_c3_her_consent_is_on_record_with_the_draft_how_she_gave_it_and_before_whom(thu, cast):
    begin(thu, how="written")
    draft, consent = Draft.objects.get(), Consent.objects.get()
    assert (consent.citizen, consent.purpose, consent.how, consent.witness) == (
        draft.citizen,
        "assisted",
        "written",
        cast.thu,
    )
    assert (consent.draft, consent.version, consent.dossier) == (draft.pk, cast.version, None)
    given = Entry.objects.get(verb="procedures.consent.given")
    assert (given.by, given.case, given.purpose) == ("thu", str(draft.pk), "officer:assisted")


def test_c3_who_agrees_in_writing_signs_the_sentence_itself_on_a_sheet_of_the_office(thu, cast):
    page = thu.get(PERSON).content.decode()
    (link,) = re.findall(r'href="([^"]+consent\.pdf[^"]+)"', page)
    sheet = thu.get(unescape(link))
    assert sheet["Content-Type"] == "application/pdf"
    said = words(sheet.content)
    assert str(READ_ALOUD) in said
    for printed in (
        "TRUNG TÂM PHỤC VỤ",
        "Đăng ký tạm trú (mã thủ tục 1.004194)",
        "Lò Thị Thu",
        "Số định danh cá nhân:",
    ):
        assert printed in said
    elsewhere = f"/dossiers/new/consent.pdf?procedure=1.004194&office={cast.neighbour.code}"
    assert "TRUNG TÂM PHỤC VỤ" in words(thu.get(elsewhere).content)
    assert thu.get("/dossiers/new/consent.pdf?procedure=9.9")["Location"] == "/dossiers/new/"


def test_c3_where_the_consent_cannot_be_kept_nobody_is_entered_and_nothing_begun(thu, cast, monkeypatch):
    def broken(**_given: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr(consents, "give", broken)
    with pytest.raises(OSError, match="disk"):
        begin(thu)
    assert not Citizen.objects.exists()
    assert not Draft.objects.exists()
    assert not Entry.objects.filter(verb="accounts.citizen.entered").exists()


def test_c3_an_officers_draft_is_not_begun_without_saying_how_the_person_agreed(cast):
    with pytest.raises(ValueError, match="''"):
        drafts.start(
            version=cast.version, citizen=cast.ba_sua, filed_by=cast.thu, office=cast.centre, channel="counter"
        )


def test_c3_what_is_filed_has_the_consent_under_which_it_was_typed(thu, cast):
    draft = fill(thu)
    thu.post(f"/dossiers/new/{draft.pk}/review/")
    consent = Consent.objects.get()
    assert (consent.dossier, consent.how, consent.withdrawn_at) == (Dossier.objects.get(), "spoken", None)
    assert consents.holds(citizen=consent.citizen, purpose="assisted", dossier=consent.dossier)
    assert not consents.holds(citizen=consent.citizen, purpose="assisted")


def test_c3_what_has_no_consent_is_not_filed(cast):
    draft = Draft.objects.create(
        citizen=cast.ba_sua, filed_by=cast.thu, office=cast.centre, channel="counter", version=cast.version, form=cast.form,
        unit=cast.thanh_yen, answers={"address": "Bản Noong Hẹt"},
    )  # fmt: skip
    with pytest.raises(NotAllowed) as refused:
        services.submit(draft=draft, by=cast.thu)
    assert refused.value.code == "no_consent"
    assert not Dossier.objects.exists()
    assert Draft.objects.exists()


def test_in_another_session_the_officer_goes_on_under_the_same_consent(thu, cast):
    draft = fill(thu)
    later = FaceClient("desk")
    straight_in(later, cast.thu)
    assert "Bản Noong Hẹt" in later.get(f"/dossiers/new/{draft.pk}/review/").content.decode()
    assert later.post(f"/dossiers/new/{draft.pk}/review/")["Location"] == f"/dossiers/new/{draft.pk}/filed/"
    assert Consent.objects.get().dossier == Dossier.objects.get()


def test_c3_her_own_page_shows_it_while_nothing_is_filed_and_taking_it_back_takes_back_what_was_typed(thu, my, cast):
    draft = fill(thu)
    paper = files.store(upload=made.upload(made.pdf()), citizen=draft.citizen, draft=draft, field="contract")
    as_citizen(my, draft.citizen)
    page = plain_text(my.get("/consents"))
    assert "Cán bộ nộp hồ sơ thay tôi." in page
    assert "Đăng ký tạm trú: đang nhập, chưa nộp." in page
    consent = Consent.objects.get()
    my.post(f"/consents/{consent.pk}/withdraw")
    assert not Draft.objects.exists()
    assert not Attachment.objects.filter(pk=paper.pk).exists()
    for where in ("0/", "1/", "review/", "filed/", f"files/{paper.pk}/"):
        assert thu.get(f"/dossiers/new/{draft.pk}/{where}").status_code == 404
    assert thu.post(f"/dossiers/new/{draft.pk}/review/").status_code == 404
    assert not Dossier.objects.exists()
    assert Entry.objects.filter(verb="procedures.consent.withdrawn", case=str(draft.pk)).exists()


def test_c3_taken_back_after_filing_it_leaves_the_dossier_and_the_next_draft_asks_anew(thu, my, cast):
    draft = fill(thu)
    thu.post(f"/dossiers/new/{draft.pk}/review/")
    first = Consent.objects.get()
    as_citizen(my, first.citizen).post(f"/consents/{first.pk}/withdraw")
    assert Dossier.objects.get().citizen == first.citizen
    begin(thu)
    second = Consent.objects.exclude(pk=first.pk).get()
    assert (second.draft, second.withdrawn_at) == (Draft.objects.get().pk, None)


def test_begun_twice_she_agreed_once(thu):
    begin(thu)
    begin(thu, how="written")
    assert [one.how for one in Consent.objects.all()] == ["spoken"]


@pytest.mark.parametrize("gone", ["deleted", "forgotten"])
def test_c3_with_a_draft_that_comes_to_nothing_its_consent_ends(thu, my, cast, gone):
    begin(thu)
    draft = Draft.objects.get()
    if gone == "deleted":
        thu.post(f"/dossiers/new/{draft.pk}/delete/")
    else:
        Draft.objects.update(updated_at=ids.now() - timedelta(days=31))
        drafts.forget_old()
    assert not Draft.objects.exists()
    assert Consent.objects.get().withdrawn_at is not None
    assert Entry.objects.filter(verb="procedures.consent.ended", case=str(draft.pk)).count() == 1
    page = plain_text(as_citizen(my, draft.citizen).get("/consents"))
    assert "Bà con chưa đồng ý việc nào." in page
    assert "Cán bộ nộp hồ sơ thay tôi. Đăng ký tạm trú." in page


def test_a_draft_from_before_consents_were_kept_with_drafts_opens_once_the_person_is_asked_again(thu, cast):
    """As an upgrade finds it: the consent was in a session that is over."""
    draft = fill(thu)
    Consent.objects.all().delete()
    for where in ("1/", "review/"):
        answer = thu.get(f"/dossiers/new/{draft.pk}/{where}")
        assert answer["Location"] == PERSON
    assert thu.post(f"/dossiers/new/{draft.pk}/review/")["Location"] == PERSON
    assert not Dossier.objects.exists()
    assert begin(thu)["Location"] == f"/dossiers/new/{draft.pk}/1/"
    thu.post(f"/dossiers/new/{draft.pk}/review/")
    assert Consent.objects.get().dossier == Dossier.objects.get()
