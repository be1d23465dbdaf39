"""What was done at level 2 of e-identity is not seen, and not undone, at level 1; a consent withdrawn ends its use at once."""

import pytest

from keng.accounts.citizens import sessions
from keng.accounts.models import Citizen
from keng.core import at_rest
from keng.core.calendar.load import load_calendar
from keng.notify.models import Message as Letter
from keng.procedures import consents
from keng.procedures.dossiers import mailing, services
from keng.procedures.filing import drafts, files
from keng.procedures.models import Attachment, Consent, DataRequest, Draft, Message
from keng.procedures.requests import services as requests
from keng.signing import documents
from keng.signing.models import Document
from tests.procedures.citizens import as_citizen
from tests.procedures.queue.desk import Desk

pytestmark = pytest.mark.django_db
WORDS = "Xin sửa tên đường."


@pytest.fixture
def cast() -> Desk:
    load_calendar()
    at_rest.ensure()
    made = Desk()
    _ = (made.centre, made.neighbour, made.version)
    return made


def test_o2_the_receipt_of_a_level_2_dossier_asks_for_level_2(my, cast):
    there = f"/dossiers/{cast.filed().code}/receipt"
    answer = as_citizen(my, cast.marked, level=1).get(there)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?")
    assert as_citizen(my, cast.marked, level=2).get(there).status_code == 200


def test_o2_what_was_asked_about_a_level_2_dossier_is_not_read_or_taken_back_at_level_1(my, cast):
    asked = requests.file(dossier=cast.filed(), kind="correction", text=WORDS, citizen=cast.marked)
    as_citizen(my, cast.marked, level=1)
    assert WORDS not in my.get("/requests").content.decode()
    assert WORDS not in my.post("/requests/ask", {}).content.decode()
    assert my.post(f"/requests/{asked.pk}/withdraw").status_code == 404
    assert DataRequest.objects.get().state == "filed"
    assert WORDS in as_citizen(my, cast.marked, level=2).get("/requests").content.decode()


def test_o2_a_draft_of_a_level_2_procedure_is_not_deleted_at_level_1(my, cast):
    draft = drafts.start(version=cast.version, citizen=cast.marked, unit=cast.thanh_yen)
    answer = as_citizen(my, cast.marked, level=1).post(f"/drafts/{draft.pk}/delete")
    assert answer["Location"].startswith("/sign-in?")
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_c3_a_withdrawn_consent_takes_papers_out_of_drafts_begun_and_leaves_what_was_filed(my, cast):
    filed = cast.filed()
    consent = consents.give(citizen=cast.marked, purpose="reuse", dossier=None, how="online", witness=None)
    draft = drafts.start(version=cast.version, citizen=cast.marked, unit=cast.thanh_yen)
    files.use_again(paper=cast.paper(filed), draft=draft, field="contract")
    own = Attachment.objects.create(
        citizen=cast.marked, draft=draft, name="a.pdf", kind="application/pdf", size=1, sha256=""
    )
    other = consents.give(citizen=cast.marked, purpose="email", dossier=None, how="online", witness=None)
    as_citizen(my, cast.marked).post(f"/consents/{other.pk}/withdraw")
    assert draft.attachments.count() == 2
    my.post(f"/consents/{consent.pk}/withdraw")
    assert list(draft.attachments.all()) == [own]
    assert files.plain(cast.paper(filed))


def test_o2_another_residents_receipt_supplement_and_consent_are_not_there(my, cast):
    dossier = cast.filed()
    consent = consents.give(citizen=cast.marked, purpose="reuse", dossier=None, how="online", witness=None)
    as_citizen(my, cast.an)
    for there in ("receipt", "supplement", f"files/{cast.paper(dossier).pk}"):
        assert my.get(f"/dossiers/{dossier.code}/{there}").status_code == 404
    assert my.post(f"/consents/{consent.pk}/withdraw").status_code == 404
    assert consents.holds(citizen=cast.marked, purpose="reuse")


def test_o2_a_file_or_slip_of_a_level_2_dossier_is_not_opened_and_it_is_not_taken_back_at_level_1(my, cast):
    dossier = cast.accepted()
    slip = Document.objects.get(case=dossier.code)
    file, paper = (
        f"/dossiers/{dossier.code}/files/{cast.paper(dossier).pk}",
        f"/dossiers/{dossier.code}/slips/{slip.code}.pdf",
    )
    as_citizen(my, cast.marked, level=1)
    for there in (file, paper, f"/dossiers/{dossier.code}/supplement"):
        assert my.get(there).headers.get("Location", "").startswith("/sign-in?"), there
    assert my.post(f"/dossiers/{dossier.code}/withdraw")["Location"].startswith("/sign-in?")
    dossier.refresh_from_db()
    assert dossier.state == "processing"
    as_citizen(my, cast.marked, level=2)
    assert [my.get(there).status_code for there in (file, paper)] == [200, 200]


def test_o2_the_papers_and_messages_of_a_level_2_dossier_are_not_listed_at_level_1(my, cast):
    cast.accepted()
    as_citizen(my, cast.marked, level=1)
    assert not list(my.get("/papers").context["page"])
    assert not list(my.get("/messages").context["page"])
    as_citizen(my, cast.marked, level=2)
    assert len(list(my.get("/papers").context["page"])) == 1
    assert len(list(my.get("/messages").context["page"])) == 2


def test_a_paper_that_was_used_again_is_listed_once_and_a_slip_that_was_taken_back_not_at_all(my, cast):
    dossier = cast.accepted()
    again = drafts.start(version=cast.version, citizen=cast.marked, unit=cast.thanh_yen)
    drafts.save(draft=again, answers={"address": "Bản Hạ"}, seen=drafts.mark(again, ["address"]), step=1)
    files.use_again(paper=cast.paper(dossier), draft=again, field="")
    other = services.submit(draft=again, by=None)
    assert other.attachments.count() == 1
    as_citizen(my, cast.marked)
    assert [one.dossier for one in my.get("/papers").context["page"]] == [dossier]
    slip = Document.objects.get(case=dossier.code)
    assert list(my.get(f"/dossiers/{dossier.code}").context["slips"]) == [slip]
    documents.revoke(document=slip, by=cast.thu)
    assert list(my.get(f"/dossiers/{dossier.code}").context["slips"]) == []


def test_a_browser_that_only_asks_for_the_head_of_the_page_has_read_no_message(my, cast):
    cast.filed()
    as_citizen(my, cast.marked)
    assert my.head("/messages").status_code == 200
    assert Message.objects.get().read_at is None
    my.get("/messages")
    assert Message.objects.get().read_at is not None


def test_o2_a_consent_of_a_level_2_dossier_is_not_named_or_withdrawn_at_level_1(my, cast):
    dossier = cast.filed()
    given = {"how": "online", "witness": None, "purpose": "email", "citizen": cast.marked}
    of_one, of_all = consents.give(**given, dossier=dossier), consents.give(**given, dossier=None)
    as_citizen(my, cast.marked, level=1)
    assert dossier.code not in my.get("/consents").content.decode()
    assert my.post(f"/consents/{of_one.pk}/withdraw").status_code == 404
    assert my.post(f"/consents/{of_all.pk}/withdraw").status_code == 302
    as_citizen(my, cast.marked, level=2)
    assert dossier.code in my.get("/consents").content.decode()
    assert consents.holds(citizen=cast.marked, purpose="email", dossier=dossier)
    my.post(f"/consents/{of_one.pk}/withdraw")
    assert not consents.holds(citizen=cast.marked, purpose="email", dossier=dossier)


def test_c3_a_letter_that_waits_for_an_address_given_up_is_not_sent_there(my, cast, monkeypatch):
    monkeypatch.setattr(mailing.notify, "ready", lambda *, channel: True)
    cast.marked.email = "cu@vidu.vn"
    cast.marked.save()
    consents.give(citizen=cast.marked, purpose="email", dossier=None, how="online", witness=None)
    cast.filed()
    assert Letter.objects.get().address == "cu@vidu.vn"
    as_citizen(my, cast.marked).post("/consents/email", {"email": "cu@vidu.vn"})
    assert Letter.objects.exists()
    my.post("/consents/email", {"email": "moi@vidu.vn"})
    assert not Letter.objects.exists()
    cast.filed()
    assert Letter.objects.get().address == "moi@vidu.vn"


def test_o2_where_letters_of_a_level_2_dossier_go_is_not_changed_at_level_1(my, cast):
    as_citizen(my, cast.marked, level=1)
    assert my.post("/consents/email", {"email": "dau@vidu.vn"})["Location"] == "/consents"
    cast.filed()
    for answer in (my.get("/consents/email"), my.post("/consents/email", {"email": "khac@vidu.vn"})):
        assert answer["Location"].startswith("/sign-in?")
    assert Citizen.objects.get(pk=cast.marked.pk).email == "dau@vidu.vn"
    as_citizen(my, cast.marked, level=2).post("/consents/email", {"email": "moi@vidu.vn"})
    assert Citizen.objects.get(pk=cast.marked.pk).email == "moi@vidu.vn"


def test_c3_the_address_goes_with_the_last_consent_to_letters(my, cast):
    as_citizen(my, cast.marked).post("/consents/email", {"email": "an@vidu.vn"})
    of_all = Consent.objects.get()
    of_one = consents.give(citizen=cast.marked, purpose="email", dossier=cast.filed(), how="online", witness=None)
    reuse = consents.give(citizen=cast.marked, purpose="reuse", dossier=None, how="online", witness=None)
    for consent, left in ((of_all, "an@vidu.vn"), (reuse, "an@vidu.vn"), (of_one, "")):
        my.post(f"/consents/{consent.pk}/withdraw")
        assert Citizen.objects.get(pk=cast.marked.pk).email == left


def test_who_removed_their_page_in_another_tab_agrees_to_nothing_and_is_told_so(my, cast, monkeypatch):
    gone = Citizen(pk=cast.marked.pk + 1000, name="Ai", email="an@vidu.vn")
    as_citizen(my, cast.marked)
    monkeypatch.setattr(sessions, "who", lambda request: (gone, 2))  # removed once the page had begun
    for there, said in (("give", {"purpose": "reuse"}), ("email", {"email": "moi@vidu.vn"})):
        answer = my.post(f"/consents/{there}", said)
        assert answer.status_code == 404
        assert "vừa được xoá" in answer.content.decode()
    assert not Consent.objects.exists()
