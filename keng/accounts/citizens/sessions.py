"""A citizen's session: of its own kind, so that no other face reads it; at most 120 minutes, and 30 without a request."""

import time

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.http import HttpRequest

from keng.accounts.models import Citizen

IDLE = 30 * 60  # seconds
NOTED_EVERY = 60  # seconds between two notes that the session is in use: not every page costs a write
AHEAD = 60  # seconds by which the machine's clock may have gone back
CITIZEN, LEVEL, SINCE, SEEN = "citizen", "level", "since", "seen"


class CitizenSession(SessionStore):
    """Signed by a salt of its own: an officer's session presented here reads as empty, and a citizen's on the desk does too."""

    key_salt = "keng.accounts.citizens.session"


def begin(session: CitizenSession, *, citizen: Citizen, level: int) -> None:
    """Signs `citizen` in at `level` (1 or 2), under a new key and with nothing left of what the session held before."""
    session.flush()
    now = int(time.time())
    session.update({CITIZEN: citizen.pk, LEVEL: level, SINCE: now, SEEN: now})
    session.cycle_key()


def end(session: CitizenSession) -> None:
    """Nothing of it is left, here or in the database."""
    session.flush()


def end_all(citizen: Citizen) -> None:
    """Wherever they are signed in. Reads every session that there is: whose one is stands inside it."""
    serializer = CitizenSession().serializer
    for row in Session.objects.iterator(chunk_size=500):
        try:
            held = signing.loads(row.session_data, salt=CitizenSession.key_salt, serializer=serializer)
        except signing.BadSignature:  # an officer's
            continue
        if held.get(CITIZEN) == citizen.pk:
            row.delete()


def holds(session: CitizenSession) -> bool:
    """Whether somebody is signed in, and still in time; notes now and then that they are here."""
    if CITIZEN not in session:
        return False
    now, since, seen = int(time.time()), int(session.get(SINCE, 0)), int(session.get(SEEN, 0))
    # A clock set back must not make a session longer.
    if not (since - AHEAD <= now < since + settings.SESSION_COOKIE_AGE and seen - AHEAD <= now < seen + IDLE):
        return False
    if now - seen >= NOTED_EVERY:
        session[SEEN] = now
    return True


def left(session: CitizenSession) -> int:
    """Seconds until it ends, however busy."""
    return max(0, int(session.get(SINCE, 0)) + settings.SESSION_COOKIE_AGE - int(time.time()))


def who(request: HttpRequest) -> tuple[Citizen | None, int]:
    """Who is signed in, and at which level (0: nobody). One query, and none without a session."""
    citizen = Citizen.objects.filter(pk=request.session[CITIZEN]).first()
    return (citizen, int(request.session[LEVEL])) if citizen else (None, 0)
