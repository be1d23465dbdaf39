"""O1: wrong tries slow the account, never an address or the office, and lock nobody out."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from keng.accounts import slowing
from keng.accounts.models import Tries
from tests.accounts.signing_in import code, give_phone, hold_the_clock
from tests.cast import PASSWORD, Cast
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def wrong(login: str, times: int) -> None:
    for _time in range(times):
        slowing.begin(login)
        pass_time(slowing.LONGEST)


def pass_time(span: timedelta) -> None:
    for row in Tries.objects.all():
        Tries.objects.filter(pk=row.pk).update(last=row.last - span)


def sign_in(desk, login="hoa", password=PASSWORD):
    return desk.post("/accounts/login/", {"login": login, "password": password})


@pytest.mark.parametrize(
    ("count", "seconds"), [(1, 0), (3, 0), (4, 2), (5, 4), (6, 8), (11, 256), (12, 300), (40, 300), (10**9, 300)]
)
def test_o1_the_wait_doubles_after_three_tries_up_to_five_minutes(count, seconds):
    assert slowing.wait_after(count) == timedelta(seconds=seconds)


def test_o1_after_four_wrong_passwords_the_page_says_how_long_to_wait(desk, cast, monkeypatch):
    hold_the_clock(monkeypatch)
    give_phone(cast.hoa)
    for _time in range(4):
        assert "mật khẩu chưa đúng" in sign_in(desk, password="khong phai").content.decode()
    page = sign_in(desk).content.decode()
    assert "Đồng chí chờ 2 giây rồi thử lại" in page


def test_o1_after_the_wait_the_right_password_works_however_many_were_wrong(desk, cast):
    secret = give_phone(cast.hoa)
    wrong("hoa", 60)
    Tries.objects.update(last=datetime.now(UTC))
    assert "Đồng chí chờ" in sign_in(desk).content.decode()
    pass_time(slowing.LONGEST)
    assert sign_in(desk)["Location"] == "/accounts/2fa/authenticate/"
    assert desk.post("/accounts/2fa/authenticate/", {"code": code(secret)})["Location"] == "/"
    assert not Tries.objects.exists()


def test_o1_another_account_at_the_same_address_and_office_is_not_slowed(desk, cast):
    give_phone(cast.hoa)
    for _time in range(6):
        sign_in(desk, password="khong phai")
    give_phone(cast.nam)
    assert sign_in(desk, login="nam")["Location"] == "/accounts/2fa/authenticate/"


def test_o1_wrong_codes_slow_too_and_the_right_password_between_them_forgives_nothing(desk, cast, monkeypatch):
    hold_the_clock(monkeypatch)
    give_phone(cast.hoa)
    for _time in range(4):
        client = FaceClient("desk")
        assert sign_in(client)["Location"] == "/accounts/2fa/authenticate/"
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Đồng chí chờ" in sign_in(desk).content.decode()


def test_a_login_that_nobody_has_is_slowed_like_one_that_somebody_has(desk, cast, monkeypatch):
    hold_the_clock(monkeypatch)
    give_phone(cast.hoa)
    pages = {}
    for login in ("hoa", "khong-co-ai"):
        client = FaceClient("desk")
        for _time in range(5):
            pages[login] = sign_in(client, login=login, password="khong phai").content.decode()
    assert "Đồng chí chờ" in pages["khong-co-ai"]
    assert "Đồng chí chờ" in pages["hoa"]


def test_the_same_login_in_other_letters_is_the_same_account(desk, cast):
    for login in ("hoa", " Hoa ", "HOA", "hOA"):
        slowing.begin(login)
    with pytest.raises(slowing.TooSoon):
        slowing.begin("hoa")


def test_a_wait_is_not_lengthened_by_trying_during_it():
    wrong("hoa", 5)
    Tries.objects.update(last=datetime.now(UTC))
    for _time in range(20):
        with pytest.raises(slowing.TooSoon):
            slowing.begin("hoa")
    assert Tries.objects.get().count == 5


def test_tries_are_forgotten_after_an_hour():
    wrong("hoa", 9)
    Tries.objects.update(last=datetime.now(UTC) - slowing.FORGOTTEN_AFTER - timedelta(minutes=1))
    slowing.begin("hoa")
    assert Tries.objects.get().count == 1
    slowing.begin("lan")
    pass_time(timedelta(minutes=61))
    assert slowing.forget_old() == 2


def test_a_clock_set_back_keeps_nobody_waiting():
    wrong("hoa", 30)
    Tries.objects.update(last=datetime.now(UTC) + timedelta(days=1))
    slowing.begin("hoa")


def test_a_right_password_takes_only_its_own_try_back():
    wrong("hoa", 3)
    slowing.begin("hoa")
    slowing.take_back("hoa")
    assert Tries.objects.get().count == 3


@pytest.mark.django_db(transaction=True)
def test_o1_many_tries_at_once_are_counted_before_they_are_checked(monkeypatch):
    hold_the_clock(monkeypatch)
    begun = []

    def attempt() -> None:
        try:
            slowing.begin("hoa")
            begun.append(1)
        except slowing.TooSoon:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == slowing.FREE + 1


def test_a_counter_that_is_forgiven_between_finding_and_locking_it_is_begun_anew(monkeypatch):
    found = Tries.objects.get_or_create
    times: list[int] = []

    def forgiven_meanwhile(**said):
        made = found(**said)
        if not times:
            Tries.objects.all().delete()
        times.append(1)
        return made

    monkeypatch.setattr(Tries.objects, "get_or_create", forgiven_meanwhile)
    slowing.begin("hoa")
    assert Tries.objects.get(login="hoa").count == 1
