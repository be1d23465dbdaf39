"""A box's key is changed, or its root replaced: all of it or nothing, old reports readable, posters as they should be."""

import base64
from typing import Any

import pyrage
import pytest

from config.demo.client import BoxKeys, new_identity
from keng.accounts.models import Role
from keng.core.ids import this_hour
from keng.desk.models import BoxSecret, Ceremony, Grant, OfficerKey
from keng.ledger.models import Entry
from keng.mailbox.envelope import read_body
from keng.mailbox.models import Box, Part
from keng.mailbox.poster import root_of
from keng.mailbox.services import accept
from tests.cast import Cast, user
from tests.conftest import FaceClient
from tests.desk.custodian import approved, b64, give_key, granting, officer_statement, post, remaking
from tests.desk.test_keys_ceremony import signed_in

pytestmark = pytest.mark.django_db

CHANGE, ROOT = "/keys/api/boxes/na-co-sa/change", "/keys/api/boxes/na-co-sa/root"
GRANTS, END = "/keys/api/grants", "/keys/api/grants/end"


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    _ = cast.box
    return cast


@pytest.fixture
def nam(cast: Cast) -> FaceClient:
    return signed_in(cast.nam)


@pytest.fixture
def nams_key(cast: Cast) -> OfficerKey:
    return OfficerKey.objects.get(user=cast.nam)


@pytest.fixture
def new(cast: Cast) -> BoxKeys:
    return cast.keys.changed()


def box() -> Box:
    return Box.objects.get(slug="na-co-sa")


def held_by(username: str) -> set[str]:
    return set(
        Grant.objects.filter(box=box(), key__user__username=username, until=None).values_list("recipient", flat=True)
    )


def opens(identity: str, sealed: str) -> str:
    return pyrage.decrypt(base64.b64decode(sealed), [pyrage.x25519.Identity.from_str(identity)]).decode()


def state() -> tuple[Any, ...]:
    """All that a ceremony can change."""
    fresh = box()
    secret = BoxSecret.objects.get(box=fresh)
    grants = sorted(Grant.objects.filter(until=None).values_list("key", "recipient"))
    stored = bytes(secret.recovery), secret.root_for_above, Ceremony.objects.count(), Entry.objects.count()
    return fresh.root, fresh.recipient, fresh.version, fresh.statements.count(), grants, stored


# the box's key


def test_a_changed_key_keeps_the_root_and_so_the_posters(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    before, version = root_of(cast.box), box().version
    for_above = b"age-encryption.org/v1\n..."
    BoxSecret.objects.filter(box=cast.box).update(root_for_above=for_above)
    answer = post(nam, CHANGE, remaking(new, nams_key))
    assert answer.status_code == 201
    assert (root_of(box()), box().recipient, box().version > version) == (before, new.recipient, True)
    done = Ceremony.objects.get(pk=answer.json()["record"])
    assert (done.kind, done.by, done.seq, done.recipient, done.root) == (
        "changed",
        cast.nam,
        2,
        new.recipient,
        box().root,
    )
    # The level above keeps the root, or nobody there could renew.
    assert BoxSecret.objects.get(box=box()).root_for_above == for_above
    entry = Entry.objects.get(verb="desk.box.key_changed")
    assert (entry.subject, entry.by, entry.office) == ("na-co-sa", "nam", "bp-na-co-sa")
    assert bytes(BoxSecret.objects.get(box=box()).recovery) != cast.keys.recovery()


def test_the_custodian_holds_both_keys_and_the_colleague_the_old_one_until_granted(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    post(nam, CHANGE, remaking(new, nams_key))
    assert held_by("nam") == {new.recipient, cast.keys.recipient}
    assert held_by("hoa") == {cast.keys.recipient}
    (told,) = signed_in(cast.hoa).get("/keys/api/me").json()["grants"]
    assert (told["missing"], told["older"]) == (True, [])
    hoa = OfficerKey.objects.get(user=cast.hoa)
    assert post(nam, GRANTS, granting(cast.box, new, hoa)).status_code == 201
    assert held_by("hoa") == {new.recipient, cast.keys.recipient}
    assert Entry.objects.filter(verb="desk.grant.given", subject="hoa").count() == 1


def test_me_gives_all_keys_of_a_box_the_newest_first_each_with_the_statement_that_named_it(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    newest = new.changed()
    post(nam, CHANGE, remaking(new, nams_key))
    post(nam, CHANGE, remaking(newest, nams_key, seq=3))
    (told,) = nam.get("/keys/api/me").json()["grants"]
    identity = cast.pairs["nam"][0]
    found = [opens(identity, one["sealed_box_identity"]).strip() for one in (told, *told["older"])]
    assert found == [newest.identity, new.identity, cast.keys.identity]
    named = [one["statement"]["statement"] for one in (told, *told["older"])]
    assert [keys.recipient in text for keys, text in zip((newest, new, cast.keys), named, strict=True)] == [True] * 3
    assert told["missing"] is False


def test_a_new_colleague_gets_every_key_that_the_custodian_holds_in_one_deed(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    post(nam, CHANGE, remaking(new, nams_key))
    tua = give_key(user("tua", "Vừ A Tủa", (cast.post, Role.OFFICER)))
    only_new = {**granting(cast.box, new, tua), "identities": granting(cast.box, new, tua)["identities"][:1]}
    assert post(nam, GRANTS, only_new).json()["error"] == "identities"
    assert post(nam, GRANTS, granting(cast.box, new, tua)).status_code == 201
    assert held_by("tua") == {new.recipient, cast.keys.recipient}
    assert Entry.objects.filter(verb="desk.grant.given", subject="tua").count() == 1
    assert post(nam, END, {"box": "na-co-sa", "username": "tua"}).status_code == 200
    assert held_by("tua") == set()
    assert Entry.objects.filter(verb="desk.grant.ended", subject="tua").count() == 1


def test_who_holds_the_old_key_alone_is_not_counted_as_a_reader(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    post(nam, CHANGE, remaking(new, nams_key))
    assert post(nam, END, {"box": "na-co-sa", "username": "nam"}).json()["error"] == "last_holder"
    assert post(nam, END, {"box": "na-co-sa", "username": "hoa"}).status_code == 200


def test_a_suspected_officer_and_whoever_left_lose_every_key_with_the_change(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    left = give_key(user("tua", "Vừ A Tủa", (cast.post, Role.OFFICER)))
    post(nam, GRANTS, granting(cast.box, cast.keys, left))
    left.user.appointments.update(until=this_hour())
    assert post(nam, CHANGE, remaking(new, nams_key, end=["hoa"])).status_code == 201
    assert (held_by("hoa"), held_by("tua")) == (set(), set())
    assert set(Entry.objects.filter(verb="desk.grant.ended").values_list("subject", flat=True)) == {"hoa", "tua"}


def test_the_new_sheets_open_all_keys_and_the_root_and_the_old_sheets_nothing_new(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    post(nam, CHANGE, remaking(new, nams_key))
    stored = bytes(BoxSecret.objects.get(box=box()).recovery)
    a, b = (pyrage.x25519.Identity.from_str(one) for one in (new.sheet_a, new.sheet_b))
    lines = pyrage.decrypt(pyrage.decrypt(stored, [b]), [a]).decode().split()
    assert lines == [new.identity, cast.keys.identity, cast.keys.root.pkcs8]
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(stored, [pyrage.x25519.Identity.from_str(cast.keys.sheet_b)])


def test_after_the_change_both_sheets_give_another_custodian_all_keys(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    post(nam, CHANGE, remaking(new, nams_key))
    sua = give_key(user("sua", "Mùa A Sua", (cast.post, Role.CUSTODIAN)))
    approved("box.recovery", box(), sua.user, cast.minh)
    body = {
        key: value
        for key, value in remaking(new, sua).items()
        if key in ("officer_recipient", "grants", "officer_statements")
    }
    assert post(signed_in(sua.user), "/keys/api/boxes/na-co-sa/recovery", body).status_code == 201
    assert held_by("sua") == {new.recipient, cast.keys.recipient}


def test_r10_a_report_sealed_to_the_old_key_and_sent_after_the_change_is_taken_and_read(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    phone = cast.reporter()  # its page was open before the change
    body = phone.first("Đêm qua mất trâu.")
    assert post(nam, CHANGE, remaking(new, nams_key)).status_code == 201
    line, sealed = read_body(body)
    assert accept(slug="na-co-sa", line=line, sealed=sealed).created
    part = Part.objects.get(thread__key=phone.keys.thread)
    identities = [pyrage.x25519.Identity.from_str(keys.identity) for keys in (new, cast.keys)]
    assert "Đêm qua mất trâu.".encode() in pyrage.decrypt(bytes(part.header) + bytes(part.payload), identities)
    # A retry of the same part is still the same part.
    assert not accept(slug="na-co-sa", line=line, sealed=sealed).created


def bad_changes(cast: Cast, new: BoxKeys, key: OfficerKey) -> dict[str, tuple[dict[str, Any], str]]:
    good = remaking(new, key)
    other_root = BoxKeys("na-co-sa", older=new.older)
    return {
        "the key that it has": (remaking(cast.keys, key, recovery=good["recovery"]), "recipient"),
        "another root": (remaking(other_root, key), "root"),
        "the sheets that it has": ({"recovery": b64(bytes(BoxSecret.objects.get(box=cast.box).recovery))}, "recovery"),
        "recovery in the clear": ({"recovery": b64(new.identity.encode())}, "not_age"),
        "statement replayed": ({"signed": new.statement(seq=1)}, "seq"),
        "statement for another box": ({"signed": BoxKeys("gop-y", root=new.root).statement(seq=2)}, "box"),
        "forwarding under another root": (
            {"signed": new.statement(seq=2, forward=[("ca-dien-bien", "0" * 26)])},
            "forward",
        ),
        "the new key not for the custodian": ({"grants": good["grants"][1:]}, "other_key"),
        "a key that the box never had": (
            {"grants": [*good["grants"], {**good["grants"][0], "box_recipient": new_identity()[1]}]},
            "not_known",
        ),
        "officer statement of another root": (
            {"officer_statements": [officer_statement(other_root, key)]},
            "officer_statement",
        ),
        "officer statement for another": (
            {"officer_statements": [officer_statement(new, key, officer="hoa")]},
            "officer_statement",
        ),
        "a root for above": ({"root_for_above": good["recovery"]}, "root_for_above"),
        "ending oneself": ({"end": ["nam"]}, "yourself"),
        "ending by number": ({"end": [7]}, "malformed"),
        "no list of endings": ({"end": None}, "malformed"),
    }


BAD = [
    "the key that it has", "another root", "the sheets that it has", "recovery in the clear", "statement replayed",
    "statement for another box", "forwarding under another root", "the new key not for the custodian", "a key that the box never had",
    "officer statement of another root", "officer statement for another", "a root for above", "ending oneself", "ending by number",
    "no list of endings",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_s3_a_change_that_does_not_fit_gets_one_sentence_and_keeps_nothing(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys, name: str
) -> None:
    wrong, code = bad_changes(cast, new, nams_key)[name]
    before = state()
    answer = post(nam, CHANGE, {**remaking(new, nams_key), **wrong})
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"] == code
    assert answer.json()["message"].endswith(".")
    assert state() == before


def test_every_bad_change_is_tried(cast: Cast, new: BoxKeys, nams_key: OfficerKey) -> None:
    assert list(bad_changes(cast, new, nams_key)) == BAD


def test_a_row_altered_behind_the_application_is_not_changed_over(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    Box.objects.filter(slug="na-co-sa").update(recipient=new_identity()[1])
    before = state()
    assert post(nam, CHANGE, remaking(new, nams_key)).json()["error"] == "altered"
    assert state() == before


def test_a_statement_renumbered_behind_the_application_is_not_changed_over(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    cast.box.statements.update(seq=7)
    assert post(nam, CHANGE, remaking(new, nams_key, seq=8)).json()["error"] == "altered"


def test_a_statement_put_there_under_another_root_is_not_changed_over(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    """Whoever writes the database has a root, a key and a statement of their own that fit each other."""
    theirs = BoxKeys("na-co-sa")
    put = theirs.statement(seq=1)
    cast.box.statements.update(text=put["statement"], signature=put["signature"], root=put["root"])
    Box.objects.filter(slug="na-co-sa").update(recipient=theirs.recipient)
    assert post(nam, CHANGE, remaking(new, nams_key)).json()["error"] == "altered"


def test_a_closed_box_and_one_without_keys_are_not_changed(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys
) -> None:
    Box.objects.filter(slug="na-co-sa").update(closed_on=this_hour().date())
    assert post(nam, CHANGE, remaking(new, nams_key)).json()["error"] == "closed"
    Box.objects.filter(slug="na-co-sa").update(closed_on=None, root="")
    for address in (CHANGE, ROOT):
        body = remaking(new, nams_key, token="", word="")
        assert post(nam, address, body).json()["error"] == "not_founded"


@pytest.mark.parametrize("address", [CHANGE, ROOT])
def test_o2_only_the_offices_custodian_changes_keys(
    cast: Cast, new: BoxKeys, nams_key: OfficerKey, address: str
) -> None:
    before = state()
    stranger = user("binh", "Lò Thị Bình", (cast.neighbour, Role.CUSTODIAN))
    for who, status in (
        (cast.hoa, 403),
        (cast.lan, 403),
        (cast.quan, 403),
        (cast.minh, 403),
        (stranger, 404),
        (cast.dung, 404),
    ):
        client = signed_in(who)
        now = state()
        assert post(client, address, remaking(new, nams_key)).status_code == status
        assert state() == now
    assert before[:3] == state()[:3]


# a revoked custodian


def test_a_custodian_whose_grant_ended_grants_nobody_even_from_a_page_left_open(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey
) -> None:
    sua = give_key(user("sua", "Mùa A Sua", (cast.post, Role.CUSTODIAN)))
    post(nam, GRANTS, granting(cast.box, cast.keys, sua))
    assert post(signed_in(sua.user), END, {"box": "na-co-sa", "username": "nam"}).status_code == 200
    answer = post(
        nam, GRANTS, granting(cast.box, cast.keys, nams_key)
    )  # to themselves, whose browser knows the key still
    assert (answer.status_code, answer.json()["error"]) == (403, "not_custodian")
    accomplice = give_key(user("tua", "Vừ A Tủa", (cast.post, Role.OFFICER)))
    assert post(nam, GRANTS, granting(cast.box, cast.keys, accomplice)).json()["error"] == "not_custodian"
    assert (held_by("nam"), held_by("tua")) == (set(), set())


@pytest.mark.parametrize("how", ["role ended", "deactivated"])
def test_a_custodian_who_left_neither_grants_nor_changes_nor_replaces(
    cast: Cast, nam: FaceClient, nams_key: OfficerKey, new: BoxKeys, how: str
) -> None:
    tua = give_key(user("tua", "Vừ A Tủa", (cast.post, Role.OFFICER)))
    if how == "deactivated":
        type(cast.nam).objects.filter(pk=cast.nam.pk).update(is_active=False)
    else:
        cast.nam.appointments.update(until=this_hour())
    before = state()
    for address, body in (
        (GRANTS, granting(cast.box, cast.keys, tua)),
        (CHANGE, remaking(new, nams_key)),
        (ROOT, remaking(new, nams_key)),
    ):
        assert post(nam, address, body).status_code in (302, 403, 404)
    assert state() == before
