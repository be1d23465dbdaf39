"""Signing in: password and second factor, first steps, sessions, cookies (O1)."""

import ast
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.cache import cache

from keng.accounts import devices, housekeeping
from keng.accounts.models import User
from keng.ledger.models import Entry
from tests.accounts.signing_in import code, enter, give_phone, hold_the_phone, secret_on_page, straight_in
from tests.cast import PASSWORD, Cast
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
NEW = "suoi trong nuong xa 7"


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def newcomer(cast) -> User:
    User.objects.filter(pk=cast.hoa.pk).update(must_change_password=True)
    return cast.hoa


def by_password(desk, login="hoa", password=PASSWORD, **more):
    return desk.post("/accounts/login/", {"login": login, "password": password, **more})


def change(desk, **fields):
    return desk.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW} | fields
    )


def test_o1_the_first_sign_in_sets_a_password_and_a_second_factor_before_the_desk_opens(desk, newcomer):
    assert by_password(desk)["Location"] == "/"
    assert desk.get("/")["Location"] == "/accounts/password/change/"

    assert change(desk)["Location"] == "/"
    assert desk.get("/")["Location"] == "/accounts/2fa/totp/activate/"

    secret = secret_on_page(desk.get("/accounts/2fa/totp/activate/").content.decode())
    assert desk.get("/people/")["Location"] == "/accounts/2fa/totp/activate/"
    answer = desk.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    assert desk.get("/accounts/2fa/recovery-codes/").content.count(b"<li>") == 10
    assert desk.get("/")["Location"] == "/mailbox/"

    told = set(Entry.objects.filter(subject="hoa").values_list("verb", "by"))
    assert told >= {("accounts.password.changed", "hoa"), ("accounts.second_factor.set", "hoa")}


def test_o1_a_script_is_told_in_json_that_the_first_steps_are_missing(desk, newcomer):
    by_password(desk)
    answer = desk.get("/mailbox/api/threads")
    assert answer.status_code == 403
    assert answer.json()["error"] == "sign_in"


def test_o1_a_password_alone_opens_nothing(desk, cast):
    give_phone(cast.hoa)
    assert by_password(desk)["Location"] == "/accounts/2fa/authenticate/"
    assert desk.get("/accounts/")["Location"].startswith("/accounts/login/")
    assert desk.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/login/")
    assert desk.get("/accounts/password/change/")["Location"].startswith("/accounts/login/")


def test_o1_a_session_older_than_the_second_factor_must_begin_again(desk, newcomer):
    assert by_password(desk).status_code == 302
    give_phone(newcomer)
    assert desk.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in desk.session


def test_o1_a_wrong_code_is_refused_in_words_and_a_code_is_good_once(desk, cast):
    secret = give_phone(cast.hoa)
    by_password(desk)
    answer = desk.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Mã chưa đúng" in answer.content.decode()
    good = code(secret)
    assert desk.post("/accounts/2fa/authenticate/", {"code": good})["Location"] == "/"

    other = FaceClient("desk")
    by_password(other)
    assert "Mã chưa đúng" in other.post("/accounts/2fa/authenticate/", {"code": good}).content.decode()


def test_o1_a_code_is_good_once_though_another_process_checks_it(desk, cast, monkeypatch):
    hold_the_phone(monkeypatch)
    secret = give_phone(cast.hoa)
    by_password(desk)
    assert desk.post("/accounts/2fa/authenticate/", {"code": code(secret)})["Location"] == "/"
    for steps in (0, -1):
        cache.clear()  # another process knows nothing of this one's memory
        other = FaceClient("desk")
        by_password(other)
        answer = other.post("/accounts/2fa/authenticate/", {"code": code(secret, steps)})
        assert "Mã chưa đúng" in answer.content.decode()
    assert other.post("/accounts/2fa/authenticate/", {"code": code(secret, 1)})["Location"] == "/"


def test_o1_the_code_that_set_up_the_phone_signs_nobody_in_afterwards(desk, newcomer):
    by_password(desk)
    change(desk)
    secret = secret_on_page(desk.get("/accounts/2fa/totp/activate/").content.decode())
    first = code(secret)
    desk.post("/accounts/2fa/totp/activate/", {"code": first})
    other = FaceClient("desk")
    by_password(other, password=NEW)
    assert "Mã chưa đúng" in other.post("/accounts/2fa/authenticate/", {"code": first}).content.decode()


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_phone_whose_clock_is_half_a_minute_off_still_signs_in(desk, cast, steps, monkeypatch):
    hold_the_phone(monkeypatch)
    secret = give_phone(cast.hoa)
    by_password(desk)
    assert desk.post("/accounts/2fa/authenticate/", {"code": code(secret, steps)}).status_code == 302


def test_a_recovery_code_signs_in_once(desk, newcomer):
    by_password(desk)
    change(desk)
    secret = secret_on_page(desk.get("/accounts/2fa/totp/activate/").content.decode())
    desk.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    spare = Authenticator.objects.get(user=newcomer, type="recovery_codes").wrap().get_unused_codes()[0]
    for works in (True, False):
        desk.post("/accounts/logout/")
        by_password(desk, password=NEW)
        # As it is printed: in groups of four.
        answer = desk.post("/accounts/2fa/authenticate/", {"code": f"{spare[:4]} {spare[4:]}"})
        assert (answer.status_code == 302) is works


def test_recovery_codes_are_shown_once_and_new_ones_ask_for_the_password(desk, newcomer):
    by_password(desk)
    change(desk)
    secret = secret_on_page(desk.get("/accounts/2fa/totp/activate/").content.decode())
    desk.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    first = Authenticator.objects.get(user=newcomer, type="recovery_codes").wrap().get_unused_codes()
    assert first[0][:4] in desk.get("/accounts/2fa/recovery-codes/").content.decode()
    again = desk.get("/accounts/2fa/recovery-codes/").content.decode()
    assert first[0][:4] not in again
    assert "Còn 10 mã" in again

    assert desk.post("/accounts/2fa/recovery-codes/new/")["Location"].startswith("/accounts/reauthenticate/")
    assert "Mật khẩu chưa đúng" in desk.post("/accounts/reauthenticate/", {"password": "sai"}).content.decode()
    assert Authenticator.objects.get(user=newcomer, type="recovery_codes").wrap().get_unused_codes() == first
    go_on = {"password": NEW, "next": "/accounts/2fa/recovery-codes/new/"}
    assert desk.post("/accounts/reauthenticate/", go_on)["Location"] == "/accounts/2fa/recovery-codes/"
    assert Authenticator.objects.get(user=newcomer, type="recovery_codes").wrap().get_unused_codes() != first
    assert Entry.objects.filter(verb="accounts.recovery_codes.made", subject="hoa").exists()


def test_somebody_who_has_a_second_factor_cannot_set_up_another_over_it(desk, cast):
    enter(desk, cast.hoa)
    assert desk.get("/accounts/2fa/totp/activate/")["Location"] == "/accounts/"
    assert desk.post("/accounts/2fa/totp/activate/", {"code": "123456"})["Location"] == "/accounts/"
    assert Authenticator.objects.filter(user=cast.hoa, type="totp").count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"oldpassword": "sai"}, "Mật khẩu hiện nay chưa đúng"),
        ({"password1": "ngan", "password2": "ngan"}, "cần ít nhất 12 ký tự"),
        ({"password2": NEW + "x"}, "không giống nhau"),
        ({"password1": PASSWORD, "password2": PASSWORD}, "phải khác mật khẩu hiện nay"),
        ({"password1": "giang a hoa 1", "password2": "giang a hoa 1"}, "giống tên"),
        ({"password1": "qwertyuiop12", "password2": "qwertyuiop12"}, "quá nhiều người dùng"),
        ({"password1": ""}, "chưa điền ô này"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_vietnamese_and_changes_nothing(desk, newcomer, fields, sentence):
    User.objects.filter(pk=newcomer.pk).update(name="Giang A Hoa")
    by_password(desk)
    page = change(desk, **fields)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    newcomer.refresh_from_db()
    assert newcomer.must_change_password
    assert newcomer.check_password(PASSWORD)


def test_changing_the_password_signs_the_other_machines_out(desk, cast):
    elsewhere = FaceClient("desk")
    enter(elsewhere, cast.hoa)
    enter(desk, cast.hoa)
    change(desk)
    assert desk.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/")["Location"].startswith("/accounts/login/")


def test_a_wrong_password_an_unknown_login_and_empty_fields_are_told_alike_and_plainly(desk, cast):
    give_phone(cast.hoa)
    wrong = by_password(desk, password="khong phai").content.decode()
    unknown = by_password(desk, login="khong-co-ai").content.decode()
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng." in wrong
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng." in unknown
    assert by_password(desk, login="", password="").content.decode().count("chưa điền ô này") == 4


@pytest.mark.parametrize("login", ["a\x00b", "x" * 5000, "<script>alert(1)</script>", "\u202eoh", "'; drop table--"])
def test_s3_strange_logins_are_refused_and_stay_inert(desk, cast, login):
    answer = by_password(desk, login=login)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_a_closed_account_is_told_so_only_with_the_right_password(desk, cast):
    User.objects.filter(pk=cast.hoa.pk).update(is_active=False)
    assert "chưa đúng" in by_password(desk, password="khong phai").content.decode()
    assert by_password(desk)["Location"] == "/accounts/inactive/"
    assert "đã ngừng dùng" in desk.get("/accounts/inactive/").content.decode()


def test_a_closed_account_loses_its_open_session_at_once(desk, cast):
    enter(desk, cast.hoa)
    User.objects.filter(pk=cast.hoa.pk).update(is_active=False)
    assert desk.get("/accounts/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "path", ["/accounts/signup/", "/accounts/password/reset/", "/accounts/email/", "/accounts/2fa/"]
)
def test_there_is_no_sign_up_no_email_and_no_reset_by_oneself(desk, cast, path):
    assert desk.get(path).status_code == 404
    enter(desk, cast.hoa)
    assert desk.get(path).status_code == 404


# -- sessions ----------------------------------------------------------------------------------------------------------


def at(monkeypatch, minutes: float) -> None:
    now = time.time() + minutes * 60
    monkeypatch.setattr("keng.accounts.middleware.time", SimpleNamespace(time=lambda: now))


def test_o1_a_session_ends_after_120_minutes_however_busy_it_was(desk, cast, monkeypatch):
    enter(desk, cast.hoa)
    for minutes in (0, 40, 80, 119):
        at(monkeypatch, minutes)
        assert desk.get("/accounts/").status_code == 200
    at(monkeypatch, 120.1)
    assert desk.get("/mailbox/api/threads").status_code == 403
    assert "hết 120 phút" in desk.get("/accounts/", follow=True).content.decode()


def test_o1_a_clock_set_back_does_not_make_a_session_longer(desk, cast, monkeypatch):
    enter(desk, cast.hoa)
    desk.get("/accounts/")
    at(monkeypatch, -60)
    assert desk.get("/accounts/")["Location"].startswith("/accounts/login/")


def test_the_header_says_where_as_what_and_for_how_long(desk, cast, monkeypatch):
    enter(desk, cast.hoa)
    assert "phiên còn 120 phút" in desk.get("/accounts/").content.decode()
    at(monkeypatch, 36)
    page = desk.get("/accounts/").content.decode()
    assert "Đồn Biên phòng Na Cô Sa" in page
    assert "cán bộ" in page


def test_signing_out_takes_a_press_and_ends_the_session(desk, cast):
    enter(desk, cast.hoa)
    assert "Đăng xuất khỏi" in desk.get("/accounts/logout/").content.decode()
    assert desk.get("/accounts/").status_code == 200
    desk.post("/accounts/logout/")
    assert desk.get("/accounts/")["Location"].startswith("/accounts/login/")
    assert not Session.objects.filter(session_data__contains="hoa").exists()


def test_ended_sessions_are_erased_by_the_hourly_chore(desk, cast):
    enter(desk, cast.hoa)
    assert housekeeping.forget() == 0
    Session.objects.update(expire_date="2020-01-01T00:00Z")
    assert housekeeping.forget() == 1


def test_pages_of_somebody_signed_in_are_not_kept_by_the_browser(desk, cast):
    enter(desk, cast.hoa)
    assert "no-store" in desk.get("/accounts/")["Cache-Control"]


# -- cookies, redirects, headers ---------------------------------------------------------------------------------------


def test_the_desks_cookies_are_closed_to_scripts_and_to_other_sites(desk, cast):
    enter(desk, cast.hoa)
    desk.post("/language", {"language": "en", "next": "/"})
    device = devices.cookie_name("hoa")
    assert set(desk.cookies) == {"sessionid", "csrftoken", "django_language", device}
    for cookie in desk.cookies.values():
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == ("Strict" if cookie.key == device else "Lax")
        assert not cookie["domain"]
    assert not desk.cookies["sessionid"]["max-age"]


def test_r5_the_public_face_sets_no_cookie_even_for_an_officer(public, desk, cast):
    enter(desk, cast.hoa)
    public.cookies = desk.cookies
    before = dict(public.cookies)
    answer = public.get("/")
    assert not answer.cookies
    assert "Set-Cookie" not in answer.headers
    assert public.get("/accounts/login/").status_code == 404
    assert dict(public.cookies) == before


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example", "http://127.0.0.1:8000/b/na-co-sa", "javascript:alert(1)"]
)
def test_after_signing_in_nobody_is_sent_elsewhere(desk, cast, away):
    secret = give_phone(cast.hoa)
    by_password(desk, next=away)
    assert desk.post("/accounts/2fa/authenticate/", {"code": code(secret)})["Location"] == "/"


def test_the_page_asked_for_is_come_back_to_after_signing_in(desk, cast):
    secret = give_phone(cast.hoa)
    there = desk.get("/boxes/?page=2")["Location"]
    assert there == "/accounts/login/?next=%2Fboxes%2F%3Fpage%3D2"
    assert 'name="next" value="/boxes/?page=2"' in desk.get(there).content.decode()
    by_password(desk, next="/boxes/?page=2")
    assert desk.post("/accounts/2fa/authenticate/", {"code": code(secret)})["Location"] == "/boxes/?page=2"


def test_a_form_without_its_token_is_refused_with_a_sentence_and_changes_nothing(cast):
    careful = FaceClient("desk", enforce_csrf_checks=True)
    straight_in(careful, cast.quan)
    answer = careful.post(f"/people/@{cast.hoa.username}/deactivate/")
    assert answer.status_code == 403
    assert "tải lại trang" in answer.content.decode()
    cast.hoa.refresh_from_db()
    assert cast.hoa.is_active


def test_the_token_on_the_page_lets_a_script_post(cast):
    careful = FaceClient("desk", enforce_csrf_checks=True)
    straight_in(careful, cast.quan)
    token = careful.get("/accounts/").content.decode().split('name="csrf" content="')[1].split('"')[0]
    answer = careful.post(f"/people/@{cast.hoa.username}/deactivate/", headers={"X-CSRFToken": token})
    assert answer.status_code == 302


def test_the_desk_forbids_whatever_its_own_pages_do_not_need(desk, cast):
    policy = desk.get("/accounts/login/")["Content-Security-Policy"]
    for rule in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert desk.get("/accounts/login/")["X-Frame-Options"] == "DENY"


def test_outside_the_demo_cookies_go_over_https_only_and_belong_to_their_host_alone():
    ask = "from config import settings as s; print([getattr(s, n) for n in dir(s) if n.endswith(('COOKIE_SECURE', 'COOKIE_NAME'))])"
    environ = {"PATH": os.environ["PATH"], "KENG_SECRET_KEY": "x" * 60}
    printed = subprocess.run(
        [sys.executable, "-c", ask], env=environ, cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = ast.literal_eval(printed.stdout)
    assert len(told) == 7
    assert all(value is True or value.startswith("__Host-") for value in told)
