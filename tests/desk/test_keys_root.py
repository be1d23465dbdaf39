"""A box's root is replaced: by two people, with the sequence going on, every poster recalled, and the old root never again."""

import time
from types import SimpleNamespace
from typing import Any

import pyrage
import pytest
from django.core import signing

from config.demo.client import BoxKeys, Root
from keng.accounts.models import Role
from keng.desk.keys import ceremony
from keng.desk.models import BoxSecret, Ceremony, Hanging, OfficerKey, Place
from keng.desk.posters.standing import standing_of
from keng.ledger.models import Entry
from keng.mailbox import sealing
from keng.mailbox.poster import root_of
from tests.cast import Cast, user
from tests.conftest import FaceClient
from tests.desk.custodian import approved, b64, give_key, opened, post, remaking
from tests.desk.test_keys_ceremony import signed_in
from tests.desk.test_keys_changing import CHANGE, ROOT, box, state
from tests.desk.test_keys_changing import cast as cast
from tests.desk.test_keys_changing import nam as nam
from tests.desk.test_keys_changing import nams_key as nams_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def rerooted(cast: Cast) -> BoxKeys:
    return cast.keys.changed(root=Root())


def test_o3_a_root_is_replaced_by_two_people_and_the_sequence_goes_on(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, rerooted: BoxKeys
) -> None:
    body = remaking(rerooted, nams_key, above=cast.police)
    before = state()
    assert post(nam, ROOT, body).json()["error"] == "needs_two"
    assert state() == before
    paper = approved("box.root", box(), cast.nam, cast.minh)
    answer = post(nam, ROOT, body)
    assert answer.status_code == 201
    fresh = box()
    assert (root_of(fresh), fresh.recipient) == (rerooted.root.fingerprint, rerooted.recipient)
    assert [statement.seq for statement in fresh.statements.order_by("seq")] == [1, 2]
    done = Ceremony.objects.get(pk=answer.json()["record"])
    assert (done.kind, done.approval, done.root) == ("root", paper, fresh.root)
    above = pyrage.x25519.Identity.from_str(cast.police_keys.identity)
    stored = BoxSecret.objects.get(box=fresh).root_for_above
    assert stored is not None
    assert pyrage.decrypt(bytes(stored), [above]).decode().strip() == rerooted.root.pkcs8
    assert Entry.objects.filter(verb="desk.box.root_changed", by="nam").count() == 1
    assert (
        post(nam, ROOT, remaking(rerooted.changed(root=Root()), nams_key, seq=3, above=cast.police)).json()["error"]
        == "needs_two"
    )


def test_r12_a_session_that_opens_nothing_replaces_no_root_though_it_was_approved(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, rerooted: BoxKeys
) -> None:
    """An administrator who reset the custodian's account has the session and the approval, and not the six words."""
    approved("box.root", box(), cast.nam, cast.minh)
    forged = remaking(rerooted, nams_key, above=cast.police)
    before = state()
    hoas = signed_in(cast.hoa).get("/keys/api/key/challenge").json()["token"]
    for token, word in ((forged["token"], "doan"), ("", ""), (hoas, forged["word"])):
        answer = post(nam, ROOT, {**forged, "token": token, "word": word})
        assert (answer.status_code, answer.json()["error"]) == (403, "not_proven")
    assert post(nam, ROOT, {name: forged[name] for name in forged if name != "word"}).status_code == 400
    assert state() == before
    assert post(nam, ROOT, forged).status_code == 201


def test_r12_what_shows_that_the_key_opens_is_of_one_officer_one_key_and_one_sitting(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, rerooted: BoxKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved("box.root", box(), cast.nam, cast.minh)
    body = remaking(rerooted, nams_key, above=cast.police)
    before = state()
    mai = give_key(user("mai", "Vàng Thị Mai", (cast.post, Role.CUSTODIAN)))
    theirs = opened(rerooted, mai)
    assert post(nam, ROOT, {**body, **theirs}).json()["error"] == "not_proven"
    with monkeypatch.context() as later:
        hours = time.time() + ceremony.PROOF_HOLDS.total_seconds() + 2
        later.setattr(signing, "time", SimpleNamespace(time=lambda: hours))
        assert post(nam, ROOT, body).json()["error"] == "not_proven"
    assert state() == before
    changed = cast.keys.changed()
    assert post(nam, CHANGE, remaking(changed, nams_key)).status_code == 201
    stale = {**remaking(changed.changed(root=Root()), nams_key, seq=3, above=cast.police), **opened_before(body)}
    assert post(nam, ROOT, stale).json()["error"] == "not_proven"


def opened_before(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in ("token", "word")}


def test_old_statements_keep_the_root_that_signed_them_and_old_keys_are_told_with_it(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, rerooted: BoxKeys
) -> None:
    approved("box.root", box(), cast.nam, cast.minh)
    post(nam, ROOT, remaking(rerooted, nams_key, above=cast.police))
    (told,) = nam.get("/keys/api/me").json()["grants"]
    assert told["statement"]["root"] == box().root
    (older,) = told["older"]
    assert older["statement"]["root"] == sealing.b64u(cast.keys.root.raw)


def test_every_poster_that_hangs_is_recalled_by_a_new_root(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, rerooted: BoxKeys
) -> None:
    market = Place.objects.create(office=cast.post, kind="market", name="Chợ phiên")
    Hanging.objects.create(
        box=cast.box, place=market, format="a4", copies=3, root=root_of(cast.box), hung_on="2026-11-01"
    )
    assert standing_of([box()])[box().pk].old == 0
    approved("box.root", box(), cast.nam, cast.minh)
    post(nam, ROOT, remaking(rerooted, nams_key, above=cast.police))
    assert standing_of([box()])[box().pk].old == 3
    page = nam.get("/boxes/na-co-sa/hangings/?show=old")
    assert page.status_code == 200
    assert "Chợ phiên" in page.content.decode()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"root_for_above": None}, "root_for_above"),
        ({"recovery": b64(b"x")}, "not_age"),
        ({"grants": []}, "malformed"),
    ],
)
def test_s3_a_new_root_that_does_not_fit_keeps_nothing_and_leaves_the_approval_unspent(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, rerooted: BoxKeys, change: dict[str, Any], code: str
) -> None:
    paper = approved("box.root", box(), cast.nam, cast.minh)
    before = state()
    answer = post(nam, ROOT, {**remaking(rerooted, nams_key, above=cast.police), **change})
    assert answer.json()["error"] == code
    assert state() == before
    paper.refresh_from_db()
    assert paper.used_at is None


def test_the_old_root_never_comes_back(cast: Cast, nam: FaceClient, nams_key: OfficerKey, rerooted: BoxKeys) -> None:
    approved("box.root", box(), cast.nam, cast.minh)
    same = remaking(cast.keys.changed(), nams_key, above=cast.police)
    assert post(nam, ROOT, same).json()["error"] == "root"
    post(nam, ROOT, remaking(rerooted, nams_key, above=cast.police))
    approved("box.root", box(), cast.nam, cast.minh)
    back = remaking(rerooted.changed(root=cast.keys.root), nams_key, seq=3, above=cast.police)
    assert post(nam, ROOT, back).json()["error"] == "root"
    assert post(nam, CHANGE, remaking(cast.keys.changed(), nams_key, seq=3)).json()["error"] == "root"
    assert root_of(box()) == rerooted.root.fingerprint
