"""The end of a sign-in: the claims are checked against what this browser asked, the citizen is found, the session begins anew."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import rotate_token

from keng.accounts.citizens import gates, linking, sessions, tokens


def land(
    request: HttpRequest, state: Mapping[str, Any], claims: Mapping[str, Any], userinfo: Mapping[str, Any]
) -> HttpResponseBase:
    """Signs the citizen in and sends them where they were going. Raises Trouble; then nothing has changed.

    `state` is what `views.begin` put aside in this browser's session: `data` with `nonce`, `level`, `max_age`; `next`.
    """
    asked = state["data"]
    tokens.answers(claims, nonce=asked["nonce"], max_age=asked["max_age"])
    level = tokens.level_of(claims)
    person = linking.person({**userinfo, **claims})  # what is signed counts before what is not
    citizen = linking.signed_in(issuer=settings.IDENTITY_ISSUER, subject=claims["sub"], level=level, person=person)
    sessions.begin(request.session, citizen=citizen, level=level)  # type: ignore[arg-type]
    rotate_token(request)
    back = gates.own(request, state.get("next", "/"))
    if level < asked["level"]:
        return HttpResponseRedirect(gates.sign_in_address(back, asked["level"]))
    return HttpResponseRedirect(back)
