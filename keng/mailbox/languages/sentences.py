"""The catalogue's sentences: every one that a villager may read on the report's page, the answers' page and the guide.

Their words are Vietnamese, the source. What another language says for them stands in the database (`keng.mailbox.languages.catalogue`).
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from keng.mailbox.choices import CHOICES, HEADINGS, TIMES
from keng.mailbox.models import Box

HERE = Path(__file__).parent
PLACE = re.compile(r"\{\w+\}")


class Sort(StrEnum):
    """What a sentence is for: whoever errs in a consent or a promise does harm, so these are shown only when reviewed."""

    PLAIN = "plain"
    CONSENT = "consent"
    LEGAL = "legal"


SORT_NAMES = {Sort.PLAIN: _("chữ thường"), Sort.CONSENT: _("lời đồng ý"), Sort.LEGAL: _("lời hứa, lời dặn")}
# Scripts' sentences that read back what was agreed to: with a wrong "yes" the person has agreed to something else.
CONSENT = re.compile(r"report\.(forwardLabel|answerLabel|yes|no)")
# Scripts' sentences that promise or warn, or that erase for good.
LEGAL = re.compile(
    r"report\.(checked|unchecked|codeWrong|untrusted\..*|unpinnedWarning|voiceKnown|keep|risks)"
    r"|phone\.(zalo|refused)|return\.(foreign|faults\..*|missing|voiceKnown|forwardedTo|delete\w+|keepIt|willErase|erased)"
    r"|proof\.(proven|alone|missing|undated|unseen|bad|faults\..*|do\w+|save\w*|found\w*|absent\w*|empty)"
)
# What goes into a report stays as officers read it, and the sign of a draft must be understood by all.
NOT_TRANSLATED = {"report.unknown", "phone.draft"}
# What may be heard, besides the choices and the guide: the headings, labels and buttons of the page, and what must not be missed.
SPOKEN = {
    "page.danger", "page.locked", "page.before", "page.what", "page.tell", "page.where", "page.village", "page.commune", "page.place",
    "page.position", "page.nowhere", "page.when", "page.date", "page.media", "page.photo", "page.speak", "page.hidden", "page.recorder",
    "page.forward", "page.no_answer", "page.public", "page.locked_complaint", "page.look", "report.unchecked", "report.preview",
    "report.unpinnedWarning", "report.voiceKnown", "report.arrived", "report.nothingToKeep", "report.keep", "report.risks",
}  # fmt: skip

# Sentences that not every kind of box has.
ONLY: dict[str, tuple[str, ...]] = {
    Box.Kind.CRIME: ("page.locked",),
    Box.Kind.DEMOCRACY: ("page.locked", "page.public"),
    Box.Kind.COMPLAINT: ("page.locked_complaint",),
}


@dataclass(frozen=True)
class Sentence:
    """`text` is Vietnamese, with `{name}` where the page fills something in."""

    key: str
    text: str
    sort: Sort

    @property
    def places(self) -> frozenset[str]:
        return frozenset(PLACE.findall(self.text))

    @property
    def spoken(self) -> bool:
        """Whether a prompt may stand for it."""
        return self.key in SPOKEN or self.key.startswith(("page.choice.", "page.heading.", "guide."))


@cache
def sentences() -> Mapping[str, Sentence]:
    """All of them by key, in the order of the pages."""
    return {sentence.key: sentence for sentence in _all() if sentence.key not in NOT_TRANSLATED}


@cache
def by_text() -> Mapping[str, list[Sentence]]:
    """From the Vietnamese of a page's own sentences (not the scripts') to what it may be; a word may stand in two places."""
    found: dict[str, list[Sentence]] = {}
    for one in sentences().values():
        if one.key.startswith(("page.", "back.", "guide.")):
            found.setdefault(one.text, []).append(one)
    return found


def spoken_in(kind: str) -> list[Sentence]:
    """What can be recorded for a box of this kind: its own heading and choices, not those of other kinds."""
    own = (f"page.choice.{kind}.", f"page.heading.{kind}", *ONLY.get(kind, ()))
    others = ("page.choice.", "page.heading.", *(key for keys in ONLY.values() for key in keys))
    return [
        one
        for one in sentences().values()
        if one.spoken and (not one.key.startswith(others) or one.key.startswith(own))
    ]


def _all() -> Iterator[Sentence]:
    written = tomllib.loads((HERE / "sentences.toml").read_text())
    for sort in Sort:
        for key, text in written[sort].items():
            yield Sentence(key, text, sort)
    with translation.override("vi"):
        for kind in Box.Kind:
            yield Sentence(f"page.heading.{kind}", str(HEADINGS[kind]), Sort.PLAIN)
            for value, label, _path in CHOICES.get(kind, ()):
                yield Sentence(f"page.choice.{kind}.{value}", str(label), Sort.PLAIN)
        for value, label in TIMES:
            yield Sentence(f"page.time.{value}", str(label), Sort.PLAIN)
    for key, text in json.loads((HERE / "bundle.json").read_text()).items():
        sort = Sort.CONSENT if CONSENT.fullmatch(key) else Sort.LEGAL if LEGAL.fullmatch(key) else Sort.PLAIN
        yield Sentence(key, text, sort)
