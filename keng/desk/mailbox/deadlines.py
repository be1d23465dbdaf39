"""The legal clock of one report: which runs now, how much of it is used up, and what complexity and extension make of its end."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from keng.core.calendar import due, working_days_between, working_time_between
from keng.core.calendar.rules import rules
from keng.core.models import Clock
from keng.desk.mailbox.inbox import TO_BE_OPENED, TO_BE_RESOLVED
from keng.mailbox.models import Thread

OPEN, RESOLVE, COMPLEX, EXTENSION = "report.open", "report.resolve", "report.resolve_complex", "report.extension"
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


def resolve_due(*, received: datetime, complex: bool, extended: bool) -> datetime:
    """By when a report received in hour `received` is to be resolved (Criminal Procedure Code 2015 art. 147).

    An extension counts on from the end of the time for complex ones.
    """
    end = due(received, COMPLEX if complex else RESOLVE)
    return due(end, EXTENSION) if extended else end


def basis(received: datetime, *, complex: bool, extended: bool) -> str:
    """The law by which a report's deadline is what it is."""
    return rules().clock(_code(complex, extended), timezone.localdate(received)).legal_basis


def amounts(today: date) -> dict[str, dict[str, Any]]:
    """How long each clock of a report runs for what comes in today, by code."""
    clocks = {code: rules().clock(code, today) for code in (OPEN, RESOLVE, COMPLEX, EXTENSION)}
    return {code: {"amount": clock.amount, "unit": clock.unit} for code, clock in clocks.items()}


def _code(complex: bool, extended: bool) -> str:
    return EXTENSION if extended else COMPLEX if complex else RESOLVE


def running(thread: Thread, now: datetime, *, complex: bool = False, extended: bool = False) -> dict[str, Any] | None:
    """The clock that runs for the report now; None once it has its result."""
    if thread.state in TO_BE_OPENED:
        return _shown(OPEN, thread.hour, thread.open_due, now)
    if thread.state in TO_BE_RESOLVED:
        return _shown(_code(complex, extended), thread.hour, thread.resolve_due, now)
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
