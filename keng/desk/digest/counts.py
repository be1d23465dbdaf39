"""What waits for one officer, in numbers. Training boxes are in none of them."""

from dataclasses import dataclass
from datetime import date, datetime

from keng.accounts.models import User
from keng.accounts.permissions import appointments, may, offices
from keng.core.registry import DigestSection, digest_parts
from keng.desk.keys.reminders import RunningOut, running_out
from keng.desk.mailbox import counting
from keng.desk.mailbox.access import open_boxes
from keng.desk.rising import late
from keng.desk.sharing.services import working_for
from keng.mailbox.models import Box, State


@dataclass(frozen=True)
class Waiting:
    """In the boxes that somebody opens: reports not opened yet, due by the end of today, late; and what is that person's own."""

    to_open: int
    due: int
    late: int
    mine: int
    offered: int


@dataclass(frozen=True)
class Work:
    """`instead` is the work of those for whom the officer stands in, `people` how many these are; `below`: late at the offices below.

    `keys`: box statements that run out, for whoever has boxes to see to. `more`: what other apps tell.
    """

    own: Waiting | None
    people: int
    instead: Waiting | None
    below: late.Late | None
    keys: RunningOut | None = None
    more: tuple[DigestSection, ...] = ()


def work_of(user: User, day: date, now: datetime) -> Work:
    """What waits for `user`; None for what is none of their business."""
    absent = sorted(working_for(user, day) - {user}, key=lambda officer: officer.username)
    own = _boxes(user)
    return Work(
        own=_waiting(own, [user], now) if own else None,
        people=len(absent),
        instead=_waiting({pk: box for one in absent for pk, box in _boxes(one).items()}, absent, now)
        if absent
        else None,
        below=_below(user, now),
        keys=running_out(user),
        more=tuple(section for _name, part in digest_parts for section in part.sections(user, now)),
    )


def _boxes(user: User) -> dict[int, Box]:
    return {box.pk: box for box in open_boxes(user) if not box.training}


def _waiting(boxes: dict[int, Box], people: list[User], now: datetime) -> Waiting:
    seen = list(boxes.values())
    counted = counting.counts(seen, now)
    own = [counting.own(seen, one, now) for one in people]
    return Waiting(
        to_open=counted[State.RECEIVED],
        due=counted["due"],
        late=counted["late"],
        mine=sum(one["mine"] for one in own),
        offered=sum(one["offered"] for one in own),
    )


def _below(user: User, now: datetime) -> late.Late | None:
    """Of the offices below the officer's own; their own stands in the lines above."""
    if not may(user, "desk.see_late_below"):
        return None
    below = offices(user, "desk.see_late_below").exclude(pk__in=appointments(user).values("office"))
    rows = late.by_office(below, now)
    return late.total(rows) if rows else None
