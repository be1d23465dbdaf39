"""What a villager finds by the name of a commune or village: the boxes that serve it, or its public service centre."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from keng.mailbox.choices import HEADINGS
from keng.mailbox.models import Box
from keng.units.models import Coverage, Office, Unit, Village
from keng.units.search import Found, Rank, search_units, search_villages

MOST_COMMUNES = 10
MOST_VILLAGES = 20


@dataclass
class Commune:
    """A commune that fits what was typed, with the villages of it that do. `offices` serve it or its whole province.

    `boxes` go with the heading of their page, which is in the language of the reader. `meant`: what was typed is its whole name,
    or that of a village there.
    """

    unit: Unit
    meant: bool = False
    villages: list[str] = field(default_factory=list)
    offices: list[Office] = field(default_factory=list)
    boxes: list[tuple[Box, Promise]] = field(default_factory=list)


def communes(query: str, *, near: str) -> list[Commune]:
    """The communes that fit, best first, at most MOST_COMMUNES; those of the province `near` before equals. At most four queries.

    Where one fits wholly, those that only have the words somewhere are left out.
    """
    fitting: list[Found] = [
        *search_units(query, near=near, communes_only=True, limit=MOST_COMMUNES),
        *search_villages(query, near=near, limit=MOST_VILLAGES),
    ]
    fitting.sort(key=lambda each: each.rank)
    loosest = Rank.PREFIX if fitting and fitting[0].rank is Rank.EXACT else Rank.WITHIN
    found: dict[str, Commune] = {}
    for each in [each for each in fitting if each.rank <= loosest]:
        thing = each.thing
        unit = thing.unit if isinstance(thing, Village) else thing
        if isinstance(unit, Unit):
            commune = found.setdefault(unit.code, Commune(unit, meant=each.rank is Rank.EXACT))
            commune.villages += [thing.name] if isinstance(thing, Village) else []
    return list(found.values())[:MOST_COMMUNES]


def with_boxes(found: list[Commune]) -> list[Commune]:
    """Fills in the boxes that take reports today, the commune's own before the province's. Two queries."""
    serving = _serving(found)
    boxes: dict[int, list[Box]] = defaultdict(list)
    for box in _open_boxes().filter(office_id__in={office.pk for offices in serving.values() for office in offices}):
        boxes[box.office_id].append(box)
    for commune in found:
        serve = [box for office in _own_first(commune, serving) for box in boxes[office.pk]]
        commune.boxes = [(box, HEADINGS[Box.Kind(box.kind)]) for box in serve]
    return found


def with_service_centres(found: list[Commune]) -> list[Commune]:
    """Fills in each commune's public administration service centre, where one is known. One query."""
    serving = _serving(found, kinds=[Office.Kind.SERVICE_CENTRE])
    for commune in found:
        commune.offices = _own_first(commune, serving)
    return found


def offices_of(unit: Unit, kinds: list[str]) -> list[Office]:
    """Offices of today of these kinds that serve the commune, its own before its province's. One query."""
    commune = Commune(unit)
    return _own_first(commune, _serving([commune], kinds=kinds))


def _open_boxes() -> QuerySet[Box]:
    """Boxes that take reports; a training box is nobody's way to report."""
    today = timezone.localdate()
    held = Q(closed_on=None) | Q(closed_on__gt=today)
    return (
        Box.objects.filter(held, training=False, opened_on__lte=today).exclude(recipient="").order_by("kind", "title")
    )


def _serving(found: Iterable[Commune], kinds: list[str] | None = None) -> dict[str, list[Office]]:
    """The offices of today by the code of the unit that they cover, for the communes and their provinces."""
    units = {code for commune in found for code in (commune.unit.code, commune.unit.parent_id)}
    coverage = Coverage.objects.current().filter(unit__in=units).select_related("office").order_by("office__name")
    if kinds is not None:
        coverage = coverage.filter(office__kind__in=kinds)
    today = timezone.localdate()
    serving: dict[str, list[Office]] = defaultdict(list)
    for row in coverage:
        if row.office.valid_to is None or row.office.valid_to > today:
            serving[row.unit_id].append(row.office)
    return serving


def _own_first(commune: Commune, serving: dict[str, list[Office]]) -> list[Office]:
    return [*serving[commune.unit.code], *serving[commune.unit.parent_id or ""]]
