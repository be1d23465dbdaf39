"""A browser on which somebody has signed in with both factors is known for that login: strangers' wrong tries don't slow it (O1).

It bears a signed cookie a login, on the desk's host alone. The cookie opens nothing: password and second factor are asked
all the same. It only says which counter a try is put to, so whoever steals one may guess as slowly as everybody.
"""

import re
import secrets
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from keng.accounts import slowing

KNOWN_FOR = timedelta(days=180)
NONCE = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


def known(request: HttpRequest, login: str) -> str:
    """The device's nonce, 22 characters, if this browser is known for the login; else nothing."""
    try:
        nonce = signer(login).unsign(request.COOKIES.get(cookie_name(login), ""), max_age=KNOWN_FOR)
    except BadSignature:
        return ""
    return nonce if NONCE.fullmatch(nonce) else ""


def remember(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Makes the browser known for half a year from now; call it only after both factors."""
    nonce = known(request, login) or secrets.token_urlsafe(16)
    response.set_cookie(
        cookie_name(login),
        signer(login).sign(nonce),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def signer(login: str) -> TimestampSigner:
    """Signs for one login only: the login itself needn't stand in the cookie."""
    return TimestampSigner(salt=f"keng.accounts.devices {slowing.key(login)}")


def cookie_name(login: str) -> str:
    """One a login, for a post's machine has several officers."""
    return f"{settings.DEVICE_COOKIE_NAME}-{sha256(slowing.key(login).encode()).hexdigest()[:12]}"
