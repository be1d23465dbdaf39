"""Who is away, and who stands in for them."""

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from keng.accounts.absences import KEEP, lines, shared_lines
from keng.accounts.models import Absence, Appointment, User
from keng.accounts.permissions import TABLE, appointments, offices
from keng.core.group_commit import group_commit
from keng.desk.mailbox.access import open_boxes
from keng.desk.sharing.people import named
from keng.ledger.services import append
from keng.mailbox.errors import Conflict, Malformed, NotAllowed, Refused
from keng.mailbox.models import Box
from keng.units.models import Office

ADDED, ENDED = "desk.absence.added", "desk.absence.ended"
DAY = timedelta(days=1)
BACKWARDS, LONGEST, AHEAD = 31 * DAY, 366 * DAY, 2 * 366 * DAY


def add_absence(*, officer: User, first: date, last: date, stand_in: User | None, by: User) -> Absence:
    """Records that the officer is away from `first` to `last`, both included. Raises Malformed for days that can't be, NotAllowed for
    somebody else's absence or a stand-in who can't be, Conflict where two absences would cross.
    """
    check_days(first, last)
    if not may_keep(by, officer):
        raise NotAllowed(_("Đồng chí chỉ ghi được lịch vắng của mình hoặc của cán bộ đơn vị mình giữ khoá."))
    if stand_in == officer:
        raise NotAllowed(_("Không ai trực thay chính mình được."), "oneself")

    def work() -> Absence:
        people = {officer.pk} | ({stand_in.pk} if stand_in else set())
        # Held together, so that two who enter each other at the same moment can't both do so.
        list(User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
        _check_own(officer, first, last)
        if stand_in is not None:
            _check_stand_in(stand_in, officer, first, last)
        absence = Absence.objects.create(officer=officer, stand_in=stand_in, first=first, last=last)
        _enter(ADDED, absence, by)
        return absence

    return group_commit(work)


def end_absence(*, absence: Absence, by: User) -> None:
    """One that has not begun is struck out; one under way ends yesterday, since the officer is back today. Raises NotAllowed, Refused."""

    def work() -> None:
        fresh = Absence.objects.select_for_update(of=("self",)).select_related("officer").filter(pk=absence.pk).first()
        if fresh is None:
            raise Refused("gone", HTTPStatus.NOT_FOUND, _("Kỳ vắng này đã được bỏ."))
        if not may_keep(by, fresh.officer):
            raise NotAllowed(_("Đồng chí chỉ sửa được lịch vắng của mình hoặc của cán bộ đơn vị mình giữ khoá."))
        today = localdate()
        if fresh.last < today:
            raise NotAllowed(_("Kỳ vắng này đã qua, được giữ để đối chiếu."), "past")
        _enter(ENDED, fresh, by)
        if fresh.first >= today:
            fresh.delete()
        else:
            fresh.last = today - DAY
            fresh.save(update_fields=["last"])

    group_commit(work)


def check_days(first: date, last: date) -> None:
    """Raises Malformed for days that no absence has: reversed, gone by, years long or years away."""
    today = localdate()
    if last < first:
        raise Malformed(_("Ngày về phải bằng hoặc sau ngày đi."))
    if last < today or first < today - BACKWARDS:
        raise Malformed(_("Chỉ ghi kỳ vắng chưa qua, bắt đầu không quá 31 ngày trước."))
    if last - first > LONGEST or first > today + AHEAD:
        raise Malformed(_("Kỳ vắng dài nhất một năm và bắt đầu trong hai năm tới."))


def may_keep(by: User, officer: User) -> bool:
    """One's own absences; a custodian those of everybody at the office."""
    own = by == officer and appointments(by).filter(role__in=TABLE[KEEP]).exists()
    return own or appointments(officer).filter(office__in=offices(by, "desk.grant_box")).exists()


def cannot_open(*, officer: User, stand_in: User) -> list[Box]:
    """The boxes that the officer can open and the stand-in can't: what would lie unread."""
    theirs = {box.pk for box in open_boxes(stand_in)}
    return [box for box in open_boxes(officer) if box.pk not in theirs]


def without_stand_in(*, officer: User, first: date, last: date) -> list[Absence]:
    """The absences of others for which the officer stands in on those days: they'd be left with nobody who is there."""
    return list(_crossing(Absence.objects.filter(stand_in=officer), first, last).select_related("officer"))


def people_at(places: QuerySet[Office], perm: str = "desk.share_work") -> QuerySet[User]:
    """Who does the daily work of those offices now (with reports, or by `perm`), by name."""
    now, roles = datetime.now(UTC), list(TABLE[perm])
    held = Appointment.objects.filter(
        Q(until=None) | Q(until__gt=now), since__lte=now, office__in=places, role__in=roles
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "username")


def absences_at(places: QuerySet[Office], *, first: date, last: date) -> QuerySet[Absence]:
    """Absences that touch those days, of everybody who works there; by name and day."""
    found = _crossing(Absence.objects.filter(officer__in=people_at(places, KEEP)), first, last)
    return found.select_related("officer", "stand_in").order_by("officer__name", "officer__username", "first")


def _crossing(absences: QuerySet[Absence], first: date, last: date) -> QuerySet[Absence]:
    return absences.filter(Q(first__lte=last) & Q(last__gte=first))


def _check_own(officer: User, first: date, last: date) -> None:
    other = _crossing(Absence.objects.filter(officer=officer), first, last).first()
    if other is not None:
        raise Conflict(
            _("Đồng chí %(name)s đã có kỳ vắng %(first)s – %(last)s trùng những ngày này.")
            % {"name": named(officer), **_days(other)},
            "overlap",
        )


def _check_stand_in(stand_in: User, officer: User, first: date, last: date) -> None:
    if not stand_in.is_active or not lines(stand_in):
        raise NotAllowed(
            _("Đồng chí %(name)s hiện không làm ở hộp thư nào, cũng không giải quyết hồ sơ.")
            % {"name": named(stand_in)},
            "no_role",
        )
    # The digest tells a stand-in how much waits in the absent officer's boxes: that is the office's own.
    if not appointments(stand_in).filter(office__in=appointments(officer).values("office")).exists():
        raise NotAllowed(_("Người trực thay phải cùng đơn vị với người vắng."), "other_office")
    if not shared_lines(officer, stand_in):
        raise NotAllowed(_("Người trực thay phải cùng làm tin báo hoặc cùng làm hồ sơ với người vắng."), "other_work")
    away = _crossing(Absence.objects.filter(officer=stand_in), first, last).first()
    if away is None:
        return
    said = {"name": named(stand_in), "officer": named(officer), **_days(away)}
    if away.stand_in_id == officer.pk:
        raise Conflict(
            _("%(officer)s đang nhận trực thay %(name)s ngày %(first)s – %(last)s: hai người không thay nhau cùng lúc.")
            % said,
            "each_other",
        )
    raise Conflict(_("Đồng chí %(name)s cũng vắng %(first)s – %(last)s. Chọn người khác.") % said, "away_too")


def _days(absence: Absence) -> dict[str, str]:
    return {"first": date_format(absence.first, "d/m/Y"), "last": date_format(absence.last, "d/m/Y")}


def _enter(verb: str, absence: Absence, by: User) -> None:
    stand_in = absence.stand_in.username if absence.stand_in else "-"
    office = appointments(absence.officer).values_list("office__code", flat=True).first() or ""
    append(
        verb=verb, subject=absence.officer.username, case=absence.officer.username, office=office, by=by.username,
        purpose=f"{absence.first:%Y-%m-%d}..{absence.last:%Y-%m-%d} {stand_in}",
    )  # fmt: skip
