"""Nobody reaches the desk without a second factor, and nobody stays longer than 120 minutes (O1). And the desk's language."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from keng.accounts.context import SESSION_UNTIL
from keng.accounts.permissions import Door, Gate

GetResponse = Callable[[HttpRequest], HttpResponse]


def chosen_language(get_response: GetResponse) -> GetResponse:
    """Vietnamese, unless the person pressed the switch. A browser's own wish is not asked: officers' machines often come in English."""

    def middleware(request: HttpRequest) -> HttpResponse:
        wish = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = wish if wish in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


class SecondFactorRequired:
    """Holds every view to the door that it declared (`permissions.Gate`); one that declared none is refused."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        keep_time(request)
        request.second_factor_used = used_second_factor(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.user.is_authenticated:
            # What an officer read must not be found by "back" after signing out.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        gate = getattr(view, "gate", None)
        if not isinstance(gate, Gate):
            raise PermissionDenied("the view declares no permission")
        if gate.door is Door.OPEN:
            return None
        if not request.user.is_authenticated:
            return sign_in(request)
        return next_step(request, gate.door)


def keep_time(request: HttpRequest) -> None:
    """Ends a session 120 minutes after it began, however busy it was. Seconds since 1970 by this machine's clock."""
    if not request.user.is_authenticated:
        return
    now = int(time.time())
    until = request.session.setdefault(SESSION_UNTIL, now + settings.SESSION_COOKIE_AGE)
    # A clock set back must not make a session longer.
    if not until - settings.SESSION_COOKIE_AGE - 60 <= now < until:
        logout(request)
        messages.warning(request, _("Phiên làm việc đã hết 120 phút. Mời đồng chí đăng nhập lại."))


def used_second_factor(request: HttpRequest) -> bool:
    """Whether this very session passed the second factor."""
    if not request.user.is_authenticated:
        return False
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def next_step(request: HttpRequest, door: Door) -> HttpResponseBase | None:
    """Where somebody signed in by password must go before the desk opens; None if nowhere."""
    if not request.second_factor_used and is_mfa_enabled(request.user):  # type: ignore[attr-defined]
        # Only a session older than the factor comes here: it must begin again.
        logout(request)
        return sign_in(request)
    if door is Door.SIGNING_IN:
        return None
    if request.user.must_change_password:  # type: ignore[union-attr]
        return detour(request, "account_change_password")
    if not request.second_factor_used:  # type: ignore[attr-defined]
        return detour(request, "mfa_activate_totp")
    return None


def sign_in(request: HttpRequest) -> HttpResponseBase:
    return detour(request, "account_login")


def detour(request: HttpRequest, name: str) -> HttpResponseBase:
    """To a page that must come first; a script is told so, a page asked for is come back to."""
    if wants_json(request):
        sentence = _("Phiên làm việc đã hết. Mời đồng chí đăng nhập lại.")
        return JsonResponse({"error": "sign_in", "message": sentence}, status=HTTPStatus.FORBIDDEN)
    address = reverse(name)
    if request.method == "GET" and request.path != "/" and name == "account_login":
        address += "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(address)


def wants_json(request: HttpRequest) -> bool:
    """Whether the request is of the desk's own scripts."""
    return "/api/" in request.path
