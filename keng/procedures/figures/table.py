"""The page's numbers: three queries on the sums, whatever the number of dossiers, added up here by month, commune and procedure.

Inside, nothing is suppressed: who sees these numbers may see the list of codes that they open to.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Case, Value, When

from keng.core.calendar import CalendarError
from keng.core.calendar.rules import rules
from keng.core.indicators import Asked
from keng.procedures.figures.indicators import sums
from keng.procedures.figures.periods import Period, before, months
from keng.procedures.models import Channel, DossierTally, Procedure

What = DossierTally.What
TREND = 12  # months
TIMED = (What.EARLY, What.ON, What.LATE)
BEFORE, WITHIN = "before", "within"


@dataclass
class Counts:
    """What was counted: `of` by what and channel in the period, `carried` open when it began, `minutes` of office time of those timed."""

    of: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    carried: int = 0
    minutes: int = 0

    def add(self, what: str, channel: str, number: int, minutes: int) -> None:
        self.of[what, channel] += number
        if what in TIMED:
            self.minutes += minutes

    def add_before(self, what: str, number: int) -> None:
        self.carried += number if what in (What.RECEIVED, What.CAME) else -number

    def _all(self, *whats: str) -> int:
        return sum(number for (what, _channel), number in self.of.items() if what in whats)

    @property
    def received(self) -> int:
        return self._all(What.RECEIVED)

    @property
    def online(self) -> int:
        return self.of.get((What.RECEIVED, Channel.ONLINE), 0)

    @property
    def counter(self) -> int:
        return self.of.get((What.RECEIVED, Channel.COUNTER), 0)

    @property
    def home(self) -> int:
        return self.of.get((What.RECEIVED, Channel.HOME), 0)

    @property
    def came(self) -> int:
        return self._all(What.CAME)

    @property
    def gone(self) -> int:
        return self._all(What.GONE)

    @property
    def early(self) -> int:
        return self._all(What.EARLY)

    @property
    def on(self) -> int:
        return self._all(What.ON)

    @property
    def late(self) -> int:
        return self._all(What.LATE)

    @property
    def untimed(self) -> int:
        return self._all(What.UNTIMED)

    @property
    def ended(self) -> int:
        return self.early + self.on + self.late + self.untimed

    @property
    def open(self) -> int:
        return self.carried + self.received + self.came - self.gone - self.ended

    @property
    def timed(self) -> int:
        return self._all(*TIMED)

    def average_days(self, a_day: int) -> Decimal | None:
        """Working days from acceptance to the end, one decimal; None where nothing with a clock ended. `a_day` in minutes."""
        if not self.timed or not a_day:
            return None
        return (Decimal(self.minutes) / self.timed / a_day).quantize(Decimal("0.1"))


@dataclass(frozen=True)
class Row:
    """One line: of a commune, a procedure or an office, by its key and what it is called."""

    key: str
    name: str
    counts: Counts


class Table:
    """Of the offices asked for, in one period. `today` is the month that runs."""

    def __init__(self, asked: Asked, period: Period, today: int) -> None:
        self.asked, self.period, self.today = asked, period, today

    @cached_property
    def _by_month(self) -> list[tuple[int, str, str, int, int]]:
        """(month, what, channel, number, minutes) up to the period's end."""
        found = sums(self.asked).filter(month__lte=self.period.end).order_by()
        grouped = found.values_list("month", "what", "channel")
        return list(grouped.annotate(all=models.Sum("number"), time=models.Sum("minutes")))

    @cached_property
    def whole(self) -> Counts:
        counts = Counts()
        for month, what, channel, number, minutes in self._by_month:
            if month < self.period.start:
                counts.add_before(what, number)
            else:
                counts.add(what, channel, number, minutes)
        return counts

    @property
    def first_month(self) -> int:
        return min([month for month, *_rest in self._by_month] or [self.today])

    def trend(self) -> list[tuple[int, Counts]]:
        """The months up to the period's end or this month, the newest last."""
        last = min(self.period.end, max(self.today, self.period.start))
        first = last
        for _step in range(TREND - 1):
            first = before(first)
        found = {month: Counts() for month in months(first, last)}
        for month, what, channel, number, minutes in self._by_month:
            for at in found:
                if month < at:
                    found[at].add_before(what, number)
            if month in found:
                found[month].add(what, channel, number, minutes)
        return list(found.items())

    def by_unit(self) -> list[Row]:
        return _rows(self._split(sums(self.asked), "unit", "unit__name"))

    def by_procedure(self) -> list[Row]:
        """By code; the caller knows the names."""
        side = DossierTally.objects.filter(office__in=self.asked.offices, unit=None)
        cells = list(self._split(side, "procedure", "procedure"))
        # By id, for joining the codes to each of the rows that are summed would cost more than the summing.
        codes = dict(Procedure.objects.filter(pk__in={cell[0] for cell in cells}).values_list("pk", "code"))
        return _rows((codes[cell[0]], codes[cell[0]], *cell[2:]) for cell in cells)

    def by_office(self) -> list[Row]:
        return _rows(self._split(sums(self.asked), "office__code", "office__name"))

    def _split(self, rows: models.QuerySet[DossierTally], key: str, name: str) -> Iterable[Sequence[Any]]:
        when = Case(When(month__lt=self.period.start, then=Value(BEFORE)), default=Value(WITHIN))
        found = rows.filter(month__lte=self.period.end).order_by().annotate(when=when)
        columns = [key, name] if name != key else [key]
        grouped = found.values_list(*columns, "when", "what", "channel")
        numbers = grouped.annotate(all=models.Sum("number"), time=models.Sum("minutes"))
        return numbers if name != key else ((row[0], *row) for row in numbers)


def _rows(cells: Iterable[Sequence[Any]]) -> list[Row]:
    """The busiest first; what never had anything in the period or open at its start is left out."""
    found: dict[str, Row] = {}
    for key, name, when, what, channel, number, minutes in cells:
        row = found.setdefault(key, Row(key, name, Counts()))
        if when == BEFORE:
            row.counts.add_before(what, number)
        else:
            row.counts.add(what, channel, number, minutes)
    shown = [row for row in found.values() if row.counts.carried or any(row.counts.of.values())]
    return sorted(shown, key=lambda row: (-row.counts.received, -row.counts.ended, row.name))


def together(rows: Iterable[Row]) -> Counts:
    """Their sum."""
    whole = Counts()
    for row in rows:
        whole.carried += row.counts.carried
        whole.minutes += row.counts.minutes
        for key, number in row.counts.of.items():
            whole.of[key] += number
    return whole


Part = Callable[[Counts], int]
PARTS: dict[str, Part] = {
    "received": lambda counts: counts.received,
    "came": lambda counts: counts.came,
    "gone": lambda counts: counts.gone,
    "ended": lambda counts: counts.ended,
    "open": lambda counts: counts.open,
}


def unexplained(whole: Counts, parts: Counts) -> dict[str, int]:
    """By how much the parts miss the whole, of what does: shown as it is, never hidden."""
    differ = {name: of(whole) - of(parts) for name, of in PARTS.items()}
    return {name: number for name, number in differ.items() if number}


def a_working_day(on: date) -> int:
    """Minutes of office time of a day, by the hours in force on `on`; 0 without a calendar."""
    try:
        stretches = rules().stretches_on(on)
    except CalendarError:
        return 0
    spans = (datetime.combine(on, one.closes) - datetime.combine(on, one.opens) for one in stretches)
    return int(sum(spans, timedelta()) / timedelta(minutes=1))
