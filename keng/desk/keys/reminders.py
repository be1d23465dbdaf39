"""Statements that must be renewed: what is told where people look, long before a box closes by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Max, Q
from django.utils.timezone import localdate

from keng.accounts.models import User
from keng.accounts.permissions import offices
from keng.desk.keys.status import URGENT_DAYS, WARN_DAYS
from keng.mailbox.models import Box, KeyStatement


@dataclass(frozen=True)
class RunningOut:
    """Boxes in real use whose newest statement ends within WARN_DAYS or has ended. `days`: to the first end that is still to come."""

    boxes: Sequence[KeyStatement]
    soon: int
    expired: int
    days: int | None

    @property
    def level(self) -> str:
        urgent = self.expired or (self.days is not None and self.days <= URGENT_DAYS)
        return "bad" if urgent else "wait"


def concerned(user: User) -> list[Box]:
    """The boxes whose statement is this user's to see to: of their offices, and of those below, which look up to them for renewal."""
    seen, read = offices(user, "desk.see_keys"), offices(user, "desk.read_box")
    near = Q(office__in=seen) | Q(office__in=read) | Q(above__office__in=read)
    return list(Box.objects.filter(near, closed_on=None, training=False).exclude(root="").distinct())


def running_out(user: User) -> RunningOut | None:
    """None for whom no box with keys is any business. Three queries at most."""
    boxes = concerned(user)
    if not boxes:
        return None
    today = localdate()
    newest = KeyStatement.objects.filter(box__in=boxes).annotate(newest=Max("box__statements__seq"))
    ending = newest.filter(seq=F("newest"), until__lte=today + timedelta(days=WARN_DAYS))
    found = list(ending.select_related("box__office").order_by("until", "box__title"))
    left = [(one.until - today).days for one in found]
    coming = [days for days in left if days >= 0]
    return RunningOut(boxes=found, soon=len(coming), expired=len(left) - len(coming), days=min(coming, default=None))
