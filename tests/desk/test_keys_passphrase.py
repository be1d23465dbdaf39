"""Changing the passphrase: the same identity under other words, and only by a browser that holds the identity."""

import base64
import time
from types import SimpleNamespace
from typing import Any

import pyrage
import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.demo.client import new_identity, seal_with_passphrase
from keng.core.ids import this_hour
from keng.desk.keys import own
from keng.desk.models import Grant, OfficerKey
from keng.ledger.models import Entry
from tests.accounts.signing_in import straight_in
from tests.cast import PASSPHRASE, Cast
from tests.conftest import FaceClient
from tests.desk.custodian import b64, post

pytestmark = pytest.mark.django_db

CHALLENGE, CHANGE = "/keys/api/key/challenge", "/keys/api/key/passphrase"
OTHER_WORDS = "chan gio may nui song thuyen"


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def hoa(desk: FaceClient, cast: Cast) -> FaceClient:
    """The officer's browser, with a key that PASSPHRASE opens and a grant."""
    _ = cast.box
    sealed = seal_with_passphrase(PASSPHRASE, cast.pairs["hoa"][0].encode() + b"\n")
    OfficerKey.objects.filter(user=cast.hoa).update(sealed_identity=sealed)
    straight_in(desk, cast.hoa)
    return desk


def resealed(cast: Cast) -> str:
    return b64(seal_with_passphrase(OTHER_WORDS, cast.pairs["hoa"][0].encode() + b"\n"))


def answered(client: FaceClient, identity: str) -> dict[str, str]:
    """What a browser that holds `identity` sends back."""
    asked = client.get(CHALLENGE).json()
    opened = pyrage.decrypt(base64.b64decode(asked["sealed"]), [pyrage.x25519.Identity.from_str(identity)])
    return {"token": asked["token"], "word": opened.decode()}


def kept(cast: Cast) -> bytes:
    return bytes(OfficerKey.objects.get(user=cast.hoa, until=None).sealed_identity)


def test_other_words_open_the_same_identity_and_what_was_granted_stays(hoa: FaceClient, cast: Cast) -> None:
    before = OfficerKey.objects.get(user=cast.hoa)
    granted = list(Grant.objects.filter(key=before, until=None).values_list("pk", flat=True))
    body = {"sealed_identity": resealed(cast), **answered(hoa, cast.pairs["hoa"][0])}
    assert post(hoa, CHANGE, body).status_code == 200
    opened = pyrage.passphrase.decrypt(kept(cast), OTHER_WORDS).decode().strip()
    assert opened == cast.pairs["hoa"][0]
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(kept(cast), PASSPHRASE)
    after = OfficerKey.objects.get(user=cast.hoa)
    assert (after.pk, after.recipient, after.since) == (before.pk, before.recipient, before.since)
    assert list(Grant.objects.filter(key=after, until=None).values_list("pk", flat=True)) == granted
    entry = Entry.objects.get(verb="desk.key.passphrase_changed")
    assert (entry.subject, entry.by, entry.office) == ("hoa", "hoa", "bp-na-co-sa")


def test_r2_a_thief_of_the_session_without_the_words_overwrites_nothing(hoa: FaceClient, cast: Cast) -> None:
    asked = hoa.get(CHALLENGE).json()
    before = kept(cast)
    sealed = b64(seal_with_passphrase(OTHER_WORDS, new_identity()[0].encode()))
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(base64.b64decode(asked["sealed"]), [pyrage.x25519.Identity.from_str(new_identity()[0])])
    for token, word in (
        (asked["token"], "doan"),
        ("", ""),
        ("khong:phai:the", "doan"),
        (asked["token"], asked["token"]),
    ):
        answer = post(hoa, CHANGE, {"sealed_identity": sealed, "token": token, "word": word})
        assert (answer.status_code, answer.json()["error"]) == (403, "not_proven")
    assert kept(cast) == before
    assert not Entry.objects.filter(verb="desk.key.passphrase_changed").exists()


def test_the_token_says_nothing_of_the_word(hoa: FaceClient, cast: Cast) -> None:
    answer = answered(hoa, cast.pairs["hoa"][0])
    assert answer["word"] not in answer["token"]
    assert len(answer["word"]) >= 43


def test_an_answer_is_good_once(hoa: FaceClient, cast: Cast) -> None:
    proof = answered(hoa, cast.pairs["hoa"][0])
    assert post(hoa, CHANGE, {"sealed_identity": resealed(cast), **proof}).status_code == 200
    stands = kept(cast)
    assert post(hoa, CHANGE, {"sealed_identity": resealed(cast), **proof}).status_code == 403
    assert kept(cast) == stands


def test_an_answer_is_good_for_five_minutes(hoa: FaceClient, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = answered(hoa, cast.pairs["hoa"][0])
    later = time.time() + own.PROOF_HOLDS.total_seconds() + 2
    monkeypatch.setattr(signing, "time", SimpleNamespace(time=lambda: later))
    assert post(hoa, CHANGE, {"sealed_identity": resealed(cast), **proof}).status_code == 403


def test_an_answer_is_good_for_ones_own_key_only(hoa: FaceClient, cast: Cast) -> None:
    proof = answered(hoa, cast.pairs["hoa"][0])
    straight_in(hoa, cast.nam)
    stands = OfficerKey.objects.get(user=cast.nam).sealed_identity
    assert post(hoa, CHANGE, {"sealed_identity": resealed(cast), **proof}).status_code == 403
    assert OfficerKey.objects.get(user=cast.nam).sealed_identity == stands


def test_a_power_cut_between_leaves_the_old_file(hoa: FaceClient, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """File and entry are one transaction: whatever stops it in between, the file that stands opens."""
    before = kept(cast)
    proof = answered(hoa, cast.pairs["hoa"][0])

    def cut(**_entry: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(own, "append", cut)
    with pytest.raises(KeyboardInterrupt):
        own.change_passphrase(by=cast.hoa, sealed_identity=base64.b64decode(resealed(cast)), **proof)
    assert kept(cast) == before
    assert pyrage.passphrase.decrypt(kept(cast), PASSPHRASE).decode().strip() == cast.pairs["hoa"][0]


@pytest.mark.parametrize("address", [CHALLENGE, CHANGE])
def test_without_a_key_there_is_nothing_to_change(desk: FaceClient, cast: Cast, address: str) -> None:
    straight_in(desk, cast.hoa)
    sealed = seal_with_passphrase(PASSPHRASE, new_identity()[0].encode())
    body = {"sealed_identity": b64(sealed), "token": "", "word": ""}
    answer = desk.get(address) if address == CHALLENGE else post(desk, address, body)
    assert (answer.status_code, answer.json()["error"]) == (409, "no_key")


@pytest.mark.parametrize("body", [b"", "[]", {}, {"sealed_identity": "!", "token": 1, "word": None}, "x" * 1_000_000])
def test_s3_bad_input_changes_nothing(hoa: FaceClient, cast: Cast, body: object) -> None:
    before = kept(cast)
    answer = post(hoa, CHANGE, body)
    assert answer.status_code in (400, 413)
    assert answer.json()["message"].endswith(".")
    assert kept(cast) == before


def test_asking_for_a_challenge_writes_nothing(hoa: FaceClient, cast: Cast) -> None:
    hoa.get(CHALLENGE)
    with CaptureQueriesContext(connection) as asked:
        hoa.get(CHALLENGE)
    assert not [query for query in asked if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


# the day of last use


def test_fetching_ones_keys_notes_the_day_once(hoa: FaceClient, cast: Cast) -> None:
    hoa.get("/keys/api/me")
    key = OfficerKey.objects.get(user=cast.hoa)
    grant = Grant.objects.get(key=key)
    assert (key.used_on, grant.used_on) == (timezone.localdate(), timezone.localdate())
    with CaptureQueriesContext(connection) as asked:
        hoa.get("/keys/api/me")
    assert not [query for query in asked if query["sql"].startswith("UPDATE")]
    assert Grant.objects.get(key__user=cast.nam).used_on is None


# what an unlocked tab asks


def standing(client: FaceClient) -> tuple[int, Any]:
    answer = client.get("/keys/api/standing")
    return answer.status_code, answer.json()


def test_standing_names_the_key_and_the_boxes_and_follows_each_change_at_once(hoa: FaceClient, cast: Cast) -> None:
    recipient = cast.pairs["hoa"][1]
    assert standing(hoa) == (200, {"key": recipient, "boxes": ["na-co-sa"]})
    Grant.objects.filter(key__user=cast.hoa).update(until=this_hour())
    assert standing(hoa) == (200, {"key": recipient, "boxes": []})
    Grant.objects.filter(key__user=cast.hoa).update(until=None)
    cast.hoa.appointments.update(office=cast.neighbour)
    assert standing(hoa) == (200, {"key": recipient, "boxes": []})
    cast.hoa.appointments.update(until=this_hour())
    assert standing(hoa)[1]["error"] == "forbidden"
    cast.hoa.is_active = False
    cast.hoa.save()
    assert standing(hoa)[1]["error"] == "sign_in"


def test_o1_asking_how_one_stands_writes_nothing_and_makes_no_session_longer(hoa: FaceClient, cast: Cast) -> None:
    standing(hoa)
    until = hoa.session["desk_until"]
    with CaptureQueriesContext(connection) as asked:
        answer = hoa.get("/keys/api/standing")
    assert not [query for query in asked if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert len(asked) <= 6
    assert hoa.session["desk_until"] == until
    assert "sessionid" not in answer.cookies
