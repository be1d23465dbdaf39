"""What browsers do, in Python: a custodian's ceremony and a villager's report. For the demo and the tests; no server code uses it."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pyrage
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from config.demo.age import rewrap as rewrap
from config.demo.age import seal_with_passphrase as seal_with_passphrase
from keng.core.ids import this_hour
from keng.mailbox import sealing
from keng.mailbox.sealing import ReceiptKeys


def hour_text() -> str:
    """The current hour as the protocol writes it: 2026-11-22T03."""
    return f"{this_hour():%Y-%m-%dT%H}"


@dataclass(frozen=True)
class Root:
    """A box's root key pair."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def raw(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    @property
    def fingerprint(self) -> str:
        return sealing.fingerprint(self.raw)

    @property
    def pkcs8(self) -> str:
        raw = self.private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return sealing.b64u(raw)

    def sign(self, statement: dict[str, Any]) -> dict[str, str]:
        """A signed statement as it travels: text, signature r||s and root."""
        text = json.dumps(statement, ensure_ascii=False, separators=(",", ":"))
        r, s = decode_dss_signature(self.private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return {
            "statement": text,
            "signature": sealing.b64u(r.to_bytes(32, "big") + s.to_bytes(32, "big")),
            "root": sealing.b64u(self.raw),
        }


def new_identity() -> tuple[str, str]:
    """An age key pair: (identity, recipient)."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


@dataclass(frozen=True)
class BoxKeys:
    """All that a ceremony makes. `sheet_a` and `sheet_b` are what the paper says, `older` the former pairs, newest first."""

    slug: str
    root: Root = field(default_factory=Root)
    pair: tuple[str, str] = field(default_factory=new_identity)
    a: tuple[str, str] = field(default_factory=new_identity)
    b: tuple[str, str] = field(default_factory=new_identity)
    older: tuple[tuple[str, str], ...] = ()

    identity = property(lambda self: self.pair[0])
    recipient = property(lambda self: self.pair[1])
    sheet_a = property(lambda self: self.a[0])
    sheet_b = property(lambda self: self.b[0])

    def statement(
        self,
        *,
        seq: int = 1,
        since: date | None = None,
        days: int = 365,
        forward: list[tuple[str, str]] | None = None,
        **other: Any,
    ) -> dict[str, str]:
        """The signed key statement; `other` overrides any key, for bad ones."""
        since = since or this_hour().date()
        body = {
            "v": 1, "type": "box-key", "box": self.slug, "recipient": self.recipient, "seq": seq,
            "from": since.isoformat(), "until": (since + timedelta(days=days)).isoformat(), "forward": forward or [],
        }  # fmt: skip
        return self.root.sign({**body, **other})

    def recovery(self) -> bytes:
        identities = [self.identity, *(identity for identity, _recipient in self.older)]
        lines = "".join(f"{line}\n" for line in (*identities, self.root.pkcs8))
        return seal(self.b[1], seal(self.a[1], lines.encode()))

    def changed(self, *, root: Root | None = None) -> "BoxKeys":
        """After a change of the key, or, with `root`, of the root too: a new pair, new sheets, what was before still on them."""
        return BoxKeys(self.slug, root=root or self.root, older=(self.pair, *self.older))


def seal(recipient: str, data: bytes) -> bytes:
    sealed: bytes = pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient)])
    return sealed


def solve(*, slug: str, hour: str, digest: str, bits: int = 16) -> str:
    """The nonce of a proof of work (section 6)."""
    start = sha256(f"keng/pow/1\n{slug}\n{hour}\n{digest}\n".encode())
    nonce = 0
    while True:
        attempt = start.copy()
        attempt.update(str(nonce).encode())
        if int.from_bytes(attempt.digest()[:8], "big") >> (64 - bits) == 0:
            return str(nonce)
        nonce += 1


class Reporter:
    """A villager's phone: makes the body of each `POST /b/<slug>/parts`."""

    def __init__(
        self,
        *,
        slug: str,
        recipient: str,
        root: str,
        seq: int = 1,
        receipt: str = "",
        keys: ReceiptKeys | None = None,
        bits: int = 16,
    ) -> None:
        """`keys` instead of a receipt's: for a report to which nobody will come back."""
        self.slug, self.recipient, self.root, self.seq, self.bits = slug, recipient, root, seq, bits
        self.first_slug = slug
        self.receipt = receipt or ("" if keys else sealing.make_receipt())
        self.keys = keys or sealing.derive(self.receipt)
        self.digests: list[str] = []
        self.hour = ""

    def follow(self, keys: BoxKeys) -> None:
        """The report lies in another box now, whose root an officer vouched for: what follows goes there.

        The pin record stays with the first box: the way from there to this one is in the officers' words, under their MAC.
        """
        self.slug, self.recipient = keys.slug, keys.recipient

    def first(self, text: str, **said: Any) -> bytes:
        """The body of the first part; `said` overrides what `part.json` says."""
        part = {
            "v": 1, "box": self.slug, "from": "reporter", "index": 0, "kind": "report", "hour": hour_text(),
            "secret": sealing.b64u(self.keys.secret), "reply": self.keys.reply, "what": "theft", "village": "", "place": "",
            "gps": None, "when": "today", "when_text": "", "forward": True, "pinned": "qr", "path": "sealed", "media": 0,
            "lang": "vi", "root": self.root, "statement": self.seq,
        }  # fmt: skip
        return self._body({**part, **said}, "text.txt", text.encode(), None)

    def later(self, *, index: int, kind: str, name: str, body: bytes, secret: bytes | None = None) -> bytes:
        part = {"v": 1, "box": self.slug, "from": "reporter", "index": index, "kind": kind, "hour": hour_text()}
        return self._body(part, name, body, secret or self.keys.secret)

    def _body(self, part: dict[str, Any], name: str, body: bytes, secret: bytes | None) -> bytes:
        thread = self.keys.thread
        sealed = sealing.seal_part(
            json_part=part, name=name, body=body, thread=thread, recipients=[self.recipient], secret=secret
        )
        return self.envelope(sealed, index=part["index"])

    def envelope(self, sealed: bytes, *, index: int, bits: int | None = None, **other: Any) -> bytes:
        """First line and age file; `other` overrides keys of the line, for bad ones."""
        digest, hour = sealing.digest(sealing.split(sealed)[1]), hour_text()
        bits = self.bits if bits is None else bits
        self.digests = [*self.digests[:index], digest]
        self.hour = self.hour or hour
        pin, pin_mac = sealing.pin_record(
            pin_key=self.keys.pin_key,
            box=self.first_slug,
            root=self.root,
            seq=self.seq,
            parts=self.digests,
            hour=self.hour,
        )
        line = {
            "v": 1, "thread": self.keys.thread, "token": sealing.b64u(self.keys.token) if index else None, "index": index,
            "pin": pin, "pin_mac": pin_mac, "hour": hour, "nonce": solve(slug=self.slug, hour=hour, digest=digest, bits=bits),
        }  # fmt: skip
        if index == 0:
            line["log"] = sealing.b64u(self.keys.log_tag)
        return json.dumps({**line, **other}).encode() + b"\n" + sealed
