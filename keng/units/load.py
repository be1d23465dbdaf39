"""Loads the official list of provinces and communes and the dated changes since, from `keng/units/data/*.csv`.

The list has the names and codes of mid-2026, partly after the changes; so what a unit was founded as on 2025-07-01 is the
list's kind unless a change tells another kind before it. Then the changes are entered as any other change would be.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from keng.core.text import fold
from keng.ledger.services import append
from keng.units.changes import Basis, change_kind
from keng.units.models import PROVINCE_KINDS, Unit, UnitEvent, UnitKind
from keng.units.names import Refused

FOLDER = Path(__file__).resolve().parent / "data"
FOUNDED = date(2025, 7, 1)
FOUNDING_BASIS = "202/2025/QH15"
BY = "load_units"

Row = dict[str, str]


@transaction.atomic
def load_units(folder: Path = FOLDER) -> list[str]:
    """Adds what is missing and returns one line for each thing added, changed or left aside; the second time none was.

    Raises ValueError, naming file and line, for a row that can't be; then nothing is changed.
    """
    changes = list(_rows(folder / "unit_changes.csv", _check_change))
    before = {row["code"]: row["kind_before"] for row in reversed(changes)}
    units = [{**row, "kind": before.get(row["code"], row["kind"])} for row in _rows(folder / "units.csv", _check_unit)]
    lines = [*_found(units), *_correct(units), *_apply(changes)]
    if lines:
        _count_anew()
    return lines


def _rows(path: Path, check: Callable[[Row], None]) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, strict=True), start=2):
            try:
                check(row)
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path.name}, dòng {number}: {error}") from error
            yield row


def _check_unit(row: Row) -> None:
    province = UnitKind(row["kind"]) in PROVINCE_KINDS
    if not row["name"] or province == bool(row["province_code"]) or len(row["code"]) != (2 if province else 5):
        raise ValueError("mã, tên hoặc mã tỉnh không khớp")


def _check_change(row: Row) -> None:
    date.fromisoformat(row["date"])
    if (UnitKind(row["kind_before"]) in PROVINCE_KINDS) != (UnitKind(row["kind_after"]) in PROVINCE_KINDS):
        raise ValueError("loại trước và sau khác cấp")


def _found(units: list[Row]) -> list[str]:
    """Founds the units that aren't there, provinces first."""
    known = set(Unit.objects.values_list("code", flat=True))
    missing = sorted((row for row in units if row["code"] not in known), key=lambda row: len(row["code"]))
    Unit.objects.bulk_create(
        Unit(
            code=row["code"],
            name=row["name"],
            search_key=fold(row["name"]),
            kind=row["kind"],
            parent_id=row["province_code"] or None,
            valid_from=FOUNDED,
        )
        for row in missing
    )
    UnitEvent.objects.bulk_create(
        UnitEvent(
            unit_id=row["code"],
            kind=UnitEvent.Kind.FOUNDED,
            date=FOUNDED,
            after=f"{row['kind']} {row['name']}",
            decision=FOUNDING_BASIS,
        )
        for row in missing
    )
    if missing:
        append(verb="units.loaded", subject="units.csv", by=BY, case=FOUNDING_BASIS, purpose=f"{len(missing)} đơn vị")
    return [f"+ {row['code']} {UnitKind(row['kind']).label} {row['name']}" for row in missing]


def _correct(units: list[Row]) -> Iterator[str]:
    """Puts right a founding name that the list now spells otherwise; a name given by a later decision stays."""
    founding = {
        event.unit_id: event
        for event in UnitEvent.objects.filter(kind=UnitEvent.Kind.FOUNDED, date=FOUNDED).select_related("unit")
    }
    renamed = set(UnitEvent.objects.filter(kind=UnitEvent.Kind.RENAMED).values_list("unit_id", flat=True))
    for row in units:
        event = founding.get(row["code"])
        kind, _space, name = event.after.partition(" ") if event else ("", "", "")
        if event is None or name == row["name"] or row["code"] in renamed:
            continue
        event.after = f"{kind} {row['name']}"
        event.save(update_fields=["after"])
        event.unit.name = row["name"]
        event.unit.save(update_fields=["name"])
        append(verb="units.loaded", subject=row["code"], by=BY, case=FOUNDING_BASIS, purpose=f"{name} -> {row['name']}")
        yield f"~ {row['code']} {name} -> {row['name']}"


def _apply(changes: list[Row]) -> Iterator[str]:
    """Enters the changes that aren't yet, in the order of their dates."""
    entered = set(UnitEvent.objects.filter(kind=UnitEvent.Kind.KIND_CHANGED).values_list("unit_id", "date", "after"))
    for row in sorted(changes, key=lambda row: row["date"]):
        day = date.fromisoformat(row["date"])
        if (row["code"], day, row["kind_after"]) in entered:
            continue
        basis = Basis(date=day, decision=row["legal_basis"], by=BY, certainty=row["certainty"])
        try:
            event = change_kind(unit=Unit.objects.get(code=row["code"]), kind=row["kind_after"], basis=basis)
        except (Refused, Unit.DoesNotExist) as error:
            yield f"! {row['code']} {row['name']}: {error}"
            continue
        yield f"~ {row['code']} {row['name']}: {event.says} ({day:%d/%m/%Y}, {row['legal_basis']})"


def _count_anew() -> None:
    """PostgreSQL plans by what it counted last: a table that was empty then would be joined row by row, for seconds."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE units_unit")
