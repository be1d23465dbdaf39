"""The catalogue's search: what is posted today, by what people call it, without accents and with typing errors.

Names are held in the memory of each process and read anew when the catalogue has changed. Nothing about a search is kept.
"""

import math
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Max, Sum
from django.utils import timezone
from rapidfuzz import fuzz

from keng.core.text import fold
from keng.procedures.models import Procedure, ProcedureVersion
from keng.procedures.search_words import meanings, sound, untangled, wordings, words_of

MOST_FOUND = 50
LOOKED_AT = 80  # of the likeliest, compared letter by letter
ENOUGH = 0.45  # of what was asked for, else it is not found
# How much it counts: that all asked for is in it, that nothing else is, that it stands in this order.
ASKED, ELSE, ORDER = 0.64, 0.22, 0.14
BESIDE_THE_NAME = 0.5  # a word of the field or the life event, not of the name
BY_CODE = 3.0
# Not read for a list of results: the long texts.
LONG = ("ways", "steps", "documents", "bases", "papers", "conditions", "costs", "time_note")

Stamp = tuple[object, ...]


@dataclass(frozen=True)
class Entry:
    """What a version is found by, folded: `name`, `code` without dots, and `more`: its field and life events, whose keys follow."""

    pk: int
    name: str
    code: str
    more: str = ""
    field: int = 0
    events: tuple[int, ...] = ()


class Index:
    """Which versions have which words. Never changed once made, so that many threads may ask at once."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self.in_field = Counter(entry.field for entry in self.entries)
        self.of_event = Counter(event for entry in self.entries for event in entry.events)
        self.within: dict[str, dict[int, float]] = defaultdict(dict)
        for place, entry in enumerate(self.entries):
            for word in entry.more.split():
                self.within[word][place] = BESIDE_THE_NAME
            for word in entry.name.split():
                self.within[word][place] = 1.0
        self.known = sorted(self.within)
        self.weight = {word: math.log(1 + len(self.entries) / len(places)) for word, places in self.within.items()}
        self.by_sound: dict[str, list[str]] = defaultdict(list)
        for word in self.known:
            self.by_sound[sound(word)].append(word)
        self.whole = [sum(self.weight[word] for word in set(entry.name.split())) or 1.0 for entry in self.entries]

    def best(self, query: str, limit: int) -> list[int]:
        """Keys of the versions that fit, best first."""
        words = words_of(query)
        score = self._by_code("".join(words))
        for wording in wordings(words):
            for place, much in self._of(untangled(wording, self.within.keys())).items():
                score[place] = max(score.get(place, 0), much)
        ranked = sorted(score, key=lambda place: (-score[place], len(self.entries[place].name), place))
        return [self.entries[place].pk for place in ranked[:limit]]

    def _by_code(self, squeezed: str) -> dict[int, float]:
        if len(squeezed) < 4 or not any(char.isdigit() for char in squeezed):
            return {}
        return {
            place: BY_CODE - (squeezed != entry.code)
            for place, entry in enumerate(self.entries)
            if entry.code.startswith(squeezed) or (len(entry.code) >= 6 and entry.code in squeezed)
        }

    def _of(self, words: list[str]) -> dict[int, float]:
        """Place to score, of those that have enough of the words."""
        asked, fits, has = 0.0, dict[int, float](), dict[int, float]()
        for word in dict.fromkeys(words):
            weight, of_word = self._places(word)
            asked += weight
            for place, (likely, matched) in of_word.items():
                fits[place] = fits.get(place, 0) + likely * weight
                has[place] = has.get(place, 0) + likely * matched
        enough = [place for place, much in fits.items() if much >= ENOUGH * asked]
        score = {
            place: ASKED * fits[place] / asked + ELSE * min(1.0, has[place] / self.whole[place]) for place in enough
        }
        likeliest = sorted(score, key=lambda place: -score[place])[:LOOKED_AT]
        text = " ".join(words)
        return {place: score[place] + ORDER * fuzz.ratio(text, self.entries[place].name) / 100 for place in likeliest}

    def _places(self, word: str) -> tuple[float, dict[int, tuple[float, float]]]:
        """How much the word weighs, and where it may be: how likely, and what the catalogue's word weighs."""
        exact = word in self.within
        may_mean = meanings(word, self.known, self.by_sound, exact)
        rarest = math.log(1 + len(self.entries))
        weight = self.weight[word] if exact else max((self.weight[other] for other in may_mean), default=rarest * 0.6)
        places: dict[int, tuple[float, float]] = {}
        for other, likely in may_mean.items():
            for place, where in self.within[other].items():
                if place not in places or places[place][0] < likely * where:
                    places[place] = (likely * where, self.weight[other])
        return weight, places


class Memory:
    """The index of what is in force, renewed when the stamp of the catalogue differs."""

    def __init__(self) -> None:
        self._held: tuple[Stamp, Index] | None = None
        self._making = threading.Lock()

    def index(self) -> Index:
        now = stamp()
        held = self._held
        if held is None or held[0] != now:
            with self._making:
                held = self._held
                if held is None or held[0] != now:
                    held = self._held = (now, Index(in_force()))
        return held[1]


_memory = Memory()


def find(query: str, limit: int = 20) -> list[ProcedureVersion]:
    """Versions in force that fit what was typed, best first, at most MOST_FOUND; [] where none does. Six queries, without long texts."""
    keys = _memory.index().best(query, max(0, min(limit, MOST_FOUND)))
    versions = ProcedureVersion.objects.in_force().select_related("procedure__field").defer(*LONG).in_bulk(keys)
    return [versions[key] for key in keys if key in versions]


def posted() -> Index:
    """What is posted today, with how many procedures each field and life event has."""
    return _memory.index()


def stamp() -> Stamp:
    """Another one when something was published, ended, put to another life event or another field, and on another day. From indexes."""
    versions = ProcedureVersion.objects.order_by("-published_at").filter(published_at__isnull=False)
    return (
        timezone.localdate(),
        versions.values_list("published_at", flat=True).first(),
        ProcedureVersion.objects.order_by("-pk").values_list("pk", flat=True).first(),
        *Procedure.objects.aggregate(
            Count("pk"), Count("retired_on"), Max("retired_on"), in_fields=Sum(F("pk") * F("field_id"))
        ).values(),
        *Procedure.life_events.through.objects.aggregate(Count("pk"), Max("pk")).values(),
    )


def in_force() -> list[Entry]:
    """What is posted today. Two queries."""
    events: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = Procedure.life_events.through.objects.values_list("procedure_id", "lifeevent_id", "lifeevent__search_key")
    for procedure, event, key in rows:
        events[procedure].append((event, key))
    versions = ProcedureVersion.objects.in_force().values_list(
        "pk",
        "name",
        "search_key",
        "procedure__code",
        "procedure_id",
        "procedure__field_id",
        "procedure__field__search_key",
    )
    return [
        Entry(
            pk=pk,
            name=key or fold(name),
            code=fold(code).replace(" ", ""),
            more=" ".join([field_key, *(each for _event, each in events[procedure])]),
            field=field,
            events=tuple(event for event, _key in events[procedure]),
        )
        for pk, name, key, code, procedure, field, field_key in versions.iterator()
    ]
