"""The pages of deeds that need two people (O3)."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from keng.accounts import approvals
from keng.accounts.models import Approval, Role, Tries
from keng.desk.models import Hanging, Place
from keng.ledger.models import Entry
from tests.accounts.signing_in import code, give_phone, straight_in
from tests.accounts.soft_key import SoftKey, add_passkey, ask
from tests.accounts.two_people import REASON, age, agreed, asked
from tests.cast import PASSWORD, Cast, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.nam, made.minh, made.quan, made.box
    return made


@pytest.fixture
def minh(desk, cast):
    """The leader's browser, signed in, and the secret in the leader's phone."""
    secret = give_phone(cast.minh)
    straight_in(desk, cast.minh)
    return desk, secret


def text(answer) -> str:
    return answer.content.decode()


def yes(desk, approval: Approval, **fields: str):
    return desk.post(f"/approvals/{approval.pk}/approve/", fields)


def test_what_waits_stands_on_the_list_in_plain_words_and_its_number_in_the_navigation(minh, cast):
    desk, _secret = minh
    assert "Không có việc gì chờ đồng chí" in text(desk.get("/approvals/"))
    asking = asked(cast)
    page = text(desk.get("/approvals/"))
    for words in (f"Khôi phục khoá hộp thư: {cast.box.title}", "Lò Văn Nam", REASON, f'href="/approvals/{asking.pk}/"'):
        assert words in page
    asked(cast, kind="ledger.export", subject="ledger", office=cast.province_police, by=cast.quan)
    page = text(desk.get("/approvals/"))
    assert "<h3>Xuất nhật ký</h3>" in page
    assert "ledger" not in page
    assert "Trước đây" not in page
    assert '<b class="count">2</b>' in text(desk.get("/figures/"))


def test_the_asker_sees_who_could_approve_and_is_offered_no_approving(desk, cast):
    asking = asked(cast)
    straight_in(desk, cast.nam)
    page = text(desk.get(f"/approvals/{asking.pk}/"))
    assert "Trần Quang Minh" in page
    assert "Phạm Hồng Quân" in page
    assert "Duyệt việc này" not in page
    assert "Rút đề nghị" in page


def test_what_will_change_is_said_beside_what_is_now(minh, cast):
    desk, _secret = minh
    place = Place.objects.create(office=cast.post, kind="market", name="Chợ phiên")
    Hanging.objects.create(place=place, box=cast.box, format="a4", copies=7, root="x" * 26, hung_on="2026-01-01")
    page = text(desk.get(f"/approvals/{asked(cast).pk}/"))
    assert "Ai mở được hộp thư" in page
    assert "Giàng A Hoà (hoa)" in page
    page = text(desk.get(f"/approvals/{asked(cast, kind='box.root').pk}/"))
    assert "7 tờ phải gỡ" in page
    export = {"kind": "ledger.export", "subject": "ledger", "office": cast.province_police, "by": cast.quan}
    page = text(desk.get(f"/approvals/{asked(cast, **export).pk}/"))
    assert "một tệp do đồng chí Phạm Hồng Quân (quan) giữ" in page
    gone = asked(cast, subject="khong-con")
    assert "Hộp thư khong-con không còn" in text(desk.get(f"/approvals/{gone.pk}/"))


def test_the_page_of_what_is_to_be_approved_opens_at_its_top_and_not_at_the_field_of_the_code(minh, cast):
    desk, _secret = minh
    page = text(desk.get(f"/approvals/{asked(cast).pk}/"))
    assert 'name="code"' in page
    assert "autofocus" not in page
    assert "autofocus" in text(yes(desk, Approval.objects.get(), code="000000"))


def test_whoever_may_ask_reads_what_for(desk, cast):
    for person, deeds in (
        (cast.quan, "<b>Xuất nhật ký</b>"),
        (cast.nam, "<b>Khôi phục khoá hộp thư, Thay khoá gốc hộp thư</b>"),
    ):
        straight_in(desk, person)
        assert f"Đồng chí đề nghị được: {deeds}" in text(desk.get("/approvals/"))
    straight_in(desk, cast.minh)
    assert "Đồng chí đề nghị được" not in text(desk.get("/approvals/"))


def test_o3_approving_takes_the_second_factor_anew(minh, cast):
    desk, secret = minh
    asking = asked(cast)
    for fields in ({}, {"code": ""}, {"code": "000000"}, {"code": "x" * 5000}, {"credential": "{}"}):
        assert yes(desk, asking, **fields).status_code in (302, 400)
        asking.refresh_from_db()
        assert asking.approved_by is None, fields
    Tries.objects.all().delete()
    answer = yes(desk, asking, code=code(secret))
    assert answer["Location"] == f"/approvals/{asking.pk}/"
    asking.refresh_from_db()
    assert asking.approved_by == cast.minh
    assert "Đã duyệt, chưa làm" in text(desk.get(f"/approvals/{asking.pk}/"))


def test_o3_a_code_that_was_used_to_sign_in_or_to_approve_approves_nothing_more(minh, cast):
    desk, secret = minh
    first, second = asked(cast), asked(cast, kind="box.root")
    good = code(secret)
    yes(desk, first, code=good)
    answer = yes(desk, second, code=good)
    assert answer.status_code == 400
    assert "Mã chưa đúng" in text(answer)
    second.refresh_from_db()
    assert second.approved_by is None


def test_o3_a_colleagues_code_does_not_stand_in_for_ones_own(minh, cast):
    desk, _secret = minh
    theirs = give_phone(cast.quan)
    assert yes(desk, asked(cast), code=code(theirs)).status_code == 400


def test_o3_a_passkey_approves_with_a_finger_or_a_pin_and_once(minh, cast):
    desk, _secret = minh
    key = SoftKey()
    add_passkey(desk, key, password=PASSWORD)
    first, second = asked(cast), asked(cast, kind="box.root")
    assert "Duyệt bằng khoá truy cập" in text(desk.get(f"/approvals/{first.pk}/"))
    answer = key.get(ask(desk))
    yes(desk, first, credential=answer)
    yes(desk, second, credential=answer)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.approved_by, second.approved_by) == (cast.minh, None)


def test_o3_one_touch_of_a_passkey_that_counts_nothing_approves_one_deed(minh, cast):
    """Most phones' passkeys keep no counter: there the challenge alone is what makes an answer good once."""
    desk, _secret = minh
    key = SoftKey(counter=0)
    add_passkey(desk, key, password=PASSWORD)
    first, second = asked(cast), asked(cast, kind="box.root")
    key.counter = 0
    answer = key.get(ask(desk))
    yes(desk, first, credential=answer)
    yes(desk, second, credential=answer)
    assert [Approval.objects.get(pk=one.pk).approved_by for one in (first, second)] == [cast.minh, None]


def test_o3_the_asker_approves_nothing_even_with_the_right_code(desk, cast):
    secret = give_phone(cast.nam)
    straight_in(desk, cast.nam)
    asking = asked(cast)
    page = text(desk.post(f"/approvals/{asking.pk}/approve/", {"code": code(secret)}, follow=True))
    assert "không tự duyệt đề nghị của mình" in page
    asking.refresh_from_db()
    assert asking.approved_by is None


def test_o3_a_second_account_of_the_asker_is_told_why_and_offered_no_button(desk, cast):
    other = user("nam-2", "Lò Văn Nam", (cast.post, Role.LEADER))
    secret = give_phone(other)
    straight_in(desk, other)
    asking = asked(cast)
    page = text(desk.get(f"/approvals/{asking.pk}/"))
    assert "cùng họ tên" in page
    assert "Duyệt việc này" not in page
    assert "cùng họ tên" in text(desk.post(f"/approvals/{asking.pk}/approve/", {"code": code(secret)}, follow=True))
    asking.refresh_from_db()
    assert asking.approved_by is None


def test_refusing_and_withdrawing_end_it_and_stand_in_the_history(minh, cast):
    desk, _secret = minh
    first = asked(cast)
    assert "Đã không duyệt" in text(desk.post(f"/approvals/{first.pk}/refuse/", follow=True))
    assert "Không duyệt" in text(desk.get("/approvals/"))
    second = asked(cast)
    assert "Chỉ người đề nghị" in text(desk.post(f"/approvals/{second.pk}/withdraw/", follow=True))
    straight_in(desk, cast.nam)
    assert "Đã rút đề nghị" in text(desk.post(f"/approvals/{second.pk}/withdraw/", follow=True))
    assert "Đã rút" in text(desk.get("/approvals/"))


@pytest.mark.parametrize(("kind", "page"), [("box.recovery", "recover"), ("box.root", "root")])
def test_once_approved_the_request_leads_its_asker_and_nobody_else_to_the_deed(minh, cast, kind, page):
    desk, _secret = minh
    asking = asked(cast, kind=kind)
    approvals.approve(approval=asking, by=cast.minh)
    link = f'href="/keys/boxes/na-co-sa/{page}"'
    assert link not in text(desk.get(f"/approvals/{asking.pk}/"))
    straight_in(desk, cast.nam)
    assert link in text(desk.get(f"/approvals/{asking.pk}/"))


def test_what_was_done_or_has_run_out_says_so(minh, cast):
    desk, _secret = minh
    agreed(cast)
    with transaction.atomic():
        approvals.spend(kind="box.recovery", subject="na-co-sa", by=cast.nam)
    assert "Đã làm" in text(desk.get("/approvals/"))
    old = asked(cast)
    age(old, timedelta(days=8))
    page = text(desk.get(f"/approvals/{old.pk}/"))
    assert "Quá hạn" in page
    assert "Duyệt việc này" not in page


# -- asking ------------------------------------------------------------------------------------------------------------


def test_each_role_is_offered_what_it_may_ask_for(desk, cast):
    offered = {}
    for who in ("nam", "quan", "minh"):
        straight_in(desk, getattr(cast, who))
        page = text(desk.get("/approvals/ask/"))
        offered[who] = {kind for kind in approvals.KINDS if f'value="{kind}"' in page}
    assert offered == {"nam": {"box.recovery", "box.root"}, "quan": {"ledger.export"}, "minh": set()}
    assert "duyệt các việc này, không đề nghị" in page


def test_a_deed_is_asked_for_and_the_page_says_what_comes_next(desk, cast):
    straight_in(desk, cast.nam)
    fields = {"kind": "box.recovery", "box": "na-co-sa", "reason": REASON}
    page = text(desk.post("/approvals/ask/", fields, follow=True))
    assert "Đã gửi đề nghị" in page
    asking = Approval.objects.get()
    assert (asking.subject, asking.office, asking.asked_by) == ("na-co-sa", cast.post, cast.nam)
    assert "đang có một đề nghị chưa xong" in text(desk.post("/approvals/ask/", fields))
    straight_in(desk, cast.quan)
    desk.post("/approvals/ask/", {"kind": "ledger.export", "reason": REASON})
    assert Approval.objects.get(kind="ledger.export").office == cast.province_police


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kind": "ledger.export"}, "mục này không dùng được"),
        ({"kind": ""}, "chưa điền ô này"),
        ({"box": ""}, "chọn hộp thư"),
        ({"box": "thanh-yen"}, "mục này không dùng được"),
        ({"box": "\x00"}, "có ký tự lạ"),
        ({"reason": " "}, "chưa điền ô này"),
        ({"reason": "x" * 201}, "200"),
        ({"reason": "\u200b"}, "ghi lý do"),
    ],
)
def test_s3_what_cannot_be_asked_is_told_on_the_page_and_changes_nothing(desk, cast, changed, sentence):
    straight_in(desk, cast.nam)
    before = Entry.objects.count()
    answer = desk.post("/approvals/ask/", {"kind": "box.recovery", "box": "na-co-sa", "reason": REASON} | changed)
    assert answer.status_code == 400
    assert sentence in text(answer)
    assert (Approval.objects.count(), Entry.objects.count()) == (0, before)


def test_an_administrator_of_a_commune_cannot_ask_for_the_whole_ledger(desk, cast):
    straight_in(desk, user("local", "Quản trị đồn", (cast.post, Role.ADMINISTRATOR)))
    answer = desk.post("/approvals/ask/", {"kind": "ledger.export", "reason": REASON})
    assert answer.status_code == 400
    assert "đơn vị cấp trên cùng" in text(answer)


@pytest.mark.parametrize("path", ["0/", "99999999999999999999/", "-1/", "x/"])
def test_s3_an_approval_that_does_not_exist_is_not_found(minh, path):
    assert minh[0].get(f"/approvals/{path}").status_code == 404


def test_the_list_asks_the_database_the_same_number_of_times_whatever_its_length(minh, cast):
    desk, _secret = minh
    asked(cast)
    approvals.refuse(approval=asked(cast, kind="box.root"), by=cast.minh)
    desk.get("/approvals/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            desk.get("/approvals/")
        return len(seen)

    few = queries()
    for number in range(25):
        asked(cast, subject=f"b-{number}")
        approvals.refuse(approval=asked(cast, subject=f"c-{number}"), by=cast.minh)
    assert queries() == few
    assert "Trang 1 trong 2" in text(desk.get("/approvals/"))
