"""A box's poster: its QR with the pinned root, its short code, and both pages as PDF or PNG."""

import io
from collections.abc import Iterable
from pathlib import Path

import segno
from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from keng.core.pdf import pages_as_png, pdf
from keng.mailbox import poster_text
from keng.mailbox.models import Box
from keng.mailbox.places import places_of
from keng.mailbox.sealing import fingerprint, unb64u

TEMPLATE = Path(__file__).parent / "print" / "poster.typ"
CODE_LENGTH, GROUP = 12, 4
SCREEN_PPI = 150


class NoPoster(ValueError):
    """There is nothing to print; the message is the sentence for the officer."""


def address(box: Box) -> str:
    """What the QR holds: the box's page with the fingerprint of its root, which phones never send to the server."""
    return f"{settings.PUBLIC_ORIGIN}/b/{box.slug}#{fingerprint(unb64u(box.root))}"


def short_code(box: Box) -> list[str]:
    """The first 12 characters of the root's fingerprint, in groups of four."""
    code = fingerprint(unb64u(box.root))[:CODE_LENGTH]
    return [code[start : start + GROUP] for start in range(0, CODE_LENGTH, GROUP)]


def as_pdf(box: Box, *, second: str = "") -> bytes:
    """Two A4 pages. `second` is the code of a second language, `""` for Vietnamese alone. Raises NoPoster."""
    return pdf(TEMPLATE, values(box, second=second))


def as_png(box: Box, *, second: str = "", ppi: float = SCREEN_PPI) -> bytes:
    """The page for the wall as a picture, at 150 ppi 1240 x 1754. Raises NoPoster."""
    return pages_as_png(TEMPLATE, values(box, second=second), ppi=ppi)[0]


def values(box: Box, *, second: str = "") -> dict[str, object]:
    """All that the template prints. Raises NoPoster for a box without a key, a closed one, or a language that it hasn't."""
    _refuse(box, second)
    languages = ["vi", second] if second else ["vi"]

    def say(sentence: str | Promise) -> list[str]:
        return [_in(language, sentence) for language in languages]

    today = timezone.localdate()
    return {
        "second": second,
        "office": box.office.name,
        "place": places_of(box.office).title,
        "address": address(box).partition("#")[0].partition("://")[2],
        "code": short_code(box),
        "qr": qr(address(box)),
        "alt": _in("vi", _("Mã QR mở trang %(address)s")) % {"address": address(box)},
        "notices": [say(notice) for notice in notices(box)],
        "sentences": {
            **{name: say(sentence) for name, sentence in {**poster_text.WALL, **poster_text.HANGER}.items()},
            "hung_columns": [" / ".join(say(name)) for name in poster_text.HUNG_COLUMNS],
        },
        "before": [say(item) for item in poster_text.BEFORE],
        "where": [say(item) for item in poster_text.WHERE],
        "where_not": [say(item) for item in poster_text.WHERE_NOT],
        "monthly": [say(item) for item in poster_text.MONTHLY],
        "foot": f"{box.slug} · {address(box)} · {today:%d/%m/%Y}",
    }


def _refuse(box: Box, second: str) -> None:
    if not box.root:
        raise NoPoster(__("Hộp thư này chưa có khoá nên chưa có áp phích. Người giữ khoá lập khoá trước."))
    if box.closed_on:
        raise NoPoster(__("Hộp thư này đã đóng, không in áp phích nữa. Áp phích cũ nên gỡ xuống."))
    if second and (second == "vi" or second not in box.languages or second not in dict(settings.LANGUAGES)):
        raise NoPoster(__("Hộp thư này không có ngôn ngữ đó."))


def _in(language: str, sentence: str | Promise) -> str:
    with translation.override(language):
        return str(sentence)


def notices(box: Box) -> Iterable[Promise]:
    if box.demo_keys:
        yield poster_text.DEMO
    if box.training:
        yield poster_text.TRAINING


def qr(text: str) -> str:
    """An SVG of the QR, level Q (a quarter may be damaged), with the quiet zone that the standard asks for."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False, boost_error=False).save(
        out, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, light="#fff"
    )
    return out.getvalue().decode()
