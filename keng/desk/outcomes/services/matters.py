"""The matter of a report, found and held still while somebody changes it."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.core import holding
from keng.desk.mailbox.access import open_boxes
from keng.desk.models import Matter, Membership
from keng.mailbox.errors import Conflict, NotAllowed, Refused
from keng.mailbox.models import Thread

GONE = _("Tin này đã được xoá.")
CHANGED = _("Đồng chí khác vừa nối tin này với tin khác. Xem lại rồi làm lại.")
NOT_HELD = _("Đơn vị đồng chí không giữ tin này, hoặc vừa chuyển nó đi.")


def held(threads: list[Thread], *, by: User) -> list[Thread]:
    """These reports as they stand now, locked, in the order given. Raises Refused if one is gone, NotAllowed unless boxes that `by`
    can open hold them all.
    """
    rows = Thread.objects.select_related("holder__office", "box").filter(pk__in=[thread.pk for thread in threads])
    fresh = {thread.pk: thread for thread in holding.held(rows)}
    if len(fresh) < len({thread.pk for thread in threads}):
        raise Refused("no_thread", HTTPStatus.NOT_FOUND, GONE)
    mine = {box.pk for box in open_boxes(by)}
    if any(thread.holder_id not in mine for thread in fresh.values()):
        raise NotAllowed(NOT_HELD, "not_held")
    return [fresh[thread.pk] for thread in threads]


def matter_of(thread: Thread) -> Matter:
    """The report's matter, locked; a new one of which it is the main report if it has none. Raises Conflict if it was parted from it
    by whoever held the matter before.
    """
    membership = Membership.objects.filter(thread=thread).first()
    if membership is None:
        membership = Membership.objects.create(thread=thread, matter=Matter.objects.create())
    matter = locked(membership.matter_id)
    if not matter.members.filter(thread=thread).exists():
        raise Conflict(CHANGED)
    return matter


def locked(matter: int) -> Matter:
    """Whoever changes a matter's lines or members waits here for whoever does so already. Raises Conflict if it was joined to another."""
    found = Matter.objects.select_for_update().filter(pk=matter).first()
    if found is None:
        raise Conflict(CHANGED)
    return found


def settle_main(matter: Matter) -> None:
    """Where the main report was erased, the oldest of the others takes its place."""
    members = matter.members.order_by("thread__hour", "thread")
    if not members.filter(role=Membership.Role.MAIN).exists():
        oldest = members.first()
        if oldest is not None:
            oldest.role = Membership.Role.MAIN
            oldest.save(update_fields=["role"])
