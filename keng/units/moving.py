"""What goes along when units merge or split: villages, a province's communes, the coverage of offices. Old rows stay, with an end."""

from collections.abc import Sequence
from datetime import date

from django.db.models import DateField, Q, QuerySet, Value
from django.db.models.functions import Greatest

from keng.core.text import fold
from keng.units.models import Coverage, DatedQuerySet, Unit, UnitEvent, Village
from keng.units.names import LONGEST

Rows = DatedQuerySet


def end(rows: Rows, on: date) -> None:
    """Ends the rows on that day, or on the day they began where that is later (they were entered after the decision)."""
    rows.update(valid_to=Greatest("valid_from", Value(on, output_field=DateField())))


def villages(going: Rows, to: Unit, on: date) -> None:
    """Ends the villages where they are and starts them under `to`; of two with one name the newcomer keeps its old commune's behind it."""
    taken = set(to.villages.filter(Q(valid_to=None) | Q(valid_from=on)).values_list("name", flat=True))
    arriving = []
    for village in going.select_related("unit").order_by("pk"):
        name = village.name if village.name not in taken else f"{village.name} ({village.unit.name})"[:LONGEST]
        taken.add(name)
        arriving.append(Village(unit=to, name=name, search_key=fold(name), valid_from=on))
    end(going, on)
    Village.objects.bulk_create(arriving)


def communes(going: Rows, to: Unit, on: date, decision: str) -> None:
    """Puts communes under another province, each with an event."""
    units: QuerySet[Unit] = going.all()
    UnitEvent.objects.bulk_create(
        UnitEvent(
            unit=unit,
            kind=UnitEvent.Kind.MOVED,
            date=on,
            before=unit.parent_id or "",
            after=to.code,
            other=to,
            decision=decision,
        )
        for unit in units
    )
    going.update(parent=to)


def coverage(unit: Unit, to: Sequence[Unit], on: date, *, ends: bool) -> None:
    """The offices that cover `unit` cover `to` from `on`; where the unit `ends`, their coverage of it ends too."""
    held = Coverage.objects.filter(unit=unit, valid_to=None)
    offices = set(held.values_list("office_id", flat=True))
    have = set(Coverage.objects.filter(unit__in=to, valid_to=None).values_list("office_id", "unit_id"))
    Coverage.objects.bulk_create(
        Coverage(office_id=office, unit=target, valid_from=on)
        for office in sorted(offices)
        for target in to
        if (office, target.pk) not in have
    )
    if ends:
        end(held, on)
