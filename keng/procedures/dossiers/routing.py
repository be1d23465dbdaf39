"""Which office is competent: by the kind of office in the version that a dossier was filed under, and by who covers the commune today."""

from datetime import date

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from keng.core import ids
from keng.procedures.dossiers.heirs import heirs, stands
from keng.procedures.errors import Refused
from keng.procedures.models import Dossier, ProcedureVersion
from keng.units.models import Coverage, Office, OfficeKind, Unit

NOBODY = _("Hiện chưa có cơ quan nào thuộc loại “%(kind)s” phụ trách %(unit)s, nên chưa nộp được thủ tục này.")


def today() -> date:
    return localdate(ids.now())


def competent(*, version: ProcedureVersion, unit: Unit) -> Office:
    """The office that decides by this version for the commune, today. Raises Refused where there is none.

    A procedure of the province's level goes to the office that covers the whole province.
    """
    places = [unit] if version.level == ProcedureVersion.Level.COMMUNE else [unit.parent or unit]
    found = _covering(version.competent, places)
    if found is None:
        kind = OfficeKind(version.competent).label
        raise Refused(NOBODY, "no_office", kind=kind, unit=places[0].full_name)
    return found


def for_step(*, version: ProcedureVersion, step: int, unit: Unit) -> Office:
    """The office that does the version's internal step of this index; the competent one where the step names none, or where no office of
    the kind that it names covers the commune or its province. Raises Refused."""
    kind = kind_of(version, step)
    nearest = [unit, unit.parent] if unit.parent else [unit]
    found = _covering(kind, nearest) if kind else None
    return found or competent(version=version, unit=unit)


def kind_of(version: ProcedureVersion, step: int) -> str:
    """The kind of office that does the step; "" for the competent one."""
    steps = steps_of(version)
    kind = str(steps[step].get("office", "")) if step < len(steps) else ""
    return "" if kind == version.competent else kind


def steps_of(version: ProcedureVersion) -> list[dict[str, str]]:
    """The internal steps, in order: those of the published ones that have a budget of hours."""
    return [step for step in version.steps if step.get("hours")]


def places(*, unit: Unit, office: Office) -> list[Unit]:
    """The communes whose offices may go on with a dossier of `unit` that lies at `office`; at least one.

    The commune itself; where it ended, what came of it by whatever chain of mergers and splits (`heirs`). Of several, nobody can tell
    which was meant (ADR 34): those that the office covers come first, then the others in the order of the decision.
    """
    found = heirs(unit, today()) or [unit]
    if len(found) == 1:
        return found
    covered = set(Coverage.objects.current(today()).filter(office=office).values_list("unit", flat=True))
    return sorted(found, key=lambda place: place.pk not in covered)


def for_step_of(dossier: Dossier, step: int) -> Office:
    """`for_step`, for the commune of a dossier or what came of it: of several the first where somebody does the step. Raises Refused."""
    nobody: Refused | None = None
    for unit in places(unit=dossier.unit, office=dossier.office):
        try:
            return for_step(version=dossier.version, step=step, unit=unit)
        except Refused as refused:
            nobody = nobody or refused
    assert nobody is not None  # noqa: S101 - there is at least one place
    raise nobody


def same_kind(*, office: Office, units: list[Unit]) -> Office | None:
    """The office of the same kind that covers one of the communes, or else its province, today: who goes on with what `office` held."""
    found = _covering(office.kind, units)
    return found or _covering(office.kind, [unit.parent for unit in units if unit.parent])


def going_on(office: Office) -> Office | None:
    """The office itself where it stands; else one of its kind that covers what came of the communes it covered, the last of them first."""
    if stands(office, today()):
        return office
    held = Coverage.objects.filter(office=office).select_related("unit__parent").order_by("-valid_from", "pk")
    tried = (_covering(office.kind, heirs(row.unit, today())) for row in held)
    return next((found for found in tried if found is not None), None)


def counter_of(dossier: Dossier) -> Office | None:
    """Where what was filed at a counter is fetched: there, or where that counter's work goes on; None online, or if nobody does."""
    return going_on(dossier.received_by) if dossier.received_by is not None else None


def in_force(unit: Unit) -> Unit:
    """The unit if it is a commune (or the province itself) of ours today; raises Refused."""
    day = today()
    ours = settings.PROVINCE in (unit.parent_id, unit.pk)
    if not ours or unit.valid_from > day or (unit.valid_to is not None and unit.valid_to <= day):
        raise Refused(
            _("%(unit)s không thuộc tỉnh này hoặc không còn nữa: chọn lại xã, phường."), "unit", unit=unit.full_name
        )
    return unit


def own_unit(office: Office, concerned: Unit | None = None) -> Unit | None:
    """The commune that the office stands in, for its codes: the one concerned where it covers that, else its first; None if it has none."""
    held = Coverage.objects.current(today()).filter(office=office).select_related("unit__parent").order_by("unit")
    covered = [row.unit for row in held]
    return concerned if concerned in covered else next(iter(covered), None)


def _covering(kind: str, places: list[Unit]) -> Office | None:
    """Of that kind the office that covers the first of the places that has one; of several the one whose code comes first."""
    day = today()
    offices = Office.objects.current(day).filter(kind=kind)
    held = Coverage.objects.current(day).filter(unit__in=places, office__in=offices)
    rows = held.select_related("office").order_by("office__code")
    ranked = sorted(rows, key=lambda row: next(at for at, place in enumerate(places) if place.pk == row.unit_id))
    return ranked[0].office if ranked else None
