"""Hand-over: an officer offers reports of a box, a colleague takes or refuses them. Nothing changes hands before it is taken.

A report is on offer once at a time, so hand-overs that cross can't give it to two. What happened to it between offer and taking
decides: passed on, closed, erased or assigned to somebody else by now, it stays where it is, and the taker sees so before taking.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import IntegrityError
from django.utils.translation import gettext as _

from keng.accounts.models import User
from keng.accounts.permissions import may
from keng.core.group_commit import group_commit
from keng.core.ids import this_hour
from keng.desk.mailbox.inbox import GROUPS
from keng.desk.models import Assignment, HandedOver, Handover, HandoverItem, RegisterEntry
from keng.desk.sharing.assigning import MOST, label, live, locked, turn
from keng.desk.sharing.people import can_open, named
from keng.ledger.services import append
from keng.mailbox.errors import Conflict, Malformed, NotAllowed
from keng.mailbox.models import Box, State, Thread

GIVEN, TAKEN, REFUSED, WITHDRAWN = (
    f"desk.handover.{done}" for done in ("given", "taken", "refused", "withdrawn")
)  # fmt: skip
Fate = HandedOver.Fate
ERASED = "erased"  # never written down: of an erased report nothing stays but its number


@dataclass(frozen=True)
class Line:
    """One report of a hand-over as it stands now. `fate` is a value of `HandedOver.Fate` or ERASED; `holds` who works on it."""

    item: HandoverItem
    fate: str
    thread: Thread | None
    holds: User | None = None

    @property
    def goes_along(self) -> bool:
        return self.fate == Fate.TAKEN


def give(*, box: Box, threads: Sequence[Thread] | None, to: User, by: User) -> Handover:
    """Offers the reports to `to`; None offers the whole shift: all open ones of the box that are the giver's own or nobody's.

    Raises Malformed, NotAllowed, Refused; Conflict where a report is another officer's, on offer already or passed on.
    """
    if to == by:
        raise Malformed(_("Chọn một đồng chí khác để bàn giao."), "oneself")
    for person in (by, to):
        if not can_open(person, box):
            raise NotAllowed(_cannot_open(person, box), "cannot_open")

    def work() -> Handover:
        fresh = locked(shift(box=box, of=by) if threads is None else threads)
        _check_number(fresh)
        _check_free(fresh, box, by)
        handover = Handover.objects.create(box=box, giver=by, taker=to)
        numbers = dict(RegisterEntry.objects.filter(box=box, thread__in=fresh).values_list("thread", "pk"))
        entries = RegisterEntry.objects.in_bulk(numbers.values())
        HandoverItem.objects.bulk_create(
            HandoverItem(
                handover=handover, thread=one, label=str(entries[numbers[one.pk]]) if one.pk in numbers else ""
            )
            for one in fresh
        )
        _enter(GIVEN, handover, by, f"{len(fresh)} {to.username}")
        return handover

    try:
        return group_commit(work)
    except IntegrityError as crossed:
        raise Conflict(_("Có tin vừa được người khác bàn giao. Xem lại rồi làm lại."), "on_offer") from crossed


def take(*, handover: Handover, by: User, seen: str = "") -> Handover:
    """The taker signs for what is still there to take. `seen` is the `mark()` of the lines that were shown: where they have changed
    since, Conflict says how. Raises NotAllowed for anybody else and for a taker who can't open the box any more.
    """

    def work() -> Handover:
        fresh = _on_offer(handover)
        if by != fresh.taker:
            raise NotAllowed(_("Chỉ đồng chí %(name)s nhận được bàn giao này.") % {"name": named(fresh.taker)})
        if not can_open(by, fresh.box):
            raise NotAllowed(_cannot_open(by, fresh.box), "cannot_open")
        lines = _hold(fresh)
        if seen and seen != mark(lines):
            raise Conflict(_changed(lines), "changed")
        if not any(line.goes_along for line in lines):
            raise Conflict(_("Không còn tin nào để nhận. Đồng chí bấm “Không nhận”."), "nothing_left")
        for line in lines:
            _settle(line, to=by, by=by)
        fresh.taken = this_hour()
        fresh.save(update_fields=["taken"])
        _enter(TAKEN, fresh, by, f"{sum(line.goes_along for line in lines)} {fresh.giver.username}")
        return fresh

    return group_commit(work)


def refuse(*, handover: Handover, by: User) -> Handover:
    """The taker leaves the reports where they are. Raises NotAllowed, Conflict."""

    def work() -> Handover:
        fresh = _on_offer(handover)
        if by != fresh.taker:
            raise NotAllowed(_("Chỉ đồng chí %(name)s trả lời được bàn giao này.") % {"name": named(fresh.taker)})
        return _end(fresh, Handover.Ending.REFUSED, REFUSED, by)

    return group_commit(work)


def withdraw(*, handover: Handover, by: User) -> Handover:
    """The giver, or a custodian of the office where neither of the two can any more, takes the offer back. Raises NotAllowed, Conflict."""

    def work() -> Handover:
        fresh = _on_offer(handover)
        if by != fresh.giver and not may(by, "desk.grant_box", fresh.box.office):
            raise NotAllowed(_("Chỉ đồng chí %(name)s rút lại được bàn giao này.") % {"name": named(fresh.giver)})
        return _end(fresh, Handover.Ending.WITHDRAWN, WITHDRAWN, by)

    return group_commit(work)


def shift(*, box: Box, of: User) -> list[Thread]:
    """The open reports of a box that are the officer's or nobody's and not on offer yet, oldest first. One query."""
    held = Thread.objects.filter(holder=box, state__in=GROUPS["open"])
    others = Assignment.objects.filter(until=None).exclude(officer=of).values("thread")
    offered = HandoverItem.objects.filter(open=True, thread__isnull=False).values("thread")
    return list(held.exclude(pk__in=others).exclude(pk__in=offered).order_by("hour", "pk")[: MOST + 1])


def lines_of(handover: Handover) -> list[Line]:
    """Each report of the hand-over as it stands now, in the order of their numbers. Three queries."""
    items = list(handover.items.select_related("thread__holder__office", "stood").order_by("label", "pk"))
    holding = live([item.thread for item in items if item.thread])
    return [_line(item, handover, holding) for item in items]


def mark(lines: Iterable[Line]) -> str:
    """A short text that changes when what would be taken changes."""
    said = ",".join(sorted(f"{line.item.pk}:{line.fate}" for line in lines))
    return sha256(said.encode()).hexdigest()[:16]


def _line(item: HandoverItem, handover: Handover, holding: dict[int, User]) -> Line:
    thread = item.thread
    if thread is None:
        return Line(item, ERASED, None)
    stood = getattr(item, "stood", None)
    holds = holding.get(thread.pk)
    if stood is not None:
        return Line(item, stood.fate, thread, holds)
    if thread.holder_id != handover.box_id:
        return Line(item, Fate.PASSED_ON, thread)
    if thread.state == State.CLOSED:
        return Line(item, Fate.CLOSED, thread, holds)
    between = (None, handover.giver, handover.taker)
    return Line(item, Fate.TAKEN if holds in between else Fate.REASSIGNED, thread, holds)


def _on_offer(handover: Handover) -> Handover:
    """The hand-over as it stands, its row held. Raises Conflict when it is over, with what became of it."""
    rows = Handover.objects.select_for_update(of=("self",)).select_related("box__office", "giver", "taker")
    fresh = rows.get(pk=handover.pk)
    if fresh.taken:
        raise Conflict(_("Đồng chí %(name)s đã nhận bàn giao này rồi.") % {"name": named(fresh.taker)}, "over")
    if fresh.ending == Handover.Ending.REFUSED:
        raise Conflict(_("Đồng chí %(name)s đã không nhận bàn giao này.") % {"name": named(fresh.taker)}, "over")
    if fresh.ended:
        raise Conflict(_("Bàn giao này đã được rút lại."), "over")
    return fresh


def _hold(handover: Handover) -> list[Line]:
    """The lines, with the rows of their reports held; a report that is erased meanwhile reads as erased."""
    wanted = handover.items.filter(thread__isnull=False).values("thread")
    list(Thread.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    return lines_of(handover)


def _settle(line: Line, *, to: User, by: User) -> None:
    item, thread = line.item, line.thread
    if thread is not None and not hasattr(item, "stood"):
        HandedOver.objects.create(item=item, thread=thread, fate=line.fate, state=thread.state, due=thread.resolve_due)
    if thread is not None and line.goes_along:
        turn(thread=thread, was=line.holds, to=to, by=by)
    item.open = False
    item.save(update_fields=["open"])


def _end(handover: Handover, ending: str, verb: str, by: User) -> Handover:
    handover.ended, handover.ending = this_hour(), ending
    handover.save(update_fields=["ended", "ending"])
    handover.items.update(open=False)
    _enter(verb, handover, by, handover.taker.username)
    return handover


def _check_number(threads: Sequence[Thread]) -> None:
    if not threads:
        raise NotAllowed(_("Không có tin nào để bàn giao."), "nothing")
    if len(threads) > MOST:
        raise NotAllowed(_("Mỗi lần bàn giao nhiều nhất 500 tin. Đồng chí chọn từng phần."), "too_many")


def _check_free(threads: Sequence[Thread], box: Box, by: User) -> None:
    holding = live(threads)
    offered = {
        item.thread_id: item.handover
        for item in HandoverItem.objects.filter(thread__in=threads, open=True).select_related(
            "handover__giver", "handover__taker"
        )
    }
    for thread in threads:
        if thread.holder_id != box.pk:
            raise Conflict(_("Có tin vừa được chuyển cho đơn vị khác. Xem lại rồi làm lại."), "passed_on")
        if thread.state == State.CLOSED:
            raise NotAllowed(_("Tin %(number)s đã đóng, không cần bàn giao.") % {"number": label(thread)}, "closed")
        if thread.pk in offered:
            raise Conflict(_already_offered(thread, offered[thread.pk]), "on_offer")
        if holding.get(thread.pk, by) != by:
            said = {"number": label(thread), "name": named(holding[thread.pk])}
            raise Conflict(_("Tin %(number)s do đồng chí %(name)s làm. Xem lại rồi làm lại.") % said, "assigned")


def _already_offered(thread: Thread, handover: Handover) -> str:
    return _("Tin %(number)s đang được đồng chí %(giver)s bàn giao cho đồng chí %(taker)s.") % {
        "number": label(thread),
        "giver": named(handover.giver),
        "taker": named(handover.taker),
    }


def _changed(lines: Iterable[Line]) -> str:
    """Which reports stay behind by now, and why."""
    said = {
        ERASED: _("đã xoá theo ý người báo"),
        Fate.PASSED_ON: _("đã chuyển đơn vị khác"),
        Fate.CLOSED: _("đã đóng"),
    }
    why = [
        f"{line.item.label or _('tin chưa vào sổ')}: "
        + (
            said.get(line.fate)
            or _("đã giao cho đồng chí %(name)s") % {"name": named(line.holds) if line.holds else ""}
        )
        for line in lines
        if not line.goes_along
    ]
    if not why:
        return _("Bàn giao này vừa thay đổi. Xem lại rồi nhận.")
    return _("Từ lúc đồng chí mở trang đã có thay đổi (%(why)s). Xem lại rồi nhận.") % {"why": "; ".join(why[:5])}


def _cannot_open(person: User, box: Box) -> str:
    return _("Đồng chí %(name)s không mở được hộp thư %(box)s, nên không bàn giao được.") % {
        "name": named(person),
        "box": box.title,
    }


def _enter(verb: str, handover: Handover, by: User, purpose: str) -> None:
    append(
        verb=verb, subject=str(handover.pk), case=handover.box.slug, office=handover.box.office.code, by=by.username,
        purpose=purpose[:200],
    )  # fmt: skip
