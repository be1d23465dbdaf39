"""Sends what waits: each message claimed by one process, tried again at growing intervals, given up after a day.

A run ends after BUDGET seconds whatever the server does, so that no other chore waits longer for it.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import F, Max, Min, Q, QuerySet

from keng.core.ids import hour_of
from keng.notify.channels import Refused, TryLater, channels
from keng.notify.models import Message

logger = logging.getLogger("keng.notify")
BUDGET = 60.0  # seconds a run
LEASE = timedelta(minutes=5)  # longer than a run, so that a claim outlives whoever holds it only by a crash
GIVE_UP = timedelta(days=1)
KEPT = timedelta(days=30)
FIRST, LONGEST = timedelta(minutes=2), timedelta(hours=1)
DONE = {"address": "", "subject": "", "body": "", "claimed_until": None}
WAITING = Q(sent=None, failed=None)


@dataclass(frozen=True)
class Health:
    """How the outbox stands: what waits and since when, what was given up in a week, when something was last sent (an hour)."""

    waiting: int
    since: datetime | None
    failed: int
    reason: str
    last_sent: datetime | None

    @property
    def stuck(self) -> bool:
        """Something has waited for an hour."""
        return self.since is not None and datetime.now(UTC) - self.since > LONGEST


def send_due() -> int:
    """Sends what is due on every channel; returns how many messages went."""
    end = time.monotonic() + BUDGET
    _give_up()
    return sum(_send(name, end) for name, channel in channels if channel.ready())


def forget() -> int:
    """Drops the rows of messages that were sent or given up a month ago; returns how many."""
    old = datetime.now(UTC) - KEPT
    return Message.objects.filter(Q(sent__lt=old) | Q(failed__lt=old)).delete()[0]


def health() -> Health:
    """Two queries."""
    week = datetime.now(UTC) - timedelta(days=7)
    waiting = Message.objects.filter(WAITING)
    oldest = waiting.aggregate(since=Min("since"))["since"]
    failed = list(Message.objects.filter(failed__gte=week).order_by("-failed").values_list("reason", flat=True)[:1000])
    last = Message.objects.aggregate(last=Max("sent"))["last"]
    return Health(waiting.count(), oldest, len(failed), failed[0] if failed else "", last)


def _send(name: str, end: float) -> int:
    """Until nothing is due, the time is up, or the server can't be used: then the rest keeps its place and waits for the next run."""
    if not _due(name).exists():
        return 0
    sent = 0
    with channels[name].open() as session:
        for message in _claimed(name, end):
            try:
                session.send(address=message.address, subject=message.subject, body=message.body)
            except Refused as refused:
                (_failed if refused.for_good else _later)(message, refused.code)
            except TryLater as later:
                _later(message, later.code)
                logger.warning("Thư báo chưa gửi được, sẽ thử lại. / Mail not sent, to be tried again: %s", later.code)
                break
            else:
                _sent(message)
                sent += 1
    return sent


def _due(name: str) -> QuerySet[Message]:
    now = datetime.now(UTC)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return Message.objects.filter(WAITING, free, channel=name, next_try__lte=now).order_by("next_try", "pk")


def _claimed(name: str, end: float) -> Iterator[Message]:
    """Messages that this process alone may send now, one after the other."""
    while time.monotonic() < end and (message := _due(name).first()):
        until = datetime.now(UTC) + LEASE
        mine = Message.objects.filter(WAITING, pk=message.pk, claimed_until=message.claimed_until, tries=message.tries)
        if mine.update(claimed_until=until, tries=F("tries") + 1):
            message.tries += 1
            yield message


def _sent(message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(sent=hour_of(datetime.now(UTC)), reason="", **DONE)


def _failed(message: Message, code: str) -> None:
    Message.objects.filter(pk=message.pk).update(failed=hour_of(datetime.now(UTC)), reason=code[:16], **DONE)


def _later(message: Message, code: str) -> None:
    wait = min(FIRST * 2 ** min(message.tries - 1, 10), LONGEST)
    Message.objects.filter(pk=message.pk).update(
        next_try=datetime.now(UTC) + wait, claimed_until=None, reason=code[:16]
    )


def _give_up() -> None:
    now = datetime.now(UTC)
    old = Message.objects.filter(WAITING, Q(claimed_until=None) | Q(claimed_until__lte=now), since__lt=now - GIVE_UP)
    if given_up := old.update(failed=hour_of(now), **DONE):
        logger.error("%d thư báo quá một ngày không gửi được, đã bỏ. / Given up after a day: %d", given_up, given_up)
