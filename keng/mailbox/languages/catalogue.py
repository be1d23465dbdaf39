"""What a language added from the desk says for each sentence, and how far that can be trusted. Reads only; `wordings` writes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from keng.mailbox.languages.sentences import Sentence, Sort, by_text, sentences
from keng.mailbox.models import Language, Wording

# Round a sentence that is not wholly trusted, for the scripts (`browser/phone/words.ts`) and for `keng.mailbox.languages.marking`.
OPEN, MID, SHUT = "\ue000", "\ue001", "\ue002"
# The compiled languages as a Vietnamese officer calls them.
OURS = {"vi": _("Tiếng Việt"), "en": _("Tiếng Anh")}
COMPILED = frozenset(code for code, _name in settings.LANGUAGES)


class Standing(StrEnum):
    MISSING = "missing"
    DRAFT = "draft"
    STALE = "stale"
    REVIEWED = "reviewed"


STANDING_NAMES = {
    Standing.MISSING: _("chưa có"),
    Standing.DRAFT: _("chưa được người bản ngữ duyệt"),
    Standing.STALE: _("câu tiếng Việt đã đổi"),
    Standing.REVIEWED: _("đã duyệt"),
}


def standing(sentence: Sentence, wording: Wording | None) -> Standing:
    if wording is None:
        return Standing.MISSING
    if wording.source != sentence.text:
        return Standing.STALE
    return Standing.REVIEWED if wording.state == Wording.State.REVIEWED else Standing.DRAFT


@dataclass(frozen=True)
class Said:
    """A sentence in the language. `text` is None where the Vietnamese stands alone."""

    vietnamese: str
    text: str | None = None
    reviewed: bool = False

    @property
    def marked(self) -> str:
        """For a script: bare when reviewed."""
        if self.text is None:
            return OPEN + self.vietnamese + SHUT
        return self.text if self.reviewed else f"{OPEN}{self.vietnamese}{MID}{self.text}{SHUT}"


@dataclass(frozen=True)
class Catalogue:
    """All that may be shown of one language, by key: no stale wording, and of consents and promises none that is not reviewed."""

    code: str
    said: Mapping[str, Said]

    @classmethod
    def of(cls, code: str) -> "Catalogue":
        """One query."""
        wordings = {one.key: one for one in Wording.objects.filter(language=code)}
        return cls(code, {key: _said(one, wordings.get(key)) for key, one in sentences().items()})

    def for_vietnamese(self, text: str) -> Said:
        """What a page says for its own sentence; a word that stands in two places takes the better of its wordings."""
        found = [self.said[one.key] for one in by_text().get(text, [])]
        return max(found, key=lambda said: (said.reviewed, said.text is not None), default=Said(text))

    def words(self, *names: str) -> dict[str, str]:
        """What the scripts `names` say, by key; what is missing is left to them."""
        return {
            key: said.marked for key, said in self.said.items() if said.text is not None and key.split(".")[0] in names
        }

    def has_drafts(self, *names: str) -> bool:
        return any(
            said.text is not None and not said.reviewed and key.split(".")[0] in names
            for key, said in self.said.items()
        )


def _said(sentence: Sentence, wording: Wording | None) -> Said:
    how = standing(sentence, wording)
    shown = how is Standing.REVIEWED or (how is Standing.DRAFT and sentence.sort is Sort.PLAIN)
    return Said(sentence.text, wording.text if wording and shown else None, how is Standing.REVIEWED)


def names_of(codes: Iterable[str]) -> list[tuple[str, str]]:
    """(code, its own name) of these languages: ours first, then those added, by name. One query where any was added."""
    wanted = set(codes)
    added = wanted - COMPILED
    names = (
        list(Language.objects.filter(code__in=added).order_by("name", "code").values_list("code", "name"))
        if added
        else []
    )
    return [(code, name) for code, name in settings.LANGUAGES if code in wanted] + names


def offered() -> list[tuple[str, str]]:
    """(code, name in Vietnamese and its own) of every language that a box may have besides Vietnamese. One query."""
    ours = [(code, str(name)) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    return ours + [
        (one.code, f"{one.name_in_vietnamese} ({one.name})")
        for one in Language.objects.order_by("name_in_vietnamese", "code")
    ]
