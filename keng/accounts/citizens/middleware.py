"""What every request to the citizens' face passes: the session of that face, who is signed in, and that the page says for whom it is."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from keng.accounts.citizens import sessions
from keng.accounts.citizens.gates import VisitorGate, VisitorRequest
from keng.accounts.middleware import GetResponse


class CitizenSessions(SessionMiddleware):
    """Sessions that no other face reads (`sessions.CitizenSession`)."""

    def __init__(self, get_response: GetResponse) -> None:
        super().__init__(get_response)
        self.SessionStore = sessions.CitizenSession


class SignedInCitizen:
    """Gives `request.citizen` (or None) and `request.identity_level` (0, 1, 2). `request.user` is nobody here, whoever asks.

    Holds every view to the gate that it declared (`gates`); one that declared none is refused.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: VisitorRequest) -> HttpResponse:
        request.user = AnonymousUser()
        request.citizen, request.identity_level = None, 0
        if sessions.holds(request.session):
            request.citizen, request.identity_level = sessions.who(request)
        elif sessions.CITIZEN in request.session:
            sessions.end(request.session)
            messages.warning(request, _("Phiên đăng nhập đã hết hạn. Mời bà con đăng nhập lại."))
        response = self.get_response(request)
        if request.citizen is not None or response.status_code >= HTTPStatus.BAD_REQUEST:
            # What a citizen read must not be found by "back" after signing out, on a phone that goes from hand to hand.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if not isinstance(getattr(view, "gate", None), VisitorGate):
            raise PermissionDenied("the view does not say for whom it is")
