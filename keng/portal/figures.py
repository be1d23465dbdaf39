"""What was published of a province's mailboxes, put together for a quarter or a year. Reads `Published` and nothing else (C5).

A year is the sum of what its quarters show, so it tells nothing that they don't.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from keng.desk.figures.groups import GROUPS, Group
from keng.desk.figures.periods import Period, read
from keng.desk.figures.publication import PARTS
from keng.desk.figures.suppression import Range, Shown, total
from keng.desk.models import ExhibitKind, OutcomeKind, OutcomeUnit, Published
from keng.units.models import Unit

MEASURES = ("received", *PARTS)
CASES = (OutcomeKind.MAJOR_CASE, OutcomeKind.OTHER_CASE)


@dataclass(frozen=True)
class Measure:
    """One figure of a group. `of` is the number of reports that it is a part of: those of the quarters for which it is told.

    `left_out` are published quarters that are not in it, because too few reports came.
    """

    name: str
    range: Shown
    of: int
    left_out: tuple[Period, ...]


@dataclass(frozen=True)
class Line:
    """What was counted, or corrected: `was` is "" unless it is a correction."""

    kind: str
    exhibit: str
    unit: str
    quantity: Decimal
    was: str = ""

    @property
    def title(self) -> str:
        kind = str(OutcomeKind(self.kind).label)
        return f"{kind}: {ExhibitKind(self.exhibit).label}" if self.exhibit else kind

    @property
    def unit_title(self) -> str:
        return OutcomeUnit(self.unit).beside(self.quantity)


@dataclass(frozen=True)
class Correction:
    period: Period
    row: Published
    line: Line


class Figures:
    """Of one province and period. `rows` are all revisions of its quarters, oldest first."""

    def __init__(self, province: Unit, period: Period, rows: Iterable[Published]) -> None:
        self.province, self.period, self.rows = province, period, list(rows)
        self.latest = {read(row.period): row for row in self.rows}

    @property
    def quarters(self) -> list[Period]:
        return sorted(self.latest)

    @property
    def not_yet(self) -> list[Period]:
        return [quarter for quarter in self.period.quarters if quarter not in self.latest]

    @cached_property
    def groups(self) -> list[tuple[Group, dict[str, Measure]]]:
        return [(group, {name: self.measure(code, name) for name in MEASURES}) for code, group in GROUPS.items()]

    def shown(self, quarter: Period, group: str, name: str) -> Shown:
        found = self.latest[quarter].figures["reports"][group][name]
        return None if found is None else (found[0], found[1])

    def measure(self, group: str, name: str) -> Measure:
        told = {quarter: self.shown(quarter, group, name) for quarter in self.quarters}
        wholes = [self.shown(quarter, group, "received") for quarter, one in told.items() if one is not None]
        left_out = tuple(quarter for quarter, one in told.items() if one is None)
        return Measure(name, total(told.values()), sum(one[0] for one in wholes if one), left_out)

    @cached_property
    def outcomes(self) -> list[Line]:
        sums: dict[tuple[str, str, str], Decimal] = {}
        for row in self.latest.values():
            for line in row.figures["outcomes"]:
                what = (line["kind"], line["exhibit"], line["unit"])
                sums[what] = sums.get(what, Decimal()) + Decimal(line["quantity"])
        order = list(OutcomeKind)
        return [
            Line(*what, sums[what]) for what in sorted(sums, key=lambda what: (order.index(OutcomeKind(what[0])), what))
        ]

    def sum_of(self, *kinds: str) -> Decimal:
        return sum((line.quantity for line in self.outcomes if line.kind in kinds), Decimal())

    @property
    def corrections(self) -> list[Correction]:
        return [
            Correction(
                read(row.period), row, Line(one["kind"], one["exhibit"], one["unit"], Decimal(one["is"]), one["was"])
            )
            for row in self.rows
            for one in row.figures.get("corrected", [])
        ]


def provinces() -> list[Unit]:
    """Those that have published."""
    return list(Unit.objects.filter(pk__in=Published.objects.values("province")).order_by("name"))


def periods(province: Unit) -> list[Period]:
    """What can be asked for, newest first: each year before its quarters."""
    quarters = {read(code) for code in Published.objects.filter(province=province).values_list("period", flat=True)}
    years = {Period(quarter.year) for quarter in quarters}
    return sorted(quarters | years, key=lambda one: (one.year, one.quarter or 5), reverse=True)


def of(province: Unit, period: Period) -> Figures:
    codes = [quarter.code for quarter in period.quarters]
    rows = Published.objects.filter(province=province, period__in=codes)
    return Figures(province, period, rows.order_by("period", "revision"))


def ranged(shown: Range | None) -> dict[str, Any]:
    return {"least": shown[0], "most": shown[1]} if shown else {"least": None, "most": None}
