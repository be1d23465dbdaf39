"""Signing in: password and second factor, first steps, sessions (O1)."""

import pytest

from keng.accounts.models import User
from tests.accounts.signing_in import code, enter, secret_on_page
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_o1_the_first_sign_in_sets_a_password_and_a_second_factor_before_the_desk_opens(desk, cast):
    User.objects.filter(pk=cast.hoa.pk).update(must_change_password=True)
    answer = desk.post("/accounts/login/", {"login": "hoa", "password": PASSWORD})
    assert answer.status_code == 302
    assert desk.get("/")["Location"] == "/accounts/password/change/"

    change = {"oldpassword": PASSWORD, "password1": "suoi trong nuong xa 7", "password2": "suoi trong nuong xa 7"}
    assert desk.post("/accounts/password/change/", change)["Location"] == "/"
    assert desk.get("/")["Location"] == "/accounts/2fa/totp/activate/"

    secret = secret_on_page(desk.get("/accounts/2fa/totp/activate/").content.decode())
    assert desk.get("/")["Location"] == "/accounts/2fa/totp/activate/"
    answer = desk.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    assert desk.get("/accounts/2fa/recovery-codes/").content.count(b"<li>") >= 10
    assert desk.get("/")["Location"] == "/mailbox/"


def test_o1_a_password_alone_opens_nothing(desk, cast):
    enter(desk, cast.hoa)
    desk.post("/accounts/logout/")
    answer = desk.post("/accounts/login/", {"login": "hoa", "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert desk.get("/accounts/").status_code == 302
    assert desk.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/login/")


def test_an_officer_signs_in_and_is_taken_to_the_inbox(desk, cast):
    assert enter(desk, cast.hoa)["Location"] == "/"
    assert desk.get("/")["Location"] == "/mailbox/"
    page = desk.get("/accounts/").content.decode()
    assert "Đồn Biên phòng Na Cô Sa" in page
    assert "phiên còn 120 phút" in page
