"""The figures of a leader's or an officer's offices: two queries, whatever there is, summed here by group, quarter and office.

Inside the desk nothing is suppressed: who sees these numbers may see the register that they are counted from.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from django.db import models
from django.utils.functional import Promise

from keng.core.indicators import Asked
from keng.desk.figures.groups import group_of
from keng.desk.figures.indicators import OPENED, RECEIVED, RESOLVED, VALUABLE, lines, of_outcome, outcome_title
from keng.desk.figures.periods import Period, quarters
from keng.desk.models import OutcomeKind, OutcomeUnit, Tally
from keng.mailbox.models import Box
from keng.units.models import Office

TREND = 8  # quarters
Key = TypeVar("Key", bound=Hashable)
NAMES = (RECEIVED, OPENED, VALUABLE, RESOLVED)
CASES = (OutcomeKind.MAJOR_CASE, OutcomeKind.OTHER_CASE)


@dataclass(frozen=True)
class Counts:
    """Reports: how many, and of them how many opened in time, of value, resolved in time."""

    received: int = 0
    opened: int = 0
    valuable: int = 0
    resolved: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(one + two for one, two in zip(self.parts, other.parts, strict=True)))

    @property
    def parts(self) -> tuple[int, int, int, int]:
        return self.received, self.opened, self.valuable, self.resolved

    @property
    def named(self) -> list[tuple[str, int]]:
        """With the name of each indicator."""
        return list(zip(NAMES, self.parts, strict=True))


@dataclass(frozen=True)
class Cell:
    """The counts of one office, quarter and group."""

    office: int
    quarter: int
    group: str
    counts: Counts


@dataclass(frozen=True)
class Sum:
    """What one office counted of one kind in the period."""

    office: int
    kind: str
    exhibit: str
    unit: str
    quantity: Decimal

    @property
    def indicator(self) -> str:
        return of_outcome(self.kind, self.exhibit, self.unit)

    @property
    def title(self) -> str | Promise:
        return outcome_title(self.kind, self.exhibit)

    @property
    def unit_title(self) -> str:
        return OutcomeUnit(self.unit).beside(self.quantity)


class Table:
    """`offices` are those that the reader may see and asked for; `today` is the quarter that runs."""

    def __init__(self, offices: Iterable[Office], boxes: Iterable[Box], period: Period, today: Period) -> None:
        self.offices = {office.pk: office for office in offices}
        self.boxes = {box.pk: box for box in boxes if box.office_id in self.offices}
        self.period, self.today = period, today

    @property
    def trend_from(self) -> Period:
        at = self.trend_until
        for _step in range(TREND - 1):
            at = at.before()
        return at

    @property
    def trend_until(self) -> Period:
        return max(self.period.quarters[0], min(self.period.quarters[-1], self.today))

    @cached_property
    def cells(self) -> list[Cell]:
        """From the running sums, which are exact at every moment; the reports themselves are not read."""
        window = (min(self.trend_from, self.period.quarters[0]).number, self.period.quarters[-1].number)
        found = Tally.objects.filter(box__in=list(self.boxes), quarter__gte=window[0], quarter__lte=window[1])
        sums = {f"all_{name}": models.Sum(name) for name in ("received", "opened", "valuable", "resolved")}
        cells = []
        for box, quarter, named, *counts in found.order_by().values_list("box", "quarter", "named").annotate(**sums):
            held = self.boxes[box]
            cells.append(Cell(held.office_id, quarter, group_of(held.kind, named), Counts(*counts)))
        return cells

    @cached_property
    def outcomes(self) -> list[Sum]:
        asked = Asked(tuple(self.offices), self.period.first, self.period.last)
        rows = (
            lines(asked)
            .order_by()
            .values_list("office", "kind", "exhibit", "unit")
            .annotate(all=models.Sum("quantity"))
        )
        order = {kind: at for at, kind in enumerate(OutcomeKind.values)}
        return sorted((Sum(*row) for row in rows), key=lambda one: (order[one.kind], one.exhibit, one.unit))

    def in_period(self) -> list[Cell]:
        numbers = {quarter.number for quarter in self.period.quarters}
        return [cell for cell in self.cells if cell.quarter in numbers]

    def by_group(self) -> dict[str, Counts]:
        return _summed(self.in_period(), lambda cell: cell.group)

    def by_office(self, group: str) -> list[tuple[Office, Counts, Decimal, Decimal]]:
        """Counts, cases and people arrested of each office that has a box or counted something, the busiest first."""
        counts = _summed(self._of(group), lambda cell: cell.office)
        cases, arrests = self._by_office(CASES), self._by_office((OutcomeKind.ARREST,))
        shown = {box.office_id for box in self.boxes.values()} | set(cases) | set(arrests)
        rows = [
            (self.offices[pk], counts.get(pk, Counts()), cases.get(pk, Decimal()), arrests.get(pk, Decimal()))
            for pk in shown
        ]
        return sorted(rows, key=lambda row: (-row[1].received, row[0].name, row[0].pk))

    def trend(self, group: str) -> list[tuple[Period, Counts]]:
        counts = _summed((cell for cell in self.cells if cell.group == group), lambda cell: cell.quarter)
        return [(at, counts.get(at.number, Counts())) for at in quarters(self.trend_from, self.trend_until)]

    def sums(self) -> list[Sum]:
        """What all the offices counted together."""
        found: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for one in self.outcomes:
            found[one.kind, one.exhibit, one.unit] += one.quantity
        return [Sum(0, *what, quantity) for what, quantity in found.items()]

    def _of(self, group: str) -> list[Cell]:
        return [cell for cell in self.in_period() if cell.group == group]

    def _by_office(self, kinds: Iterable[str]) -> dict[int, Decimal]:
        found: dict[int, Decimal] = defaultdict(Decimal)
        for one in self.outcomes:
            if one.kind in kinds:
                found[one.office] += one.quantity
        return found


def _summed(cells: Iterable[Cell], by: Callable[[Cell], Key]) -> dict[Key, Counts]:
    found: dict[Key, Counts] = {}
    for cell in cells:
        key = by(cell)
        found[key] = found.get(key, Counts()) + cell.counts
    return found
