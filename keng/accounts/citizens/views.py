"""Pages of signing in by e-identity and of leaving again."""

import secrets
from urllib.parse import urlencode

from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST, require_safe

from keng.accounts.citizens import gates, line, provider, sessions, troubles
from keng.accounts.citizens.adapter import PROVIDER, Protocol
from keng.accounts.citizens.gates import VisitorRequest, open_to_visitors
from keng.accounts.citizens.troubles import Trouble

# Seconds that may have passed since the person proved who they are, where the level is to rise.
JUST_NOW = 300


@open_to_visitors
@require_safe
def sign_in(request: VisitorRequest) -> HttpResponse:
    """What e-identity is for, and the way to it. To somebody whose level is too low: why, and what to do."""
    wanted, back = level(request.GET.get("level")), gates.own(request, request.GET.get("next", "/"))
    low = request.citizen is not None and request.identity_level < wanted
    return render(
        request, "my/sign_in.html", {"next": back, "level": wanted, "low": low, "open": bool(settings.IDENTITY_ISSUER)}
    )


def level(told: str | None) -> int:
    return 2 if told == "2" else 1


@open_to_visitors
@require_POST
def begin(request: VisitorRequest) -> HttpResponse:
    """Off to the provider, with state, nonce and PKCE that only this browser's session knows.

    The page leads on by itself, and by a link: a redirect would be the form's own, which `form-action 'self'` stops.
    """
    wanted, back = level(request.POST.get("level")), gates.own(request, request.POST.get("next", "/"))
    rises = 0 < request.identity_level < wanted
    asked = {"nonce": secrets.token_urlsafe(32), "level": wanted, "max_age": JUST_NOW if rises else None}
    more = {"nonce": asked["nonce"], "acr_values": acr_values(wanted), "ui_locales": "vi"}
    if rises:
        more["max_age"] = str(JUST_NOW)
    try:
        with line.to_provider():
            away = Protocol(request, PROVIDER).get_provider()
            answer = away.redirect(request, AuthProcess.LOGIN, next_url=back, data=asked, auth_params=more)
    except Trouble as trouble:
        return troubles.page(request, trouble, back=back)
    return leading_on(request, "my/going.html", answer["Location"])


def acr_values(wanted: int) -> str:
    """The levels that will do, by preference (OpenID Connect Core 3.1.2.1)."""
    return " ".join(settings.IDENTITY_ACR[each] for each in (1, 2) if each >= wanted)


@open_to_visitors
@require_safe
def callback(request: HttpRequest) -> HttpResponseBase:
    """Back from the provider. What the library finds wrong, and what we do, ends on one page (`troubles`)."""
    try:
        with line.to_provider():
            response: HttpResponse = OAuth2CallbackView.adapter_view(Protocol(request, PROVIDER))(request)
    except Trouble as trouble:
        response = troubles.page(request, trouble)
    add_never_cache_headers(response)
    return response


@open_to_visitors
@require_POST
def sign_out(request: VisitorRequest) -> HttpResponse:
    """Here at once; then at the provider, where it offers that (RP-Initiated Logout 1.0). No token was kept, so it goes by our name."""
    was = request.citizen is not None
    sessions.end(request.session)
    request.citizen, request.identity_level = None, 0
    address = end_of_session(request) if was else ""
    return leading_on(request, "my/signed_out.html", address)


def end_of_session(request: HttpRequest) -> str:
    """Where the provider ends its own session; "" if it says no such place, or nothing."""
    try:
        with line.to_provider():
            ends = provider.configuration().get("end_session_endpoint", "") if settings.IDENTITY_ISSUER else ""
    except Trouble:
        return ""
    back = {"client_id": settings.IDENTITY_CLIENT, "post_logout_redirect_uri": request.build_absolute_uri("/")}
    return f"{ends}{'&' if '?' in ends else '?'}{urlencode(back)}" if ends else ""


def leading_on(request: HttpRequest, template: str, address: str) -> HttpResponse:
    response = render(request, template, {"address": address})
    add_never_cache_headers(response)
    return response
