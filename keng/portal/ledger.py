"""What `/ledger` tells of the public log: how it stands with its witnesses, how it grew, its last checkpoints."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from keng.ledger import notes
from keng.ledger.models import Checkpoint, Cosignature, LogKey
from keng.ledger.notes import NoteMalformed, SignatureFailed, Verifier

DAYS = 30  # of which the growth is drawn
SHOWN = 7  # checkpoints in the list
PATIENCE = timedelta(days=2)  # how long a day's checkpoint, or its cosignature, may be wanting


class State(StrEnum):
    """How a checkpoint, or the whole log, stands. COVERED: a later one was cosigned, and no witness signs a log that did not grow."""

    EMPTY = "empty"
    SEEN = "seen"
    COVERED = "covered"
    WAITING = "waiting"
    UNSEEN = "unseen"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Seen:
    """A witness, by the name of its key, and when it signed, by its own clock."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Line:
    """One checkpoint."""

    day: date
    size: int
    root: str
    seen: tuple[Seen, ...]
    state: State


@dataclass(frozen=True)
class Overview:
    """`lines`: the newest first. `growth`: (day, leaves), the oldest first. `since`: when what is wanting began to be."""

    state: State
    since: date | None
    lines: tuple[Line, ...]
    growth: tuple[tuple[date, int], ...]
    keys: tuple[LogKey, ...]
    witnesses: tuple[Verifier, ...]

    @property
    def newest(self) -> Line | None:
        return self.lines[0] if self.lines else None


def overview(witnesses: tuple[Verifier, ...], today: date | None = None) -> Overview:
    """Three queries."""
    today = today or timezone.localdate()
    rows = list(Checkpoint.objects.order_by("-size")[: 2 * DAYS])
    signed: dict[int, list[str]] = defaultdict(list)
    for size, line in Cosignature.objects.filter(size__gte=rows[-1].size if rows else 0).values_list("size", "line"):
        signed[size].append(line)
    lines = _lines(rows, signed, witnesses, today)
    growth = [(row.day, row.size) for row in reversed(rows) if row.day > today - timedelta(days=DAYS)]
    keys = tuple(LogKey.objects.order_by("-pk"))
    state, since = _standing(lines, today)
    return Overview(state, since, tuple(lines[:SHOWN]), tuple(dict(growth).items()), keys, witnesses)


def _lines(
    rows: list[Checkpoint], signed: dict[int, list[str]], witnesses: tuple[Verifier, ...], today: date
) -> list[Line]:
    lines: list[Line] = []
    covered = False
    for row in rows:
        seen = _seen(row.note, signed[row.size], witnesses)
        state = _state(bool(seen), covered, row.day, today)
        covered = covered or bool(seen)
        lines.append(Line(row.day, row.size, bytes(row.root).hex(), seen, state))
    return lines


def _state(seen: bool, covered: bool, day: date, today: date) -> State:
    if seen:
        return State.SEEN
    if covered:
        return State.COVERED
    return State.WAITING if today - day < PATIENCE else State.UNSEEN


def _seen(note: str, lines: list[str], witnesses: tuple[Verifier, ...]) -> tuple[Seen, ...]:
    """Whose signature is right: what the database says is believed no more here than by any other reader."""
    found = []
    for witness in witnesses:
        for line in lines:
            try:
                seconds = notes.verify(notes.read(note + line), witness)
                found.append(Seen(witness.name, datetime.fromtimestamp(seconds, UTC)))
            except (NoteMalformed, SignatureFailed, ValueError, OverflowError, OSError):
                continue
    return tuple(sorted(found, key=lambda seen: seen.at))


def _standing(lines: list[Line], today: date) -> tuple[State, date | None]:
    if not lines:
        return State.EMPTY, None
    if today - lines[0].day >= PATIENCE:
        return State.STOPPED, lines[0].day
    wanting = []
    for line in lines:
        if line.seen:
            break
        wanting.append(line)
    if not wanting:
        return State.SEEN, None
    return wanting[-1].state, wanting[-1].day
