"""Who works on a report: one officer at a time, or nobody, and then it is the whole office's. Every turn of it is kept."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from keng.accounts.models import User
from keng.core.group_commit import group_commit
from keng.core.holding import held
from keng.core.ids import this_hour
from keng.desk.mailbox.access import open_boxes
from keng.desk.models import Assignment, HandedOver, HandoverItem, RegisterEntry
from keng.desk.sharing.people import named, who_open
from keng.ledger.services import append
from keng.mailbox.errors import Conflict, NotAllowed, Refused
from keng.mailbox.models import State, Thread

ASSIGNED, UNASSIGNED = "mailbox.report.assigned", "mailbox.report.unassigned"
MOST = 500  # reports in one go


def assign(
    *, threads: Sequence[Thread], to: User | None, by: User, seen: Mapping[str, str] | None = None
) -> list[Thread]:
    """Gives the reports to the officer `to`, or (None) back to the whole office: all of them or, when it raises, none.

    `seen` says, by thread key, whose login the asker saw on each report ("" for nobody): where that has changed, Conflict names who
    works on it now. Raises Refused for an erased report, Conflict for one that was passed on, NotAllowed for a closed one, for one
    that is not the asker's to give, and for an officer who can't open the box.
    """
    if len(threads) > MOST:
        raise NotAllowed(_("Mỗi lần giao nhiều nhất 500 tin."))

    def work() -> list[Thread]:
        fresh = locked(threads)
        now = live(fresh)
        _check_asker(fresh, by)
        _check_taker(fresh, to)
        for thread in fresh:
            _check_seen(thread, now.get(thread.pk), seen)
            if to is not None and thread.state == State.CLOSED:
                raise NotAllowed(_("Tin %(number)s đã đóng, không giao nữa.") % {"number": label(thread)})
        for thread in fresh:
            turn(thread=thread, was=now.get(thread.pk), to=to, by=by)
        return fresh

    return group_commit(work)


def let_go(*, thread: Thread, by: User) -> None:
    """The report has left the office: whoever worked on it no longer does, and it is no longer on offer. Called where it is passed on."""
    turn(thread=thread, was=live([thread]).get(thread.pk), to=None, by=by)
    for item in HandoverItem.objects.filter(thread=thread, open=True):
        item.open = False
        item.save(update_fields=["open"])
        HandedOver.objects.create(
            item=item, thread=thread, fate=HandedOver.Fate.PASSED_ON, state=thread.state, due=thread.resolve_due
        )


def live(threads: Iterable[Thread]) -> dict[int, User]:
    """Who works on each report now, by its id. One query."""
    found = Assignment.objects.filter(thread__in=[thread.pk for thread in threads], until=None)
    return {one.thread_id: one.officer for one in found.select_related("officer")}


def turn(*, thread: Thread, was: User | None, to: User | None, by: User) -> None:
    """Ends the assignment that holds and begins the next; nothing is written where nothing changes. In the caller's transaction."""
    if was == to:
        return
    # A clock that was set back must not hold the work up: what holds ends no earlier than it began.
    Assignment.objects.filter(thread=thread, until=None).update(until=Greatest(F("since"), this_hour()))
    if to is not None:
        Assignment.objects.create(thread=thread, officer=to, by=by)
    append(
        verb=ASSIGNED if to else UNASSIGNED, subject=thread.key, case=thread.key, office=thread.holder.office.code,
        by=by.username, purpose=to.username if to else "",
    )  # fmt: skip


def locked(threads: Sequence[Thread]) -> list[Thread]:
    """The reports as they stand, in the order given; their rows are held in the order of ids, so that no two writers wait for each
    other. Raises Refused if one was erased.
    """
    rows = Thread.objects.select_related("holder__office", "box").filter(pk__in=[thread.pk for thread in threads])
    found = {thread.pk: thread for thread in held(rows)}
    if any(thread.pk not in found for thread in threads):
        raise Refused("no_thread", HTTPStatus.NOT_FOUND, _("Có tin vừa được xoá theo ý người báo. Tải lại danh sách."))
    return list(dict.fromkeys(found[thread.pk] for thread in threads))


def label(thread: Thread) -> str:
    """The report's number in the register of the box that holds it; a report that nobody opened has none."""
    entry = RegisterEntry.objects.filter(thread=thread, box=thread.holder_id).first()
    return str(entry) if entry else _("chưa vào sổ")


def _check_asker(threads: Iterable[Thread], by: User) -> None:
    mine = {box.pk for box in open_boxes(by)}
    for thread in threads:
        if thread.holder_id not in mine:
            raise Conflict(_("Có tin không còn ở hộp thư mà đồng chí mở được. Tải lại danh sách."), "passed_on")


def _check_taker(threads: Iterable[Thread], to: User | None) -> None:
    if to is None:
        return
    boxes = {thread.holder_id: thread.holder for thread in threads}
    can = who_open(boxes.values())
    for box in boxes.values():
        if to not in can.get(box.pk, []):
            raise NotAllowed(
                _("Đồng chí %(name)s không mở được hộp thư %(box)s, nên không giao được.")
                % {"name": named(to), "box": box.title},
                "cannot_open",
            )


def _check_seen(thread: Thread, now: User | None, seen: Mapping[str, str] | None) -> None:
    if seen is None or seen.get(thread.key, "") == (now.username if now else ""):
        return
    said = {"number": label(thread), "name": named(now) if now else ""}
    if now is None:
        raise Conflict(_("Tin %(number)s vừa được trả về cho cả đơn vị. Xem lại rồi làm lại.") % said, "assigned")
    raise Conflict(_("Tin %(number)s giờ do đồng chí %(name)s làm. Xem lại rồi làm lại.") % said, "assigned")
