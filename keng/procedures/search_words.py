"""How a query's words are read: as typed, as meant, as sounded, as an input method left them; and what people say for what is posted."""

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from keng.core.text import fold

LONGEST_QUERY = 200  # characters
MOST_WORDS = 16
LONGEST_WORD = 24
MOST_MEANT = 12  # words of the catalogue that one typed word may mean
EVERYDAY = Path(__file__).parent / "data" / "everyday.txt"

AS_TYPED = 1.0
AS_SOUNDED = 0.85
BEGUN = 0.8
MISTYPED = 0.9  # times the share of letters that are right

# The first letters and endings that are confused in speech and so in writing; the first that fits is taken.
BEGINNINGS = (
    ("ngh", "ng"), ("gh", "g"), ("gi", "z"), ("tr", "ch"), ("qu", "cu"), ("d", "z"), ("r", "z"), ("x", "s"), ("k", "c"), ("l", "n"),
)  # fmt: skip
ENDINGS = (("nh", "n"), ("ng", "n"), ("ch", "t"), ("c", "t"))
# What Telex leaves of a letter when it is not switched on.
TELEX = (("dd", "d"), ("aa", "a"), ("aw", "a"), ("ee", "e"), ("oo", "o"), ("ow", "o"), ("uw", "u"), ("w", "u"))
TONES = "sfrxj"


def words_of(query: str) -> list[str]:
    """The query's words, folded; a bounded number of bounded length, whatever was typed."""
    return [word[:LONGEST_WORD] for word in fold(query[:LONGEST_QUERY]).split()[:MOST_WORDS]]


@lru_cache(maxsize=1)
def everyday() -> dict[tuple[str, ...], tuple[str, ...]]:
    """What people say, by its words' sounds, to the catalogue's words (none: it says nothing to look for)."""
    sayings = {}
    for line in EVERYDAY.read_text().splitlines():
        official, sign, said = line.partition("=")
        if sign and not line.startswith("#"):
            for saying in said.split(","):
                sayings[tuple(map(sound, fold(saying).split()))] = tuple(fold(official).split())
    return sayings


def wordings(words: list[str]) -> Iterator[list[str]]:
    """The query as typed and, where it says something in everyday words, as the catalogue would say it."""
    yield words
    heard, said = [sound(word) for word in words], everyday()
    meant, at = list[str](), 0
    while at < len(words):
        length = next((n for n in range(min(6, len(words) - at), 0, -1) if tuple(heard[at : at + n]) in said), 0)
        meant += said[tuple(heard[at : at + length])] if length else words[at : at + 1]
        at += length or 1
    if meant and meant != words:
        yield meant[:MOST_WORDS]


def sound(word: str) -> str:
    """The same for words that are taken for each other: ch and tr, s and x, l and n, d, gi and r, i and y."""
    word = word.replace("y", "i")
    word = next((new + word[len(old) :] for old, new in BEGINNINGS if word.startswith(old)), word)
    return next((word[: -len(old)] + new for old, new in ENDINGS if word.endswith(old)), word)


def untangled(words: Iterable[str], known: Set[str]) -> list[str]:
    """Words as they were meant where that is certain: written together ("tamtru"), or with Telex or VNI switched off ("ddawng", "ky1")."""
    return [part for word in words for part in _untangled(word, known)]


def _untangled(word: str, known: Set[str]) -> list[str]:
    if word in known:
        return [word]
    for plain in _without_marks(word):
        if plain in known:
            return [plain]
    return _split(word, known) or [word]


def _without_marks(word: str) -> Iterator[str]:
    if any(char.isdigit() for char in word) and any(char.isalpha() for char in word):
        yield "".join(char for char in word if not char.isdigit())
    plain = word
    for typed, letter in TELEX:
        plain = plain.replace(typed, letter)
    yield plain
    if len(plain) > 2 and plain[-1] in TONES:
        yield plain[:-1]


def _split(word: str, known: Set[str]) -> list[str]:
    """The fewest known words of two letters or more that make up `word`; [] where none do."""
    best: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(2, len(word) + 1):
        for begin in range(max(0, end - 8), end - 1):
            before, part = best[begin], word[begin:end]
            if before is not None and part in known:
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = [*before, part]
    return best[-1] or []


def meanings(word: str, known: list[str], by_sound: Mapping[str, list[str]], exact: bool) -> dict[str, float]:
    """The catalogue's words that a typed one may be, with how likely (0 to 1); `exact`: it is one of them itself."""
    found = dict.fromkeys(by_sound.get(sound(word), ()), AS_SOUNDED)
    if len(word) >= 3:
        most = 1 if len(word) < 6 else 2
        for other, wrong, _at in process.extract(word, known, scorer=OSA.distance, score_cutoff=most, limit=MOST_MEANT):
            found[other] = max(found.get(other, 0), MISTYPED * (1 - wrong / max(len(word), len(other))))
        if not exact:
            for other in known:
                if other.startswith(word):
                    found[other] = max(found.get(other, 0), BEGUN)
    if exact:
        # It may still be a slip for another, but much less likely.
        found = {other: likely * 0.7 for other, likely in found.items()}
        found[word] = AS_TYPED
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0]))[:MOST_MEANT])
