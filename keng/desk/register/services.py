"""`enter` gives a report its number in the box's yearly register when an officer of that box first opens it."""

from django.db.models import Max
from django.utils import timezone

from keng.accounts.models import User
from keng.core.group_commit import group_commit
from keng.core.ids import this_hour
from keng.desk.models import RegisterEntry
from keng.ledger.services import append
from keng.mailbox.models import Box, Thread

REGISTERED = "mailbox.report.registered"
VERBS = {REGISTERED: "vào sổ tiếp nhận tin"}


def enter(*, thread: Thread, by: User) -> RegisterEntry:
    """The report's line in the register of the box that holds it, written now if there is none yet.

    Numbers count from 1 in each year (of local time) without a gap: the box's row is held while one is given, and lines are never
    deleted. A report that comes back to a box keeps the number that it had there.
    """

    return group_commit(lambda: _known(thread) or _next(thread, by))


def _known(thread: Thread) -> RegisterEntry | None:
    return RegisterEntry.objects.filter(box=thread.holder_id, thread=thread).first()


def _next(thread: Thread, by: User) -> RegisterEntry:
    # Without touching its key, so that reports that come in meanwhile don't wait.
    box = Box.objects.select_for_update(no_key=True, of=("self",)).select_related("office").get(pk=thread.holder_id)
    written = _known(thread)
    if written is not None:  # by somebody who held the box before us
        return written
    hour = this_hour()
    year = timezone.localtime(hour).year
    last = RegisterEntry.objects.filter(box=box, year=year).aggregate(last=Max("number"))["last"]
    entry = RegisterEntry.objects.create(box=box, year=year, number=(last or 0) + 1, thread=thread, hour=hour)
    append(verb=REGISTERED, subject=f"{box.slug} {entry}", case=thread.key, office=box.office.code, by=by.username)
    return entry
