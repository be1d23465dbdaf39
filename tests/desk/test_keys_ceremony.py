"""Founding, renewing and recovering a box: everything fits together and is stored at once, or nothing is."""

import base64
import json
from datetime import timedelta
from typing import Any

import pyrage
import pytest

from config.demo.client import BoxKeys, new_identity, seal
from keng.accounts.models import Role, User
from keng.core.ids import this_hour
from keng.desk.models import BoxSecret, Grant, OfficerKey, OfficerStatement
from keng.ledger.models import Entry
from keng.mailbox.models import Box, KeyStatement
from tests.accounts.signing_in import straight_in
from tests.cast import Cast, user
from tests.conftest import FaceClient
from tests.desk.custodian import b64, founding, give_key, officer_statement, post

pytestmark = pytest.mark.django_db

FOUND, RENEW, RECOVER = (f"/keys/api/boxes/gop-y/{verb}" for verb in ("ceremony", "statement", "recovery"))


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def empty(cast: Cast) -> Box:
    """A box that awaits its keys, below the box of the province's police."""
    return Box.objects.create(slug="gop-y", office=cast.post, above=cast.police, title="Góp ý", kind=Box.Kind.DEMOCRACY)


@pytest.fixture
def keys() -> BoxKeys:
    return BoxKeys("gop-y")


@pytest.fixture
def nams_key(cast: Cast) -> OfficerKey:
    return give_key(cast.nam)


def signed_in(who: User) -> FaceClient:
    client = FaceClient("desk")
    straight_in(client, who)
    return client


def nothing_is_kept() -> bool:
    stored: list[Any] = [BoxSecret, OfficerStatement, KeyStatement, Grant]
    return (
        not any(model.objects.filter(box__slug="gop-y").exists() for model in stored)
        and not Box.objects.get(slug="gop-y").root
    )


# founding


def test_a_custodian_founds_a_box_and_the_ledger_says_so(
    cast: Cast, empty: Box, keys: BoxKeys, nams_key: OfficerKey
) -> None:
    assert post(signed_in(cast.nam), FOUND, founding(keys, nams_key, cast.police)).status_code == 201
    empty.refresh_from_db()
    assert (empty.recipient, empty.opened_on is not None) == (keys.recipient, True)
    verbs = sorted(Entry.objects.filter(case="gop-y").values_list("verb", flat=True))
    assert verbs == ["desk.box.founded", "desk.grant.given", "mailbox.statement.published"]
    assert OfficerStatement.objects.get(box=empty).key == nams_key


def test_r2_what_is_stored_opens_only_with_both_sheets_the_level_above_or_the_officer(
    cast: Cast, empty: Box, keys: BoxKeys, nams_key: OfficerKey
) -> None:
    post(signed_in(cast.nam), FOUND, founding(keys, nams_key, cast.police))
    secret = BoxSecret.objects.get(box=empty)
    sheet_a, sheet_b = (pyrage.x25519.Identity.from_str(one) for one in (keys.sheet_a, keys.sheet_b))
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(bytes(secret.recovery), [sheet_a])
    inner = pyrage.decrypt(bytes(secret.recovery), [sheet_b])
    assert keys.identity.encode() not in inner
    assert pyrage.decrypt(inner, [sheet_a]).decode().split("\n")[0] == keys.identity
    above = pyrage.x25519.Identity.from_str(cast.police_keys.identity)
    assert secret.root_for_above is not None
    assert pyrage.decrypt(bytes(secret.root_for_above), [above]).decode().strip() == keys.root.pkcs8


def test_a_topmost_box_leaves_its_root_on_paper_only(cast: Cast) -> None:
    Box.objects.create(slug="gop-y", office=cast.province_police, title="Phòng")
    keys, key = BoxKeys("gop-y"), give_key(cast.dung)
    assert post(signed_in(cast.dung), FOUND, founding(keys, key, None)).status_code == 201
    assert BoxSecret.objects.get(box__slug="gop-y").root_for_above is None


def test_a_box_is_founded_once(cast: Cast, empty: Box, keys: BoxKeys, nams_key: OfficerKey) -> None:
    client = signed_in(cast.nam)
    post(client, FOUND, founding(keys, nams_key, cast.police))
    again = post(client, FOUND, founding(BoxKeys("gop-y"), nams_key, cast.police))
    assert (again.status_code, again.json()["error"]) == (409, "founded")
    empty.refresh_from_db()
    assert empty.recipient == keys.recipient
    assert Entry.objects.filter(verb="desk.box.founded").count() == 1


def test_a_custodian_without_a_key_of_their_own_makes_one_first(cast: Cast, empty: Box, keys: BoxKeys) -> None:
    unsaved = OfficerKey(user=cast.nam, recipient=new_identity()[1])
    answer = post(signed_in(cast.nam), FOUND, founding(keys, unsaved, cast.police))
    assert (answer.status_code, answer.json()["error"]) == (409, "no_key")
    assert nothing_is_kept()


def test_the_level_above_is_founded_first(cast: Cast, empty: Box, keys: BoxKeys, nams_key: OfficerKey) -> None:
    body = founding(keys, nams_key, cast.police)
    Box.objects.filter(slug="ca-dien-bien").update(root="", recipient="")
    answer = post(signed_in(cast.nam), FOUND, body)
    assert (answer.status_code, answer.json()["error"]) == (409, "above_not_founded")
    assert nothing_is_kept()


def test_a_closed_box_is_neither_founded_nor_renewed(
    cast: Cast, empty: Box, keys: BoxKeys, nams_key: OfficerKey
) -> None:
    Box.objects.filter(slug="gop-y").update(closed_on=this_hour().date())
    answer = post(signed_in(cast.nam), FOUND, founding(keys, nams_key, cast.police))
    assert (answer.status_code, answer.json()["error"]) == (409, "closed")
    assert nothing_is_kept()
    Box.objects.filter(slug="gop-y").update(root=keys.statement()["root"])
    answer = post(signed_in(cast.dung), RENEW, {"signed": keys.statement(seq=2)})
    assert (answer.status_code, answer.json()["error"]) == (409, "closed")


@pytest.mark.parametrize("who", ["hoa", "quan", "minh", "lan"])
def test_o2_only_a_custodian_founds(cast: Cast, empty: Box, keys: BoxKeys, nams_key: OfficerKey, who: str) -> None:
    client = signed_in(getattr(cast, who))
    assert post(client, FOUND, founding(keys, nams_key, cast.police)).status_code == 403
    assert client.get("/keys/boxes/gop-y/found").status_code == 403
    assert nothing_is_kept()


def test_o2_a_custodian_of_another_office_finds_no_such_box(
    cast: Cast, empty: Box, keys: BoxKeys, nams_key: OfficerKey
) -> None:
    stranger = user("binh", "Lò Thị Bình", (cast.neighbour, Role.CUSTODIAN))
    for client in (signed_in(stranger), signed_in(cast.dung)):
        assert post(client, FOUND, founding(keys, nams_key, cast.police)).status_code == 404
        assert client.get("/keys/boxes/gop-y/found").status_code == 404
        assert client.get("/keys/boxes/gop-y/recover").status_code == 404
    assert nothing_is_kept()


def bad_foundings(keys: BoxKeys, key: OfficerKey, above: Box) -> dict[str, tuple[dict[str, Any], str]]:
    other = BoxKeys("gop-y")
    good = founding(keys, key, above)
    forward = [("ca-dien-bien", "0" * 26)]
    return {
        "statement of another box": ({"signed": BoxKeys("na-co-sa").statement()}, "box"),
        "statement signed by another root": (
            {"signed": {**good["signed"], "signature": other.statement()["signature"]}},
            "signature",
        ),
        "statement that runs for years": ({"signed": keys.statement(days=800)}, "expired"),
        "statement that has run out": (
            {"signed": keys.statement(since=this_hour().date() - timedelta(days=300), days=200)},
            "expired",
        ),
        "no statement": ({"signed": None}, "malformed"),
        "statement that is a list": ({"signed": []}, "malformed"),
        "forwarding under another root": ({"signed": keys.statement(forward=forward)}, "forward"),
        "forwarding to no box": ({"signed": keys.statement(forward=[("nowhere", "0" * 26)])}, "forward"),
        "recovery in the clear": ({"recovery": b64(keys.identity.encode())}, "not_age"),
        "recovery too large": ({"recovery": b64(seal(new_identity()[1], bytes(9000)))}, "too_large"),
        "no root for the level above": ({"root_for_above": None}, "root_for_above"),
        "root in the clear": ({"root_for_above": b64(keys.root.pkcs8.encode())}, "not_age"),
        "no grant": ({"grants": []}, "malformed"),
        "two grants": ({"grants": good["grants"] * 2}, "malformed"),
        "grant to another key": ({"officer_recipient": new_identity()[1]}, "other_key"),
        "grant of another box's key": (
            {"grants": [{**good["grants"][0], "box_recipient": new_identity()[1]}]},
            "other_key",
        ),
        "grant of a key that the box never had": (
            {"grants": [*good["grants"], {**good["grants"][0], "box_recipient": new_identity()[1]}]},
            "not_known",
        ),
        "grant in the clear": ({"grants": [{**good["grants"][0], "sealed_box_identity": b64(b"x")}]}, "not_age"),
        "no officer statement": ({"officer_statements": []}, "malformed"),
        "officer statement of another root": (
            {"officer_statements": [officer_statement(other, key)]},
            "officer_statement",
        ),
        "officer statement for somebody else": (
            {"officer_statements": [officer_statement(keys, key, officer="hoa")]},
            "officer_statement",
        ),
        "officer statement for another key": (
            {"officer_statements": [officer_statement(keys, key, recipient=new_identity()[1])]},
            "officer_statement",
        ),
        "officer statement without a day": (
            {"officer_statements": [officer_statement(keys, key, **{"from": None})]},
            "officer_statement",
        ),
        "officer statement that is a number": ({"officer_statements": [keys.root.sign(7)]}, "officer_statement"),  # type: ignore[arg-type]
    }


BAD = list(bad_foundings(BoxKeys("gop-y"), OfficerKey(user=User(username="x"), recipient=new_identity()[1]), Box(
    slug="above", root=BoxKeys("above").statement()["root"], recipient=new_identity()[1])))  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_s3_a_founding_that_does_not_fit_gets_one_sentence_and_keeps_nothing(
    cast: Cast, empty: Box, keys: BoxKeys, nams_key: OfficerKey, name: str
) -> None:
    changes, code = bad_foundings(keys, nams_key, cast.police)[name]
    client = signed_in(cast.nam)
    entries = Entry.objects.count()
    answer = post(client, FOUND, {**founding(keys, nams_key, cast.police), **changes})
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"] == code
    assert answer.json()["message"].endswith(".")
    assert nothing_is_kept()
    assert Entry.objects.count() == entries


# renewing


@pytest.fixture
def founded(cast: Cast, empty: Box, keys: BoxKeys, nams_key: OfficerKey) -> Box:
    assert post(signed_in(cast.nam), FOUND, founding(keys, nams_key, cast.police)).status_code == 201
    empty.refresh_from_db()
    return empty


def next_statement(cast: Cast, keys: BoxKeys, **other: Any) -> dict[str, Any]:
    forward = [("ca-dien-bien", cast.police_keys.root.fingerprint)]
    return {"signed": keys.statement(**{"seq": 2, "days": 390, "forward": forward, **other})}


def seqs(box: Box) -> list[int]:
    return list(box.statements.order_by("seq").values_list("seq", flat=True))


def test_an_officer_of_the_box_above_renews(cast: Cast, founded: Box, keys: BoxKeys) -> None:
    answer = post(signed_in(cast.dung), RENEW, next_statement(cast, keys))
    assert answer.status_code == 201
    assert answer.json()["seq"] == 2
    assert seqs(founded) == [1, 2]
    entry = Entry.objects.filter(verb="mailbox.statement.published", by="dung").get()
    assert entry.case == "gop-y"


def test_a_custodian_with_both_sheets_renews(cast: Cast, founded: Box, keys: BoxKeys) -> None:
    assert post(signed_in(cast.nam), RENEW, next_statement(cast, keys)).status_code == 201


def test_nobody_else_renews(cast: Cast, founded: Box, keys: BoxKeys) -> None:
    body = next_statement(cast, keys)
    no_grant = user("khoi", "Trần Văn Khôi", (cast.province_police, Role.OFFICER))
    for who, status in ((cast.hoa, 403), (no_grant, 403), (cast.lan, 404), (cast.quan, 403), (cast.minh, 403)):
        assert post(signed_in(who), RENEW, body).status_code == status
    assert seqs(founded) == [1]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seq": 1}, "seq"),
        ({"recipient": new_identity()[1]}, "recipient"),
        ({"days": 500}, "expired"),
        ({"box": "na-co-sa"}, "box"),
        ({"forward": [("ca-dien-bien", "0" * 26)]}, "forward"),
    ],
)
def test_a_replayed_or_unfit_statement_changes_nothing(
    cast: Cast, founded: Box, keys: BoxKeys, change: dict[str, Any], code: str
) -> None:
    answer = post(signed_in(cast.dung), RENEW, next_statement(cast, keys, **change))
    assert answer.json()["error"] == code
    assert 400 <= answer.status_code < 500
    assert seqs(founded) == [1]
    founded.refresh_from_db()
    assert founded.recipient == keys.recipient


def rewrite(box: Box, **said: Any) -> None:
    """What somebody with the database in hand can do: the row says something else, the signature stays."""
    row = box.statements.get()
    KeyStatement.objects.filter(pk=row.pk).update(text=json.dumps({**json.loads(row.text), **said}))


@pytest.mark.parametrize("everywhere", [True, False])
def test_r2_a_recipient_altered_in_the_database_is_not_renewed_even_by_the_true_root(
    cast: Cast, founded: Box, keys: BoxKeys, everywhere: bool
) -> None:
    stranger = new_identity()[1]
    if everywhere:
        rewrite(founded, recipient=stranger)
    Box.objects.filter(pk=founded.pk).update(recipient=stranger)
    answer = post(signed_in(cast.dung), RENEW, next_statement(cast, keys, recipient=stranger))
    assert (answer.status_code, answer.json()["error"]) == (409, "altered")
    assert "đã bị đổi" in answer.json()["message"]
    assert seqs(founded) == [1]


@pytest.mark.parametrize("said", [{"forward": []}, {"from": None}, {"until": "2099-01-01"}, {"seq": 7}])
def test_r2_no_word_of_the_statement_that_stands_may_differ_from_what_was_signed(
    cast: Cast, founded: Box, keys: BoxKeys, said: dict[str, Any]
) -> None:
    rewrite(founded, **said)
    answer = post(signed_in(cast.dung), RENEW, next_statement(cast, keys))
    assert (answer.status_code, answer.json()["error"]) == (409, "altered")
    assert seqs(founded) == [1]


def test_a_row_without_its_statement_is_not_renewed(cast: Cast, founded: Box, keys: BoxKeys) -> None:
    for text in ("", "[]", "{}"):
        founded.statements.update(text=text)
        assert post(signed_in(cast.dung), RENEW, next_statement(cast, keys)).json()["error"] == "altered"
    founded.statements.all().delete()
    assert post(signed_in(cast.dung), RENEW, next_statement(cast, keys)).json()["error"] == "altered"


def test_a_statement_that_has_run_out_is_renewed_all_the_same(cast: Cast, founded: Box, keys: BoxKeys) -> None:
    old = keys.statement(since=this_hour().date() - timedelta(days=300), days=200)
    founded.statements.update(text=old["statement"], signature=old["signature"])
    assert post(signed_in(cast.dung), RENEW, next_statement(cast, keys)).status_code == 201
    assert seqs(founded) == [1, 2]


def test_another_root_never_takes_over(cast: Cast, founded: Box) -> None:
    answer = post(signed_in(cast.dung), RENEW, next_statement(cast, BoxKeys("gop-y")))
    assert answer.json()["error"] == "root"
    assert seqs(founded) == [1]


def test_a_box_without_keys_is_founded_not_renewed(cast: Cast, empty: Box, keys: BoxKeys) -> None:
    answer = post(signed_in(cast.dung), RENEW, next_statement(cast, keys))
    assert (answer.status_code, answer.json()["error"]) == (409, "not_founded")


def test_what_the_level_above_sees_of_the_root_is_sealed(cast: Cast, founded: Box, keys: BoxKeys) -> None:
    page = signed_in(cast.dung).get("/keys/boxes/gop-y/renew").content.decode()
    secret = BoxSecret.objects.get(box=founded)
    assert base64.b64encode(secret.root_for_above or b"").decode() in page
    assert keys.root.pkcs8 not in page
    assert base64.b64encode(secret.recovery).decode() not in page
