"""What the provider says of a person, believed after every check of OpenID Connect Core 1.0, 3.1.3.7, also those the library leaves out."""

import hmac
import time
from collections.abc import Mapping
from typing import Any

import jwt
from django.conf import settings

from keng.accounts.citizens import provider
from keng.accounts.citizens.troubles import Trouble

# Signatures by a key pair only: "none" and those by a shared secret are no signature of the provider's.
ALLOWED = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
LEEWAY = 60  # seconds by which the two clocks may differ
LONGEST = 16 * 1024  # characters of a token
BAD = (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError, RecursionError)


def verify(token: object) -> dict[str, Any]:
    """The claims of an ID token of this provider, for us, in time. The nonce and the level: `answers`, `level_of`. Raises Trouble."""
    if not isinstance(token, str) or len(token) > LONGEST:
        raise Trouble("garbled", "there is no id_token")
    try:
        header = jwt.get_unverified_header(token)
    except BAD as error:
        raise Trouble("garbled", "the id_token can't be read") from error
    algorithm, key_id = header.get("alg"), header.get("kid")
    if algorithm not in ALLOWED:
        raise Trouble("garbled", "the id_token is signed in a way that is not allowed")
    for key in provider.keys(key_id if isinstance(key_id, str) else None):
        claims = decoded(token, key, algorithm)
        if claims is not None:
            return for_us(claims)
    raise Trouble("garbled", "the id_token's signature, issuer, audience or time is wrong")


def decoded(token: str, key: dict[str, Any], algorithm: str) -> dict[str, Any] | None:
    """The claims if this key signed them and they are this issuer's, for us, now."""
    if key.get("kty") != ALLOWED[algorithm] or key.get("alg", algorithm) != algorithm:
        return None
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key=jwt.PyJWK.from_dict(key, algorithm=algorithm),
            algorithms=[algorithm],
            issuer=settings.IDENTITY_ISSUER,
            audience=settings.IDENTITY_CLIENT,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"], "enforce_minimum_key_length": True},
        )
    except BAD:
        return None
    return claims


def for_us(claims: dict[str, Any]) -> dict[str, Any]:
    """For us alone, about somebody whom it names."""
    if claims["aud"] not in (settings.IDENTITY_CLIENT, [settings.IDENTITY_CLIENT]):
        raise Trouble("garbled", "the id_token is for others too")
    if claims.get("azp", settings.IDENTITY_CLIENT) != settings.IDENTITY_CLIENT:
        raise Trouble("garbled", "the id_token was asked for by another")
    subject = claims["sub"]
    if not (isinstance(subject, str) and 0 < len(subject) <= 255 and subject.isascii() and subject.isprintable()):
        raise Trouble("garbled", "the id_token's subject can't be kept")
    return claims


def same_person(claims: Mapping[str, Any], userinfo: Mapping[str, Any]) -> None:
    """OpenID Connect Core 5.3.2: without the same subject, userinfo is somebody else's. Raises Trouble."""
    if userinfo.get("sub") != claims["sub"]:
        raise Trouble("garbled", "userinfo is about another subject")


def answers(claims: Mapping[str, Any], *, nonce: str, max_age: int | None) -> None:
    """That the token answers what this browser asked: our nonce, and a sign-in fresh enough where one was asked for. Raises Trouble."""
    told = claims.get("nonce")
    if not (isinstance(told, str) and told.isascii() and hmac.compare_digest(told, nonce)):
        raise Trouble("garbled", "the id_token answers another sign-in (nonce)")
    if max_age is None:
        return
    at = claims.get("auth_time")
    if not isinstance(at, int) or at < time.time() - max_age - LEEWAY:
        raise Trouble("garbled", "the provider did not ask the person anew (auth_time)")


def level_of(claims: Mapping[str, Any]) -> int:
    """1 or 2, by the provider's own word (`acr`). Raises Trouble: a level that nobody states is none."""
    for level, acr in settings.IDENTITY_ACR.items():
        if claims.get("acr") == acr:
            return int(level)
    raise Trouble("unknown_level", "the provider states no level that the settings know")
