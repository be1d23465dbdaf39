"""How a public page is made: by language, with its addresses, and nothing of the request but what was asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from keng.units.search import LONGEST_QUERY

LANGUAGES = dict(settings.LANGUAGES)
DOORS = {
    "report": "/",
    "services": "/services",
    "status": "/services/status",
    "verify": "/verify",
    "warnings": "/warnings",
    "return": "/r",
    "figures": "/figures/mailbox",
    "ledger": "/ledger",
}


@dataclass(frozen=True)
class Addresses:
    """Paths of the public pages in one language; Vietnamese has no suffix."""

    report: str
    services: str
    status: str
    verify: str
    warnings: str
    back: str
    figures: str
    ledger: str


def address(door: str, lang: str) -> str:
    return in_language(DOORS[door], lang)


def in_language(path: str, lang: str) -> str:
    """The address of a page, given as in Vietnamese, in a language."""
    return path if lang == "vi" else f"{path.rstrip('/')}/{lang}"


def page(
    template: str,
    lang: str,
    *,
    door: str = "",
    path: str = "",
    query: str = "",
    tail: str = "",
    status: int = 200,
    **context: object,
) -> HttpResponse:
    """Renders a template under `portal/`. `door` is what the navigation marks. The other languages' addresses are the door's, or those of
    `path` (the page's own in Vietnamese), to which `tail` is added; by itself it asks for `query`.
    """
    tail = tail or (f"?{urlencode({'q': query})}" if query else "")
    own = path or DOORS.get(door, "")
    others = [(code, name, in_language(own, code) + tail) for code, name in LANGUAGES.items() if own and code != lang]
    with translation.override(lang):
        body = render_to_string(
            f"portal/{template}.html",
            {
                "lang": lang,
                "door": door,
                "query": query,
                "demo": settings.DEMO,
                "to": Addresses(*(address(door, lang) for door in DOORS)),
                "others": others,
                **context,
            },
        )
    return HttpResponse(body, status=status)


def asked(request: HttpRequest, name: str = "q") -> str:
    """What was typed into a search field: one line of bounded length."""
    return " ".join(request.GET.get(name, "").replace("\x00", " ")[:LONGEST_QUERY].split())


def read_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """405 with a sentence for everything but GET and HEAD, 404 for a language that there is not."""
    return answering("GET", "HEAD")(view)


def answering(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Likewise for a page that is asked by these methods."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest, *, lang: str = "vi", **named: str) -> HttpResponse:
            if lang not in LANGUAGES:
                return refusal(404, "vi")
            if request.method not in methods:
                answer = refusal(405, lang)
                answer.headers["Allow"] = ", ".join(methods)
                return answer
            return view(request, lang=lang, **named)

        return checked

    return decorate


def refusal(status: int, lang: str) -> HttpResponse:
    """An error page: what is the matter and what to do now, in one clear sentence each."""
    with translation.override(lang):
        heading, advice = {
            400: (_("Trang này không đọc được yêu cầu"), _("Bà con mở lại từ trang đầu.")),
            403: (_("Trang này không mở được"), _("Bà con mở lại từ trang đầu.")),
            404: (
                _("Không có trang này"),
                _("Địa chỉ có thể gõ sai. Bà con xem lại địa chỉ in trên áp phích, hoặc về trang đầu."),
            ),
            405: (_("Trang này chỉ để xem"), _("Bà con mở lại từ trang đầu.")),
        }[status]
    return page("refusal", lang, status=status, heading=heading, advice=advice)
