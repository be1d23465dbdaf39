"""A page in a language that was added from the desk: rendered in Vietnamese with every sentence marked, then each mark is replaced by what
the language says for it, its Vietnamese beside a draft, or the Vietnamese alone; each with its own `lang`.
"""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import translation
from django.utils.translation import trans_real

from keng.mailbox.languages.catalogue import OPEN, SHUT, STANDING_NAMES, Catalogue, Said, Standing

MARKED = "x-marked"  # goes by this name among Django's catalogues; no page is ever in it
MARK = re.compile(f"{OPEN}([^{OPEN}{SHUT}]*){SHUT}")
STRAY = re.compile(f"[{OPEN}{SHUT}]")
TAG = re.compile(r"(<[^>]*>)")
# Elements whose content is text alone.
TEXT_ONLY = ("<option", "<title")
CODE = ("<script", "<style")
SIGN = "◇"


class _Marking(trans_real.DjangoTranslation):
    """Vietnamese, with each sentence between marks."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{super().gettext(message)}{SHUT}"


@contextmanager
def marking() -> Iterator[None]:
    """While a page is rendered. Django offers no way to hand it a catalogue of ours, so ours is put among those that it has read."""
    read: dict[str, object] = trans_real._translations  # type: ignore[attr-defined]
    read.setdefault(MARKED, _Marking("vi"))
    with translation.override(MARKED):
        yield


def spell(page: str, catalogue: Catalogue) -> str:
    """The finished page, from one rendered while `marking`."""
    pieces = TAG.split(page)
    for at in range(1, len(pieces), 2):
        if STRAY.search(pieces[at]):
            pieces[at] = _in_tag(pieces[at], catalogue)
    for at in range(0, len(pieces), 2):
        tag = pieces[at - 1] if at else ""
        if tag.startswith(CODE) or not STRAY.search(pieces[at]):
            continue
        if tag.startswith(TEXT_ONLY):
            pieces[at - 1], pieces[at] = _text_only(tag, pieces[at], catalogue)
        else:
            pieces[at] = MARK.sub(lambda mark: _element(_said(mark, catalogue), catalogue.code), pieces[at])
            pieces[at] = STRAY.sub("", pieces[at])
    return "".join(pieces)


def _said(mark: re.Match[str], catalogue: Catalogue) -> Said:
    return catalogue.for_vietnamese(html.unescape(mark[1]))


def _element(said: Said, code: str) -> str:
    if said.text is None:
        return f'<bdi lang="vi">{html.escape(said.vietnamese)}</bdi>'
    own = f'<bdi lang="{code}">{html.escape(said.text)}</bdi>'
    if said.reviewed:
        return own
    sign = f'<sup lang="vi" role="img" aria-label="{STANDING_NAMES[Standing.DRAFT]}">{SIGN}</sup>'
    return f'{own} {sign}<small lang="vi">{html.escape(said.vietnamese)}</small>'


def _in_tag(tag: str, catalogue: Catalogue) -> str:
    """An attribute takes no second language: the reviewed wording, else the Vietnamese."""
    said = [_said(mark, catalogue) for mark in MARK.finditer(tag)]
    tag = STRAY.sub("", MARK.sub(lambda mark: _trusted(_said(mark, catalogue)), tag))
    return tag if all(one.reviewed for one in said) else _with_lang(tag, "vi")


def _trusted(said: Said) -> str:
    return html.escape((said.text if said.reviewed else None) or said.vietnamese)


def _text_only(tag: str, text: str, catalogue: Catalogue) -> tuple[str, str]:
    said = [_said(mark, catalogue) for mark in MARK.finditer(text)]
    text = STRAY.sub("", MARK.sub(lambda mark: _line(_said(mark, catalogue)), text))
    return _with_lang(tag, catalogue.code if any(one.text for one in said) else "vi"), text


def _line(said: Said) -> str:
    if said.text is None or said.reviewed:
        return html.escape(said.text or said.vietnamese)
    return html.escape(f"{said.text} {SIGN} {said.vietnamese}")


def _with_lang(tag: str, code: str) -> str:
    return tag if " lang=" in tag else f'{tag[:-1]} lang="{code}">'
