"""Recovering a box from both paper sheets: the root's fresh signature shows that they were there, and it is good once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from config.demo.client import BoxKeys
from keng.accounts import approvals
from keng.accounts.models import Role
from keng.core.ids import this_hour
from keng.desk.models import Ceremony, Grant, OfficerKey, OfficerStatement
from keng.ledger.models import Entry
from keng.mailbox import sealing
from keng.mailbox.models import Box
from tests.cast import Cast, user
from tests.desk.custodian import approved, give_key, officer_statement, own_grant, post
from tests.desk.test_keys_ceremony import RECOVER, signed_in
from tests.desk.test_keys_ceremony import cast as cast
from tests.desk.test_keys_ceremony import empty as empty
from tests.desk.test_keys_ceremony import founded as founded
from tests.desk.test_keys_ceremony import keys as keys
from tests.desk.test_keys_ceremony import nams_key as nams_key

pytestmark = pytest.mark.django_db

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def another_custodian(cast: Cast) -> OfficerKey:
    """Of the same post, with a key of their own and no grant."""
    return give_key(user("sua", "Mùa A Sua", (cast.post, Role.CUSTODIAN)))


def test_o3_both_sheets_without_another_persons_approval_recover_nothing(
    cast: Cast, founded: Box, keys: BoxKeys
) -> None:
    other = another_custodian(cast)
    client, body = signed_in(other.user), own_grant(keys, other)
    answer = post(client, RECOVER, body)
    assert (answer.status_code, answer.json()["error"]) == (403, "needs_two")
    approvals.ask(kind="box.recovery", subject="gop-y", office=founded.office, reason="Mất khoá.", by=other.user)
    assert post(client, RECOVER, body).json()["error"] == "needs_two"
    assert not Grant.objects.filter(key=other).exists()
    assert not OfficerStatement.objects.filter(key=other).exists()


def test_o3_an_approval_is_good_for_one_recovery_and_for_no_other_deed(cast: Cast, founded: Box, keys: BoxKeys) -> None:
    other = another_custodian(cast)
    client = signed_in(other.user)
    approved("box.root", founded, other.user, cast.minh)
    assert post(client, RECOVER, own_grant(keys, other)).json()["error"] == "needs_two"
    approved("box.recovery", founded, other.user, cast.minh)
    assert post(client, RECOVER, own_grant(keys, other)).status_code == 201
    Grant.objects.filter(key=other).update(until=this_hour())
    assert post(client, RECOVER, own_grant(keys, other)).json()["error"] == "needs_two"


def test_o3_both_sheets_give_a_custodian_the_key_back(cast: Cast, founded: Box, keys: BoxKeys) -> None:
    other = another_custodian(cast)
    paper = approved("box.recovery", founded, other.user, cast.minh)
    assert post(signed_in(other.user), RECOVER, own_grant(keys, other)).status_code == 201
    done = Ceremony.objects.get(kind=Ceremony.Kind.RECOVERED)
    assert (done.box, done.by, done.approval, done.seq, done.root) == (founded, other.user, paper, 1, founded.root)
    assert Grant.objects.get(key=other).by == other.user
    paper.refresh_from_db()
    assert paper.used_at is not None
    verbs = set(Entry.objects.filter(by="sua", case="gop-y").values_list("verb", flat=True))
    assert verbs == {"desk.box.recovered", "desk.grant.given"}


def test_o3_without_the_root_that_only_both_sheets_hold_nothing_is_recovered(cast: Cast, founded: Box) -> None:
    other = another_custodian(cast)
    answer = post(signed_in(other.user), RECOVER, own_grant(BoxKeys("gop-y"), other))
    assert (answer.status_code, answer.json()["error"]) == (400, "officer_statement")
    assert not Grant.objects.filter(key=other).exists()


def test_a_signature_from_another_day_recovers_nothing(cast: Cast, founded: Box, keys: BoxKeys) -> None:
    other = another_custodian(cast)
    old = officer_statement(keys, other, **{"from": (this_hour().date() - timedelta(days=9)).isoformat()})
    answer = post(signed_in(other.user), RECOVER, {**own_grant(keys, other), "officer_statements": [old]})
    assert answer.json()["error"] == "officer_statement"


def other_half(signed: dict[str, str]) -> dict[str, str]:
    """The same signing with n - s for s: it verifies, and needs no key to make."""
    raw = sealing.unb64u(signed["signature"])
    turned = P256_ORDER - int.from_bytes(raw[32:], "big")
    return {**signed, "signature": sealing.b64u(raw[:32] + turned.to_bytes(32, "big"))}


@pytest.mark.parametrize("kept", [dict, other_half])
def test_o3_a_signing_that_opened_the_box_once_opens_it_no_more(
    cast: Cast, founded: Box, keys: BoxKeys, kept: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    other = another_custodian(cast)
    client, body = signed_in(other.user), own_grant(keys, other)
    approved("box.recovery", founded, other.user, cast.minh)
    assert post(client, RECOVER, body).status_code == 201
    Grant.objects.filter(key=other).update(until=this_hour())
    again = {**body, "officer_statements": [kept(body["officer_statements"][0])]}
    answer = post(client, RECOVER, again)
    assert (answer.status_code, answer.json()["error"]) == (409, "used")
    assert not Grant.objects.filter(key=other, until=None).exists()
    assert OfficerStatement.objects.filter(key=other).count() == 1


def test_o3_the_sheets_open_the_box_again_on_the_same_day(cast: Cast, founded: Box, keys: BoxKeys) -> None:
    other = another_custodian(cast)
    client = signed_in(other.user)
    for _time in range(2):
        approved("box.recovery", founded, other.user, cast.minh)
        assert post(client, RECOVER, own_grant(keys, other)).status_code == 201
        Grant.objects.filter(key=other).update(until=this_hour())


def test_who_holds_the_key_needs_no_recovery(cast: Cast, founded: Box, keys: BoxKeys, nams_key: OfficerKey) -> None:
    answer = post(signed_in(cast.nam), RECOVER, own_grant(keys, nams_key))
    assert (answer.status_code, answer.json()["error"]) == (409, "has_grant")
