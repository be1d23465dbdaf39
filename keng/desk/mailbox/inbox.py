"""The list of reports: which, in what order, how many, and what a row says. Nothing sealed is opened here, and no part is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from keng.mailbox.errors import Malformed
from keng.mailbox.models import Box, Part, State, Thread

PAGE = 50
TO_BE_OPENED = (State.RECEIVED,)
TO_BE_RESOLVED = (State.OPENED, State.VERIFYING, State.FORWARDED)

# What the filter offers: a name to the states it shows. `sent` is apart: passed on, so only the state is known here.
GROUPS: dict[str, tuple[str, ...]] = {
    "open": (*TO_BE_OPENED, *TO_BE_RESOLVED),
    "done": (
        State.ACTED_ON,
        State.UNFOUNDED,
        State.NOT_ENOUGH,
        State.ADOPTED,
        State.ANSWERED,
        State.PARTLY,
        State.CLOSED,
    ),
    **{state: (state,) for state in State.values},
}
SENT = "sent"

# In the order of the indexes `thread_inbox_state` and `thread_origin`, so that a page is read off them.
ORDER = ("-hour", "id")
COLUMNS = ("id", "key", "state", "hour", "open_due", "resolve_due", "version", "box_id", "holder_id")
ASSESSED = ("assessment__category", "assessment__value", "assessment__complex", "assessment__extended")


@dataclass(frozen=True)
class Filter:
    """What the officer asked to see. `state` is a name of GROUPS, `sent` or "" for all; `before` is where the last page ended."""

    boxes: Sequence[Box]
    state: str = ""
    late: bool = False
    before: tuple[datetime, int] | None = None


def read_filter(asked: dict[str, str], boxes: Sequence[Box]) -> Filter:
    """The filter in an address. Raises Malformed for one that no page of ours has."""
    state, slug = asked.get("state", ""), asked.get("box", "")
    if state not in GROUPS and state not in ("", SENT):
        raise Malformed(_("Không có trạng thái này."))
    chosen = [box for box in boxes if box.slug == slug] if slug else boxes
    if slug and not chosen:
        raise Malformed(_("Đồng chí không mở được hộp thư này."))
    return Filter(chosen, state, asked.get("late") == "1", _read_cursor(asked.get("before", "")))


def _read_cursor(text: str) -> tuple[datetime, int] | None:
    if not text:
        return None
    try:
        hour, number = text.split("_")
        if not 0 <= int(number) < 2**63:
            raise ValueError(number)
        return datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC), int(number)
    except ValueError as error:
        raise Malformed(_("Không có trang này của danh sách.")) from error


def cursor(row: dict[str, Any]) -> str:
    return f"{row['hour'].astimezone(UTC):%Y-%m-%dT%H}_{row['id']}"


def page(wanted: Filter, now: datetime) -> tuple[list[dict[str, Any]], str]:
    """The rows of one page, newest first, and where the next begins ("" for the last page). One query, whatever the number of reports."""
    rows = list(_find(wanted, now).values(*COLUMNS, *ASSESSED)[: PAGE + 1])
    return rows[:PAGE], cursor(rows[PAGE - 1]) if len(rows) > PAGE else ""


def _find(wanted: Filter, now: datetime) -> QuerySet[Thread]:
    """Each stream is read off an index and cut to a page before they are joined: sorting what an OR finds would walk over every report."""
    streams = [_from(Thread.objects.filter(stream), wanted.before) for stream in _streams(wanted, now)]
    if len(streams) == 1:
        return streams[0]
    cut: list[Q] = [Q(pk__in=stream.values("pk")[: PAGE + 1]) for stream in streams]
    return Thread.objects.filter(reduce(or_, cut, Q(pk__in=[]))).order_by(*ORDER)


def _from(found: QuerySet[Thread], before: tuple[datetime, int] | None) -> QuerySet[Thread]:
    if before:
        hour, number = before
        found = found.filter(hour__lte=hour).exclude(hour=hour, id__lte=number)
    return found.order_by(*ORDER)


def _streams(wanted: Filter, now: datetime) -> Iterable[Q]:
    """What to look for, each answered by one stretch of one index."""
    for box in wanted.boxes:
        if wanted.state in ("", SENT) and not wanted.late:
            yield Q(box=box) & ~Q(holder__in=wanted.boxes)
        if wanted.late:
            yield from (
                Q(holder=box, state=state) & _late(state, now) for state in GROUPS["open"] if _asked(state, wanted)
            )
        elif wanted.state != SENT:
            yield from (Q(holder=box, state=state) for state in GROUPS.get(wanted.state, State.values))


def _late(state: str, now: datetime) -> Q:
    return Q(open_due__lt=now) if state in TO_BE_OPENED else Q(resolve_due__lt=now)


def _asked(state: str, wanted: Filter) -> bool:
    return not wanted.state or state in GROUPS.get(wanted.state, ())


def unopened_late(now: datetime) -> Q:
    """A due hour is the last one in time: late is when a later hour has begun."""
    return Q(state__in=TO_BE_OPENED, open_due__lt=now)


def unresolved_late(now: datetime) -> Q:
    return Q(state__in=TO_BE_RESOLVED, resolve_due__lt=now)


def is_late(row: dict[str, Any], now: datetime) -> bool:
    if row["state"] in TO_BE_OPENED:
        return bool(row["open_due"] < now)
    return row["state"] in TO_BE_RESOLVED and bool(row["resolve_due"] < now)


def counts(boxes: Sequence[Box], now: datetime) -> dict[str, int]:
    """How many reports these boxes hold, by state, and how many of them are late. Three queries, answered from indexes alone."""
    held = Thread.objects.filter(holder__in=boxes).order_by()
    by_state = dict(held.values_list("state").annotate(Count("pk")))
    # Asked together, the database would look into every row.
    late = held.filter(unopened_late(now)).count() + held.filter(unresolved_late(now)).count()
    return {**{state: by_state.get(state, 0) for state in State.values}, "late": late}


def parts_of(threads: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many parts each side has sent, by thread id and direction. One query."""
    counted: dict[int, dict[str, int]] = {thread: {} for thread in threads}
    found = Part.objects.filter(thread__in=threads).order_by().values_list("thread", "direction").annotate(Count("pk"))
    for thread, direction, number in found:
        counted[thread][direction] = number
    return counted
