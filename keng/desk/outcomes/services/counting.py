"""Counting what came of a matter. A line is written once and never changed; a correction is another line that takes its place."""

from datetime import date, timedelta
from decimal import Decimal
from http import HTTPStatus

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.accounts.models import User
from keng.core.group_commit import group_commit
from keng.desk.mailbox.access import open_boxes
from keng.desk.models import Matter, Membership, Outcome
from keng.desk.outcomes.kinds import CORRECTIONS, check
from keng.desk.outcomes.services.matters import held, locked, matter_of
from keng.ledger.services import append
from keng.mailbox.agefile import AgeFile
from keng.mailbox.errors import Conflict, Malformed, NotAllowed, Refused
from keng.mailbox.models import Thread

RECORDED, CORRECTED = "mailbox.outcome.recorded", "mailbox.outcome.corrected"
REMARKS_MOST = 64 * 1024  # bytes of the age file
LINES_MOST = 500  # of one matter

IN_FUTURE = gettext_lazy("Ngày chưa tới: đồng chí chọn hôm nay hoặc ngày đã qua.")
TOO_EARLY = gettext_lazy("Ngày này trước khi có tin hơn một tháng. Đồng chí xem lại ngày.")
TOO_LARGE = gettext_lazy("Phần ghi thêm dài quá. Đồng chí rút gọn lại.")
TOO_MANY = gettext_lazy("Việc này đã có đủ 500 dòng kết quả.")
NEWER = gettext_lazy("Kết quả của việc này vừa có thêm dòng mới. Đồng chí xem lại rồi ghi tiếp.")
NO_REASON = gettext_lazy("Đồng chí chọn lý do sửa.")
NOT_YOURS = gettext_lazy("Dòng này do đơn vị khác ghi, chỉ đơn vị ấy sửa được.")
UNCHANGED = gettext_lazy("Số mới bằng số cũ, không có gì để sửa.")
OVERTAKEN = gettext_lazy("Dòng này đã được sửa rồi.")


def record(
    *,
    thread: Thread,
    kind: str,
    quantity: Decimal,
    unit: str,
    day: date,
    exhibit: str = "",
    remarks: bytes | None = None,
    seen: int | None = None,
    by: User,
) -> Outcome:
    """Counts something that came of the report's matter, for the office that holds the report.

    `day` is when it happened, in local time; `remarks` an age file sealed to the holder's box; `seen` how many lines the officer saw, so
    that nobody counts what a colleague has just counted. Raises Malformed, NotAllowed, Refused, Conflict.
    """
    check(kind=kind, exhibit=exhibit, quantity=quantity, unit=unit)
    if remarks is not None:
        _check_remarks(remarks)

    def work() -> Outcome:
        (fresh,) = held([thread], by=by)
        matter = matter_of(fresh)
        _check_day(day, matter)
        _check_seen(matter, seen)
        line = Outcome.objects.create(
            matter=matter, kind=kind, exhibit=exhibit, quantity=quantity, unit=unit, day=day,
            office=fresh.holder.office, box=fresh.holder, by=by, remarks=remarks,
        )  # fmt: skip
        append(verb=RECORDED, subject=str(line.pk), case=fresh.key, office=fresh.holder.office.code, by=by.username)
        return line

    try:
        return group_commit(work)
    except Conflict as conflict:
        raise Conflict(_who_counted(thread, by) or conflict.sentence, conflict.code) from conflict


def _check_remarks(remarks: bytes) -> None:
    if len(remarks) > REMARKS_MOST:
        raise Refused("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
    AgeFile.read(remarks)


def _check_day(day: date, matter: Matter) -> None:
    """From the first of the month before the first report came: sometimes the report tells of people caught already, and one that was
    told on the telephone is entered later."""
    if day > timezone.localdate():
        raise Malformed(IN_FUTURE, "day")
    first = Thread.objects.filter(membership__matter=matter).aggregate(first=Min("hour"))["first"]
    month_before = timezone.localdate(first).replace(day=1) - timedelta(days=1)
    if day < month_before.replace(day=1):
        raise Malformed(TOO_EARLY, "day")


def _check_seen(matter: Matter, seen: int | None) -> None:
    lines = matter.outcomes.count()
    if seen is not None and lines != seen:
        raise Conflict(NEWER)
    if lines >= LINES_MOST:
        raise Refused("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_MANY)


def _who_counted(thread: Thread, by: User) -> str:
    """The colleagues who wrote the newest lines of the matter; no finer time than an hour is kept."""
    lines = Outcome.objects.filter(matter__members__thread=thread).order_by("-hour").select_related("by")
    newest = [line for line in lines[:LINES_MOST] if line.hour == lines[0].hour and line.by_id != by.pk]
    if not newest:
        return ""
    names = ", ".join(sorted({str(line.by) for line in newest}))
    return _("Đồng chí %(names)s vừa ghi kết quả của việc này. Đồng chí xem lại rồi ghi tiếp.") % {"names": names}


def correct(*, outcome: Outcome, quantity: Decimal, reason: str, by: User) -> Outcome:
    """Puts a line right by another one; a quantity of 0 strikes it out, and a later correction may bring it back.

    `reason` is a code of CORRECTIONS. For officers of the box that counted, whoever holds the report by now.
    Raises Malformed, NotAllowed; Conflict names the colleague who was quicker.
    """
    if reason not in CORRECTIONS:
        raise Malformed(NO_REASON, "reason")
    check(kind=outcome.kind, exhibit=outcome.exhibit, quantity=quantity, unit=outcome.unit, striking_out=True)

    def work() -> Outcome:
        line = _standing(outcome, by)
        if quantity == line.quantity:
            raise NotAllowed(UNCHANGED, "unchanged")
        after = Outcome.objects.create(
            matter_id=line.matter_id, kind=line.kind, exhibit=line.exhibit, quantity=quantity, unit=line.unit,
            day=line.day, office_id=line.office_id, box_id=line.box_id, by=by, corrects=line, reason=reason,
        )  # fmt: skip
        append(
            verb=CORRECTED, subject=str(line.pk), case=_case(line), office=line.office.code, by=by.username,
            purpose=reason,
        )  # fmt: skip
        return after

    try:
        return group_commit(work)
    except Conflict as conflict:
        raise Conflict(_who_corrected(outcome) or conflict.sentence, conflict.code) from conflict


def _standing(outcome: Outcome, by: User) -> Outcome:
    """The line as it stands now, its matter locked."""
    if outcome.box_id not in {box.pk for box in open_boxes(by)}:
        raise NotAllowed(NOT_YOURS, "not_yours")
    locked(Outcome.objects.values_list("matter", flat=True).get(pk=outcome.pk))
    line = Outcome.objects.select_related("office").get(pk=outcome.pk)
    if Outcome.objects.filter(corrects=line).exists():
        raise Conflict(OVERTAKEN)
    return line


def _who_corrected(outcome: Outcome) -> str:
    """Only the box that counted corrects, so this names nobody but one's own colleague; "" where nobody did."""
    after = Outcome.objects.select_related("by").filter(corrects=outcome).first()
    if after is None:  # the conflict was another: the matter was joined to one
        return ""
    return _("Đồng chí %(name)s đã sửa dòng này rồi. Đồng chí xem lại.") % {"name": after.by}


def _case(line: Outcome) -> str:
    """The key of a report of the matter, best one that the counting box holds; "" when all were erased."""
    members = Membership.objects.filter(matter=line.matter_id).values_list("thread__key", "thread__holder", "role")
    best = sorted(members, key=lambda one: (one[1] != line.box_id, one[2] != Membership.Role.MAIN))
    return best[0][0] if best else ""
