"""A storm of sign-in tries must not take the processors from those who report (R10)."""

import threading
import time

import pytest

from keng.accounts import hashing
from keng.accounts.models import Tries
from tests.accounts.signing_in import enter, give_phone
from tests.cast import PASSWORD, Cast
from tests.conftest import FaceClient


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> hashing.Gate:
    """Two passwords are being checked, and nobody more may wait."""
    gate = hashing.Gate(at_once=2, queue=1, longest=0.2)
    monkeypatch.setattr(hashing, "passwords", gate)
    return gate


def by_password(client):
    return client.post("/accounts/login/", {"login": "hoa", "password": PASSWORD})


def test_no_more_than_two_are_checked_at_once() -> None:
    gate = hashing.Gate(at_once=2, queue=20, longest=10)
    inside, most = [], []

    def check() -> None:
        with gate.enter(known=False):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [threading.Thread(target=check) for _number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 12
    assert max(most) == 2


def test_who_waits_too_long_is_turned_away(full: hashing.Gate) -> None:
    with full.enter(known=False), full.enter(known=False):
        began = time.monotonic()
        with pytest.raises(hashing.Busy), full.enter(known=False):
            pass
        assert time.monotonic() - began >= 0.2
    with full.enter(known=False):
        pass


def test_who_comes_to_a_full_queue_is_turned_away_while_others_still_wait() -> None:
    gate = hashing.Gate(at_once=2, queue=1, longest=60)

    def wait() -> None:
        with gate.enter(known=False):
            pass

    waiting = threading.Thread(target=wait)
    with gate.enter(known=False), gate.enter(known=False):
        waiting.start()
        while gate._queue._value:
            time.sleep(0.001)
        with pytest.raises(hashing.Busy), gate.enter(known=False):
            pass
        assert waiting.is_alive()
    waiting.join()


def test_a_known_machine_may_wait_though_the_queue_is_full() -> None:
    gate = hashing.Gate(at_once=1, queue=1, longest=5)
    entered = threading.Event()
    gate._queue.acquire()

    def officer() -> None:
        with gate.enter(known=True):
            entered.set()

    with gate.enter(known=False):
        thread = threading.Thread(target=officer)
        thread.start()
        assert not entered.wait(0.05)
    thread.join()
    assert entered.is_set()


@pytest.mark.django_db
def test_a_try_turned_away_is_told_so_and_not_counted(full: hashing.Gate) -> None:
    give_phone(Cast().hoa)
    with full.enter(known=False), full.enter(known=False):
        answer = by_password(FaceClient("desk"))
        assert answer.status_code == 200
        assert "quá nhiều lượt đăng nhập" in answer.content.decode()
    assert not Tries.objects.exists()
    assert by_password(FaceClient("desk"))["Location"] == "/accounts/2fa/authenticate/"


@pytest.mark.django_db
def test_a_known_machine_is_told_to_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    hoa, client, told = Cast().hoa, FaceClient("desk"), []
    enter(client, hoa)
    client.post("/accounts/logout/")
    gate = hashing.Gate(at_once=2, queue=1, longest=1)
    monkeypatch.setattr(hashing, "passwords", gate)
    monkeypatch.setattr(gate, "_wait", lambda known: told.append(known) or gate._room.acquire())
    by_password(client)
    by_password(FaceClient("desk"))
    assert told == [True, False]
