"""A person who gave a name is told the result: by when, and whether it was done. Who they are stands sealed in the report."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from keng.core.calendar import CalendarError, due_hour
from keng.core.ids import this_hour
from keng.desk.models import Intake
from keng.mailbox.models import RESULTS, Box, State, Thread

# The time runs from the result, not from the arrival: until there is one, the clock for resolving watches.
TELL = {Box.Kind.CRIME: "report.tell", Box.Kind.DEMOCRACY: "democracy.tell", Box.Kind.COMPLAINT: "complaint.tell"}


def follow(thread: Thread) -> None:
    """Called in the transaction that brought the report to its state: a result sets by when its named reporter must be told; taking the
    report up again calls that off. Closing only says that nothing follows, so it sets nothing that a result has set before."""
    intake = Intake.objects.select_for_update().filter(thread=thread, named=True).first()
    if intake is None:
        return
    if thread.state == State.CLOSED and (intake.tell_due or intake.told):
        return
    has_result = thread.state in RESULTS
    intake.tell_due = tell_due(thread.box.kind, this_hour()) if has_result else None
    intake.told = None
    intake.save(update_fields=["tell_due", "told"])


def tell_due(kind: str, hour: datetime) -> datetime:
    """By when a result of this hour is to be told. A broken calendar holds up no result: it is to be told at once."""
    try:
        return due_hour(hour, TELL[Box.Kind(kind)])
    except CalendarError:
        return hour


def untold(boxes: Iterable[Box], now: datetime) -> QuerySet[Thread]:
    """Reports that these boxes hold whose named reporter should have been told the result by now and was not.

    A due hour is the last one in time, as everywhere.
    """
    return Thread.objects.filter(holder__in=list(boxes), intake__told=None, intake__tell_due__lt=now)


def shown(thread: Thread) -> dict[str, Any] | None:
    """How a report that an officer entered came in, and how far its named reporter has been told; None for one from a phone."""
    intake = Intake.objects.filter(thread=thread).first()
    if intake is None:
        return None
    return {
        "channel": intake.channel,
        "named": intake.named,
        "secrecy": intake.secrecy,
        "tell_due": intake.tell_due and intake.tell_due.isoformat(),
        "told": intake.told and intake.told.isoformat(),
    }
