"""A dossier's clock as a bar: from its beginning to its end, where it stood still, where today is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from keng.procedures.models import Dossier, Pause, State

WIDTH = 1000  # of the drawing, in its own units
MARGIN = 12
LEAST = timedelta(hours=1)


@dataclass(frozen=True)
class Span:
    x: int
    width: int


@dataclass(frozen=True)
class Bar:
    """Places along the drawing; `due`, `now` and `first_due` None where there is nothing to draw."""

    begun: datetime
    ended: datetime
    run: Span
    late: Span | None
    now: int | None
    due: int | None
    first_due: int | None
    pauses: list[Span] = field(default_factory=list)


def bar(dossier: Dossier, pauses: Iterable[Pause], now: datetime) -> Bar:
    """From filing to the due date, or beyond it to today or to the closing, if that was later."""
    begun, stop = dossier.submitted_at, dossier.closed_at or now
    due = dossier.due or (dossier.step_due if dossier.state == State.SUBMITTED else None)
    last = max(moment for moment in (begun + LEAST, stop, due, dossier.first_due) if moment)
    whole = last - begun

    def x(moment: datetime) -> int:
        inside = min(max((moment - begun) / whole, 0), 1)
        return MARGIN + round((WIDTH - 2 * MARGIN) * inside)

    def span(since: datetime, until: datetime) -> Span:
        return Span(x(since), max(x(until) - x(since), 3))

    pauses = list(pauses)
    # What stands still was late until then, and gets no later.
    still = next((pause.since for pause in pauses if pause.until is None), stop)
    moved = dossier.first_due if dossier.first_due != dossier.due else None
    return Bar(
        begun=begun,
        ended=last,
        run=span(begun, min(stop, due) if due else stop),
        late=span(due, still) if due and still > due else None,
        now=None if dossier.closed_at else x(now),
        due=x(due) if due else None,
        first_due=x(moved) if moved else None,
        pauses=[span(pause.since, pause.until or stop) for pause in pauses],
    )
