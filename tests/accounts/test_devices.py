"""O1: strangers who know a login cannot keep its owner out of the machine that they use; a known machine opens nothing by itself."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import TimestampSigner

from keng.accounts import devices, slowing
from keng.accounts.models import Tries
from tests.accounts.signing_in import code, enter, give_phone, hold_the_clock, secret_of, secret_on_page, unspend
from tests.cast import PASSWORD, Cast
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db
COOKIE = devices.cookie_name("hoa")


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def usual(cast: Cast) -> FaceClient:
    """The machine where Hoa signed in before; she is signed out there."""
    client = FaceClient("desk")
    enter(client, cast.hoa)
    client.post("/accounts/logout/")
    unspend()
    return client


def by_password(client, login="hoa", password=PASSWORD):
    return client.post("/accounts/login/", {"login": login, "password": password})


def strangers_try(login: str = "hoa") -> None:
    """So many wrong tries that the login has to wait the longest."""
    slowing.begin(login)
    Tries.objects.filter(login=login).update(count=60, last=datetime.now(UTC))


def test_o1_strangers_cannot_lock_an_officer_out_of_the_usual_machine(usual, cast):
    strangers_try()
    assert "Đồng chí chờ" in by_password(FaceClient("desk")).content.decode()
    assert by_password(usual)["Location"] == "/accounts/2fa/authenticate/"
    answer = usual.post("/accounts/2fa/authenticate/", {"code": code(secret_of(cast.hoa))})
    assert answer["Location"] == "/"


def test_o1_signing_in_on_the_usual_machine_gives_strangers_no_new_tries(usual, cast):
    strangers_try()
    enter(usual, cast.hoa)
    assert Tries.objects.get(login="hoa").count == 60
    assert "Đồng chí chờ" in by_password(FaceClient("desk")).content.decode()


def test_o1_wrong_tries_on_the_usual_machine_slow_it_and_nobody_else(usual, monkeypatch):
    hold_the_clock(monkeypatch)
    for _time in range(4):
        by_password(usual, password="khong phai")
    assert "Đồng chí chờ 2 giây" in by_password(usual).content.decode()
    assert by_password(FaceClient("desk"))["Location"] == "/accounts/2fa/authenticate/"


def test_o1_wrong_codes_on_the_usual_machine_slow_it_too(usual, monkeypatch):
    hold_the_clock(monkeypatch)
    by_password(usual)
    for _time in range(4):
        usual.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Đồng chí chờ" in usual.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert not Tries.objects.filter(login="hoa").exists()


def test_o1_on_the_usual_machine_the_password_can_be_changed_while_strangers_try(usual, cast):
    enter(usual, cast.hoa)
    strangers_try()
    new = {"password1": "suoi trong nuong xa 7", "password2": "suoi trong nuong xa 7"}
    assert usual.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})["Location"] == "/"


def test_o1_a_known_machine_is_known_for_its_own_login_only(usual, cast):
    give_phone(cast.nam)
    strangers_try("nam")
    usual.cookies[devices.cookie_name("nam")] = usual.cookies[COOKIE].value
    assert "Đồng chí chờ" in by_password(usual, login="nam").content.decode()


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x" * 22,
        "x" * 22 + ":1abcde:" + "y" * 43,
        TimestampSigner(salt="of something else").sign("x" * 22),
        devices.signer("hoa").sign("no nonce at all"),
        devices.signer("hoa").sign("x" * 5000),
    ],
)
def test_o1_a_forged_cookie_counts_as_a_stranger(cast, forged):
    give_phone(cast.hoa)
    strangers_try()
    client = FaceClient("desk")
    client.cookies[COOKIE] = forged
    assert "Đồng chí chờ" in by_password(client).content.decode()


def test_o1_a_machine_is_forgotten_after_half_a_year_without_a_sign_in(usual, monkeypatch):
    strangers_try()
    monkeypatch.setattr(devices, "KNOWN_FOR", timedelta(seconds=-1))
    assert "Đồng chí chờ" in by_password(usual).content.decode()


def test_o1_the_password_alone_makes_no_machine_known(cast):
    give_phone(cast.hoa)
    client = FaceClient("desk")
    by_password(client)
    assert COOKIE not in client.cookies


def test_o1_the_first_sign_in_makes_the_machine_known(cast):
    client = FaceClient("desk")
    by_password(client, login=cast.hoa.username)
    assert COOKIE not in client.cookies
    secret = secret_on_page(client.get("/accounts/2fa/totp/activate/").content.decode())
    client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    assert COOKIE in client.cookies


def test_the_cookie_tells_no_login_and_stays_with_the_desk(usual):
    cookie = usual.cookies[COOKIE]
    assert "hoa" not in COOKIE  # the value is chance and a seal, in which three letters may meet
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}:\w+:[A-Za-z0-9_-]{43}", cookie.value)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["domain"]
    assert cookie["path"] == "/"
    assert cookie["max-age"] == 180 * 24 * 3600


def test_the_officers_of_a_post_share_a_machine_that_knows_each_of_them(usual, cast):
    enter(usual, cast.nam)
    usual.post("/accounts/logout/")
    for login in ("hoa", "nam"):
        strangers_try(login)
        assert by_password(usual, login=login)["Location"] == "/accounts/2fa/authenticate/"


def test_nobody_can_type_a_login_that_is_a_devices_counter():
    assert slowing.key("DEVICE abc") != slowing.key("", "abc")
    assert len(slowing.key("", "x" * 22)) <= 60
