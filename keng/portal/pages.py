"""How a public page is made: by language, with its addresses, and nothing of the request but what was asked for."""

from dataclasses import dataclass
from functools import wraps
from typing import Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

LANGUAGES = dict(settings.LANGUAGES)
DOORS = {
    "report": "/",
    "services": "/services",
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
    warnings: str
    back: str
    figures: str
    ledger: str


def address(door: str, lang: str) -> str:
    path = DOORS[door]
    return path if lang == "vi" else f"{path.rstrip('/')}/{lang}"


def page(
    template: str,
    lang: str,
    *,
    door: str = "",
    query: str = "",
    tail: str = "",
    status: int = 200,
    **context: object,
) -> HttpResponse:
    """Renders a template under `portal/`. `door` is the page's own name, for the navigation and the other languages' addresses, to which
    `tail` is added; by itself it asks for `query`.
    """
    tail = tail or (f"?{urlencode({'q': query})}" if query else "")
    others = (
        [(code, name, address(door, code) + tail) for code, name in LANGUAGES.items() if code != lang] if door else []
    )
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


class View(Protocol):
    def __call__(self, request: HttpRequest, lang: str = "vi") -> HttpResponse: ...


def read_only(view: View) -> View:
    """405 with a sentence for everything but GET and HEAD, 404 for a language that there is not."""

    @wraps(view)
    def checked(request: HttpRequest, lang: str = "vi") -> HttpResponse:
        if lang not in LANGUAGES:
            return refusal(404, "vi")
        if request.method not in ("GET", "HEAD"):
            answer = refusal(405, lang)
            answer.headers["Allow"] = "GET, HEAD"
            return answer
        return view(request, lang)

    return checked


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
