"""Finding units, villages and offices by what people type: without accents, the likeliest first.

A query's words may be of the kind, the name, and the places around, in this order for a full match: "xa quang lam dien bien".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from keng.core.text import fold
from keng.units.models import PROVINCE_KINDS, Office, Unit, UnitKind, Village

LONGEST_QUERY = 100  # characters
MOST_WORDS = 10
MOST_FOUND = 20
KINDS = {kind: fold(kind.label).split() for kind in UnitKind}
KIND_WORDS = {word for label in KINDS.values() for word in label}


class Rank(IntEnum):
    """How well something matches: all of it, its beginning, beginnings of its words, something within."""

    EXACT = 0
    PREFIX = 1
    WORD = 2
    WITHIN = 3


@dataclass(frozen=True)
class Found:
    """One result. `where` says where it lies: a commune's province; a village's commune and province."""

    thing: Unit | Village | Office
    rank: Rank
    where: str


def search(query: str, *, near: str = "", limit: int = MOST_FOUND) -> list[Found]:
    """Units, villages and offices of today, best first; `near`, a province's code, breaks ties.

    Three queries, or six where words had to be passed over, whatever there is.
    """
    kinds = (search_units, search_villages, search_offices)
    found = [each for kind in kinds for each in kind(query, near=near, limit=limit)]
    return sorted(found, key=lambda each: each.rank)[:limit]


def search_units(query: str, *, near: str = "", communes_only: bool = False, limit: int = MOST_FOUND) -> list[Found]:
    """Provinces and communes: "xa quang lam", "quang lam dien bien" and "quảng lâm" find Quảng Lâm in Điện Biên."""
    units: QuerySet[Unit] = Unit.objects.current().select_related("parent")
    if communes_only:
        units = units.exclude(kind__in=PROVINCE_KINDS)
    found = _search(units, query, ["search_key", "parent__search_key"], near=near, limit=limit, with_kind=True)
    return [Found(unit, Rank(unit.rank), unit.parent.full_name if unit.parent else "") for unit in found]


def search_villages(query: str, *, near: str = "", limit: int = MOST_FOUND) -> list[Found]:
    """Villages by name, with or without their commune and province behind it."""
    villages: QuerySet[Village] = Village.objects.current().select_related("unit__parent")
    fields = ["search_key", "unit__search_key", "unit__parent__search_key"]
    return [
        Found(village, Rank(village.rank), f"{village.unit.full_name}, {village.unit.parent.full_name}")
        for village in _search(villages, query, fields, near=near, limit=limit)
    ]


def search_offices(query: str, *, near: str = "", limit: int = MOST_FOUND) -> list[Found]:
    """Offices by name, with or without their province behind it."""
    offices: QuerySet[Office] = Office.objects.current().select_related("province")
    found = _search(offices, query, ["search_key", "province__search_key"], near=near, limit=limit)
    return [Found(office, Rank(office.rank), office.province.full_name) for office in found]


def _search(
    things: QuerySet[Any], query: str, fields: list[str], *, near: str, limit: int, with_kind: bool = False
) -> list[Any]:
    """The best of `things`, whose last field is a province's key. One query, or two where the first reading finds nothing."""
    province = fields[-1].removesuffix("__search_key")
    nearness = Case(When(**{province: near}, then=Value(0)), default=Value(1), output_field=IntegerField())
    for words in _wordings(query):
        readings = [(words, Q()), *(_kind_first(words) if with_kind else [])]
        if found := list(
            _ranked(things, words, fields, readings).order_by("rank", nearness, "search_key", "pk")[:limit]
        ):
            return found
    return []


def _wordings(query: str) -> Iterator[list[str]]:
    """The query's words; then without the kinds in it, but for the first word's: "xa quang lam tinh dien bien"."""
    words = fold(query[:LONGEST_QUERY]).split()[:MOST_WORDS]
    if words:
        yield words
    names = words[:1] + [word for word in words[1:] if word not in KIND_WORDS]
    if names != words:
        yield names


Readings = Sequence[tuple[list[str], Q]]


def _kind_first(words: list[str]) -> Iterator[tuple[list[str], Q]]:
    """The readings in which the query begins with a kind: what is left of it, and the kind."""
    for kind, label in KINDS.items():
        if words[: len(label)] == label and len(words) > len(label):
            yield words[len(label) :], Q(kind=kind)


def _ranked(things: QuerySet[Any], words: list[str], fields: list[str], readings: Readings) -> QuerySet[Any]:
    """Those of `things` that have every word in one of `fields` (or in their kind), annotated with `rank`.

    Columns are compared as they are: a text put together in SQL from kind, name and province took three times as long.
    """
    kinds = list(_of_kinds(words, len(readings) > 1))
    exact = [kind & reading for rest, kind in readings for reading in _in_order(rest, fields)]
    prefix = [kind & Q(**{f"{fields[0]}__startswith": " ".join(rest)}) for rest, kind in readings]
    beginnings = [_any(fields, word, ("startswith", ""), ("contains", " ")) | kind for word, kind in kinds]
    within = [_any(fields, word, ("contains", "")) | kind for word, kind in kinds]
    rank = Case(
        When(reduce(or_, exact), then=Value(Rank.EXACT)),
        When(reduce(or_, prefix), then=Value(Rank.PREFIX)),
        When(reduce(and_, beginnings), then=Value(Rank.WORD)),
        default=Value(Rank.WITHIN),
        output_field=IntegerField(),
    )
    found: QuerySet[Any] = things.filter(reduce(and_, within)).annotate(rank=rank)
    return found


def _of_kinds(words: list[str], with_kind: bool) -> Iterator[tuple[str, Q]]:
    """Each word, and the condition that it is a word of the thing's kind."""
    for word in words:
        kinds = [kind for kind, label in KINDS.items() if word in label] if with_kind else []
        yield word, Q(kind__in=kinds) if kinds else Q(pk__in=[])


def _any(fields: list[str], word: str, *ways: tuple[str, str]) -> Q:
    return reduce(or_, (Q(**{f"{field}__{how}": before + word}) for field in fields for how, before in ways))


def _in_order(words: list[str], fields: list[str]) -> Iterator[Q]:
    """Every way to share the words out to the fields in order, the first getting at least one."""
    for count in range(1, len(words) + 1):
        first = Q(**{fields[0]: " ".join(words[:count])})
        rest = words[count:]
        if not rest:
            yield first
        for later in range(1, len(fields)):
            if rest:
                yield from (first & reading for reading in _in_order(rest, fields[later:]))
