"""`/ledger`: the public log for a person: what it is, in pictures; how it stands; a check of proof files that never leave the browser."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from keng.desk.templatetags.figures import quantity
from keng.ledger import cosigning
from keng.ledger.pinned import pinned
from keng.mailbox.pages import integrity, script_data
from keng.portal.ledger import Overview, overview
from keng.portal.ledger_picture import growth
from keng.portal.pages import page, read_only

SCRIPT, LIBRARY = "portal/ledger.js", "mailbox/ed25519.js"
# No script but our own two files, and nowhere to send anything to: without a rule of its own, connecting falls under `default-src`.
ONLY_OURS = ("style-src", "img-src", "script-src")
NOTHING = ("default-src", "base-uri", "form-action", "frame-ancestors")
POLICY = "; ".join([*(f"{what} 'none'" for what in NOTHING), *(f"{what} 'self'" for what in ONLY_OURS)])


@read_only
def ledger(request: HttpRequest, lang: str = "vi") -> HttpResponse:
    """The page; four queries."""
    found = overview(cosigning.witnesses())
    pins = pinned()
    with translation.override(lang):
        context: dict[str, Any] = {
            "log": found,
            "origin": pins.origin,
            "address": f"{settings.PUBLIC_ORIGIN}/ledger",
            "picture": _picture(found) if found.growth else "",
            "seen_by": _seen_by(found),
            "pins_keys": pins.log,
            "pins_witnesses": pins.witnesses,
            "pins": script_data({**pins.as_json(), "library": _file(LIBRARY)}),
            "script": _file(SCRIPT),
        }
    answer = page("ledger", lang, door="ledger", **context)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def _file(name: str) -> tuple[str, str]:
    """Address and integrity."""
    return staticfiles_storage.url(name), integrity(name)


def _picture(found: Overview) -> str:
    size = found.growth[-1][1]
    lines = _("%(size)s dòng") % {"size": quantity(size)}
    return growth(
        found.growth,
        says=_("Số dòng của sổ qua từng ngày, nay là %(lines)s. Bảng bên dưới có số của những ngày gần nhất.")
        % {"lines": lines},
        size=lines,
    )


def _seen_by(found: Overview) -> str:
    newest = found.newest
    return ", ".join(seen.name for seen in newest.seen) if newest else ""
