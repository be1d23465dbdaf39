"""How the plain path answers: pages of one language, never stored, whose forms go nowhere but home."""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.mailbox import bodies
from keng.mailbox.errors import Malformed, Refused
from keng.mailbox.pages import notice

View = Callable[..., HttpResponse]
P = ParamSpec("P")
T = TypeVar("T")

FORM_MOST = 1024 * 1024  # bytes; 20,000 characters take a quarter of it at the very most
FIELDS_MOST = 20

NO_FORM = gettext_lazy("Trang này chỉ nhận chữ viết trong ô. Bà con tải lại trang rồi viết lại.")
NOT_STORED = gettext_lazy("Máy chủ chưa ghi được. Bà con chờ một phút rồi gửi lại.")


def page(name: str, lang: str, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    """Renders `mailbox/<name>.html`; sentences in `context` may be lazy."""
    with translation.override(lang):
        html = get_template(f"mailbox/{name}.html").render({"lang": lang, **context})
    response = HttpResponse(html, status=status)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {_style_hash(html)}; img-src data:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _style_hash(html: str) -> str:
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    raw = hashlib.sha256(style[1].encode() if style else b"").digest()
    return f"'sha256-{base64.b64encode(raw).decode()}'"


def address(path: str, lang: str) -> str:
    """The page's path in a language; Vietnamese has no suffix."""
    return path if lang == "vi" else f"{path}/{lang}"


def languages(path: str, lang: str, offered: set[str]) -> list[tuple[str, str, str]]:
    """The other languages of a page: (code, its own name, path)."""
    return [(code, own, address(path, code)) for code, own in settings.LANGUAGES if code in offered and code != lang]


def by_method(**views: View) -> View:
    """One address, a view for each method: `by_method(get=…, post=…)`. A refusal that no view dealt with is a page of one sentence."""

    def dispatch(request: HttpRequest, *args: Any, lang: str = "vi", **kwargs: Any) -> HttpResponse:
        if lang not in dict(settings.LANGUAGES):
            return notice(HTTPStatus.NOT_FOUND, "vi", lambda: (_("Không có trang này"), _("Bà con xem lại địa chỉ.")))
        view = views.get({"HEAD": "get"}.get(request.method or "", (request.method or "").lower()))
        if view is None:
            return _not_allowed(lang, views)
        try:
            return view(request, *args, lang=lang, **kwargs)
        except Refused as refused:
            return said_alone(refused, lang)

    return dispatch


def _not_allowed(lang: str, views: dict[str, View]) -> HttpResponse:
    response = notice(
        HTTPStatus.METHOD_NOT_ALLOWED, lang, lambda: (_("Không làm được"), _("Bà con mở lại trang từ đầu."))
    )
    response.headers["Allow"] = ", ".join(sorted(name.upper() for name in views))
    return response


def said_alone(refused: Refused, lang: str) -> HttpResponse:
    response = notice(refused.status, lang, lambda: (_("Chưa làm được"), str(refused.sentence)))
    response.headers["Cache-Control"] = "no-store"
    return response


def storing(work: Callable[P, T]) -> Callable[P, T]:
    """A database that can't write is a refusal like others (S2); its own message, which might quote what was written, goes nowhere (R6)."""

    @wraps(work)
    def careful(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return work(*args, **kwargs)
        except DatabaseError:
            raise Refused("storage", HTTPStatus.INTERNAL_SERVER_ERROR, NOT_STORED) from None

    return careful


def read_form(request: HttpRequest) -> dict[str, str]:
    """The fields of a plain form, read in memory; files are refused, for nothing here takes one (R6). Raises Refused."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Malformed(NO_FORM)
    body = bytes(bodies.read(request, bodies.length_of(request, most=FORM_MOST)))
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MOST, errors="strict")
    except ValueError as error:
        raise Malformed(NO_FORM) from error
    return dict(fields)
