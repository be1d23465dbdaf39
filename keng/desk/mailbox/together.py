"""One step taken with several reports at once: all of them or, where one stands in the way, none; the refusal says which one and why."""

from collections.abc import Callable, Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from keng.accounts.models import User
from keng.core.group_commit import group_commit
from keng.desk.mailbox import services
from keng.desk.models import Assessment, Handover, Membership, Outcome, RegisterEntry
from keng.desk.outcomes.services import link
from keng.desk.sharing.handing import give
from keng.mailbox.errors import Malformed, NotAllowed, Refused
from keng.mailbox.models import State, Thread

MOST = 50  # reports at once: a page of the list
# How a prank comes to be closed, by the table of states: the first of these that may follow.
OUT = (State.CLOSED, State.UNFOUNDED, State.NOT_ENOUGH, State.VERIFYING)


def move(*, threads: Sequence[Thread], to: str, by: User) -> None:
    """Brings each report to the state `to`; their reporters see it. Raises Refused."""
    _each(threads, lambda thread: services.move(thread=thread, to=to, version=thread.version, by=by))


def mark_pranks(*, threads: Sequence[Thread], close: bool = False, by: User) -> None:
    """Each report is of no value, for somebody was joking; what else was made of it stays. `close` goes on to the end: each step is a
    change of state, as ever. One that nobody has opened can't be closed. Raises Refused."""

    def mark(thread: Thread) -> None:
        known = Assessment.objects.filter(thread=thread).first() or Assessment(thread=thread)
        services.assess(
            thread=thread,
            category=known.category,
            value=Assessment.Value.NOT_VALUABLE,
            reason=Assessment.Reason.PRANK,
            complex=known.complex,
            extended=known.extended,
            version=thread.version,
            by=by,
        )
        if close:
            _close(thread, by)

    _each(threads, mark)


def _close(thread: Thread, by: User) -> None:
    while thread.state != State.CLOSED:
        thread.refresh_from_db()
        to = next((state for state in OUT if state in thread.may_become), State.CLOSED)
        thread = services.move(thread=thread, to=to, version=thread.version, by=by)


def link_duplicates(*, threads: Sequence[Thread], by: User) -> list[list[Outcome]]:
    """All tell of what the first tells of. Returns the lines of each kind that several had: the same thing may stand there twice.
    Raises Refused."""
    if len(threads) < 2:
        raise Malformed(_("Chọn từ hai tin trở lên để gộp tin trùng."))
    main, *others = threads
    alike: dict[tuple[str, str], dict[int, Outcome]] = {}

    def join(thread: Thread) -> None:
        for group in link(thread=thread, to=main, role=Membership.Role.DUPLICATE, by=by).alike:
            alike.setdefault((group[0].kind, group[0].exhibit), {}).update({line.pk: line for line in group})

    _each(others, join, beside=[main])
    return [list(lines.values()) for lines in alike.values()]


def hand_over(*, threads: Sequence[Thread], to: User, by: User) -> Handover:
    """Offers the reports, all of one box, to a colleague. Raises Refused."""
    box = threads[0].holder
    odd = next((thread for thread in threads if thread.holder_id != box.pk), None)
    if odd is not None:
        why = _("Các tin đã chọn thuộc nhiều hộp thư. Đồng chí bàn giao từng hộp thư một.")
        raise NotAllowed(why, "boxes", thread=odd.key)
    return give(box=box, threads=threads, to=to, by=by)


def _each(threads: Sequence[Thread], step: Callable[[Thread], object], *, beside: Sequence[Thread] = ()) -> None:
    """`beside`: reports that were chosen before these, which each step touches too."""
    wanted = [thread.pk for thread in (*beside, *threads)]

    def work() -> None:
        # All at once and in the order of ids: two who chose the same reports in another order wait for each other once.
        list(Thread.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values("pk"))
        for place, thread in enumerate(threads, start=1 + len(beside)):
            try:
                step(thread)
            except Refused as refused:
                raise _hindered(thread, place, refused) from refused

    group_commit(work)


def _hindered(thread: Thread, place: int, refused: Refused) -> Refused:
    sentence = _("%(which)s: %(why)s Chưa có tin nào thay đổi.") % {
        "which": _which(thread, place), "why": refused.sentence
    }  # fmt: skip
    return Refused(refused.code, refused.status, sentence, **{**refused.extra, "thread": thread.key})


def _which(thread: Thread, place: int) -> str:
    """By its number; one that nobody has opened has none."""
    entry = RegisterEntry.objects.filter(thread=thread, box=thread.holder_id).first()
    if entry:
        return _("Tin số %(number)s") % {"number": entry}
    day = date_format(timezone.localtime(thread.hour), "d/m")
    return _("Tin thứ %(place)s đã chọn (nhận ngày %(day)s)") % {"place": place, "day": day}
