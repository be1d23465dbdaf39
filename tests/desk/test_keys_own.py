"""An officer's own key: made once, sealed by a passphrase the server never sees, replaced only on purpose."""

import base64
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.demo.client import new_identity, seal
from keng.desk.keys.own import fingerprint
from keng.desk.models import Grant, OfficerKey
from keng.ledger.models import Entry
from tests.accounts.signing_in import enter
from tests.cast import Cast
from tests.conftest import FaceClient
from tests.desk.custodian import b64, give_key, own_key, post, sealed_by_passphrase

pytestmark = pytest.mark.django_db

KEY = "/keys/api/key"
SEALED = sealed_by_passphrase()


def mistyped(recipient: str) -> str:
    """With another last letter."""
    return recipient[:-1] + ("p" if recipient.endswith("q") else "q")


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_an_officer_stores_a_key_and_the_ledger_says_so(desk: FaceClient, cast: Cast) -> None:
    enter(desk, cast.hoa)
    body = own_key()
    answer = post(desk, KEY, body)
    assert answer.status_code == 201
    assert answer.json()["fingerprint"] == fingerprint(body["recipient"])
    key = OfficerKey.objects.get(user=cast.hoa)
    assert (key.recipient, bytes(key.sealed_identity)) == (body["recipient"], SEALED)
    entry = Entry.objects.get(verb="desk.key.made")
    assert (entry.subject, entry.by, entry.office) == ("hoa", "hoa", "bp-na-co-sa")


def test_me_gives_back_what_unlocking_needs(desk: FaceClient, cast: Cast) -> None:
    enter(desk, cast.hoa)
    assert desk.get("/keys/api/me").json() == {
        "user": {"username": "hoa", "name": "Giàng A Hoà", "office": "Đồn Biên phòng Na Cô Sa"},
        "key": None,
        "grants": [],
    }
    _ = cast.box
    seen = desk.get("/keys/api/me").json()
    (grant,) = seen["grants"]
    held = Grant.objects.get(key__user=cast.hoa)
    assert base64.b64decode(grant["sealed_box_identity"]) == bytes(held.sealed_box_identity)
    assert (grant["box"], grant["demo_keys"]) == ("na-co-sa", False)
    assert grant["statement"]["root"] == cast.box.root
    assert seen["key"]["recipient"] == cast.pairs["hoa"][1]


def test_me_leaves_out_boxes_of_an_office_that_the_officer_has_left(desk: FaceClient, cast: Cast) -> None:
    _ = cast.box
    cast.hoa.appointments.update(office=cast.neighbour)
    enter(desk, cast.hoa)
    assert desk.get("/keys/api/me").json()["grants"] == []


def test_me_asks_the_database_as_often_for_many_boxes_as_for_one(
    desk: FaceClient, cast: Cast, django_assert_num_queries: Any
) -> None:
    first = Grant.objects.get(box=cast.box, key__user=cast.hoa)
    enter(desk, cast.hoa)
    desk.get("/keys/api/me")  # the first answer of a session writes the session
    with CaptureQueriesContext(connection) as asked:
        desk.get("/keys/api/me")
    for_one = len(asked)
    for number in range(3):
        box = type(cast.box).objects.create(slug=f"box-{number}", office=cast.post, title="x")
        Grant.objects.create(box=box, key=first.key, by=cast.nam, sealed_box_identity=b"x")
    desk.get("/keys/api/me")  # the first of a day notes it
    with django_assert_num_queries(for_one):
        assert len(desk.get("/keys/api/me").json()["grants"]) == 4


def test_a_second_key_is_refused(desk: FaceClient, cast: Cast) -> None:
    key = give_key(cast.hoa)
    enter(desk, cast.hoa)
    answer = post(desk, KEY, own_key())
    assert (answer.status_code, answer.json()["error"]) == (409, "has_key")
    assert OfficerKey.objects.get(user=cast.hoa, until=None) == key


def test_a_forgotten_passphrase_ends_the_key_and_every_grant_to_it(desk: FaceClient, cast: Cast) -> None:
    _ = cast.box
    enter(desk, cast.hoa)
    assert post(desk, KEY, own_key(replace=True)).status_code == 201
    assert not Grant.objects.filter(key__user=cast.hoa, until=None).exists()
    assert OfficerKey.objects.filter(user=cast.hoa).count() == 2
    assert desk.get("/keys/api/me").json()["grants"] == []
    verbs = sorted(Entry.objects.filter(by="hoa", verb__startswith="desk.").values_list("verb", flat=True))
    assert verbs == ["desk.grant.ended", "desk.key.ended", "desk.key.made"]


def test_replacing_leaves_the_colleagues_grants(desk: FaceClient, cast: Cast) -> None:
    _ = cast.box
    enter(desk, cast.hoa)
    post(desk, KEY, own_key(replace=True))
    assert Grant.objects.filter(key__user=cast.nam, until=None).exists()


def test_somebody_elses_recipient_is_refused(desk: FaceClient, cast: Cast) -> None:
    taken = give_key(cast.nam).recipient
    enter(desk, cast.hoa)
    answer = post(desk, KEY, own_key(recipient=taken))
    assert (answer.status_code, answer.json()["error"]) == (409, "taken")
    assert not OfficerKey.objects.filter(user=cast.hoa).exists()


cut = b64(SEALED[:150])
weak = b64(SEALED.replace(b" 16\n", b" 12\n", 1))
to_a_key = b64(seal(new_identity()[1], b"AGE-SECRET-KEY-1"))
in_the_clear = b64(b"AGE-SECRET-KEY-1QQQQQQQQQQQQQQ")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b"\xff\xfe", 400, "malformed"),
        ("[]", 400, "malformed"),
        ("[" * 50_000, 400, "malformed"),
        ("null", 400, "malformed"),
        ({}, 400, "malformed"),
        (own_key(recipient=7), 400, "malformed"),
        (own_key(recipient="age1\0"), 400, "malformed"),
        ('{"recipient": "\\ud800", "sealed_identity": ""}', 400, "malformed"),
        (own_key(recipient=""), 400, "recipient"),
        (own_key(recipient=new_identity()[1].upper()), 400, "recipient"),
        (own_key(recipient=mistyped(new_identity()[1])), 400, "recipient"),
        (own_key(recipient=new_identity()[0]), 400, "recipient"),
        (own_key(sealed_identity="not base64!"), 400, "malformed"),
        (own_key(sealed_identity=""), 400, "not_age"),
        (own_key(sealed_identity=cut), 400, "not_age"),
        (own_key(sealed_identity=weak), 400, "not_age"),
        (own_key(sealed_identity=to_a_key), 400, "not_age"),
        (own_key(sealed_identity=in_the_clear), 400, "not_age"),
        (own_key(sealed_identity=b64(SEALED + bytes(9000))), 413, "too_large"),
        (own_key(sealed_identity="A" * 70_000), 413, "too_large"),
    ],
)
def test_s3_bad_input_gets_one_sentence_and_changes_nothing(
    desk: FaceClient, cast: Cast, body: object, status: int, code: str
) -> None:
    enter(desk, cast.hoa)
    entries = Entry.objects.count()
    answer = post(desk, KEY, body)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert answer.json()["message"].endswith(".")
    assert not OfficerKey.objects.exists()
    assert Entry.objects.count() == entries


def test_megabytes_are_refused_before_they_are_read(desk: FaceClient, cast: Cast) -> None:
    enter(desk, cast.hoa)
    assert post(desk, KEY, b"x" * 3_000_000).status_code in (400, 413)


def test_a_request_without_the_pages_token_is_refused(cast: Cast) -> None:
    client = FaceClient("desk")
    enter(client, cast.hoa)
    client.handler.enforce_csrf_checks = True
    assert post(client, KEY, own_key()).status_code == 403
    assert not OfficerKey.objects.exists()


@pytest.mark.parametrize("who", ["quan", "minh"])
@pytest.mark.parametrize("address", ["/keys/", "/keys/api/me"])
def test_o2_administrators_and_leaders_have_no_key(desk: FaceClient, cast: Cast, who: str, address: str) -> None:
    enter(desk, getattr(cast, who))
    assert desk.get(address).status_code == 403
    assert post(desk, KEY, own_key()).status_code == 403


def test_nobody_signed_out_sees_anything(desk: FaceClient) -> None:
    assert desk.get("/keys/").status_code == 302
    assert post(desk, KEY, own_key()).status_code == 403


def test_the_fingerprint_is_the_start_of_the_hash_in_groups_of_four() -> None:
    recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    bits = bin(int(sha256(recipient.encode()).hexdigest(), 16))[2:].zfill(256)
    expected = "".join("0123456789abcdefghjkmnpqrstvwxyz"[int(bits[i : i + 5], 2)] for i in range(0, 80, 5))
    assert fingerprint(recipient).replace(" ", "") == expected
    assert [len(group) for group in fingerprint(recipient).split()] == [4, 4, 4, 4]
