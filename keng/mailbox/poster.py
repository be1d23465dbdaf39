"""A box's poster in each format: its QR with the pinned root, its short code, as PDF or PNG.

Nothing on it tells one copy from another: no place, no number. Which poster was scanned can't be known.
"""

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from keng.core.pdf import pages_as_png, pdf
from keng.core.pdf_join import Joined
from keng.core.qr import qr
from keng.mailbox import poster_text
from keng.mailbox.models import Box
from keng.mailbox.places import places_of
from keng.mailbox.sealing import fingerprint, unb64u

PRINT = Path(__file__).parent / "print"
CODE_LENGTH, GROUP = 12, 4
SCREEN_PPI = 150
# So many boxes are laid out at a time: what typst remembers of them stays below some 150 MB.
AT_A_TIME = 4


@dataclass(frozen=True)
class Format:
    """`per_sheet` copies come out of one printed sheet."""

    label: Promise
    template: Path
    per_sheet: int = 1

    def sheets(self, copies: int) -> int:
        return math.ceil(copies / self.per_sheet)


FORMATS = {
    "a4": Format(_("Áp phích A4"), PRINT / "a4.typ"),
    "a5": Format(_("Áp phích A5"), PRINT / "a5.typ"),
    "stickers": Format(_("Tem dán (21 tem một tờ A4)"), PRINT / "stickers.typ", 21),
    "cards": Format(_("Thẻ bỏ ví (10 thẻ một tờ A4, in hai mặt)"), PRINT / "cards.typ", 10),
}


class NoPoster(ValueError):
    """There is nothing to print; the message is the sentence for the officer."""


def address(box: Box) -> str:
    """What the QR holds: the box's page with the fingerprint of its root, which phones never send to the server."""
    return f"{settings.PUBLIC_ORIGIN}/b/{box.slug}#{root_of(box)}"


def root_of(box: Box) -> str:
    """The fingerprint that a poster of the box must carry, 26 characters; `""` for a box without a key."""
    return fingerprint(unb64u(box.root)) if box.root else ""


def short_code(box: Box) -> list[str]:
    """The first 12 characters of the root's fingerprint, in groups of four."""
    code = root_of(box)[:CODE_LENGTH]
    return [code[start : start + GROUP] for start in range(0, CODE_LENGTH, GROUP)]


def as_pdf(box: Box, *, second: str = "", format: str = "a4", copies: int = 1) -> bytes:
    """The poster, on as many sheets as `copies` need. `second` is the code of a second language, `""` for none. Raises NoPoster."""
    layout = _format(format)
    one = pdf(layout.template, sheet([box], second=second))
    if layout.sheets(copies) == 1:
        return one
    out = io.BytesIO()
    joined = Joined(out, title=box.office.name)
    plain = pdf(layout.template, sheet([box], second=second), plain=True)
    joined.add(plain, times=layout.sheets(copies))
    joined.finish()
    return out.getvalue()


def write_pdf(boxes: Sequence[Box], out: BinaryIO, *, format: str = "a4", title: str = "") -> Iterator[int]:
    """The posters of many boxes as one PDF, written as it is made; gives the number of boxes done so far. Raises NoPoster."""
    layout = _format(format)
    joined = Joined(out, title=title)
    # typst works without Python's lock: while it lays out some boxes, the codes of the next are drawn.
    with ThreadPoolExecutor(1) as other:
        laid_out: Future[bytes] | None = None
        for start in range(0, len(boxes), AT_A_TIME):
            values = sheet(boxes[start : start + AT_A_TIME])
            if laid_out is not None:
                joined.add(laid_out.result())
                yield start
            laid_out = other.submit(pdf, layout.template, values, plain=True)
        if laid_out is not None:
            joined.add(laid_out.result())
    joined.finish()
    yield len(boxes)


def as_png(box: Box, *, second: str = "", format: str = "a4", ppi: float = SCREEN_PPI) -> bytes:
    """The first page as a picture, of A4 at 150 ppi 1240 x 1754. Raises NoPoster."""
    return pages_as_png(_format(format).template, sheet([box], second=second), ppi=ppi)[0]


def sheet(boxes: Sequence[Box], *, second: str = "") -> dict[str, object]:
    """What a template reads: the sentences once, and each box's own. Raises NoPoster."""
    return {"words": {second: words(second)}, "posters": [of_box(box, second=second) for box in boxes]}


def values(box: Box, *, second: str = "") -> dict[str, object]:
    """All that one poster prints. Raises NoPoster for a box without a key, a closed one, or a language that it hasn't."""
    return {**of_box(box, second=second), **words(second)}


def of_box(box: Box, *, second: str = "") -> dict[str, object]:
    """What differs from box to box. Raises NoPoster."""
    refuse(box, second)
    today = timezone.localdate()
    return {
        "second": second,
        "office": box.office.name,
        "place": places_of(box.office).title,
        "address": address(box).partition("#")[0].partition("://")[2],
        "code": short_code(box),
        "qr": qr(address(box)),
        "alt": _in("vi", _("Mã QR mở trang %(address)s")) % {"address": address(box)},
        "notices": [_say(notice, second) for notice in notices(box)],
        "foot": f"{box.slug} · {address(box)} · {today:%d/%m/%Y}",
    }


def words(second: str) -> dict[str, object]:
    """The sentences, each in Vietnamese and then in the second language."""
    sentences = {**poster_text.WALL, **poster_text.HANGER}
    return {
        "sentences": {
            **{name: _say(sentence, second) for name, sentence in sentences.items()},
            "hung_columns": [" / ".join(_say(name, second)) for name in poster_text.HUNG_COLUMNS],
        },
        "before": [_say(item, second) for item in poster_text.BEFORE],
        "where": [_say(item, second) for item in poster_text.WHERE],
        "where_not": [_say(item, second) for item in poster_text.WHERE_NOT],
        "checks": [(icon, _say(item, second)) for icon, item in poster_text.CHECKS],
    }


def refuse(box: Box, second: str = "") -> None:
    """Raises NoPoster where there is none to print."""
    if not box.root:
        raise NoPoster(__("Hộp thư này chưa có khoá nên chưa có áp phích. Người giữ khoá lập khoá trước."))
    if box.closed_on:
        raise NoPoster(__("Hộp thư này đã đóng, không in áp phích nữa. Áp phích cũ nên gỡ xuống."))
    if second and (second == "vi" or second not in box.languages or second not in dict(settings.LANGUAGES)):
        raise NoPoster(__("Hộp thư này không có ngôn ngữ đó."))


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise NoPoster(__("Không có khổ in này."))
    return FORMATS[name]


def _say(sentence: str | Promise, second: str) -> list[str]:
    return [_in(language, sentence) for language in (["vi", second] if second else ["vi"])]


def _in(language: str, sentence: str | Promise) -> str:
    with translation.override(language):
        return str(sentence)


def notices(box: Box) -> Iterable[Promise]:
    if box.demo_keys:
        yield poster_text.DEMO
    if box.training:
        yield poster_text.TRAINING
