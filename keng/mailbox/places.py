"""Where a report may come from: the communes and villages that a box's office serves, for the page's choice of places."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from keng.units.models import Office, Unit, Village


@dataclass(frozen=True)
class Places:
    """`title` for the page's head; `villages` as (commune, names), the commune empty where there is one only; `fine`
    tells villages from, for an office of the whole province, communes."""

    title: str
    villages: list[tuple[str, list[str]]]
    fine: bool


def places_of(office: Office) -> Places:
    """Three queries at most."""
    today = timezone.localdate()
    valid = Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gt=today))
    covered = office.coverage_set.filter(valid).values_list("unit_id", flat=True)
    units = list(Unit.objects.filter(code__in=covered).order_by("search_key"))
    if any(unit.parent_id is None for unit in units):
        communes = Unit.objects.filter(valid, parent__in=units).order_by("search_key")
        return Places(
            ", ".join(unit.full_name for unit in units), [("", [unit.full_name for unit in communes])], fine=False
        )
    by_unit: dict[str, list[str]] = {unit.code: [] for unit in units}
    for code, name in (
        Village.objects.filter(valid, unit__in=units).order_by("search_key").values_list("unit_id", "name")
    ):
        by_unit[code].append(name)
    groups = [(unit.full_name if len(units) > 1 else "", by_unit[unit.code]) for unit in units if by_unit[unit.code]]
    names = (
        units[0].full_name
        if len(units) == 1
        else ", ".join(unit.name for unit in units[:3]) + ("…" if len(units) > 3 else "")
    )
    return Places(f"{names}, {office.province.name}" if names else office.province.name, groups, fine=True)
