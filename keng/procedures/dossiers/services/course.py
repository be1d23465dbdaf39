"""Decisions in a dossier's course: more is asked for, a later date, an end with a result or without one."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.core import ids
from keng.core.calendar import is_working_day
from keng.procedures.dossiers import deadlines, states
from keng.procedures.dossiers.routing import counter_of, for_step_of, steps_of, today
from keng.procedures.dossiers.turning import (
    change,
    check_counter,
    check_here,
    check_own,
    close,
    prose,
    turn,
)
from keng.procedures.errors import Conflict, Refused
from keng.procedures.models import Attachment, Dossier, Pause, Supplement
from keng.procedures.slips import issue

MOST_ITEMS, LONGEST_ITEM, LONGEST_WHY = 20, 200, 500
LONGEST_WAIT = timedelta(days=366)
ONCE = _("Hồ sơ này đã được yêu cầu bổ sung một lần; theo quy định chỉ yêu cầu một lần, đầy đủ.")
EXTENDED = _("Hồ sơ này đã được hẹn lại một lần; không hẹn lại lần nữa.")


def ask_supplement(*, dossier: Dossier, items: Sequence[dict[str, str]], by_day: date, by: User) -> Dossier:
    """Asks once, for all that is lacking, until `by_day` (included); the clock stands still meanwhile.

    `items`: {"title", "why", "field": name of the form's field or ""}. Raises Refused for bad items or day, Conflict, NotAllowed.
    """
    wanted = [_item(item) for item in items]
    if not 1 <= len(wanted) <= MOST_ITEMS:
        raise Refused(_("Ghi từ 1 đến %(most)d giấy tờ cần bổ sung."), "items", most=MOST_ITEMS)
    if not today() < by_day <= today() + LONGEST_WAIT:
        raise Refused(_("Hạn bổ sung phải sau hôm nay và trong vòng một năm."), "by_day")

    def work(fresh: Dossier) -> None:
        check_own(fresh, by)
        if Supplement.objects.filter(dossier=fresh).exists():
            raise Conflict(ONCE, "once")
        states.follows(fresh, "supplement_asked")
        at = ids.now()
        Supplement.objects.create(dossier=fresh, items=wanted, by_day=by_day, asked_at=at)
        Pause.objects.create(dossier=fresh, since=at)
        turn(fresh, "supplement_asked", by, told={"by_day": by_day.isoformat(), "items": len(wanted)})
        issue.supplement(fresh, by=by)

    return change(dossier, by, work)


def refuse(*, dossier: Dossier, reason: str, by: User) -> Dossier:
    """Ends it without a result, with a reason that the resident reads. Raises Refused without one, Conflict, NotAllowed."""
    said = prose(reason)

    def work(fresh: Dossier) -> None:
        check_own(fresh, by)
        close(fresh, "refused", by, note=said)
        issue.refusal(fresh, reason=said, by=by)

    return change(dossier, by, work)


def withdraw(*, dossier: Dossier, by: User | None) -> Dossier:
    """The resident takes it back (`by` None; the caller knows that it is they), or an officer does so for them at the counter.

    Any time before a result is ready. Raises Conflict, NotAllowed.
    """

    def work(fresh: Dossier) -> None:
        place = check_counter(fresh, by) if by is not None else None
        close(fresh, "withdrawn", by, place=place)

    return change(dossier, by, work)


def extend(*, dossier: Dossier, due: date, reason: str, by: User) -> Dossier:
    """Apologises and promises `due` instead, a working day after the one promised. Once, before the old date or after it.

    Raises Refused for a day that can't be or no reason, Conflict where it was done before, NotAllowed.
    """
    said = prose(reason)
    day = localtime(due).date() if isinstance(due, datetime) else due

    def work(fresh: Dossier) -> None:
        check_own(fresh, by)
        states.follows(fresh, "extended")
        if fresh.extended_at is not None:
            raise Conflict(EXTENDED, "once")
        before = fresh.due
        assert before is not None  # noqa: S101 - what is being processed was accepted, and so is due
        if day <= max(localtime(before).date(), today()):
            raise Refused(_("Ngày hẹn mới phải sau ngày đã hẹn và sau hôm nay."), "due")
        if day > today() + LONGEST_WAIT or not is_working_day(day):
            raise Refused(_("Ngày hẹn mới phải là ngày làm việc trong vòng một năm."), "due")
        turn(
            fresh, "extended", by, note=said, due=deadlines.end_of(day), extended_at=ids.now(),
            told={"before": localtime(before).isoformat(timespec="minutes")},
        )  # fmt: skip
        issue.apology(fresh, reason=said, was=before, by=by)

    return change(dossier, by, work)


def stop(*, dossier: Dossier, reason: str, by: User | None) -> Dossier:
    """Ends the work because it can't go on. `by` None: a supplement was not answered. Raises Refused, Conflict, NotAllowed."""
    said = prose(reason)

    def work(fresh: Dossier) -> None:
        if by is not None:
            check_own(fresh, by)
        close(fresh, "stopped", by, note=said, why="" if by else "system:unanswered")
        issue.stop(fresh, reason=said, by=by)

    return change(dossier, by, work)


def finish(*, dossier: Dossier, by: User, note: str = "", files: Iterable[Attachment] = ()) -> Dossier:
    """A result is ready. `files`: attachments that were stored for this dossier, now its result.

    What was filed at a counter goes back there, where it is fetched, or to who goes on with that counter's work. Raises Refused while a
    step at another office lies ahead, Conflict, NotAllowed.
    """
    said = prose(note, needed=False)
    results = [one.pk for one in files]

    def work(fresh: Dossier) -> None:
        check_own(fresh, by)
        states.follows(fresh, "finished")
        _check_decided_here(fresh)
        if Attachment.objects.filter(pk__in=results, dossier=fresh).update(result=True) != len(set(results)):
            raise Refused(_("Có tệp không thuộc hồ sơ này."), "files")
        counter = counter_of(fresh) or fresh.office
        close(fresh, "finished", by, note=said, told={"fetch": counter.name})
        issue.result(fresh, note=said, by=by)
        if counter != fresh.office:
            # After the paper, which is the deciding office's.
            fresh.office, fresh.owner = counter, None
            fresh.save(update_fields=["office", "owner"])

    return change(dossier, by, work)


def hand_out(*, dossier: Dossier, by: User) -> Dossier:
    """The resident has the result. Anybody at the office that holds it may do so. Raises Conflict, NotAllowed."""

    def work(fresh: Dossier) -> None:
        check_here(fresh, by)
        turn(fresh, "handed_out", by, returned_at=ids.now(), owner=fresh.owner or by)

    return change(dossier, by, work)


def _check_decided_here(fresh: Dossier) -> None:
    """What lies ahead may be left out only where it is this office's own."""
    for step in range(fresh.step + 1, len(steps_of(fresh.version))):
        office = for_step_of(fresh, step)
        if office != fresh.office:
            raise Refused(
                _("Còn bước ở %(office)s: đồng chí chuyển bước, chưa ghi kết quả."), "steps", office=office.name
            )


def _item(item: dict[str, str]) -> dict[str, str]:
    title, why, field = (" ".join(str(item.get(name, "")).split()) for name in ("title", "why", "field"))
    if not title:
        raise Refused(_("Mỗi giấy tờ cần bổ sung phải có tên."), "items")
    if len(title) > LONGEST_ITEM or len(why) > LONGEST_WHY or len(field) > 60:
        raise Refused(
            _("Tên giấy tờ dài nhất %(title)d ký tự, lý do %(why)d ký tự."),
            "items",
            title=LONGEST_ITEM,
            why=LONGEST_WHY,
        )
    return {"title": title, "why": why, "field": field}
