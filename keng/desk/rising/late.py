"""How many reports are late at each office, for how long, and whether it grows. Counts alone; pranks are in none of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from keng.core.ids import hour_of
from keng.desk.mailbox import inbox
from keng.mailbox.models import Box, State, StateChange, Thread
from keng.units.models import Office

WEEK = timedelta(days=7)
# A report has its result: nothing of its time runs any more.
RESULTS = tuple(state for state in State.values if state not in (*inbox.OPEN, State.CLOSED))


@dataclass(frozen=True)
class Late:
    """Reports past the time to open them, and past the time to resolve them; `oldest` in whole days past it; `before`, a week ago."""

    to_open: int = 0
    to_resolve: int = 0
    oldest: int = 0
    before: int = 0

    @property
    def all(self) -> int:
        return self.to_open + self.to_resolve

    @property
    def change(self) -> int:
        return self.all - self.before

    def plus(self, other: "Late") -> "Late":
        return Late(
            self.to_open + other.to_open,
            self.to_resolve + other.to_resolve,
            max(self.oldest, other.oldest),
            self.before + other.before,
        )


@dataclass(frozen=True)
class Row:
    """An office and what is late there."""

    office: Office
    late: Late


def by_office(offices: QuerySet[Office], now: datetime, *, training: bool = False) -> list[Row]:
    """The offices that have open boxes, those with most late first. Seven queries, whatever the number of offices and reports."""
    boxes = Box.objects.filter(office__in=offices, training=training, opened_on__isnull=False).select_related("office")
    places = {box.pk: box.office for box in boxes}
    counted = _late(places, hour_of(now))
    rows: dict[int, Row] = {}
    for box, office in places.items():
        there = rows.get(office.pk, Row(office, Late()))
        rows[office.pk] = Row(office, there.late.plus(counted[box]))
    return sorted(rows.values(), key=lambda row: (-row.late.all, -row.late.oldest, row.office.name))


def total(rows: Iterable[Row]) -> Late:
    whole = Late()
    for row in rows:
        whole = whole.plus(row.late)
    return whole


def _late(boxes: Mapping[int, Office], now: datetime) -> dict[int, Late]:
    """By the id of the box that holds the reports."""
    held = Thread.objects.filter(~inbox.is_prank(), holder__in=boxes).order_by()
    unopened = _counted(held.filter(state__in=inbox.TO_BE_OPENED, open_due__lt=now), "open_due")
    unresolved = _counted(held.filter(state__in=inbox.TO_BE_RESOLVED, resolve_due__lt=now), "resolve_due")
    before = _before(held, now - WEEK)
    made = {}
    for box in boxes:
        to_open, first = unopened.get(box, (0, now))
        to_resolve, second = unresolved.get(box, (0, now))
        made[box] = Late(to_open, to_resolve, (now - min(first, second)).days, before[box])
    return made


def _counted(found: QuerySet[Thread], due: str) -> dict[int, tuple[int, datetime]]:
    """How many, and the earliest time that ran out."""
    rows = found.values_list("holder").annotate(Count("pk"), Min(due))
    return {holder: (number, first) for holder, number, first in rows}


def _before(held: QuerySet[Thread], then: datetime) -> Counter[int]:
    """How many were late at `then`, by the box that holds them now; those erased since are in no count. Four queries."""
    changed = StateChange.objects.filter(hour__gte=then)
    opened_since = changed.filter(state=State.OPENED).values("thread")
    were_open = held.filter(resolve_due__lt=then).exclude(pk__in=opened_since)
    late = (
        held.filter(state__in=inbox.TO_BE_OPENED, open_due__lt=then),
        held.filter(pk__in=opened_since, open_due__lt=then),
        were_open.filter(state__in=inbox.TO_BE_RESOLVED),
        were_open.filter(~Q(state__in=inbox.OPEN), pk__in=changed.filter(state__in=RESULTS).values("thread")),
    )
    numbers: Counter[int] = Counter()
    for found in late:
        numbers.update(dict(found.values_list("holder").annotate(Count("pk"))))
    return numbers
