"""The administrator's pages about officers."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from keng.accounts.models import Appointment, Role, User
from keng.ledger.models import Entry
from tests.accounts.signing_in import enter, straight_in
from tests.cast import Cast, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.hoa, made.nam, made.lan, made.minh
    return made


@pytest.fixture
def admin(desk, cast):
    straight_in(desk, cast.quan)
    return desk


def text(answer) -> str:
    return answer.content.decode()


def add(admin, cast, **changed):
    fields = {"name": "Sùng Thị Máy", "username": "sung-thi-may", "office": cast.post.pk, "role": "officer"}
    return admin.post("/people/add/", fields | changed)


def test_the_list_shows_name_login_role_office_and_state(admin, cast):
    User.objects.filter(pk=cast.lan.pk).update(is_active=False)
    page = text(admin.get("/people/"))
    for words in ("Giàng A Hoà", "hoa", "Cán bộ, Đồn Biên phòng Na Cô Sa", "Đang dùng", "Quàng Thị Lan", "Đã ngừng"):
        assert words in page


def test_people_are_found_without_accents_by_name_or_login(admin):
    assert "Giàng A Hoà" in text(admin.get("/people/?q=giang+a+hoa"))
    assert "Giàng A Hoà" not in text(admin.get("/people/?q=lo+van"))
    assert "Lò Văn Nam" in text(admin.get("/people/?q=NAM"))
    page = text(admin.get("/people/?q=khong ai ten the"))
    assert "Không thấy ai tên “khong ai ten the”" in page


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%FF", "page=-1", "page=nhieu", "page=99999999999", "q=%3Cscript%3E&page=2"]
)
def test_s3_a_strange_query_gets_a_page_and_never_an_error(admin, query):
    answer = admin.get(f"/people/?{query}")
    assert answer.status_code == 200
    assert "<script>" not in text(answer)


def queries(admin) -> int:
    with CaptureQueriesContext(connection) as asked:
        admin.get("/people/")
    return len(asked)


def test_the_list_asks_the_database_the_same_number_of_times_whatever_its_length(admin, cast):
    admin.get("/people/")
    few = queries(admin)
    for number in range(60):
        user(f"u-{number}", f"Cán bộ {number}", (cast.post, Role.OFFICER), (cast.neighbour, Role.LEADER))
    assert queries(admin) == few
    page = text(admin.get("/people/"))
    assert page.count('href="/people/@') == 50
    assert "Trang 1 trong 2" in page
    assert "Trang 2 trong 2" in text(admin.get("/people/?page=2"))


def test_an_officer_is_added_and_the_one_time_password_is_shown_once(admin, cast, public):
    page = text(add(admin, cast))
    password = re.search(r'id="password">([a-z0-9-]{19})<', page)[1]
    made = User.objects.get(username="sung-thi-may")
    assert made.check_password(password)
    assert password not in text(admin.get("/people/@sung-thi-may/"))
    assert password not in str(list(admin.session.items()))
    assert "Chưa đăng nhập lần đầu" in text(admin.get("/people/"))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "chưa điền ô này"),
        ({"username": "Lò Thị"}, "chữ thường không dấu"),
        ({"username": "hoa"}, "đã có người dùng"),
        ({"office": ""}, "chưa điền ô này"),
        ({"office": "999999"}, "mục này không dùng được"),
        ({"office": "x"}, "mục này không dùng được"),
        ({"role": "king"}, "mục này không dùng được"),
        ({"role": ""}, "chưa điền ô này"),
        ({"name": "\x00"}, "có ký tự lạ"),
        ({"name": "x" * 121}, "120"),
    ],
)
def test_s3_what_cannot_be_added_is_told_beside_its_field_and_changes_nothing(admin, cast, changed, sentence):
    before = User.objects.count(), Entry.objects.count()
    answer = add(admin, cast, **changed)
    assert answer.status_code == 400
    assert sentence in text(answer)
    assert 'role="alert"' in text(answer)
    assert (User.objects.count(), Entry.objects.count()) == before


def test_o2_an_administrator_of_one_office_is_offered_that_office_alone(desk, cast):
    straight_in(desk, user("local", "Quản trị đồn", (cast.post, Role.ADMINISTRATOR)))
    page = text(desk.get("/people/add/"))
    assert f'<option value="{cast.post.pk}" selected>' in page
    assert "Công an xã Thanh Yên" not in page
    assert add(desk, cast, office=cast.neighbour.pk).status_code == 400
    assert desk.get("/people/@lan/").status_code == 404
    assert "Quàng Thị Lan" not in text(desk.get("/people/"))


def test_a_role_is_given_and_ended_from_the_persons_page(admin, cast):
    give = {"office": cast.neighbour.pk, "role": "leader"}
    page = text(admin.post("/people/@hoa/roles/", give, follow=True))
    assert "Đã giao vai trò" in page
    given = Appointment.objects.get(user=cast.hoa, role="leader")
    page = text(admin.post(f"/people/@hoa/roles/{given.pk}/end/", follow=True))
    assert "Đã thôi giao vai trò" in page
    assert "Vai trò trước đây" in page


def test_a_role_that_may_not_be_given_is_refused_on_the_page(admin, cast):
    answer = admin.post("/people/@hoa/roles/", {"office": cast.post.pk, "role": "administrator"})
    assert answer.status_code == 400
    assert "Quản trị không đọc tin" in text(answer)
    answer = admin.post("/people/@quan/roles/", {"office": cast.post.pk, "role": "officer"})
    assert "không tự làm việc này cho mình" in text(answer)


def test_o2_a_role_of_one_person_is_not_ended_through_another(admin, cast):
    other = cast.lan.appointments.get()
    assert admin.post(f"/people/@hoa/roles/{other.pk}/end/").status_code == 404
    other.refresh_from_db()
    assert other.until is None


def test_o2_a_role_elsewhere_is_neither_shown_nor_ended(desk, cast):
    Appointment.objects.create(user=cast.hoa, office=cast.neighbour, role=Role.LEADER)
    elsewhere = Appointment.objects.get(user=cast.hoa, role=Role.LEADER)
    straight_in(desk, user("local", "Quản trị đồn", (cast.post, Role.ADMINISTRATOR)))
    assert "Công an xã Thanh Yên" not in text(desk.get("/people/@hoa/"))
    assert desk.post(f"/people/@hoa/roles/{elsewhere.pk}/end/").status_code == 404


def test_a_reset_shows_a_new_password_and_the_officer_starts_over(admin, cast):
    page = text(admin.post("/people/@hoa/reset/"))
    password = re.search(r'id="password">([a-z0-9-]{19})<', page)[1]
    cast.hoa.refresh_from_db()
    assert cast.hoa.check_password(password)
    assert cast.hoa.must_change_password


def test_an_account_is_closed_and_reopened_from_the_page(admin, cast):
    assert "Đã ngừng tài khoản" in text(admin.post("/people/@hoa/deactivate/", follow=True))
    assert "Tài khoản đang ngừng" in text(admin.get("/people/@hoa/"))
    assert "Đã mở lại tài khoản" in text(admin.post("/people/@hoa/reactivate/", follow=True))


def test_what_is_refused_is_told_on_the_persons_page(admin, cast):
    for verb in ("reset", "deactivate"):
        assert "không tự làm việc này cho mình" in text(admin.post(f"/people/@quan/{verb}/", follow=True))
    assert "Đây là đồng chí" in text(admin.get("/people/@quan/"))


def test_a_name_is_corrected(admin, cast):
    assert admin.post("/people/@hoa/name/", {"name": "Giàng A Hoà Bình"})["Location"] == "/people/@hoa/"
    assert "Giàng A Hoà Bình" in text(admin.get("/people/@hoa/"))
    assert admin.post("/people/@hoa/name/", {"name": " "}).status_code == 400


def test_a_name_with_markup_stays_a_name(admin, cast):
    add(admin, cast, name="<img src=x onerror=alert(1)>")
    page = text(admin.get("/people/@sung-thi-may/"))
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("verb", ["reset", "deactivate", "reactivate", "roles"])
def test_nothing_is_done_by_merely_opening_an_address(admin, verb):
    assert admin.get(f"/people/@hoa/{verb}/").status_code == 405


def test_a_newcomer_goes_from_the_slip_of_paper_to_the_desk(admin, cast):
    password = re.search(r'id="password">([a-z0-9-]{19})<', text(add(admin, cast)))[1]
    made = User.objects.get(username="sung-thi-may")
    admin.post("/accounts/logout/")
    admin.post("/accounts/login/", {"login": "sung-thi-may", "password": password})
    new = {"oldpassword": password, "password1": "ngo vang tren nuong", "password2": "ngo vang tren nuong"}
    assert admin.post("/accounts/password/change/", new)["Location"] == "/"
    admin.post("/accounts/logout/")
    enter(admin, made, "ngo vang tren nuong")
    assert admin.get("/")["Location"] == "/mailbox/"


# -- roles with an end -------------------------------------------------------------------------------------------------


def until(days: int) -> str:
    return f"{localdate() + timedelta(days=days):%d/%m/%Y}"


def test_a_role_with_an_end_shows_its_last_day_wherever_roles_are_shown(admin, cast, public):
    give = {"office": cast.neighbour.pk, "role": "leader", "until": f"{localdate() + timedelta(days=60):%Y-%m-%d}"}
    page = text(admin.post("/people/@hoa/roles/", give, follow=True))
    assert until(60) in page
    assert "sắp hết hạn" not in page
    assert f"đến hết {until(60)}" in text(admin.get("/people/"))
    straight_in(admin, cast.hoa)
    assert until(60) in text(admin.get("/accounts/"))


def test_the_list_says_which_roles_end_within_two_weeks_and_are_not_extended(admin, cast):
    for days in (10, 40):
        give = {
            "office": cast.neighbour.pk,
            "role": "leader",
            "until": f"{localdate() + timedelta(days=days):%Y-%m-%d}",
        }
        admin.post("/people/@hoa/roles/", give)
        listed = "Vai trò sắp hết hạn" in text(admin.get("/people/"))
        assert listed is (days == 10)
    assert "chưa bắt đầu" in text(admin.get("/people/@hoa/"))


@pytest.mark.parametrize("typed", ["2020-01-01", "31/12/2030x", "9999999-01-01", "\x00"])
def test_s3_an_end_that_cannot_be_is_told_beside_its_field(admin, cast, typed):
    answer = admin.post("/people/@hoa/roles/", {"office": cast.neighbour.pk, "role": "leader", "until": typed})
    assert answer.status_code == 400
    assert "Ngày hết hạn phải từ hôm nay" in text(answer)
    assert not Appointment.objects.filter(user=cast.hoa, role="leader").exists()


# -- several at once ---------------------------------------------------------------------------------------------------

TWO = "lo-van-tam; Lò Văn Tám; người giữ khoá\nsung-thi-may; Sùng Thị Máy; cán bộ; 31/12/2030"


def test_several_are_looked_at_first_then_added_and_their_passwords_shown_once(admin, cast):
    fields = {"office": cast.post.pk, "lines": TWO}
    page = text(admin.post("/people/several/", fields))
    assert "2 người, đúng cả" in page
    assert not User.objects.filter(username="lo-van-tam").exists()
    page = text(admin.post("/people/several/add/", fields))
    passwords = re.findall(r"data-password>([a-z0-9-]{19})<", page)
    assert User.objects.get(username="lo-van-tam").check_password(passwords[0])
    assert User.objects.get(username="sung-thi-may").check_password(passwords[1])
    again = admin.post("/people/several/add/", fields)
    assert again.status_code == 400
    assert text(again).count("đã có người dùng") == 2
    assert passwords[0] not in text(again)


def test_s3_a_wrong_line_is_shown_with_its_number_and_nothing_offers_to_go_on(admin, cast):
    answer = admin.post("/people/several/", {"office": cast.post.pk, "lines": TWO + "\nvua; Vua; vua"})
    assert answer.status_code == 400
    assert "1 dòng chưa đúng" in text(answer)
    assert "Vai trò là một trong" in text(answer)
    assert "Đúng, thêm tất cả" not in text(answer)
    answer = admin.post("/people/several/add/", {"office": cast.post.pk, "lines": TWO + "\nvua; Vua; vua"})
    assert answer.status_code == 400
    assert "chưa thêm ai" in text(answer)
    assert not User.objects.filter(username="lo-van-tam").exists()


def test_o2_several_are_added_only_at_offices_offered(desk, cast):
    straight_in(desk, user("local", "Quản trị đồn", (cast.post, Role.ADMINISTRATOR)))
    for step in ("", "add/"):
        answer = desk.post(f"/people/several/{step}", {"office": cast.neighbour.pk, "lines": TWO})
        assert answer.status_code == 400
        assert "mục này không dùng được" in text(answer)
    assert not User.objects.filter(username="lo-van-tam").exists()
