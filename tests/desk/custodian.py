"""What the browser of an officer or custodian sends about keys, made in Python."""

import base64
import json
from functools import cache
from typing import Any

import pyrage

from config.demo.client import BoxKeys, new_identity, seal, seal_with_passphrase
from keng.accounts import approvals
from keng.accounts.models import Approval, User
from keng.core.ids import this_hour
from keng.desk.keys import ceremony
from keng.desk.models import OfficerKey
from keng.mailbox import sealing
from keng.mailbox.models import Box
from tests.cast import PASSPHRASE


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@cache
def sealed_by_passphrase() -> bytes:
    """Some identity under PASSPHRASE; made once, for scrypt takes a while."""
    return seal_with_passphrase(PASSPHRASE, new_identity()[0].encode() + b"\n")


def own_key(**other: Any) -> dict[str, Any]:
    """The body that stores an officer's key."""
    return {"recipient": new_identity()[1], "sealed_identity": b64(sealed_by_passphrase()), **other}


def give_key(user: User) -> OfficerKey:
    return OfficerKey.objects.create(user=user, recipient=new_identity()[1], sealed_identity=sealed_by_passphrase())


def identities(keys: BoxKeys, officer: OfficerKey) -> list[dict[str, str]]:
    """Every identity that the box has had, sealed to the officer."""
    return [
        {"box_recipient": recipient, "sealed_box_identity": b64(seal(officer.recipient, identity.encode()))}
        for identity, recipient in (keys.pair, *keys.older)
    ]


def granting(box: Box, keys: BoxKeys, officer: OfficerKey, **other: Any) -> dict[str, Any]:
    """The body that grants a box's key to an officer."""
    return {
        "box": box.slug,
        "username": officer.user.username,
        "recipient": officer.recipient,
        "identities": identities(keys, officer),
        **other,
    }


def officer_statement(keys: BoxKeys, key: OfficerKey, **other: Any) -> dict[str, str]:
    """The root's signature over an officer's key."""
    said = {"v": 1, "type": "officer-key", "box": keys.slug, "officer": key.user.username, "recipient": key.recipient}
    return keys.root.sign({**said, "from": this_hour().date().isoformat(), **other})


def own_grant(keys: BoxKeys, key: OfficerKey) -> dict[str, Any]:
    """What all ceremonies have in common: the box's keys for the custodian, whose own key the root signed."""
    return {
        "officer_recipient": key.recipient,
        "grants": identities(keys, key),
        "officer_statements": [officer_statement(keys, key)],
    }


def founding(keys: BoxKeys, key: OfficerKey, above: Box | None, **other: Any) -> dict[str, Any]:
    """The body of a founding ceremony."""
    root = keys.root.pkcs8.encode() + b"\n"
    forward = [(above.slug, root_fingerprint(above))] if above else []
    return {
        "signed": keys.statement(forward=forward),
        "recovery": b64(keys.recovery()),
        "root_for_above": b64(seal(above.recipient, root)) if above else None,
        **own_grant(keys, key),
        **other,
    }


def remaking(keys: BoxKeys, key: OfficerKey, *, seq: int = 2, above: Box | None = None, **other: Any) -> dict[str, Any]:
    """The body that changes a box's key; of a new root too, with `above`, the box above."""
    return {
        "signed": keys.statement(seq=seq),
        "recovery": b64(keys.recovery()),
        "root_for_above": b64(seal(above.recipient, keys.root.pkcs8.encode() + b"\n")) if above else None,
        "end": [],
        **own_grant(keys, key),
        **(opened(keys, key) if above or Box.objects.filter(slug=keys.slug, above=None).exists() else {}),
        **other,
    }


def opened(keys: BoxKeys, key: OfficerKey) -> dict[str, str]:
    """What shows that the custodian's browser opens the key that the box has so far."""
    sealed, token = ceremony.challenge(box=Box.objects.get(slug=keys.slug), by=key.user)
    word = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity) for identity, _recipient in keys.older])
    return {"token": token, "word": word.decode()}


def approved(kind: str, box: Box, asker: User, approver: User) -> Approval:
    """Another person has said yes to what a custodian asked for."""
    asked = approvals.ask(
        kind=kind, subject=box.slug, office=box.office, reason="Người giữ khoá quên cụm từ.", by=asker
    )
    return approvals.approve(approval=asked, by=approver)


def root_fingerprint(box: Box) -> str:
    return sealing.fingerprint(sealing.unb64u(box.root))


def post(client: Any, address: str, body: object) -> Any:
    """As the page's script does; a string or bytes go as they are."""
    raw = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(address, raw, content_type="application/json", headers={"accept": "application/json"})
