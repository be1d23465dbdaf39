"""A resident files from the first page to the receipt, without a script; whatever goes wrong is said and loses nothing."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from keng.core.ids import now
from keng.ledger.models import Entry
from keng.procedures import consents
from keng.procedures.dossiers import services
from keng.procedures.filing import drafts, files, review
from keng.procedures.models import Attachment, Consent, Dossier, Draft, FormVersion, ProcedureVersion
from keng.units.models import Village
from tests.procedures.citizens import as_citizen
from tests.procedures.filing import made
from tests.procedures.filing.conftest import Filing


def page(client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.get("Location")
    return answer.content.decode()


def seen(html: str) -> str:
    found = re.search(r'name="_seen" value="([0-9a-f]+)"', html)
    assert found
    return found[1]


def press(client, draft: Draft, step: int, **fields: object):
    """Opens a page and sends its form, as a browser does."""
    address = f"/drafts/{draft.pk}/{step}"
    return client.post(address, {"_seen": seen(page(client, address)), **fields})


def succeeded(cast: Filing, **changes: object) -> ProcedureVersion:
    """A new version of the procedure, in force from today."""
    ProcedureVersion.objects.filter(pk=cast.version.pk).update(valid_to=timezone.localdate())
    newer = ProcedureVersion.objects.get(pk=cast.version.pk)
    newer.pk, newer.number, newer.valid_from, newer.valid_to = None, 2, timezone.localdate(), None
    newer._state.adding = True
    for name, value in changes.items():
        setattr(newer, name, value)
    newer.save()
    return newer


def test_from_the_first_page_to_the_receipt(an, cast: Filing) -> None:
    intro = page(an, "/apply/1.004194")
    for said in ("Đăng ký tạm trú", "Hợp đồng thuê nhà", "3 ngày làm việc", "Nơi tạm trú", "Bắt đầu điền"):
        assert said in intro
    begun = an.post("/apply/1.004194")
    draft = Draft.objects.get()
    assert begun["Location"] == f"/drafts/{draft.pk}/0"
    assert "Thanh Yên" in page(an, f"/drafts/{draft.pk}/0?q=thanh yen")
    assert an.post(f"/drafts/{draft.pk}/0", {"unit": cast.thanh_yen.code})["Location"] == f"/drafts/{draft.pk}/1"
    assert press(an, draft, 1, address="Bản Noong Hẹt", owner="Lò Văn Pánh")["Location"] == f"/drafts/{draft.pk}/2"
    sent = press(
        an, draft, 2, contract=made.upload(made.pdf(), "hợp đồng.pdf"), photos=made.upload(made.jpeg(), "nha.jpg")
    )
    assert sent["Location"] == f"/drafts/{draft.pk}/review"
    look = page(an, sent["Location"])
    for said in ("Bản Noong Hẹt", "Lò Văn Pánh", "hợp đồng.pdf", "nha.jpg", "Xã Thanh Yên", "Nộp hồ sơ"):
        assert said in look
    filed = an.post(sent["Location"])
    dossier = Dossier.objects.get()
    assert filed["Location"] == f"/dossiers/{dossier.code}/receipt"
    assert (dossier.citizen, dossier.answers["address"]) == (cast.an, "Bản Noong Hẹt")
    assert {one.field for one in dossier.attachments.all()} == {"contract", "photos"}
    receipt = page(an, filed["Location"])
    assert dossier.code in receipt
    assert re.search(r"trước 1[67] giờ( 30)? (thứ \w+|Chủ nhật) \d\d/\d\d/\d{4}", receipt)
    assert "sau 3 ngày làm việc" in receipt
    assert not Draft.objects.exists()
    assert Entry.objects.filter(verb="procedures.dossier.submitted", case=dossier.code).count() == 1


def test_begun_twice_it_is_one_draft_and_goes_on_where_it_stood(an, cast: Filing) -> None:
    for _press in range(2):
        an.post("/apply/1.004194")
    draft = Draft.objects.get()
    press(an, draft, 1, address="Bản Noong Hẹt")
    assert "Điền tiếp bản đang dở" in page(an, "/apply/1.004194")
    assert an.post("/apply/1.004194")["Location"] == f"/drafts/{draft.pk}/1"


def test_filed_twice_it_is_one_dossier_and_both_see_its_receipt(an, cast: Filing) -> None:
    draft = cast.filled()
    first, second = (an.post(f"/drafts/{draft.pk}/review") for _press in range(2))
    assert Dossier.objects.count() == 1
    assert first["Location"] == second["Location"] == f"/dossiers/{Dossier.objects.get().code}/receipt"
    assert page(an, f"/drafts/{draft.pk}/1", 302) == ""
    assert an.get(f"/drafts/{draft.pk}/1")["Location"] == first["Location"]


def test_filed_between_opening_and_sending_it_is_still_one(an, cast: Filing, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, submit = cast.filled(), services.submit

    def quicker(**given):
        submit(**given)
        return submit(**given)

    monkeypatch.setattr(review.services, "submit", quicker)
    assert an.post(f"/drafts/{draft.pk}/review")["Location"].endswith("/receipt")
    assert Dossier.objects.count() == 1


def test_what_is_wrong_is_said_beside_its_field_and_what_is_right_is_kept(an, cast: Filing) -> None:
    draft = cast.draft()
    answer = press(an, draft, 1, address="", owner="Lò Văn Pánh")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'href="#f-address"' in html
    assert "Lò Văn Pánh" in html
    draft.refresh_from_db()
    assert draft.answers == {"owner": "Lò Văn Pánh"}


def test_an_unfinished_draft_is_not_filed_and_says_what_is_missing(an, cast: Filing) -> None:
    draft = cast.draft()
    html = page(an, f"/drafts/{draft.pk}/review")
    assert f"/drafts/{draft.pk}/1#f-address" in html
    assert f"/drafts/{draft.pk}/2#f-contract" in html
    assert an.post(f"/drafts/{draft.pk}/review").status_code == 422
    assert not Dossier.objects.exists()


def test_without_a_commune_the_last_look_leads_back_to_choosing_one(an, cast: Filing) -> None:
    draft = cast.filled()
    Draft.objects.update(unit=None)
    assert an.get(f"/drafts/{draft.pk}/review")["Location"] == f"/drafts/{draft.pk}/0"
    for given in ({}, {"unit": "99999"}, {"unit": "11"}, {"unit": "\x00"}):
        assert an.post(f"/drafts/{draft.pk}/0", given).status_code == 422
    draft.refresh_from_db()
    assert draft.unit is None


def test_a_village_leads_to_its_commune(an, cast: Filing) -> None:
    draft = cast.draft()
    assert cast.quang_lam.pk
    for village in Village.objects.all():
        village.save()
    html = page(an, f"/drafts/{draft.pk}/0?q=na co sa")
    assert cast.quang_lam.code in html


def test_a_bad_file_is_refused_in_a_sentence_and_the_rest_of_the_page_is_kept(an, cast: Filing) -> None:
    draft = cast.draft()
    bad, good = made.upload(made.zipped("word/document.xml"), "don.docx"), made.upload(made.png(), "nha.png")
    answer = press(an, draft, 2, contract=bad, photos=good)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "don.docx: Tệp Word" in html
    assert "nha.png" in html
    assert [one.name for one in Attachment.objects.all()] == ["nha.png"]


def test_a_file_is_taken_away_by_its_button_and_what_was_typed_stays(an, cast: Filing) -> None:
    draft = cast.filled()
    kept = draft.attachments.get()
    assert press(an, draft, 2, _remove=str(kept.pk))["Location"] == f"/drafts/{draft.pk}/2"
    assert not Attachment.objects.exists()
    for nonsense in (kept.pk, "x", "9" * 40, "²"):
        assert press(an, draft, 2, _remove=str(nonsense)).status_code == 302


def test_left_for_later_it_is_in_the_list(an, cast: Filing) -> None:
    draft = cast.draft()
    assert press(an, draft, 1, address="", _later="1")["Location"] == "/drafts"
    html = page(an, "/drafts")
    assert "Đăng ký tạm trú" in html
    assert f"/drafts/{draft.pk}/1" in html


def test_the_list_costs_the_same_however_many_there_are(an, cast: Filing, django_assert_num_queries) -> None:
    for _number in range(3):
        Draft.objects.create(citizen=cast.an, version=cast.version, form=cast.form)
    with CaptureQueriesContext(connection) as few:
        page(an, "/drafts")
    for _number in range(9):
        Draft.objects.create(citizen=cast.an, version=cast.version, form=cast.form)
    with django_assert_num_queries(len(few)):
        page(an, "/drafts")


def test_two_windows_on_one_page_are_told_of_each_other_and_neither_loses_anything(an, cast: Filing) -> None:
    draft = cast.draft()
    address = f"/drafts/{draft.pk}/1"
    both = seen(page(an, address))
    an.post(address, {"_seen": both, "address": "Bản Noong Hẹt"})
    late = an.post(address, {"_seen": both, "address": "Bản Nà Nghè"})
    assert late.status_code == 409
    html = late.content.decode()
    assert "Bản Noong Hẹt" in html
    assert "Bản Nà Nghè" in html
    draft.refresh_from_db()
    assert draft.answers["address"] == "Bản Noong Hẹt"
    assert an.post(address, {"_seen": seen(html), "address": "Bản Nà Nghè"}).status_code == 302
    draft.refresh_from_db()
    assert draft.answers["address"] == "Bản Nà Nghè"


def test_the_same_answer_from_two_windows_is_no_quarrel(an, cast: Filing) -> None:
    address = f"/drafts/{cast.draft().pk}/1"
    both = seen(page(an, address))
    for _window in range(2):
        assert an.post(address, {"_seen": both, "address": "Bản Noong Hẹt", "owner": ""}).status_code == 302


def test_a_new_version_keeps_what_it_still_asks_and_says_what_changed(an, cast: Filing) -> None:
    draft = cast.filled()
    drafts.save(draft=draft, answers={"owner": "Lò Văn Pánh"}, seen=drafts.mark(draft, ["owner"]), step=2)
    schema = cast.asked
    schema["properties"]["days"] = {"type": "integer", "title": "Số ngày ở"}
    del schema["properties"]["owner"]
    display = {"pages": [{"title": "Tất cả", "fields": ["address", "days", "contract", "photos"]}]}
    newer = FormVersion.objects.create(
        form=cast.form.form, number=2, schema=schema, display=display, published_at=now(), published_by=cast.quan
    )
    second = succeeded(cast, form=newer)
    answer = an.get(f"/drafts/{draft.pk}/2", follow=True)
    html = answer.content.decode()
    assert "Không còn hỏi: Chủ nhà" in html
    assert "Câu hỏi mới: Số ngày ở" in html
    draft.refresh_from_db()
    assert (draft.version, draft.answers) == (second, {"address": "Bản Noong Hẹt"})
    assert files.counts(draft) == {"contract": 1}


def test_a_procedure_that_is_no_longer_filed_on_the_web_says_so(an, cast: Filing) -> None:
    draft = cast.filled()
    succeeded(cast, online="none")
    assert "Trung tâm Phục vụ hành chính công" in page(an, f"/drafts/{draft.pk}/1", 400)
    assert "Bắt đầu điền" not in page(an, "/apply/1.004194")
    assert an.post(f"/drafts/{draft.pk}/review").status_code == 400
    assert Draft.objects.exists()
    assert page(an, "/apply/9.999999", 404)


def test_a_lower_identity_is_sent_higher_and_comes_back_to_the_same_step(my, cast: Filing) -> None:
    client = as_citizen(my, cast.an, level=1)
    draft = cast.filled()
    assert "mức 2" in page(client, "/apply/1.004194")
    for address in (f"/drafts/{draft.pk}/2", f"/drafts/{draft.pk}/review"):
        there = client.get(address)
        assert there["Location"].startswith("/sign-in?")
        assert f"next={address.replace('/', '%2F')}" in there["Location"]
        assert "level=2" in there["Location"]
    assert client.post("/apply/1.004194")["Location"].startswith("/sign-in?")


def test_a_paper_given_before_is_used_again_under_a_consent_that_nobody_ticked_for_them(an, cast: Filing) -> None:
    an.post(f"/drafts/{cast.filled().pk}/review")
    dossier = Dossier.objects.get()
    paper, draft = dossier.attachments.get(), cast.draft()
    html = page(an, f"/drafts/{draft.pk}/2")
    assert dossier.code in html
    box = re.search(r'<input type="checkbox" name="_reuse"[^>]*>', html)
    assert box
    assert "checked" not in box[0]
    wanted = {"_again": "contract", "_again.contract": str(paper.pk)}
    assert press(an, draft, 2, **wanted).status_code == 422
    assert not draft.attachments.exists()
    assert press(an, draft, 2, **wanted, _reuse="yes").status_code == 302
    assert draft.attachments.get().again == paper
    consent = Consent.objects.get()
    assert (consent.purpose, consent.how, consent.dossier) == ("reuse", "online", None)
    consents.withdraw(consent=consent, by_citizen=cast.an)
    assert press(an, draft, 2, **wanted).status_code == 422  # withdrawn, it is asked for again
    assert not draft.attachments.exists()


def test_o2_a_paper_given_at_level_2_comes_into_no_draft_that_level_1_opens(my, cast: Filing) -> None:
    paper = services.submit(draft=cast.filled(), by=None).attachments.get()
    newer = succeeded(cast, identity_level=1)
    draft = drafts.start(version=newer, citizen=cast.an, unit=cast.thanh_yen)
    for level in (1, 2):
        as_citizen(my, cast.an, level=level)
        assert paper.name not in page(my, f"/drafts/{draft.pk}/2")
        press(my, draft, 2, _again="contract", _reuse="yes", **{"_again.contract": str(paper.pk)})
        assert not draft.attachments.exists()


def test_being_told_by_e_mail_is_unticked_and_only_for_who_ticks_it(an, cast: Filing) -> None:
    cast.an.email = "an@example.vn"
    cast.an.save()
    html = page(an, f"/drafts/{cast.filled().pk}/review")
    box = re.search(r'<input type="checkbox" name="email"[^>]*>', html)
    assert box
    assert "checked" not in box[0]
    an.post(f"/drafts/{Draft.objects.get().pk}/review")
    assert not Consent.objects.exists()
    an.post(f"/drafts/{cast.filled().pk}/review", {"email": "yes"})
    assert Consent.objects.get().purpose == "email"


def test_c2_somebody_elses_draft_file_and_receipt_are_not_there(an, my, cast: Filing) -> None:
    other = drafts.start(version=cast.version, citizen=cast.ba_sua, unit=cast.thanh_yen)
    kept = files.store(upload=made.upload(made.png()), citizen=cast.ba_sua, draft=other, field="photos")
    mine = cast.filled()
    for address in (
        f"/drafts/{other.pk + 1}/1",
        f"/drafts/{other.pk}/0", f"/drafts/{other.pk}/1", f"/drafts/{other.pk}/review", f"/drafts/{other.pk}/files/{kept.pk}",
        f"/drafts/{mine.pk}/files/{kept.pk}", "/dossiers/03349-261122-0001/receipt", f"/drafts/{2**63}/1", f"/drafts/{'9' * 40}/1",
    ):  # fmt: skip
        answer = an.get(address)
        assert answer.status_code == 404, address
        assert "Không có trang này" in answer.content.decode()
    for address in (f"/api/drafts/{other.pk}/1", f"/api/drafts/{other.pk}/2/files", f"/drafts/{other.pk}/delete"):
        assert an.post(address, {"address": "x"}).status_code == 404, address
    other.refresh_from_db()
    assert other.answers == {}


def test_a_page_beyond_the_form_is_not_there(an, cast: Filing) -> None:
    draft = cast.draft()
    for step in (3, 99, 10**30):
        page(an, f"/drafts/{draft.pk}/{step}", 404)


def test_a_visitor_is_sent_to_sign_in(my, cast: Filing) -> None:
    draft = cast.draft()
    for address in (
        "/apply/1.004194",
        "/drafts",
        f"/drafts/{draft.pk}/1",
        "/dossiers/x/receipt",
        "/dossiers/x/supplement",
    ):
        assert my.get(address)["Location"].startswith("/sign-in?")


def test_a_file_is_served_as_what_it_is_and_may_do_nothing(an, cast: Filing) -> None:
    draft = cast.filled()
    kept = draft.attachments.get()
    answer = an.get(f"/drafts/{draft.pk}/files/{kept.pk}")
    assert answer.content == files.plain(kept)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''hop%20dong.pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_draft_is_deleted_at_once_with_its_files(an, cast: Filing) -> None:
    draft = cast.filled()
    assert an.post(f"/drafts/{draft.pk}/delete")["Location"] == "/drafts"
    assert (Draft.objects.count(), Attachment.objects.count()) == (0, 0)
    assert an.post(f"/drafts/{draft.pk}/delete").status_code == 404
    assert an.get(f"/drafts/{draft.pk}/delete").status_code == 405


def test_o2_a_draft_begun_at_level_2_is_deleted_and_that_said_where_level_1_suffices_now(an, cast: Filing) -> None:
    draft = cast.filled()
    succeeded(cast, identity_level=1)
    answer = an.get(f"/drafts/{draft.pk}/1")
    assert answer.status_code == 409
    assert "Bản nháp khai ở mức 2 đã được xoá" in answer.content.decode()
    assert not Draft.objects.exists()
