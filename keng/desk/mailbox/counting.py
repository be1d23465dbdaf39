"""How many reports there are of each kind: what stands beside the filter and on the tiles of the day. Counted from indexes alone."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from keng.accounts.models import User
from keng.desk.intake import untold
from keng.desk.mailbox import inbox
from keng.mailbox.models import Box, State, Thread


def counts(boxes: Sequence[Box], now: datetime) -> dict[str, int]:
    """How many reports these boxes hold, by state, how many of them are late, how many due by the end of today (`due_open` those to be
    opened, `due` all), and how many marked as pranks, which are in none of the others. A report whose named reporter should have been told
    its result counts as late. Four queries.
    """
    held = Thread.objects.filter(holder__in=boxes).order_by()
    pranks = held.filter(inbox.among_pranks())
    open_ones = _with_dues(held.filter(state__in=inbox.OPEN), now)
    by_state = Counter({state: numbers["all"] for state, numbers in open_ones.items()})
    by_state.update(dict(held.exclude(state__in=inbox.OPEN).values_list("state").annotate(Count("pk"))))
    left_out = _with_dues(pranks, now)
    marked = sum(left_out[state]["all"] for state in left_out)
    for state, left in left_out.items():
        by_state[state] -= left["all"]
    return {
        **{state: by_state[state] for state in State.values},
        "late": _sum(open_ones, "late") - _sum(left_out, "late") + untold(boxes, now).count(),
        "due": _sum(open_ones, "today") - _sum(left_out, "today"),
        "due_open": _of(open_ones, State.RECEIVED) - _of(left_out, State.RECEIVED),
        "pranks": marked,
    }


def _with_dues(found: QuerySet[Thread], now: datetime) -> dict[str, dict[str, int]]:
    """How many in each state, and how many of these are late or due by the end of today. One query."""
    end = inbox.tomorrow(now)
    counted = found.values_list("state").annotate(
        Count("pk"),
        open_late=Count("pk", filter=Q(open_due__lt=now)), open_today=Count("pk", filter=Q(open_due__lt=end)),
        late=Count("pk", filter=Q(resolve_due__lt=now)), today=Count("pk", filter=Q(resolve_due__lt=end)),
    )  # fmt: skip
    return {state: _of_state(state, *numbers) for state, *numbers in counted}


def _of_state(state: str, number: int, open_late: int, open_today: int, late: int, today: int) -> dict[str, int]:
    if state in inbox.TO_BE_OPENED:
        return {"all": number, "late": open_late, "today": open_today}
    if state in inbox.TO_BE_RESOLVED:
        return {"all": number, "late": late, "today": today}
    return {"all": number, "late": 0, "today": 0}


def _sum(by_state: dict[str, dict[str, int]], name: str) -> int:
    return sum(numbers[name] for numbers in by_state.values())


def _of(by_state: dict[str, dict[str, int]], state: str) -> int:
    return by_state.get(state, {"today": 0})["today"]


def own(boxes: Sequence[Box], by: User, now: datetime) -> dict[str, int]:
    """What waits for this officer: `mine` is assigned and open, `offered` handed over and not yet taken, `news` came of what these boxes
    passed on. Four queries.
    """
    held = Thread.objects.filter(~inbox.is_prank(), holder__in=boxes)
    passed_on = Thread.objects.exclude(holder__in=boxes).filter(inbox.recently_passed_on(boxes, now))
    return {
        "mine": held.filter(state__in=inbox.OPEN, pk__in=inbox.assigned_to(by)).count(),
        "offered": held.filter(pk__in=inbox.offered_to(by)).count(),
        "news": passed_on.filter(inbox.has_news(boxes, now)).count(),
    }
