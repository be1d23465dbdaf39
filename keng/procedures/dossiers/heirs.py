"""Which communes go on with what an ended one had, through any chain of mergers and splits.

- Merged: the unit that it was merged into, and so on.
- Split, and ended by that: its parts, in the order of the decision; a part that was merged or split later counts as what came of it.
- Split, and going on: itself. Parts that left it earlier are none of its heirs when it ends otherwise.

Where all of that comes to one unit that stands, that is the successor. Where it comes to several, nobody can tell which was meant
(ADR 34): the dossier keeps the last commune that is certain, and its work goes on at the offices of any of them (`routing.places`).
"""

from datetime import date

from keng.units.models import Office, Unit, UnitEvent, UnitEventKind


def stands(thing: Unit | Office, on: date) -> bool:
    """Whether it has not ended by that day."""
    return thing.valid_to is None or thing.valid_to > on


def heirs(unit: Unit, on: date) -> list[Unit]:
    """The units standing on that day that came of it, itself where it stands; none where nothing tells what followed.

    A query for each ended one on the way.
    """
    found: dict[str, Unit] = {}
    seen: set[str] = set()
    ahead = [unit]
    while ahead:
        one = ahead.pop(0)
        if one.pk in seen:
            continue
        seen.add(one.pk)
        if stands(one, on):
            found[one.pk] = one
        else:
            ahead = [*_followed(one), *ahead]
    return list(found.values())


def successor(unit: Unit, on: date) -> Unit:
    """The one unit that came of it; of several the last that is certain: merged into, before that one was split. Itself where it stands."""
    seen = {unit.pk}
    while not stands(unit, on):
        standing = heirs(unit, on)
        if len(standing) == 1:
            return standing[0]
        followed = _followed(unit)
        if len(followed) != 1 or followed[0].pk in seen:
            break
        unit = followed[0]
        seen.add(unit.pk)
    return unit


def _followed(unit: Unit) -> list[Unit]:
    """What came of an ended unit at once: what it was merged into, or else the parts that it was split into, on its last day."""
    if unit.valid_to is None:
        return []
    last = UnitEvent.objects.filter(unit=unit, kind__in=(UnitEventKind.MERGED, UnitEventKind.SPLIT), date=unit.valid_to)
    events = list(last.exclude(other=None).select_related("other__parent").order_by("pk"))
    merged = [one for one in events if one.kind == UnitEventKind.MERGED]
    return [one.other for one in merged or events if one.other is not None]
