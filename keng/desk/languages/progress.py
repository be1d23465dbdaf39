"""How far a language and a box's prompts are, in numbers for the lists. A constant number of queries, whatever the rows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from keng.mailbox.languages.catalogue import OURS, STANDING_NAMES, Standing, standing
from keng.mailbox.languages.sentences import Sentence, sentences, spoken_in
from keng.mailbox.models import Box, Language, Prompt, Wording


@dataclass(frozen=True)
class Progress:
    """How many sentences of a language stand how."""

    counts: Mapping[Standing, int]
    whole: int

    @property
    def reviewed(self) -> int:
        return self.counts.get(Standing.REVIEWED, 0)

    @property
    def percent(self) -> int:
        return 100 * self.reviewed // max(1, self.whole)

    @property
    def filters(self) -> list[tuple[Standing, str, int]]:
        return [(one, str(name), self.counts.get(one, 0)) for one, name in STANDING_NAMES.items()]


def of_languages(languages: Iterable[Language]) -> list[tuple[Language, Progress]]:
    """One query."""
    shown = list(languages)
    kept: dict[str, dict[str, Wording]] = {one.code: {} for one in shown}
    for wording in Wording.objects.filter(language__in=shown).defer("text"):
        kept[wording.language_id][wording.key] = wording
    return [(one, of_wordings(kept[one.code])) for one in shown]


def of_wordings(kept: Mapping[str, Wording]) -> Progress:
    counts = Counter(standing(sentence, kept.get(key)) for key, sentence in sentences().items())
    return Progress(counts, len(sentences()))


@dataclass(frozen=True)
class Row:
    """A sentence of the catalogue beside what a language says for it."""

    sentence: Sentence
    wording: Wording | None
    standing: Standing

    @property
    def level(self) -> str:
        """A class of the desk's `.state`."""
        return {Standing.REVIEWED: "good", Standing.DRAFT: "wait", Standing.STALE: "bad"}.get(self.standing, "")

    @property
    def state(self) -> str:
        return str(STANDING_NAMES[self.standing])


def rows_of(language: Language) -> list[Row]:
    """Every sentence, in the order of the pages. One query."""
    kept = {one.key: one for one in language.wordings.all()}
    return [Row(one, kept.get(key), standing(one, kept.get(key))) for key, one in sentences().items()]


@dataclass(frozen=True)
class Voices:
    """A box's prompts in one language."""

    box: Box
    code: str
    name: str
    approved: int
    waiting: int
    whole: int


def of_boxes(boxes: Iterable[Box]) -> list[tuple[Box, list[Voices]]]:
    """For each box its languages, Vietnamese first. Two queries."""
    shown = list(boxes)
    names = {code: str(name) for code, name in OURS.items()}
    names |= dict(Language.objects.values_list("code", "name_in_vietnamese"))
    counted: dict[tuple[int, str], Mapping[str, int]] = {
        (row["box"], row["language"]): {"approved": row["approved"], "waiting": row["waiting"]}
        for row in Prompt.objects.filter(box__in=shown)
        .values("box", "language")
        .annotate(approved=Count("pk", filter=~Q(approved_by="")), waiting=Count("pk", filter=Q(approved_by="")))
    }
    whole = {kind: len(spoken_in(kind)) for kind in {box.kind for box in shown}}
    return [
        (box, [_voices(box, code, names, counted, whole[box.kind]) for code in _spoken(box, names)]) for box in shown
    ]


def _spoken(box: Box, names: Mapping[str, str]) -> list[str]:
    return ["vi", *(code for code in box.languages if code != "vi" and code in names)]


def _voices(
    box: Box, code: str, names: Mapping[str, str], counted: Mapping[tuple[int, str], Mapping[str, int]], whole: int
) -> Voices:
    row = counted.get((box.pk, code), {"approved": 0, "waiting": 0})
    return Voices(box, code, names[code], row["approved"], row["waiting"], whole)
