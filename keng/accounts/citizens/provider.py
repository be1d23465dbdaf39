"""What the provider says of itself: its addresses and its keys, kept for ten minutes; asked again when it signs with a key not seen yet."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from keng.accounts.citizens.line import Session
from keng.accounts.citizens.troubles import Trouble

KEPT = 600.0  # seconds
KEYS_AGAIN = (
    20.0  # seconds before the keys are asked for again because one is missing: whoever makes up key ids costs nothing
)
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OFFERED = ("userinfo_endpoint", "end_session_endpoint")


@dataclass
class Known:
    """Of one issuer; times are of the monotonic clock."""

    issuer: str
    config: dict[str, Any] = field(default_factory=dict)
    config_at: float = 0.0
    keys: list[dict[str, Any]] = field(default_factory=list)
    keys_at: float = 0.0


_known: Known | None = None
_lock = threading.Lock()


def known() -> Known:
    """What is kept of the issuer that the settings name."""
    global _known
    with _lock:
        if _known is None or _known.issuer != settings.IDENTITY_ISSUER:
            _known = Known(settings.IDENTITY_ISSUER)
        return _known


def forget() -> None:
    """Asks everything anew, as after a start."""
    global _known
    with _lock:
        _known = None


def fresh(at: float, seconds: float = KEPT) -> bool:
    return at > 0 and time.monotonic() - at < seconds


def configuration() -> dict[str, Any]:
    """The discovery document (OpenID Connect Discovery 1.0), checked: of this very issuer, with addresses that may be asked.

    Raises Trouble. Needs the line open unless it is kept.
    """
    kept = known()
    if not fresh(kept.config_at):
        with Session() as session:
            told = session.get(f"{kept.issuer.rstrip('/')}/.well-known/openid-configuration").json()
        if told.get("issuer") != kept.issuer:
            raise Trouble("garbled", "the provider calls itself by another issuer")
        for name in NEEDED:
            if not askable(told.get(name)):
                raise Trouble("garbled", f"the provider has no {name} that may be asked")
        kept.config = {name: value for name, value in told.items() if name not in OFFERED or askable(value)}
        kept.config_at = time.monotonic()
    return kept.config


def askable(address: object) -> bool:
    """Whether it is an address like the issuer's: https, or http where the issuer itself is (the demo)."""
    if not isinstance(address, str) or not address.isascii() or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
    except ValueError:  # such as "https://["
        return False
    return bool(parts.hostname) and parts.scheme in {"https", urlsplit(settings.IDENTITY_ISSUER).scheme}


def keys(key_id: str | None) -> list[dict[str, Any]]:
    """The provider's public keys (JWK), by id if one is named. Raises Trouble."""
    kept = known()
    found = named(kept.keys, key_id) if fresh(kept.keys_at) else []
    if not found and not fresh(kept.keys_at, KEYS_AGAIN):
        with Session() as session:
            told = session.get(configuration()["jwks_uri"]).json().get("keys")
        kept.keys = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
        kept.keys_at = time.monotonic()
        found = named(kept.keys, key_id)
    if not found:
        raise Trouble("garbled", "the provider signs with a key that it does not show")
    return found


def named(all_keys: list[dict[str, Any]], key_id: str | None) -> list[dict[str, Any]]:
    signing = [each for each in all_keys if each.get("use", "sig") == "sig"]
    return signing if key_id is None else [each for each in signing if each.get("kid") == key_id]
