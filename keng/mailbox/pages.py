"""The reporter's static pages: `/b/<slug>` and `/r`, one a language, the same for everybody.

A page is built once, kept compressed in memory and served with one query, which tells whether the box has changed since.
What is posted from these pages arrives elsewhere (`keng.mailbox.views`).
"""

import base64
import gzip
import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import brotli
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from keng.ledger.pinned import Pinned, pinned
from keng.mailbox.choices import CHOICES, HEADINGS, TIMES
from keng.mailbox.closing import is_closed
from keng.mailbox.kinds import KINDS
from keng.mailbox.languages.catalogue import names_of
from keng.mailbox.languages.prompts import voice
from keng.mailbox.languages.tongues import Tongue, version_of
from keng.mailbox.models import Box
from keng.mailbox.places import places_of

# Villages change without the box's knowing: a page is built anew after this many seconds at the latest.
STALE_AFTER = 300
PAGES_KEPT = 256  # some 25 KB each

# A field that no keyboard, spell-checker or browser may remember.
QUIET = mark_safe(
    'autocomplete="off" autocorrect="off" autocapitalize="off" spellcheck="false" data-gramm="false" translate="no"'
)


@dataclass(frozen=True)
class Page:
    """A finished page: its forms by content coding, and what its own style and scripts allow."""

    forms: dict[str, bytes]
    policy: str
    etag: str


def report(request: HttpRequest, slug: str, lang: str = "vi") -> HttpResponse:
    """`/b/<slug>`: the form on which a report is written and sealed. Shapes: 200, 304, 404, 405, 410."""
    return _of_box(request, slug, lang, _report_page)


def guide(request: HttpRequest, slug: str, lang: str = "vi") -> HttpResponse:
    """`/b/<slug>/guide`: how to report, in six pictures, for somebody who does it for the first time. Shapes: as `report`."""
    return _of_box(request, slug, lang, _guide_page)


def _of_box(
    request: HttpRequest, slug: str, lang: str, make: Callable[[str, str, tuple[object, ...], int], Page | None]
) -> HttpResponse:
    if refusal := only_reading(request, lang):
        return refusal
    stamp = Box.objects.filter(slug=slug).values_list("version", "title", "closed_on", Max("statements__seq")).first()
    words = version_of(lang)
    if stamp is None or words is None:
        return notice(404, lang, _not_here)
    _version, _title, closed_on, seq = stamp
    if is_closed(closed_on):
        return notice(410, lang, _closed)
    if seq is None:
        return notice(404, lang, _not_open)
    page = make(slug, lang, (*stamp, words), int(time.time()) // STALE_AFTER)
    return notice(404, lang, _not_here) if page is None else _serve(request, page)


def back(request: HttpRequest, lang: str = "vi") -> HttpResponse:
    """`/r`: where a receipt shows what became of its report. Shapes: 200, 304, 404, 405."""
    if refusal := only_reading(request, lang):
        return refusal
    words = version_of(lang)
    if words is None:
        return notice(404, "vi", _not_here)
    return _serve(request, _return_page(lang, words, pinned(), int(time.time()) // STALE_AFTER))


@lru_cache(maxsize=PAGES_KEPT)
def _report_page(slug: str, lang: str, stamp: tuple[object, ...], _age: int) -> Page | None:
    """`stamp` and `_age` only tell apart what was built before a change; None where the box has not this language."""
    box = Box.objects.select_related("office__province").get(slug=slug)
    signed = box.statements.order_by("-seq")[0]
    if lang != "vi" and lang not in box.languages:
        return None
    tongue, places = Tongue.of(lang), places_of(box.office)
    data: dict[str, object] = {
        "slug": slug,
        "plain": _address("plain", slug, tongue.bundle),
        "back": _address("return", "", lang),
        "signed": {"statement": signed.text, "signature": signed.signature, "root": box.root},
    }
    if tongue.catalogue:
        data["words"] = tongue.catalogue.words("report", "phone")
    if spoken := voice(box, lang):
        data["voice"] = spoken
    with tongue.rendering():
        return _build(
            "report",
            tongue,
            {
                **tongue.context("page", "report", "phone"),
                "box": box,
                "place": places.title,
                "heading": HEADINGS[Box.Kind(box.kind)],
                "here": _address("report", slug, lang),
                "plain": data["plain"],
                "return_page": data["back"],
                "kinds": CHOICES.get(box.kind, ()),
                "answers_page": answers_address(box, tongue.bundle),
                "guide": _address("guide", slug, lang),
                "times": TIMES,
                "villages": places.villages,
                "village_label": _("Bản, tổ") if places.fine else _("Xã, phường"),
                "languages": _other_languages("report", slug, lang, set(box.languages) | {"vi"}),
                "data": script_data(data),
            },
        )


@lru_cache(maxsize=PAGES_KEPT)
def _guide_page(slug: str, lang: str, _stamp: tuple[object, ...], _age: int) -> Page | None:
    """As `_report_page`."""
    box = Box.objects.select_related("office__province").get(slug=slug)
    if lang != "vi" and lang not in box.languages:
        return None
    tongue = Tongue.of(lang)
    context = {
        **tongue.context("guide"),
        "box": box,
        "place": places_of(box.office).title,
        "here": _address("report", slug, lang),
        "return_page": _address("return", "", lang),
        "languages": _other_languages("guide", slug, lang, set(box.languages) | {"vi"}),
        "data": script_data({"voice": spoken}) if (spoken := voice(box, lang)) else "",
    }
    with tongue.rendering():
        return _build("guide", tongue, context)


@lru_cache(maxsize=32)
def _return_page(lang: str, _words: int, pins: Pinned, _age: int) -> Page:
    """`pins`: a log key that was changed is another page at once."""
    tongue = Tongue.of(lang)
    scripts = {"proof": _script(f"mailbox/proof.{tongue.bundle}.js"), "ed25519": _script("mailbox/ed25519.js")}
    context = {
        **tongue.context("back", "return", "phone", "proof"),
        "plain": _address("return-plain", "", tongue.bundle),
        "languages": _other_languages("return", "", lang, set(dict(settings.LANGUAGES))),
        "words": script_data(tongue.catalogue.words("return", "phone", "proof")) if tongue.catalogue else "",
        "pins": script_data({**pins.as_json(), **scripts}),
    }
    with tongue.rendering():
        return _build("return", tongue, context)


def script_data(data: object) -> SafeString:
    """JSON for a `<script type="application/json">`, which nothing in it can end."""
    return mark_safe(json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))  # noqa: S308


def _address(name: str, slug: str, lang: str) -> str:
    """Path of one of our pages in a language; Vietnamese has no suffix."""
    ways = {
        "report": f"/b/{slug}",
        "plain": f"/b/{slug}/plain",
        "guide": f"/b/{slug}/guide",
        "return": "/r",
        "return-plain": "/r/plain",
    }
    return ways[name] + ("" if lang == "vi" else f"/{lang}")


def answers_address(box: Box, lang: str) -> str:
    """Where the box's public answers are read, in a language; "" for a kind of box that gives none."""
    path = f"/b/{box.slug}/answers" + ("" if lang == "vi" else f"/{lang}")
    return path if KINDS[box.kind].allows_public_answer else ""


def _other_languages(name: str, slug: str, lang: str, offered: set[str]) -> list[tuple[str, str, str]]:
    return [(code, own, _address(name, slug, code)) for code, own in names_of(offered - {lang})]


def _build(name: str, tongue: Tongue, context: dict[str, object]) -> Page:
    """Renders, puts into the language, squeezes, hashes and compresses."""
    bundle = f"mailbox/{name}.{tongue.bundle}.js"
    context |= {"quiet": QUIET, "src": staticfiles_storage.url(bundle), "integrity": integrity(bundle)}
    html = tongue.spell(get_template(f"mailbox/{name}.html").render(context))
    html = re.sub(r"\s*\n\s*", "\n", html)
    raw = html.encode()
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {_inline_hash('script', html)}",
            f"style-src {_inline_hash('style', html)}",
            "connect-src 'self'",
            "img-src data: blob:",
            "media-src blob:",
            "worker-src blob:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
    forms = {"br": brotli.compress(raw, quality=11), "gzip": gzip.compress(raw, 9, mtime=0), "": raw}
    return Page(forms, policy, f'"{hashlib.sha256(raw + policy.encode()).hexdigest()[:20]}"')


def _script(name: str) -> tuple[str, str]:
    """Address and integrity of a script that the page fetches when it needs it."""
    return staticfiles_storage.url(name), integrity(name)


def integrity(name: str) -> str:
    """Subresource integrity of a static file, from the file as it lies in its app (collecting does not alter it)."""
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(name)
    return _hash(Path(path).read_bytes())


def _inline_hash(tag: str, html: str) -> str:
    found = re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    return f"'{_hash(found[1].encode())}'" if found else "'none'"


def _hash(raw: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(raw).digest()).decode()


def _serve(request: HttpRequest, page: Page) -> HttpResponse:
    if page.etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
        del response.headers["Content-Type"]
    else:
        coding = next((one for one in ("br", "gzip") if _accepts(request, one)), "")
        response = HttpResponse(page.forms[coding])
        if coding:
            response.headers["Content-Encoding"] = coding
    response.headers["Content-Security-Policy"] = page.policy
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "no-cache"
    response.headers["ETag"] = page.etag
    return response


def _accepts(request: HttpRequest, coding: str) -> bool:
    accepted = request.headers.get("Accept-Encoding", "")
    return re.search(rf"\b{coding}\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", accepted) is not None


def notice(status: int, lang: str, words: Callable[[], tuple[str, str]]) -> HttpResponse:
    """A small page of one heading and one sentence."""
    lang = lang if lang in dict(settings.LANGUAGES) else "vi"
    with translation.override(lang):
        heading, sentence = words()
        html = get_template("mailbox/notice.html").render({"lang": lang, "heading": heading, "sentence": sentence})
    response = HttpResponse(html, status=status)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {_inline_hash('style', html)}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return response


def only_reading(request: HttpRequest, lang: str) -> HttpResponse | None:
    if request.method in ("GET", "HEAD"):
        return None
    response = notice(405, lang, lambda: (_("Trang này chỉ để xem"), _("Không gửi được gì vào địa chỉ này.")))
    response.headers["Allow"] = "GET, HEAD"
    return response


def _not_here() -> tuple[str, str]:
    return _("Không có hộp thư này"), _("Bà con xem lại địa chỉ in trên áp phích.")


def _not_open() -> tuple[str, str]:
    return _("Hộp thư này chưa mở"), _("Cán bộ chưa đặt khoá cho hộp thư. Bà con quay lại sau.")


def _closed() -> tuple[str, str]:
    return _("Hộp thư này đã đóng"), _("Bà con tìm áp phích mới của xã, hoặc gọi 113.")
