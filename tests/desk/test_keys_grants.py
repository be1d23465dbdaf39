"""Who holds a box's key: a custodian who holds it gives it to an officer of the same office, and ends it."""

import json
from typing import Any

import pyrage
import pytest

from config.demo.client import BoxKeys, new_identity, seal
from keng.accounts.models import Role
from keng.core.ids import this_hour
from keng.desk.models import Grant, OfficerKey
from keng.ledger.models import Entry
from tests.accounts.signing_in import enter
from tests.cast import Cast, open_box, user
from tests.conftest import FaceClient
from tests.desk.custodian import b64, give_key, granting, post

pytestmark = pytest.mark.django_db

GRANTS, END = "/keys/api/grants", "/keys/api/grants/end"


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    _ = cast.box
    return cast


@pytest.fixture
def new_officer(cast: Cast) -> OfficerKey:
    """A third officer of the post, with a key and no grant."""
    return give_key(user("tua", "Vừ A Tủa", (cast.post, Role.OFFICER)))


@pytest.fixture
def custodian(cast: Cast) -> FaceClient:
    client = FaceClient("desk")
    enter(client, cast.nam)
    return client


def live(box: Any) -> set[str]:
    return set(Grant.objects.filter(box=box, until=None).values_list("key__user__username", flat=True))


def test_a_custodian_grants_and_the_ledger_says_to_whom(
    custodian: FaceClient, cast: Cast, new_officer: OfficerKey
) -> None:
    assert post(custodian, GRANTS, granting(cast.box, cast.keys, new_officer)).status_code == 201
    grant = Grant.objects.get(key=new_officer)
    assert (grant.by, grant.box) == (cast.nam, cast.box)
    entry = Entry.objects.get(verb="desk.grant.given")
    assert (entry.subject, entry.case, entry.by, entry.office) == ("tua", "na-co-sa", "nam", "bp-na-co-sa")


def test_a_second_grant_to_the_same_officer_is_refused(custodian: FaceClient, cast: Cast) -> None:
    hoa = OfficerKey.objects.get(user=cast.hoa)
    answer = post(custodian, GRANTS, granting(cast.box, cast.keys, hoa))
    assert (answer.status_code, answer.json()["error"]) == (409, "has_grant")


def test_an_officer_without_the_custodians_role_cannot_grant(cast: Cast, new_officer: OfficerKey) -> None:
    client = FaceClient("desk")
    enter(client, cast.hoa)
    assert post(client, GRANTS, granting(cast.box, cast.keys, new_officer)).status_code == 403
    assert post(client, END, {"box": "na-co-sa", "username": "nam"}).status_code == 403
    assert live(cast.box) == {"hoa", "nam"}


def test_a_custodian_without_a_grant_cannot_grant(cast: Cast, new_officer: OfficerKey) -> None:
    other = user("sua", "Mùa A Sua", (cast.post, Role.CUSTODIAN))
    give_key(other)
    client = FaceClient("desk")
    enter(client, other)
    answer = post(client, GRANTS, granting(cast.box, cast.keys, new_officer))
    assert (answer.status_code, answer.json()["error"]) == (403, "not_custodian")
    assert live(cast.box) == {"hoa", "nam"}


def test_o2_the_neighbours_custodian_and_the_level_above_see_no_such_box(cast: Cast, new_officer: OfficerKey) -> None:
    neighbour = user("binh", "Lò Thị Bình", (cast.neighbour, Role.CUSTODIAN))
    for stranger in (neighbour, cast.dung):
        client = FaceClient("desk")
        enter(client, stranger)
        assert post(client, GRANTS, granting(cast.box, cast.keys, new_officer)).status_code == 404
        assert post(client, END, {"box": "na-co-sa", "username": "hoa"}).status_code == 404
    assert live(cast.box) == {"hoa", "nam"}


@pytest.mark.parametrize("who", ["quan", "minh", "lan"])
def test_o2_administrators_leaders_and_other_officers_neither_grant_nor_end(
    cast: Cast, new_officer: OfficerKey, who: str
) -> None:
    client = FaceClient("desk")
    enter(client, getattr(cast, who))
    assert post(client, GRANTS, granting(cast.box, cast.keys, new_officer)).status_code == 403
    assert post(client, END, {"box": "na-co-sa", "username": "hoa"}).status_code == 403
    assert live(cast.box) == {"hoa", "nam"}


def test_an_officer_of_another_office_is_not_granted(custodian: FaceClient, cast: Cast) -> None:
    answer = post(custodian, GRANTS, granting(cast.box, cast.keys, give_key(cast.lan)))
    assert (answer.status_code, answer.json()["error"]) == (404, "no_officer")
    assert live(cast.box) == {"hoa", "nam"}


def test_an_administrator_of_the_office_is_not_granted(custodian: FaceClient, cast: Cast) -> None:
    key = give_key(user("pao", "Sùng A Páo", (cast.post, Role.ADMINISTRATOR)))
    assert post(custodian, GRANTS, granting(cast.box, cast.keys, key)).status_code == 404


def test_an_officer_who_left_or_was_deactivated_is_not_granted(
    custodian: FaceClient, cast: Cast, new_officer: OfficerKey
) -> None:
    new_officer.user.appointments.update(until=this_hour())
    assert post(custodian, GRANTS, granting(cast.box, cast.keys, new_officer)).status_code == 404
    new_officer.user.appointments.update(until=None)
    new_officer.user.is_active = False
    new_officer.user.save()
    assert post(custodian, GRANTS, granting(cast.box, cast.keys, new_officer)).status_code == 404


def test_a_key_swapped_since_the_comparison_is_refused(
    custodian: FaceClient, cast: Cast, new_officer: OfficerKey
) -> None:
    answer = post(custodian, GRANTS, granting(cast.box, cast.keys, new_officer, recipient=new_identity()[1]))
    assert (answer.status_code, answer.json()["error"]) == (409, "other_key")
    assert live(cast.box) == {"hoa", "nam"}


OURS = "the box's own recipient"


def one(sealed: bytes) -> list[dict[str, str]]:
    """The box's one identity, as sealed."""
    return [{"box_recipient": OURS, "sealed_box_identity": b64(sealed)}]


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"identities": one(b"AGE-SECRET-KEY-1QQQ")}, 400, "not_age"),
        ({"identities": one(seal(new_identity()[1], b"x")[:170])}, 400, "not_age"),
        ({"identities": one(seal(new_identity()[1], bytes(9000)))}, 413, "too_large"),
        ({"identities": None}, 400, "malformed"),
        ({"identities": []}, 400, "malformed"),
        ({"identities": [7]}, 400, "malformed"),
        ({"identities": one(b"x") * 2}, 400, "malformed"),
        ({"identities": [{"box_recipient": new_identity()[1], "sealed_box_identity": ""}]}, 409, "identities"),
        ({"username": "nobody"}, 404, "no_officer"),
        ({"username": ["tua"]}, 400, "malformed"),
        ({"box": "no-such-box"}, 404, "not_found"),
        ({"box": ""}, 404, "not_found"),
    ],
)
def test_s3_bad_grants_get_one_sentence_and_change_nothing(
    custodian: FaceClient, cast: Cast, new_officer: OfficerKey, other: dict[str, object], status: int, code: str
) -> None:
    body = {**granting(cast.box, cast.keys, new_officer), **other}
    answer = post(custodian, GRANTS, json.loads(json.dumps(body).replace(OURS, cast.keys.recipient)))
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert answer.json()["message"].endswith(".")
    assert live(cast.box) == {"hoa", "nam"}
    assert not Entry.objects.filter(verb="desk.grant.given").exists()


def test_a_file_sealed_to_two_keys_is_refused(custodian: FaceClient, cast: Cast, new_officer: OfficerKey) -> None:
    both = [pyrage.x25519.Recipient.from_str(one) for one in (new_officer.recipient, new_identity()[1])]
    sealed = b64(pyrage.encrypt(cast.keys.identity.encode(), both))
    identities = [{"box_recipient": cast.keys.recipient, "sealed_box_identity": sealed}]
    answer = post(custodian, GRANTS, granting(cast.box, cast.keys, new_officer, identities=identities))
    assert (answer.status_code, answer.json()["error"]) == (400, "not_age")


def test_a_custodian_ends_a_grant_and_the_ledger_says_so(custodian: FaceClient, cast: Cast) -> None:
    assert post(custodian, END, {"box": "na-co-sa", "username": "hoa"}).status_code == 200
    assert live(cast.box) == {"nam"}
    entry = Entry.objects.get(verb="desk.grant.ended")
    assert (entry.subject, entry.case, entry.by) == ("hoa", "na-co-sa", "nam")
    again = post(custodian, END, {"box": "na-co-sa", "username": "hoa"})
    assert (again.status_code, again.json()["error"]) == (409, "no_grant")


def test_the_last_who_can_read_keeps_the_key(custodian: FaceClient, cast: Cast) -> None:
    cast.hoa.appointments.update(until=this_hour())  # has left: no reader any more, though the grant stands
    answer = post(custodian, END, {"box": "na-co-sa", "username": "nam"})
    assert (answer.status_code, answer.json()["error"]) == (409, "last_holder")
    assert live(cast.box) == {"hoa", "nam"}


def test_ending_one_boxs_grant_leaves_the_other_boxs(custodian: FaceClient, cast: Cast) -> None:
    keys = BoxKeys("gop-y")
    second = open_box("gop-y", cast.post, keys)
    hoa = OfficerKey.objects.get(user=cast.hoa)
    Grant.objects.create(box=second, key=hoa, by=cast.nam, recipient=second.recipient, sealed_box_identity=b"x")
    post(custodian, END, {"box": "na-co-sa", "username": "hoa"})
    assert live(second) == {"hoa"}


def test_what_was_granted_opens_the_box_for_the_officer_alone(custodian: FaceClient, cast: Cast) -> None:
    identity, recipient = new_identity()
    officer = user("tua", "Vừ A Tủa", (cast.post, Role.OFFICER))
    key = OfficerKey.objects.create(user=officer, recipient=recipient, sealed_identity=b"x")
    post(custodian, GRANTS, granting(cast.box, cast.keys, key))
    sealed = bytes(Grant.objects.get(key=key).sealed_box_identity)
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)]).decode() == cast.keys.identity
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(new_identity()[0])])
