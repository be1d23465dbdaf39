"""What is known of the resident themselves: where it comes from, who puts it right, and the way out."""

import pytest
from django.contrib.sessions.models import Session

from keng.accounts.models import Citizen
from keng.ledger.models import Entry
from keng.procedures.dossiers import services
from keng.procedures.models import Dossier, Draft, Procedure
from tests.conftest import FaceClient
from tests.procedures.citizens import as_citizen
from tests.procedures.dossiers.filed import accepted, draft, submitted

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return answer.content.decode()


def phone_of(citizen: Citizen) -> str:
    return Citizen.objects.get(pk=citizen.pk).phone


def test_it_says_what_e_identity_told_and_when_and_who_puts_it_right(my, cast):
    as_citizen(my, cast.an)
    page = text(my.get("/me"))
    for said in ("Quàng Văn An", "011090000123", "04/05/1990", "Theo định danh điện tử, ngày 05/01/2026", "công an xã"):
        assert said in page
    as_citizen(my, cast.ba_sua)
    assert "Cán bộ ở quầy nhập theo căn cước" in text(my.get("/me"))


def test_every_page_leads_there_by_the_name_at_its_top(my, cast):
    as_citizen(my, cast.an)
    assert 'href="/me"' in text(my.get("/messages"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0912 345 678", "0912345678"),
        ("0912.345.678", "0912345678"),
        ("０９１２３４５６７８", "0912345678"),
        ("+84912345678", "+84912345678"),
    ],
)
def test_the_phone_is_theirs_to_change_and_to_take_away(my, cast, typed, kept):
    as_citizen(my, cast.an, level=1)
    assert my.post("/me/phone", {"phone": typed})["Location"] == "/me"
    assert phone_of(cast.an) == kept
    assert kept in text(my.get("/me"))
    my.post("/me/phone", {"phone": kept})
    assert Entry.objects.filter(verb="accounts.citizen.contact").count() == 1  # the same again is no change
    my.post("/me/phone", {"phone": " "})
    assert phone_of(cast.an) == ""
    entries = Entry.objects.filter(verb="accounts.citizen.contact")
    assert entries.count() == 2
    assert kept not in "".join(str(vars(one)) for one in entries)


@pytest.mark.parametrize("bad", ["912345678", "abc", "0912", "0" * 60, "0912345678\x00", "<b>0912345678", "０９"])
def test_a_phone_that_can_be_none_is_said_beside_its_field_and_changes_nothing(my, cast, bad):
    as_citizen(my, cast.an)
    answer = my.post("/me/phone", {"phone": bad})
    assert answer.status_code == 422
    assert 'class="error"' in text(answer)
    assert phone_of(cast.an) == ""


def test_before_the_page_is_removed_it_says_what_goes_and_what_stays_where_until_when(my, cast):
    done = services.withdraw(dossier=accepted(cast), by=None)
    under_way = submitted(cast)
    draft(cast)
    as_citizen(my, cast.an)
    page = text(my.get("/me/remove"))
    assert "1 bản nháp" in page
    assert f"giữ đến ngày {done.erase_on:%d/%m/%Y}, rồi xoá" in page
    assert "vẫn giải quyết tiếp" in page
    for one in (done, under_way):
        assert one.code in page
    assert Citizen.objects.filter(pk=cast.an.pk).exists()
    assert Draft.objects.exists()


def test_one_press_removes_it_and_says_what_is_left(my, cast):
    dossier = submitted(cast)
    as_citizen(my, cast.an)
    answer = my.post("/me/remove")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert dossier.code in text(answer)
    assert "rút hồ sơ trước" not in text(answer)  # too late for that here
    assert "Đăng xuất" not in text(answer).split("<main")[0]  # nobody is signed in any more
    assert not Session.objects.exists()
    assert my.get("/me").status_code == 302
    assert Dossier.objects.get().citizen == cast.an


def test_with_nothing_kept_it_says_so(my, cast):
    as_citizen(my, cast.an)
    assert "Không cơ quan nào phải giữ" in text(my.get("/me/remove"))
    assert "không còn gì về bà con" in text(my.post("/me/remove"))
    assert not Citizen.objects.filter(pk=cast.an.pk).exists()


def test_a_level_that_does_not_see_all_of_it_removes_nothing(my, cast):
    submitted(cast)
    as_citizen(my, cast.an, level=1)
    for answer in (my.get("/me/remove"), my.post("/me/remove")):
        assert answer["Location"].startswith("/sign-in?")
    assert cast.an.identities.exists()


def test_level_1_is_enough_for_what_level_1_filed(my, cast):
    version = cast.version
    other = Procedure.objects.create(code="1.000001", field=version.procedure.field, form=version.form.form)
    version.pk, version._state.adding, version.procedure, version.identity_level = None, True, other, 1
    version.save()
    submitted(cast)
    as_citizen(my, cast.an, level=1)
    assert my.post("/me/remove").status_code == 200


def test_removing_takes_a_form_of_ours(cast):
    strict = as_citizen(FaceClient("my", enforce_csrf_checks=True), cast.an)
    assert strict.post("/me/remove").status_code == 403
    assert Citizen.objects.filter(pk=cast.an.pk).exists()


def test_who_has_no_dossier_is_led_to_what_they_can_change(my, cast):
    as_citizen(my, cast.an)
    page = text(my.get("/requests"))
    assert 'name="text"' not in page
    assert 'href="/me"' in page.split("<main")[1]
    submitted(cast)
    assert 'name="text"' in text(my.get("/requests"))


def test_a_closed_dossier_says_until_when_its_data_are_kept(my, cast):
    dossier = services.withdraw(dossier=accepted(cast), by=None)
    as_citizen(my, cast.an)
    assert f"giữ đến ngày {dossier.erase_on:%d/%m/%Y}" in text(my.get(f"/dossiers/{dossier.code}"))
