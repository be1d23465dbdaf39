"""Two provinces with a few communes, villages and offices, for the tests of units."""

from datetime import date

from keng.units.changes import Basis
from keng.units.models import Coverage, Office, Unit, Village
from tests.cast import FOUNDED, office, unit

DAY = date(2026, 10, 1)


def basis(day: date = DAY, decision: str = "12/NQ-HĐND") -> Basis:
    return Basis(date=day, decision=decision, by="quan", office="ca-dien-bien")


def dien_bien() -> Unit:
    return unit("11", "Điện Biên", "tinh")


def commune(code: str, name: str, *villages: str, province: Unit | None = None, kind: str = "xa") -> Unit:
    made = unit(code, name, kind, parent=province or dien_bien())
    for village in villages:
        Village.objects.create(unit=made, name=village, valid_from=FOUNDED)
    return made


def post(code: str, *covers: Unit, above: Office | None = None) -> Office:
    return office(code, f"Đồn {code}", "border_post", *covers, above=above)


def names(unit: Unit, day: date | None = None) -> list[str]:
    """The unit's villages of that day (today), in order."""
    return sorted(unit.villages.current(day).values_list("name", flat=True))


def covered(office: Office, day: date | None = None) -> list[str]:
    return sorted(Coverage.objects.current(day).filter(office=office).values_list("unit_id", flat=True))
