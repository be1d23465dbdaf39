"""Who may open a page of the citizens' face: anybody, or a citizen signed in at a level. A view without one of these is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeGuard
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from keng.accounts.citizens.sessions import CitizenSession
from keng.accounts.models import Citizen
from keng.accounts.permissions import View

# The level that a view asks for: 1, 2, or found from the arguments of its address.
Level = int | Callable[..., int]


class VisitorRequest(HttpRequest):
    """A request to the citizens' face, as its middleware leaves it."""

    session: CitizenSession
    citizen: Citizen | None
    identity_level: int  # 0 for nobody, else 1 or 2


class CitizenRequest(VisitorRequest):
    """One behind the gate `signed_in_citizen`."""

    citizen: Citizen


def signed_in(request: VisitorRequest) -> TypeGuard[CitizenRequest]:
    return request.citizen is not None


@dataclass(frozen=True)
class VisitorGate:
    """What a view declares: the level that it needs, 0 for anybody."""

    level: Level


def signed_in_citizen(level: Level = 1) -> Callable[[View], View]:
    """The view is for a citizen signed in at `level` or above; others go to sign in, or to a higher level, and come back.

    `level` may be a function of the address's arguments, where a procedure says it. Put it outermost. Whether the thing asked for is this
    citizen's, the view itself looks.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: VisitorRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            needed = level(**kwargs) if callable(level) else level
            return step_up(request, needed) or view(request, *args, **kwargs)

        return declare(checked, VisitorGate(level))

    return decorate


def open_to_visitors(view: View) -> View:
    """The view is for anybody, signed in or not."""
    return declare(view, VisitorGate(0))


def declare(view: View, gate: VisitorGate) -> View:
    """Writes the gate on a view of ours or of a library."""
    view.gate = gate  # type: ignore[attr-defined]
    return view


def step_up(request: VisitorRequest, level: int) -> HttpResponseBase | None:
    """To signing in at `level` and back here; None for somebody who is there already."""
    if request.identity_level >= level and signed_in(request):
        return None
    return HttpResponseRedirect(sign_in_address(here(request), level))


def sign_in_address(back: str, level: int) -> str:
    """The sign-in page that asks for `level` and comes back to `back`."""
    return f"{reverse('citizen_sign_in')}?{urlencode({'next': back, 'level': level})}"


def here(request: HttpRequest) -> str:
    """Where to come back to: the page asked for, or the one whose form was sent."""
    if request.method == "GET":
        return request.get_full_path()
    try:
        referer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # such as "http://[": no browser's, and no reason to fail
        return "/"
    came_from = referer._replace(scheme="", netloc="", fragment="").geturl()
    return own(request, came_from) if referer.netloc == request.get_host() else "/"


def own(request: HttpRequest, address: str) -> str:
    """`address` if it is a path of this very face, otherwise its first page: nobody is sent elsewhere by signing in (open redirect)."""
    safe = address.startswith("/") and url_has_allowed_host_and_scheme(address, None)
    return address if safe and len(address) <= 500 and not set(address) & set("\\\r\n\t") else "/"
