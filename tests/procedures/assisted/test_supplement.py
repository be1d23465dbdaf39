"""What a dossier was asked for, received at the counter from somebody without a phone: with their consent, as if they had sent it."""

import re
from datetime import timedelta

import pytest

from keng.accounts.models import User
from keng.ledger.models import Entry
from keng.procedures.assisted.supplement import READ_ALOUD
from keng.procedures.dossiers import reminding, services
from keng.procedures.dossiers.audit import audit
from keng.procedures.dossiers.routing import today
from keng.procedures.dossiers.services import intake
from keng.procedures.errors import NotAllowed
from keng.procedures.filing import drafts
from keng.procedures.models import Attachment, Consent, Dossier, Draft, State, Supplement
from keng.signing import documents
from tests.accounts.signing_in import straight_in
from tests.cast import user
from tests.conftest import FaceClient
from tests.procedures.assisted.at_counter import fill, plain_text
from tests.procedures.citizens import as_citizen
from tests.procedures.filing import made
from tests.procedures.slips.reading import words

pytestmark = pytest.mark.django_db
ITEMS = [
    {"title": "Giấy thuê nhà", "why": "Ảnh mờ", "field": ""},
    {"title": "Địa chỉ", "why": "Thiếu tên bản", "field": "address"},
]
AGREED = {"agreed": "on", "how": "written"}


@pytest.fixture
def waiting(thu, cast) -> Dossier:
    """Mrs Sua's, filed by Thu at the centre's counter, passed on to the police, asked for more there by Khoa."""
    draft = fill(thu)
    thu.post(f"/dossiers/new/{draft.pk}/review/")
    dossier = Dossier.objects.get()
    services.advance(dossier=dossier, by=cast.thu, to=cast.khoa)
    services.ask_supplement(dossier=dossier, items=ITEMS, by_day=today() + timedelta(days=9), by=cast.khoa)
    return Dossier.objects.get()


def at(dossier: Dossier) -> str:
    return f"/dossiers/{dossier.code}/answer/"


def agree(client: FaceClient, dossier: Dossier, **changes: str):
    return client.post(at(dossier) + "agreed/", {**AGREED, **changes})


def another(somebody: User) -> FaceClient:
    client = FaceClient("desk")
    straight_in(client, somebody)
    return client


def paper():
    return made.upload(made.png(), "thue-nha.png")


def stands(dossier: Dossier) -> tuple[str, int, int]:
    """What must not change where something is refused."""
    fresh = Dossier.objects.get(pk=dossier.pk)
    return fresh.state, fresh.row_version, fresh.attachments.count()


def error(client: FaceClient, answer) -> str:
    """What the page says to which somebody is led."""
    for _step in range(3):
        if answer.status_code != 302:
            break
        answer = client.get(answer["Location"])
    return plain_text(answer)


def test_c3_before_she_agrees_nothing_is_begun_and_nothing_of_hers_is_shown(thu, waiting):
    page = plain_text(thu.get(at(waiting)))
    assert "Tôi đồng ý để cán bộ nhập và gửi phần bổ sung của hồ sơ này thay tôi." in page
    for hers in ("Giàng Thị Sua", "Noong Hẹt", "Ảnh mờ"):
        assert hers not in page
    for wrong in ({"agreed": ""}, {"how": ""}, {"how": "online"}):
        assert agree(thu, waiting, **wrong).status_code == 422
    assert not Draft.objects.exists()
    assert not Entry.objects.filter(case=waiting.code, purpose="caseworker:supplement").exists()


def test_c3_who_agrees_in_writing_signs_a_sheet_of_the_office_where_she_stands_that_names_nobody(thu, cast, waiting):
    (link,) = re.findall(r'href="([^"]+consent\.pdf)"', thu.get(at(waiting)).content.decode())
    sheet = thu.get(link)
    assert sheet["Content-Type"] == "application/pdf"
    said = words(sheet.content)
    assert str(READ_ALOUD) in said
    assert f"Đăng ký tạm trú (mã thủ tục 1.004194), hồ sơ {waiting.code}" in said
    assert "TRUNG TÂM PHỤC VỤ" in said
    assert "Lò Thị Thu" in said
    for hers in ("Giàng Thị Sua", "Noong Hẹt", "Ảnh mờ"):
        assert hers not in said
    assert "CÔNG AN XÃ" in words(another(cast.khoa).get(link).content)
    services.withdraw(dossier=waiting, by=cast.khoa)
    assert thu.get(link).status_code == 302


def test_c1_what_she_brings_is_sent_as_she_would_and_her_page_says_who_received_it_and_who_looked(
    thu, my, cast, waiting
):
    assert agree(thu, waiting)["Location"] == at(waiting)
    page = plain_text(thu.get(at(waiting)))
    for said in ("Giấy thuê nhà", "Ảnh mờ", "Thiếu tên bản", "Giàng Thị Sua", waiting.code):
        assert said in page
    assert Entry.objects.get(case=waiting.code, purpose="caseworker:supplement").by == "thu"
    draft = Draft.objects.get()
    step = f"/dossiers/new/{draft.pk}/1/"
    form = thu.get(step)
    assert "Bản Noong Hẹt" in form.content.decode()
    assert thu.post(step, {"address": "Bản Noong Vai", "_seen": form.context["seen"]}).status_code == 302
    assert thu.post(at(waiting), {"supplement_0": paper()})["Location"] == at(waiting)
    kept = draft.attachments.get()
    assert thu.get(f"/dossiers/new/{draft.pk}/files/{kept.pk}/").status_code == 200
    sent = thu.post(at(waiting), {"_send": "1"})
    assert sent["Location"] == f"/dossiers/{waiting.code}/"
    assert "Đã gửi phần bổ sung." in error(thu, sent)

    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.answers["address"]) == (State.PROCESSING, "Bản Noong Vai")
    assert Supplement.objects.get().answered_at == dossier.pauses.get().until is not None
    assert Attachment.objects.get().dossier == dossier
    event = dossier.events.get(kind="supplemented")
    assert (event.by, event.office) == ("thu", "pvhcc-thanh-yen")
    assert event.entry is not None
    entry = Entry.objects.get(pk=event.entry)
    assert (entry.verb, entry.by, entry.office) == ("procedures.dossier.supplemented", "thu", "pvhcc-thanh-yen")
    consent = Consent.objects.get(purpose="supplement")
    assert (consent.dossier, consent.how, consent.witness) == (dossier, "written", cast.thu)
    assert not Draft.objects.exists()
    looks = Entry.objects.filter(case=dossier.code, purpose="caseworker:supplement").order_by("verb")
    assert [(one.verb, one.office) for one in looks] == [
        ("procedures.dossier.read", "pvhcc-thanh-yen"),
        ("procedures.file.read", "pvhcc-thanh-yen"),
    ]

    as_citizen(my, dossier.citizen)
    page = plain_text(my.get(f"/dossiers/{dossier.code}"))
    assert "Đã bổ sung, thời hạn chạy tiếp" in page
    said = plain_text(my.get("/looks"))
    assert "Xem hồ sơ: nhận giấy tờ bổ sung giúp bà con" in said
    assert "Mở tệp “Giấy thuê nhà”: nhận giấy tờ bổ sung giúp bà con" in said
    assert "Cán bộ nhập phần bổ sung thay tôi." in plain_text(my.get("/consents"))
    assert any(
        "Trung tâm Phục vụ hành chính công xã Thanh Yên" in one.says for one in my.get("/messages").context["lines"]
    )
    assert list(audit()) == []


def test_the_clock_stands_while_she_is_typed_for_and_a_receipt_with_the_new_day_is_there_to_print(thu, waiting):
    agree(thu, waiting)
    thu.get(at(waiting))
    assert Dossier.objects.get().pauses.get().until is None
    before = len(documents.of_case(waiting.code))
    thu.post(at(waiting), {"supplement_0": paper(), "_send": "1"})
    page = thu.get(f"/dossiers/{waiting.code}/")
    assert len(page.context["slips"]) == before + 1
    slip = next(one for one in page.context["slips"] if one.kind == "procedures.receipt" and one.revoked_at is None)
    assert thu.get(f"/dossiers/{waiting.code}/slips/{slip.pk}.pdf").getvalue()[:4] == b"%PDF"


def test_both_the_office_that_asked_and_the_counter_that_filed_receive_it_and_nobody_else(desk, cast, waiting):
    khoa = another(cast.khoa)
    assert 'answer/">Nhận bổ sung' in khoa.get(f"/dossiers/{waiting.code}/").content.decode()
    agree(khoa, waiting)
    khoa.post(at(waiting), {"supplement_0": paper(), "_send": "1"})
    event = Dossier.objects.get().events.get(kind="supplemented")
    assert (event.by, event.office) == ("khoa", cast.neighbour.code)


def test_o2_an_officer_of_another_counter_finds_no_such_page(cast, waiting):
    lam = another(cast.lam)
    assert lam.get(at(waiting)).status_code == agree(lam, waiting).status_code == 404
    assert lam.post(at(waiting), {"_send": "1"}).status_code == 404
    assert not Draft.objects.exists()


def test_nothing_new_is_refused_and_a_bad_file_is_said_beside_its_item(thu, waiting):
    agree(thu, waiting)
    before = stands(waiting)
    empty = thu.post(at(waiting), {"_send": "1"})
    assert empty.status_code == 400
    assert "Chưa có gì mới" in plain_text(empty)
    bad = thu.post(at(waiting), {"_send": "1", "supplement_0": made.upload(b"GIF89a", "a.gif")})
    assert bad.status_code == 422
    assert "a.gif: Chỉ nhận PDF" in plain_text(bad)
    assert stands(waiting) == before


def test_c3_once_she_takes_it_back_nothing_is_kept_and_nothing_sent(thu, my, waiting):
    agree(thu, waiting)
    thu.post(at(waiting), {"supplement_0": paper()})
    before = stands(waiting)
    consent = Consent.objects.get(purpose="supplement")
    as_citizen(my, waiting.citizen).post(f"/consents/{consent.pk}/withdraw")
    said = error(thu, thu.post(at(waiting), {"_send": "1"}))
    assert "Chưa có gì được gửi: người nộp đã rút lại sự đồng ý" in said
    assert "Đọc to cho người này nghe" in said
    assert stands(waiting) == before
    assert not Draft.objects.exists()
    assert not Attachment.objects.exists()


def test_answered_on_the_phone_meanwhile_the_officer_is_told_and_nothing_changes_twice(thu, cast, waiting):
    agree(thu, waiting)
    thu.post(at(waiting), {"supplement_0": paper()})
    typed = Draft.objects.get()
    own = drafts.answering(dossier=waiting)
    drafts.save(draft=own, answers={"address": "Bản Hoàng Lếch Cang"}, seen=drafts.mark(own, ["address"]), step=1)
    services.answer_supplement(dossier=Dossier.objects.get(), draft=own, by=None)
    before = stands(waiting)
    answer = thu.post(at(waiting), {"_send": "1"})
    assert answer["Location"] == f"/dossiers/{waiting.code}/"
    assert "Hồ sơ đang giải quyết nên không làm được việc này." in error(thu, answer)
    assert "Hồ sơ đang giải quyết" in error(thu, thu.get(f"/dossiers/new/{typed.pk}/1/"))
    assert stands(waiting) == before


def test_two_presses_at_the_same_moment_send_it_once(thu, cast, waiting, monkeypatch):
    agree(thu, waiting)
    thu.post(at(waiting), {"supplement_0": paper()})
    own = drafts.answering(dossier=waiting)
    drafts.save(draft=own, answers={"address": "Bản Hoàng Lếch Cang"}, seen=drafts.mark(own, ["address"]), step=1)
    send = services.answer_supplement

    def second(**said):
        monkeypatch.setattr(services, "answer_supplement", send)
        send(dossier=Dossier.objects.get(), draft=own, by=None)
        return send(**said)

    monkeypatch.setattr(services, "answer_supplement", second)
    answer = thu.post(at(waiting), {"_send": "1"})
    assert answer.status_code == 409
    assert answer.context["refused"].sentence in plain_text(answer)
    fresh = Dossier.objects.get()
    assert fresh.answers["address"] == "Bản Hoàng Lếch Cang"
    assert not fresh.attachments.exists()


@pytest.mark.parametrize("stopped", [False, True])
def test_once_the_day_is_over_it_is_refused_in_a_sentence(thu, waiting, stopped):
    agree(thu, waiting)
    thu.post(at(waiting), {"supplement_0": paper()})
    Supplement.objects.update(by_day=today() - timedelta(days=1))
    if stopped:
        reminding.mind_supplements()
    before = stands(waiting)
    said = "Hồ sơ dừng giải quyết nên" if stopped else "nay đã qua: không nhận bổ sung cho hồ sơ này nữa."
    assert said in error(thu, thu.post(at(waiting), {"_send": "1"}))
    assert said in error(thu, thu.get(at(waiting)))
    assert said in error(thu, agree(thu, waiting))
    assert stands(waiting) == before


def test_a_colleague_before_whom_she_agrees_goes_on_with_what_is_there_and_the_first_is_told(thu, cast, waiting):
    agree(thu, waiting)
    thu.post(at(waiting), {"supplement_0": paper()})
    draft = Draft.objects.get()
    hien = another(user("hien", "Tòng Thị Hiên", (cast.centre, "caseworker")))
    assert "Đồng chí Lò Thị Thu đang nhập dở phần bổ sung này." in plain_text(hien.get(at(waiting)))
    assert "thue-nha.png" not in plain_text(hien.get(at(waiting)))
    agree(hien, waiting, how="spoken")
    assert "thue-nha.png" in plain_text(hien.get(at(waiting)))
    told = "hoặc cán bộ khác đã nhận tiếp phần bổ sung này"
    assert told in error(thu, thu.post(at(waiting), {"_send": "1"}))
    assert told in error(thu, thu.get(f"/dossiers/new/{draft.pk}/1/"))
    assert Dossier.objects.get().state == State.WAITING
    standing = Consent.objects.get(purpose="supplement", withdrawn_at=None)
    assert (standing.witness.username, standing.how) == ("hien", "spoken")
    hien.post(at(waiting), {"_send": "1"})
    assert Dossier.objects.get().events.get(kind="supplemented").by == "hien"


def test_begun_twice_she_agreed_once_and_it_goes_on_from_the_list_of_what_is_begun(thu, waiting):
    agree(thu, waiting)
    agree(thu, waiting, how="spoken")
    assert [one.how for one in Consent.objects.filter(purpose="supplement")] == ["written"]
    listed = thu.get("/dossiers/new/").content.decode()
    assert f'href="{at(waiting)}"' in listed
    assert "Giàng Thị Sua" not in listed
    draft = Draft.objects.get()
    for where in ("0/", "review/"):
        assert thu.get(f"/dossiers/new/{draft.pk}/{where}")["Location"] == at(waiting)


def test_given_up_it_goes_with_its_files_and_its_consent_and_the_dossier_waits_on(thu, waiting):
    agree(thu, waiting)
    thu.post(at(waiting), {"supplement_0": paper()})
    before = stands(waiting)
    draft = Draft.objects.get()
    assert thu.post(f"/dossiers/new/{draft.pk}/delete/")["Location"] == f"/dossiers/{waiting.code}/"
    assert not Draft.objects.exists()
    assert not Attachment.objects.exists()
    assert Consent.objects.get(purpose="supplement").withdrawn_at is not None
    assert stands(waiting) == before


def test_what_waits_for_nothing_leads_back_with_a_sentence(thu, cast):
    draft = fill(thu)
    thu.post(f"/dossiers/new/{draft.pk}/review/")
    dossier = Dossier.objects.get()
    assert "nên không làm được việc này." in error(thu, thu.get(at(dossier)))
    assert "nên không làm được việc này." in error(thu, agree(thu, dossier))
    assert not Consent.objects.filter(purpose="supplement").exists()


def test_c3_what_has_no_consent_is_not_sent(thu, cast, waiting):
    agree(thu, waiting)
    thu.post(at(waiting), {"supplement_0": paper()})
    Consent.objects.filter(purpose="supplement").delete()
    before = stands(waiting)
    with pytest.raises(NotAllowed, match="no_consent"):
        services.answer_supplement(dossier=Dossier.objects.get(), draft=Draft.objects.get(), by=cast.thu)
    assert stands(waiting) == before
    assert Draft.objects.get().attachments.count() == 1


def test_taken_over_while_it_is_sent_it_is_the_colleagues_to_send(thu, cast, waiting, monkeypatch):
    agree(thu, waiting)
    thu.post(at(waiting), {"supplement_0": paper()})
    hien = user("hien", "Tòng Thị Hiên", (cast.centre, "caseworker"))
    judge = intake._judged

    def taken_over(*said):
        drafts.answering(dossier=waiting, filed_by=hien, office=cast.centre, agreed="spoken")
        return judge(*said)

    monkeypatch.setattr(intake, "_judged", taken_over)
    before = stands(waiting)
    answer = thu.post(at(waiting), {"_send": "1"})
    assert answer.status_code == 409
    assert "Tờ khai vừa được sửa ở nơi khác." in plain_text(answer)
    assert stands(waiting) == before
    assert Draft.objects.get().filed_by == hien
