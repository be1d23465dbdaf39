"""How a box's posters stand: which carry the root that it has now, which must be replaced, which nobody has looked at for a month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from keng.desk.models import Hanging, Place
from keng.mailbox.models import Box
from keng.mailbox.poster import FORMATS, root_of

CHECK_EVERY = timedelta(days=31)


@dataclass(frozen=True)
class Standing:
    """Copies that hang: with the present root, and with another, which lead nowhere and must be replaced."""

    good: int
    old: int

    @property
    def all(self) -> int:
        return self.good + self.old


@dataclass
class Spot:
    """A place with what hangs there of one box."""

    place: Place
    hangings: list[Hanging] = field(default_factory=list)
    old: bool = False
    due: bool = False


# What the page shows, by the name in its address.
ALL, EMPTY, OLD, DUE = "", "empty", "old", "due"
SHOWN = (ALL, EMPTY, OLD, DUE)


def standing_of(boxes: Sequence[Box]) -> dict[int, Standing]:
    """By the box's id. One query, whatever the number of posters."""
    roots = {box.pk: root_of(box) for box in boxes}
    counted = {box.pk: [0, 0] for box in boxes}
    rows = live().filter(box__in=roots).values_list("box", "root").annotate(Sum("copies")).order_by()
    for box, root, copies in rows:
        counted[box][root != roots[box]] += copies
    return {box: Standing(*numbers) for box, numbers in counted.items()}


def live() -> QuerySet[Hanging]:
    return Hanging.objects.filter(gone_on=None, place__gone_on=None)


def places_for(box: Box, shown: str, today: date | None = None) -> QuerySet[Place]:
    """The places of the box's office that the page shows under `shown`, by kind and name."""
    places = Place.objects.filter(office=box.office_id, gone_on=None).order_by("kind", "name", "pk")
    mine = live().filter(box=box)
    if shown == EMPTY:
        return places.exclude(pk__in=mine.values("place"))
    if shown == OLD:
        return places.filter(pk__in=mine.exclude(root=root_of(box)).values("place"))
    if shown == DUE:
        return places.filter(pk__in=mine.filter(_unseen(today or localdate())).values("place"))
    return places


def counts(box: Box) -> dict[str, int]:
    """How many places each choice of the page shows. Four queries."""
    return {shown: places_for(box, shown).count() for shown in SHOWN}


def spots(box: Box, places: Iterable[Place], today: date | None = None) -> list[Spot]:
    """Each place with what hangs there of the box. One query."""
    day = today or localdate()
    by_place = {place.pk: Spot(place) for place in places}
    root = root_of(box)
    for hanging in live().filter(box=box, place__in=by_place).order_by("format", "hung_on"):
        spot = by_place[hanging.place_id]
        spot.hangings.append(hanging)
        spot.old |= hanging.root != root
        spot.due |= (hanging.checked_on or hanging.hung_on) <= day - CHECK_EVERY
    return list(by_place.values())


def needed(box: Box, shown: str, format: str, copies: int) -> list[tuple[Place, int]]:
    """Which place gets how many: `copies` each, or, of those to be replaced, as many as hang there. Two queries."""
    places = list(places_for(box, shown))
    if shown != OLD:
        return [(place, copies) for place in places]
    hung = live().filter(box=box, place__in=places, format=format).exclude(root=root_of(box))
    number = dict(hung.values_list("place").annotate(Sum("copies")).order_by())
    return [(place, number[place.pk]) for place in places if place.pk in number]


def label(format: str) -> str:
    return str(FORMATS[format].label) if format in FORMATS else format


def _unseen(today: date) -> Q:
    """Nobody has been there for a month."""
    return Q(
        pk__in=Hanging.objects.annotate(seen=Coalesce("checked_on", "hung_on")).filter(seen__lte=today - CHECK_EVERY)
    )
