"""Another program holds the database's write lock for longer than the server waits: a clear answer, and it goes on by itself (S2)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlencode

import pytest
from django.db import connection

from keng.core.group_commit import group_commit
from keng.ledger.models import Entry
from keng.mailbox import proof
from keng.mailbox.models import Part, Thread
from keng.mailbox.sealing import b64u
from tests.cast import Cast
from tests.conftest import FaceClient
from tests.mailbox.test_views_parts import post

FORM = "application/x-www-form-urlencoded"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="one writer at a time is SQLite's way"),
]


def wait_for_locks(milliseconds: int) -> None:
    """On this connection and on the writer's, which is another."""

    def switch() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")

    switch()
    group_commit(switch)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(proof, "demand", proof.Demand())
    wait_for_locks(100)
    yield
    wait_for_locks(20_000)


@contextmanager
def locked() -> Iterator[None]:
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_s2_a_sender_is_told_in_a_sentence_nothing_is_half_stored_and_the_next_try_is_new(
    cast: Cast, public: FaceClient
) -> None:
    body, entries = cast.reporter().first("Mất trâu."), Entry.objects.count()
    with locked():
        refused = post(public, body)
        assert (refused.status_code, refused.json()["error"]) == (500, "storage")
        assert "giữ trang này" in refused.json()["message"]
        assert public.get("/b/na-co-sa").status_code == 200, "reading goes on"
        assert (Thread.objects.count(), Part.objects.count(), Entry.objects.count()) == (0, 0, entries)
    assert post(public, body).status_code == 201
    assert post(public, body).status_code == 200


def test_s2_the_plain_path_keeps_the_text_in_its_form(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    with locked():
        page = public.post(
            "/b/na-co-sa/plain", urlencode({"text": "Mất trâu khoang cổ.", "form": "abc"}), content_type=FORM
        )
        assert page.status_code == 500
        assert "Mất trâu khoang cổ." in page.content.decode()
    assert not Thread.objects.exists()


def test_s2_a_deletion_that_could_not_be_written_is_asked_again(cast: Cast, public: FaceClient) -> None:
    reporter = cast.reporter()
    assert post(public, reporter.first("Tin.")).status_code == 201
    asked = {"token": b64u(reporter.keys.token)}
    with locked():
        refused = public.post("/r/delete", asked, content_type="application/json")
        assert (refused.status_code, refused.json()["error"]) == (500, "storage")
    assert Thread.objects.exists()
    assert public.post("/r/delete", asked, content_type="application/json").json() == {"erase_on": None}
    assert not Thread.objects.exists()
