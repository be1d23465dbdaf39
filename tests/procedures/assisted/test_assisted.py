"""An officer files for a neighbour without a phone: with her consent, by her card, nothing of anybody else to be seen (C1-C3, O2)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from keng.accounts.models import Citizen, Role
from keng.ledger.models import Entry
from keng.procedures.assisted import person
from keng.procedures.models import Consent, Dossier, Draft
from keng.signing.models import Document
from tests.accounts.signing_in import straight_in
from tests.cast import user
from tests.conftest import FaceClient
from tests.procedures.assisted.at_counter import PERSON, begin, fill
from tests.procedures.cast import citizen
from tests.procedures.citizens import as_citizen

pytestmark = pytest.mark.django_db


def test_the_procedure_is_found_by_what_people_call_it(thu):
    page = thu.get("/dossiers/new/", {"q": "tam tru"}).content.decode()
    assert "Đăng ký tạm trú" in page
    assert "/dossiers/new/person/?procedure=1.004194" in page
    assert "Không có thủ tục nào như vậy" in thu.get("/dossiers/new/", {"q": "bay lên sao hoả"}).content.decode()


def test_the_sentence_to_read_aloud_is_shown_and_nothing_is_ticked(thu):
    page = thu.get(PERSON).content.decode()
    assert str(person.READ_ALOUD) in page
    ticks = [line for line in page.split("<input") if 'name="agreed"' in line or 'name="how"' in line]
    assert len(ticks) == 3
    assert all("checked" not in tick.split(">")[0] for tick in ticks)


def test_an_unknown_procedure_leads_back_to_the_choice(thu):
    assert thu.get("/dossiers/new/person/?procedure=9.9")["Location"] == "/dossiers/new/"
    assert thu.get("/dossiers/new/person/")["Location"] == "/dossiers/new/"


def test_the_neighbour_gets_her_receipt_at_the_counter(thu, cast):
    draft = fill(thu)
    review = thu.get(f"/dossiers/new/{draft.pk}/review/")
    assert "Bản Noong Hẹt" in review.content.decode()
    answer = thu.post(f"/dossiers/new/{draft.pk}/review/")
    assert answer["Location"] == f"/dossiers/new/{draft.pk}/filed/", answer.content.decode()
    dossier = Dossier.objects.get()
    assert (dossier.citizen.name, dossier.channel, dossier.received_by) == ("Giàng Thị Sua", "counter", cast.centre)
    assert dossier.code in thu.get(answer["Location"]).content.decode()
    receipt = thu.get(f"/dossiers/new/{draft.pk}/receipt.pdf")
    assert receipt["Content-Type"] == "application/pdf"
    assert receipt.content.startswith(b"%PDF-")
    assert Document.objects.filter(case=dossier.code, kind="procedures.receipt").exists()
    assert (dossier.state, dossier.owner) == ("processing", cast.thu)
    told = thu.get(answer["Location"]).content.decode()
    assert "In giấy tiếp nhận" in told
    assert "mang giấy này" in told


def test_filed_at_another_communes_counter_it_goes_to_the_office_that_checks_it_which_gives_the_receipt(desk, cast):
    """Intake knows no bounds within the province (Decree 118/2025)."""
    police = user("hai", "Lò Văn Hải", (cast.neighbour, Role.CASEWORKER))
    straight_in(desk, police)
    begin(desk, office="")
    draft = Draft.objects.get()
    page = desk.get(f"/dossiers/new/{draft.pk}/1/")
    desk.post(f"/dossiers/new/{draft.pk}/1/", {"address": "Bản Noong Hẹt", "_seen": page.context["seen"]})
    answer = desk.post(f"/dossiers/new/{draft.pk}/review/")
    dossier = Dossier.objects.get()
    assert (dossier.office, dossier.received_by) == (cast.centre, cast.neighbour)
    told = desk.get(answer["Location"]).content.decode()
    assert dossier.code in told
    assert "Trung tâm Phục vụ hành chính công xã Thanh Yên tiếp nhận" in told
    assert "giữ mã này" in told
    assert "mang giấy này" not in told  # there is no paper yet
    assert desk.get(f"/dossiers/new/{draft.pk}/receipt.pdf").status_code == 404


def test_the_ledger_tells_who_filed_and_nothing_of_her(thu, cast):
    draft = fill(thu)
    thu.post(f"/dossiers/new/{draft.pk}/review/")
    entered = Entry.objects.get(verb="accounts.citizen.entered")
    assert (entered.subject, entered.by, entered.office) == (str(Citizen.objects.get().pk), "thu", "pvhcc-thanh-yen")
    assert Entry.objects.get(verb="procedures.dossier.submitted").by == "thu"
    for entry in Entry.objects.all():
        assert "011150000456" not in f"{entry.subject}{entry.purpose}{entry.case}"


def test_with_e_identity_her_own_page_has_it_later(thu, my, cast):
    draft = fill(thu)
    thu.post(f"/dossiers/new/{draft.pk}/review/")
    dossier = Dossier.objects.get()
    page = as_citizen(my, dossier.citizen).get(f"/dossiers/{dossier.code}/receipt")
    assert page.status_code == 200
    assert dossier.code in page.content.decode()


def test_pressed_twice_it_is_filed_once(thu):
    draft = fill(thu)
    first = thu.post(f"/dossiers/new/{draft.pk}/review/")
    second = thu.post(f"/dossiers/new/{draft.pk}/review/")
    assert first["Location"] == second["Location"]
    assert Dossier.objects.count() == Consent.objects.count() == 1


@pytest.mark.parametrize("missing", ["agreed", "how"])
def test_c3_without_consent_nothing_is_begun_and_nobody_entered(thu, missing):
    answer = begin(thu, **{missing: ""})
    assert answer.status_code == 422
    assert not Citizen.objects.exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("number", "01115000045", "12 chữ số"),
        ("number", "0111500004567", "12 chữ số"),
        ("number", "０１１１５００００４５６", "12 chữ số"),
        ("number", "01115000045a", "12 chữ số"),
        ("number", "0" * 41, "40"),
        ("name", "", "bắt buộc"),
        ("name", "Giàng 1", "chỉ gồm chữ"),
        ("name", "...", "chỉ gồm chữ"),
        ("name", "Sua\x00", "null"),
        ("born", "1950-13-01", "Ngày sinh chưa đúng"),
        ("born", "3000-01-01", "Ngày sinh chưa đúng"),
        ("born", "1800-01-01", "Ngày sinh chưa đúng"),
        ("phone", "12345", "10 chữ số"),
        ("phone", "0912 345 67", "10 chữ số"),
        ("office", "ca-thanh-yen", ""),
        ("channel", "online", ""),
        ("how", "online", ""),
    ],
)
def test_what_the_card_cannot_say_is_refused_beside_its_field(thu, cast, field, value, sentence):
    answer = begin(thu, **{field: value})
    assert answer.status_code == 422
    assert 'class="wrong-sum"' in answer.content.decode()
    if sentence not in ("bắt buộc", "40", "null"):  # the framework's own words, in its own catalogue
        assert sentence in answer.content.decode()
    assert not Citizen.objects.exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"), [("0912 345 678", "0912345678"), ("+84912345678", "0912345678"), ("0912.345.678", "0912345678")]
)
def test_a_phone_is_kept_as_it_is_dialled(thu, typed, kept):
    begin(thu, phone=typed)
    assert Citizen.objects.get().phone == kept


def test_spaces_in_the_number_and_a_day_written_by_hand_are_understood(thu):
    begin(thu, number="011 150 000 456", born="03/02/1950")
    assert Citizen.objects.get().born == date(1950, 2, 3)


def test_where_she_has_only_a_year_of_birth_the_day_is_left_out(thu):
    begin(thu, born="")
    assert Citizen.objects.get().born is None


def test_c2_typing_a_known_number_with_its_name_shows_nothing_of_what_is_known(thu, cast):
    known = citizen("011150000456", "Giàng Thị Sua", born=date(1950, 2, 3))
    Citizen.objects.filter(pk=known.pk).update(phone="0999888777", email="sua@example.vn")
    answer = begin(thu)
    draft = Draft.objects.get()
    assert answer["Location"] == f"/dossiers/new/{draft.pk}/0/"
    assert draft.citizen == known
    for address in ("0/", "1/", "review/"):
        page = thu.get(f"/dossiers/new/{draft.pk}/{address}").content.decode()
        page = page.replace(str(draft.pk), "")  # a number of chance: one in hundreds has 1950 in it
        for secret in ("0999888777", "sua@example.vn", "1950"):
            assert secret not in page


@pytest.mark.parametrize("changes", [{"name": "Lò Văn Khác"}, {"born": "1951-02-03"}])
def test_c2_a_known_number_with_another_name_or_day_is_refused_without_saying_whose_it_is(thu, cast, changes):
    citizen("011150000456", "Giàng Thị Sua", born=date(1950, 2, 3))
    answer = begin(thu, **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "không khớp nhau" in page
    if "name" in changes:
        assert "Giàng Thị Sua" not in page
    assert not Draft.objects.exists()


def test_c2_a_number_is_not_tried_out_with_one_birth_day_after_another(thu, cast):
    """What does not fit is in the ledger each time, and after a few the officer waits; who made no mistake never does."""
    known = citizen("011150000456", "Giàng Thị Sua", born=date(1950, 2, 3))
    for _right in range(6):
        assert begin(thu).status_code == 302
    for day in range(4, 9):
        answer = begin(thu, born=f"1950-02-0{day}")
        assert answer.status_code == 422
    assert "Đã sai nhiều lần" in answer.content.decode()
    doubts = Entry.objects.filter(verb="accounts.citizen.doubted", subject=str(known.pk), by="thu")
    assert doubts.count() == 4
    assert "Đã sai nhiều lần" in begin(thu).content.decode()


def test_what_e_identity_confirmed_is_not_overwritten_at_the_counter(thu, cast):
    known = cast.an
    before = (known.name, known.born, known.source, known.confirmed_on)
    begin(thu, number=known.number, name="QUANG VAN AN", born="1990-05-04", phone="0912345678")
    known.refresh_from_db()
    assert (known.name, known.born, known.source, known.confirmed_on) == before
    assert known.phone == "0912345678"


def test_the_same_draft_goes_on_when_begun_again(thu):
    begin(thu)
    begin(thu)
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("where", ["0/", "1/", "review/", "filed/", "receipt.pdf"])
def test_o2_another_officer_of_the_same_counter_finds_no_such_draft(thu, cast, where):
    begin(thu)
    draft = Draft.objects.get()
    colleague = FaceClient("desk")
    straight_in(colleague, user("duc", "Quàng Văn Đức", (cast.centre, Role.CASEWORKER)))
    assert colleague.get(f"/dossiers/new/{draft.pk}/{where}").status_code == 404
    assert colleague.post(f"/dossiers/new/{draft.pk}/delete/").status_code == 404
    assert str(draft.pk) not in colleague.get("/dossiers/new/").content.decode()
    assert Draft.objects.exists()


def test_o2_a_citizens_own_draft_is_no_officers(thu, cast):
    own = Draft.objects.create(citizen=cast.an, version=cast.version, form=cast.form, unit=cast.thanh_yen)
    assert thu.get(f"/dossiers/new/{own.pk}/1/").status_code == 404


def test_o2_the_citizen_does_not_find_the_officers_draft_among_her_own(thu, my, cast):
    begin(thu)
    draft = Draft.objects.get()
    assert as_citizen(my, draft.citizen).get(f"/drafts/{draft.pk}/1").status_code == 404


def test_what_was_filed_opens_in_the_session_that_filed_it_and_afterwards_only_by_the_queue(thu, cast):
    draft = fill(thu)
    thu.post(f"/dossiers/new/{draft.pk}/review/")
    later = FaceClient("desk")
    straight_in(later, cast.thu)
    for where in ("filed/", "receipt.pdf", "review/", "1/"):
        assert later.get(f"/dossiers/new/{draft.pk}/{where}").status_code == 404


def test_the_officers_drafts_are_listed_without_a_name(thu, django_assert_max_num_queries):
    begin(thu)
    with django_assert_max_num_queries(14):
        page = thu.get("/dossiers/new/").content.decode()
    assert "Đăng ký tạm trú" in page
    assert "Giàng Thị Sua" not in page
    assert "011150000456" not in page


def test_a_draft_given_up_is_gone(thu):
    begin(thu)
    thu.post(f"/dossiers/new/{Draft.objects.get().pk}/delete/")
    assert not Draft.objects.exists()


def test_at_home_is_kept_as_such(thu):
    begin(thu, channel="home")
    assert Draft.objects.get().channel == "home"


def test_c4_people_for_whom_nothing_was_filed_are_forgotten_and_others_stay(thu, cast):
    begin(thu)
    unused = Draft.objects.get().citizen
    old = timezone.localdate() - timedelta(days=31)
    Citizen.objects.update(confirmed_on=old)
    assert person.forget_unused() == 0  # the draft is there still
    Draft.objects.all().delete()
    _ = cast.an
    Citizen.objects.update(confirmed_on=old)
    assert person.forget_unused() == 1
    assert [each.name for each in Citizen.objects.all()] == ["Quàng Văn An"]
    assert Entry.objects.filter(verb="accounts.citizen.forgotten", subject=str(unused.pk)).exists()
