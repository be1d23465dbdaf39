"""When communes merge or offices end, the dossiers that are open there go on: to the office of the same kind that covers the successor."""

import logging

from django.db.models import Q

from keng.core.row_by_row import RowByRow
from keng.procedures.dossiers.heirs import stands, successor
from keng.procedures.dossiers.routing import counter_of, places, same_kind, today
from keng.procedures.dossiers.turning import held, turn
from keng.procedures.models import Dossier, Pile, State
from keng.procedures.models.dossiers import OPEN
from keng.units.models import Coverage, Office, Unit

log = logging.getLogger("keng.procedures")
ENDED_UNIT, ENDED_OFFICE = "system:unit_ended", "system:office_ended"


def reroute_all() -> int:
    """Passes on every open dossier that lies where nobody is competent any more; returns how many. The hourly chore.

    Raises RowsFailed once all others had their turn.
    """
    with RowByRow("procedures.reroute") as rows:
        return rows.each(_astray(), reroute)


def reroute(pk: int) -> bool:
    """Passes one on, in the caller's transaction: the commune is its successor, the office one that covers it. The code stays.

    Through any chain: merged and merged again, split and a part merged, an office that ended after that. Of a commune that came to
    several, the commune stays as it was written and the office is of the first part that has one: of those that the holding office
    covers, then of the others in the order of the decision. A result that waits to be fetched goes to who goes on with the counter
    where it was filed.
    False where nothing had to change, or nobody can take it over: it stays where it is, and the log says so.
    """
    dossier = Dossier.objects.filter(pk=pk, state__in=OPEN).first()
    if dossier is None:
        return False
    dossier = held(dossier)
    unit, office = successor(dossier.unit, today()), _fitting(dossier)
    if office is None:
        log.warning("no office can take over the dossier %s", dossier.code)
        return False
    if (unit, office) == (dossier.unit, dossier.office):
        return False
    why = ENDED_UNIT if unit != dossier.unit else ENDED_OFFICE
    owner = dossier.owner if office == dossier.office else None
    note = f"{dossier.office.name} → {office.name}" if office != dossier.office else f"{dossier.unit} → {unit}"
    turn(
        dossier, "routed", None, why=why, note=note, unit=unit, office=office, owner=owner, told={"office": office.name}
    )
    return True


def _fitting(dossier: Dossier) -> Office | None:
    """The office that holds it if it may go on, else another of its kind; for a counter's result who goes on with that counter's work."""
    office, units, counter = dossier.office, places(unit=dossier.unit, office=dossier.office), counter_of(dossier)
    if stands(office, today()) and (office == counter or _covers(office, units)):
        return office
    if dossier.state == State.DONE and counter is not None:
        return counter
    found = same_kind(office=office, units=units)
    return found or (counter if office == dossier.received_by else None)


def _covers(office: Office, units: list[Unit]) -> bool:
    """One of the communes, or the province of one."""
    wanted = {*(unit.pk for unit in units), *(unit.parent_id for unit in units if unit.parent_id)}
    return bool(Coverage.objects.current(today()).filter(unit__in=wanted, office=office).exists())


def _astray() -> list[int]:
    """Open dossiers at an office that ended or covers less than it did, or of a commune that ended. By two indexes: the queue's, the
    communes'."""
    day = today()
    lost = Coverage.objects.filter(valid_to__lte=day).values("office")
    offices = Office.objects.filter(Q(valid_to__lte=day) | Q(pk__in=lost)).values("pk")
    lying = Dossier.objects.filter(pile__in=(Pile.RUNNING, Pile.WAITING, Pile.DONE))
    there = lying.filter(office__in=offices).values_list("pk", flat=True)
    of_ended = lying.filter(unit__in=Unit.objects.filter(valid_to__lte=day)).values_list("pk", flat=True)
    return sorted({*there, *of_ended})
