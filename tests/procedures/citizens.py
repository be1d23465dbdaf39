"""A citizen's browser already signed in, for tests of what comes after the door; the door itself: tests/accounts/citizens/."""

from typing import Any

from django.conf import settings

from keng.accounts.citizens import sessions
from keng.accounts.models import Citizen


def as_citizen(client: Any, citizen: Citizen, level: int = 2) -> Any:
    """Puts a session of `citizen` at `level` of e-identity into the client (of the *my* face), and returns the client."""
    session = sessions.CitizenSession()
    sessions.begin(session, citizen=citizen, level=level)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client
