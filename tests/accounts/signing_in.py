"""A person at the desk's door, step by step: what a browser does, without one."""

import re
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache

from keng.accounts import slowing
from keng.accounts.models import User
from tests.cast import PASSWORD


def code(secret: str, steps: int = 0) -> str:
    """What the phone shows now (`steps` half minutes later)."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_phone(user: User) -> str:
    """Sets up a second factor as the enrolment page does; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def secret_of(user: User) -> str:
    return Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]


def enter(client: Any, user: User, password: str = PASSWORD) -> Any:
    """Signs in through the pages, with both factors (set up on the spot if there is none). Returns the last answer."""
    secret = secret_of(user) if Authenticator.objects.filter(user=user).exists() else give_phone(user)
    unspend()
    client.post("/accounts/login/", {"login": user.username, "password": password})
    return client.post("/accounts/2fa/authenticate/", {"code": code(secret)})


def unspend() -> None:
    """A code is good once; a test may sign in twice in the same half minute."""
    cache.clear()
    for factor in Authenticator.objects.filter(type=Authenticator.Type.TOTP):
        factor.data.pop("last_step", None)
        factor.save()


def hold_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait of two seconds is not over however long a busy machine takes: each look at the clock is a thousandth of one later."""
    began, looks = datetime.now(UTC), count()
    clock = SimpleNamespace(now=lambda _zone: began + timedelta(milliseconds=next(looks)))
    monkeypatch.setattr(slowing, "datetime", clock)


def hold_the_phone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The half minute of this moment's code does not end."""
    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment)


def secret_on_page(page: str) -> str:
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
    assert found, "the page shows no secret"
    return found[1].replace(" ", "")


def straight_in(client: Any, user: User) -> None:
    """A session with both factors, without the pages: for tests of what comes after the door."""
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time()},
        {"method": "mfa", "at": time.time()},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
