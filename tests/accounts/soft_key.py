"""A passkey in a few lines: what a browser and an authenticator do together, so that tests can also make them do it wrong."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.utils import websafe_encode

DESK = "http://desk.localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """`counter` is what it says next, `flags` what it says of the person, `origin` the page that the browser was on."""

    origin: str = DESK
    rp: str = "desk.localhost"
    flags: int = PRESENT | VERIFIED
    counter: int = 1
    ident: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: str = ""
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.create`, as the page posts it."""
        asked = options["publicKey"]
        self.handle = asked["user"]["id"]
        public = self.private.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.ident).to_bytes(2, "big") + self.ident + cbor.encode(cose)
        data = self._data(ATTESTED)
        self.counter += 1
        said = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data + attested})
        return self._json(self._client("webauthn.create", asked["challenge"]), attestationObject=websafe_encode(said))

    def get(self, options: dict[str, Any], **changed: str) -> str:
        """The answer to `navigator.credentials.get`; `changed` replaces fields of its response."""
        data, client = self._data(), self._client("webauthn.get", options["publicKey"]["challenge"])
        signature = self.private.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        self.counter += 1
        response = {
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": self.handle,
        }
        return self._json(client, **(response | changed))

    def _data(self, more: int = 0) -> bytes:
        return sha256(self.rp.encode()).digest() + bytes([self.flags | more]) + self.counter.to_bytes(4, "big")

    def _client(self, what: str, challenge: str) -> bytes:
        return json.dumps({"type": what, "challenge": challenge, "origin": self.origin}).encode()

    def _json(self, client: bytes, **response: str) -> str:
        ident = websafe_encode(self.ident)
        response = {"clientDataJSON": websafe_encode(client), **response}
        return json.dumps({"id": ident, "rawId": ident, "type": "public-key", "response": response})


def add_passkey(client: Any, key: SoftKey, name: str = "Máy ở cơ quan", password: str = "") -> Any:
    """Through the pages, for somebody signed in: the password again (if given), then name and answer. Returns the last answer."""
    if password:
        client.post("/accounts/reauthenticate/", {"password": password, "next": "/accounts/passkeys/add/"})
    options = client.post("/accounts/api/passkeys/make").json()
    return client.post("/accounts/passkeys/add/", {"name": name, "credential": key.create(options)})


def ask(client: Any) -> dict[str, Any]:
    options: dict[str, Any] = client.post("/accounts/api/passkeys/ask").json()
    return options


def by_passkey(client: Any, key: SoftKey, address: str = "/accounts/passkeys/sign-in/", **more: str) -> Any:
    return client.post(address, {"credential": key.get(ask(client)), **more})
