"""The desk's mailbox in tests: the cast with a calendar, reports that came in by the one door, officers who are signed in."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from config.demo.client import Reporter
from keng.accounts.models import User
from keng.core import calendar
from keng.core.calendar.load import load_calendar
from keng.mailbox.envelope import read_body
from keng.mailbox.models import Thread
from keng.mailbox.services import accept
from tests.accounts.signing_in import enter
from tests.cast import Cast
from tests.conftest import FaceClient


class Officer:
    """An officer's browser, signed in: `get` and `post` below /mailbox/api/ give (status, JSON)."""

    def __init__(self, user: User) -> None:
        self.user, self.client = user, FaceClient("desk")
        enter(self.client, user)

    def get(self, path: str, **asked: str) -> tuple[int, Any]:
        response = self.client.get(f"/mailbox/api/{path}", asked)
        return response.status_code, response.json()

    def post(self, path: str, body: object = None) -> tuple[int, Any]:
        response = self.client.post(f"/mailbox/api/{path}", json.dumps(body or {}), content_type="application/json")
        return response.status_code, response.json()

    def opens(self, thread: Thread) -> None:
        status, said = self.post(f"threads/{thread.key}/open")
        assert status == 200, said


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    load_calendar()
    yield Cast()
    calendar.forget()


@pytest.fixture
def hoa(cast: Cast) -> Officer:
    _ = cast.box
    return Officer(cast.hoa)


@pytest.fixture
def nam(cast: Cast) -> Officer:
    _ = cast.box
    return Officer(cast.nam)


@pytest.fixture
def dung(cast: Cast) -> Officer:
    _ = cast.police
    return Officer(cast.dung)


def send(reporter: Reporter, body: bytes) -> None:
    line, sealed = read_body(body)
    accept(slug=reporter.slug, line=line, sealed=sealed)


Report = Callable[..., tuple[Thread, Reporter]]


@pytest.fixture
def report(cast: Cast) -> Report:
    """`report("Mất trâu.", photos=1)`: a report that came in this hour, and the phone that sent it."""

    def make(
        text: str = "Đêm qua nhà tôi mất hai con trâu.", *, photos: int = 0, **said: Any
    ) -> tuple[Thread, Reporter]:
        reporter = cast.reporter()
        send(reporter, reporter.first(text, **{"media": photos, **said}))
        for index in range(1, photos + 1):
            send(reporter, reporter.later(index=index, kind="photo", name="photo.jpg", body=b"\xff\xd8\xff" * 500))
        return Thread.objects.get(key=reporter.keys.thread), reporter

    return make
