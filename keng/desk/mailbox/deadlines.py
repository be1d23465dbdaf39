"""The legal clock of one report: which runs now, how much of it is used up, and what complexity and extension make of its end."""

from dataclasses import asdict, astuple, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from keng.core.calendar import REPORT_CLOCKS, due_hour, working_days_between, working_time_between
from keng.core.calendar.rules import rules
from keng.core.models import Clock
from keng.desk.mailbox.inbox import TO_BE_OPENED, TO_BE_RESOLVED
from keng.mailbox.models import Box, Thread


@dataclass(frozen=True)
class Clocks:
    """The clocks of one kind of box. `complex` "": a complex report has no time of its own but the first of its extensions."""

    open: str
    resolve: str
    complex: str
    extension: str

    def running(self, *, complex: bool, extended: bool) -> str:
        """The clock by whose law the end is what it is."""
        if extended or (complex and not self.complex):
            return self.extension
        return self.complex if complex else self.resolve


CLOCKS = {
    Box.Kind.CRIME: Clocks(*REPORT_CLOCKS["crime"], "report.resolve_complex", "report.extension"),
    Box.Kind.COMPLAINT: Clocks(*REPORT_CLOCKS["complaint"], "", "complaint.extension"),
    # A suggestion is answered in time or late: the law knows no longer time.
    Box.Kind.DEMOCRACY: Clocks(*REPORT_CLOCKS["democracy"], "", ""),
}
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Running:
    """A clock as the page shows it. `used` is 0..1 of its working time, `left` whole working days; the due hour itself is still in time."""

    code: str
    amount: int
    unit: str
    basis: str
    due: str
    used: float
    left: int


def has_longer(kind: str) -> bool:
    """Whether reports of this kind can be complex or extended at all."""
    return bool(CLOCKS[Box.Kind(kind)].extension)


def resolve_due(*, received: datetime, complex: bool, extended: bool, kind: str = Box.Kind.CRIME) -> datetime:
    """By when a report received in hour `received` is to be resolved (Criminal Procedure Code 2015 art. 147, for complaints Law on
    Denunciations 2018 art. 30). An extension counts on from the end of the time before it.
    """
    clocks = CLOCKS[Box.Kind(kind)]
    if clocks.complex:
        ends = [clocks.complex if complex else clocks.resolve] + [clocks.extension] * extended
    else:
        ends = [clocks.resolve] + [clocks.extension] * (bool(clocks.extension) * (complex + extended))
    end = received
    for code in ends:
        end = due_hour(end, code)
    return end


def basis(received: datetime, *, complex: bool, extended: bool, kind: str = Box.Kind.CRIME) -> str:
    """The law by which a report's deadline is what it is."""
    code = CLOCKS[Box.Kind(kind)].running(complex=complex, extended=extended)
    return rules().clock(code, timezone.localdate(received)).legal_basis


def amounts(today: date) -> dict[str, dict[str, Any]]:
    """How long each clock of a report runs for what comes in today, by code."""
    codes = [code for clocks in CLOCKS.values() for code in astuple(clocks) if code]
    found = {code: rules().clock(code, today) for code in codes}
    return {code: {"amount": clock.amount, "unit": clock.unit} for code, clock in found.items()}


def running(thread: Thread, now: datetime, *, complex: bool = False, extended: bool = False) -> dict[str, Any] | None:
    """The clock that runs for the report now; None once it has its result."""
    clocks = CLOCKS[Box.Kind(thread.box.kind)]
    if thread.state in TO_BE_OPENED:
        return _shown(clocks.open, thread.hour, thread.open_due, now)
    if thread.state in TO_BE_RESOLVED:
        return _shown(clocks.running(complex=complex, extended=extended), thread.hour, thread.resolve_due, now)
    return None


def _shown(code: str, start: datetime, end: datetime, now: datetime) -> dict[str, Any]:
    clock = rules().clock(code, timezone.localdate(start))
    left = working_days_between(timezone.localdate(now), timezone.localdate(end))
    return asdict(
        Running(code, clock.amount, clock.unit, clock.legal_basis, end.isoformat(), _used(clock, start, end, now), left)
    )


def _used(clock: Clock, start: datetime, end: datetime, now: datetime) -> float:
    """Clocks of hours run day and night; of all others only the office's time counts as used."""
    if clock.unit == Clock.Unit.HOURS:
        whole, gone = end + HOUR - start, now - start
    else:
        whole, gone = working_time_between(start, end + HOUR), working_time_between(start, now)
    return round(min(1.0, max(0.0, gone / whole)), 3) if whole else 1.0
