"""The resident's own page: what is theirs, in words, and nothing of anybody else's."""

import json
import re

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from keng.accounts.models import Citizen
from keng.core import at_rest
from keng.ledger import publication
from keng.ledger.models import Entry
from keng.procedures import consents
from keng.procedures.dossiers import services
from keng.procedures.dossiers.telling import VALUES
from keng.procedures.models import AttachmentBytes, Dossier, Message
from keng.procedures.resident.looks import WHAT
from keng.procedures.resident.telling import SENTENCES
from keng.signing.models import Document
from tests.procedures.cast import STEPS, Province
from tests.procedures.citizens import as_citizen
from tests.procedures.dossiers.filed import draft, paper, submitted

pytestmark = pytest.mark.django_db
PAGES = ["/", "/messages", "/papers", "/consents", "/consents/email", "/looks"]


@pytest.fixture
def dossier(cast: Province) -> Dossier:
    return submitted(cast)


def text(answer) -> str:
    return answer.content.decode()


def test_an_empty_page_says_what_to_do_next(my, cast):
    as_citizen(my, cast.an)
    for page in PAGES:
        answer = my.get(page)
        assert answer.status_code == 200, page
    assert "/services" in text(my.get("/"))


@pytest.mark.parametrize("page", ["/messages", "/papers", "/consents", "/looks"])
def test_nobody_signed_out_sees_anything(my, page):
    answer = my.get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")
    assert my.get("/").status_code == 200


def test_a_dossier_stands_on_the_first_page_with_its_state_and_date(my, cast, dossier):
    services.accept(dossier=dossier, by=cast.thu)
    as_citizen(my, cast.an)
    shown = text(my.get("/"))
    assert dossier.code in shown
    assert "đang giải quyết" in shown
    assert f"{dossier.due:%d/%m/%Y}" in shown


def test_a_dossier_tells_its_turns_its_papers_and_its_slips_and_says_who_has_it(my, cast, dossier):
    services.accept(dossier=dossier, by=cast.thu)
    as_citizen(my, cast.an)
    shown = text(my.get(f"/dossiers/{dossier.code}"))
    for said in ("Đã nộp", "Tiếp nhận", "Bản Noong Vai", cast.centre.name):
        assert said in shown
    assert "/slips/" in shown
    slip = shown.split('href="')[1:]
    address = next(one.split('"')[0] for one in slip if "/slips/" in one.split('"')[0])
    answer = my.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert answer["Cache-Control"] == "no-store"


def test_the_time_line_names_each_step_that_began(my, cast, dossier):
    services.accept(dossier=dossier, by=cast.thu)
    services.advance(dossier=dossier, by=cast.thu, to=cast.khoa)
    services.advance(dossier=dossier, by=cast.khoa, to=cast.khoa)
    services.send_back(dossier=dossier, reason="thiếu dấu", by=cast.khoa)
    services.advance(dossier=dossier, by=cast.khoa, to=cast.khoa)
    as_citizen(my, cast.an)
    shown = text(my.get(f"/dossiers/{dossier.code}"))
    first, second = (f"Sang bước tiếp theo: {step['title']}" for step in STEPS[1:])
    again = f"Làm lại bước trước: {STEPS[1]['title']}"
    assert 0 < shown.index(first) < shown.index(second) < shown.index(again) < shown.rindex(second)


def test_another_resident_finds_nothing_whatever_they_guess(my, cast, dossier):
    """A dossier, its slips and files by guessing: as if they were not there."""
    services.accept(dossier=dossier, by=cast.thu)
    as_citizen(my, cast.an)
    own = text(my.get(f"/dossiers/{dossier.code}"))
    addresses = {one.split('"')[0] for one in own.split('href="')[1:] if dossier.code in one.split('"')[0]} | {
        f"/dossiers/{dossier.code}"
    }
    assert len(addresses) > 1
    as_citizen(my, cast.ba_sua)
    nothing = my.get("/dossiers/03349-260101-9999")
    for address in addresses:
        assert my.get(address).status_code == nothing.status_code == 404, address
    assert my.post(f"/dossiers/{dossier.code}/withdraw").status_code == 404
    assert Dossier.objects.get().state == "processing"
    assert dossier.code not in "".join(text(my.get(page)) for page in PAGES)


def test_nor_by_way_of_a_dossier_of_their_own(my, cast, dossier):
    """What belongs to An's dossier is not there under Mrs Sua's either."""
    services.accept(dossier=dossier, by=cast.thu)
    attachment = paper(dossier, cast.an)
    AttachmentBytes.objects.create(attachment=attachment, sealed=at_rest.seal(b"cua An"))
    slip = Document.objects.filter(case=dossier.code).first()
    theirs = services.submit(draft=draft(cast, citizen=cast.ba_sua), by=None)
    as_citizen(my, cast.ba_sua)
    assert my.get(f"/dossiers/{theirs.code}").status_code == 200
    assert my.get(f"/dossiers/{theirs.code}/files/{attachment.pk}").status_code == 404
    assert my.get(f"/dossiers/{theirs.code}/slips/{slip.code}.pdf").status_code == 404
    as_citizen(my, cast.an)
    assert my.get(f"/dossiers/{dossier.code}/files/{attachment.pk}").content == b"cua An"


def test_c1_an_opened_file_is_a_look_of_its_own(my, cast, dossier):
    attachment = paper(dossier, cast.an, title="Hợp đồng thuê nhà")
    AttachmentBytes.objects.create(attachment=attachment, sealed=at_rest.seal(b"cua An"))
    services.take(dossier=dossier, by=cast.thu)
    services.open_file(attachment=attachment, by=cast.thu)
    as_citizen(my, cast.an)
    shown = text(my.get("/looks"))
    assert shown.count('class="look"') == 2
    assert "Mở tệp “Hợp đồng thuê nhà”" in shown


def test_level_1_does_not_see_what_was_filed_at_level_2(my, cast, dossier):
    as_citizen(my, cast.an, level=1)
    assert dossier.code not in "".join(text(my.get(page)) for page in PAGES)
    assert "level=2" in text(my.get("/"))
    assert my.get(f"/dossiers/{dossier.code}")["Location"].startswith("/sign-in")


def test_c1_a_look_is_on_the_residents_page_at_once_with_office_role_reason_and_dossier(my, cast, dossier):
    services.look(dossier=dossier, by=cast.thu, reason="counter")
    as_citizen(my, cast.an)
    shown = text(my.get("/looks"))
    for said in (cast.centre.name, "cán bộ hồ sơ", "người dân hỏi tại quầy", dossier.code):
        assert said in shown
    # The office answers for its people.
    assert cast.thu.name not in shown
    assert not re.search(rf"\b{cast.thu.username}\b", shown)  # as a word: ids of chance may have the letters in them


def test_c1_every_kind_of_look_in_the_ledger_is_told_and_nothing_else(my, cast, dossier):
    services.look(dossier=dossier, by=cast.thu, reason="verification")
    services.accept(dossier=dossier, by=cast.thu)
    as_citizen(my, cast.an)
    looks = Entry.objects.filter(case=dossier.code, verb__in=WHAT).count()
    assert text(my.get("/looks")).count('class="look"') == looks >= 1
    assert Entry.objects.filter(case=dossier.code).count() > looks


def test_a_look_has_a_proof_once_it_is_published(my, cast, dossier, tmp_path):
    services.look(dossier=dossier, by=cast.thu, reason="counter")
    entry = Entry.objects.get(verb="procedures.dossier.read")
    as_citizen(my, cast.an)
    assert my.get(f"/looks/{entry.pk}/keng-proof.json").status_code == 404
    assert "trong đêm nay" in text(my.get("/looks"))
    with override_settings(LEDGER_FOLDER=tmp_path / "log", LEDGER_KEYS=tmp_path / "keys"):
        publication.publish(force=True)
        made = json.loads(my.get(f"/looks/{entry.pk}/keng-proof.json").content)
        as_citizen(my, cast.ba_sua)
        assert my.get(f"/looks/{entry.pk}/keng-proof.json").status_code == 404
        as_citizen(my, cast.an)
        other = Entry.objects.filter(case=dossier.code).exclude(verb__in=WHAT).first()
        assert my.get(f"/looks/{other.pk}/keng-proof.json").status_code == 404
    entry.refresh_from_db()
    assert (made["type"], made["index"]) == ("keng-proof", entry.place)
    assert cast.an.number not in json.dumps(made)


def test_c3_consent_is_given_by_its_own_button_and_withdrawn_in_one_step(my, cast):
    as_citizen(my, cast.an)
    page = text(my.get("/consents"))
    assert "checked" not in page
    my.post("/consents/give", {"purpose": "reuse"})
    assert consents.holds(citizen=cast.an, purpose="reuse")
    given = cast.an.consents.get()
    as_citizen(my, cast.ba_sua)
    assert my.post(f"/consents/{given.pk}/withdraw").status_code == 404
    as_citizen(my, cast.an)
    my.post(f"/consents/{given.pk}/withdraw")
    assert not consents.holds(citizen=cast.an, purpose="reuse")
    assert "Đã rút lại" in text(my.get("/consents"))


@pytest.mark.parametrize("purpose", ["", "assisted", "khong-co", "reuse\x00"])
def test_c3_what_is_not_asked_for_here_can_not_be_agreed_to_here(my, cast, purpose):
    as_citizen(my, cast.an)
    assert my.post("/consents/give", {"purpose": purpose}).status_code == 404
    assert not cast.an.consents.exists()


def test_an_address_for_e_mail_is_the_consent_and_a_bad_one_changes_nothing(my, cast):
    as_citizen(my, cast.an)
    assert my.post("/consents/give", {"purpose": "email"})["Location"] == "/consents/email"
    for bad in ("", "khong phai dia chi", "a@b\x00.vn", "x" * 200 + "@example.vn"):
        answer = my.post("/consents/email", {"email": bad})
        assert answer.status_code == 200
        assert 'class="error"' in text(answer)
    assert not cast.an.consents.exists()
    my.post("/consents/email", {"email": "an@example.vn"})
    assert Citizen.objects.get(pk=cast.an.pk).email == "an@example.vn"
    assert consents.holds(citizen=cast.an, purpose="email")


def test_messages_are_new_until_they_were_shown(my, cast, dossier):
    services.accept(dossier=dossier, by=cast.thu)
    as_citizen(my, cast.an)
    assert "Tin mới" in text(my.get("/"))
    assert text(my.get("/messages")).count('class="fresh"') == Message.objects.count() > 1
    assert 'class="fresh"' not in text(my.get("/messages"))
    assert "Tin mới" not in text(my.get("/"))


def test_every_message_that_the_engine_sends_has_a_sentence():
    assert SENTENCES.keys() == VALUES.keys()
    for kind, names in VALUES.items():
        assert str(SENTENCES[kind]) % dict.fromkeys(names, "x")


def test_a_withdrawn_dossier_is_withdrawn_once(my, cast, dossier):
    as_citizen(my, cast.an)
    assert my.post(f"/dossiers/{dossier.code}/withdraw").status_code == 302
    assert Dossier.objects.get().state == "withdrawn"
    again = my.post(f"/dossiers/{dossier.code}/withdraw")
    assert again.status_code == 409
    assert "đã rút" in text(again)


@pytest.mark.parametrize("page", [*PAGES, "dossier"])
def test_a_page_costs_the_same_queries_however_many_dossiers(my, cast, page):
    first = submitted(cast)
    services.look(dossier=first, by=cast.thu, reason="counter")
    as_citizen(my, cast.an)
    address = f"/dossiers/{first.code}" if page == "dossier" else page
    counts = []
    for _round in range(2):
        my.get(address)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            my.get(address)
        counts.append(len(seen))
        for _more in range(4):
            services.look(dossier=submitted(cast), by=cast.thu, reason="counter")
    assert counts[0] == counts[1] <= 20


def test_bad_page_numbers_are_no_error(my, cast, dossier):
    as_citizen(my, cast.an)
    for page in PAGES:
        for number in ("0", "-1", "abc", "9" * 40, "\x00"):
            assert my.get(page, {"page": number}).status_code == 200
