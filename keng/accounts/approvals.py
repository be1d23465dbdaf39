"""Deeds that need two people (O3): one asks, another approves, the deed spends the approval, once. KINDS is the whole list.

What a deed does stands where it is done; here only who may ask, who may approve, for how long, and who counts as another person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import Appointment, Approval, User
from keng.accounts.permissions import TABLE, Reach, may, offices
from keng.accounts.twice import one_maker, one_person
from keng.core.ids import this_hour
from keng.ledger.services import NotInTransaction, append
from keng.units.models import Office

PERM = "accounts.approve"
LIFE = timedelta(days=7)
REASON_MOST = 200


@dataclass(frozen=True)
class Kind:
    """`asks` is the permission of whoever asks and does it; `whole` says that it concerns every office, so a topmost one answers for it."""

    title: str | Promise
    means: str | Promise
    asks: str
    whole: bool = False


KINDS = {
    "ledger.export": Kind(
        _("Xuất nhật ký"),
        _(
            "Toàn bộ nhật ký được chép ra một tệp: ai làm gì, ở đơn vị nào, giờ nào. Trong tệp không có nội dung tin báo."
        ),
        asks="desk.export_ledger",
        whole=True,
    ),
    "box.recovery": Kind(
        _("Khôi phục khoá hộp thư"),
        _("Hai tờ giấy khôi phục được mở ra. Người giữ khoá lại đọc được mọi tin trong hộp thư, kể cả tin cũ."),
        asks="desk.grant_box",
    ),
    "box.root": Kind(
        _("Thay khoá gốc hộp thư"),
        _(
            "Khoá gốc cũ bị bỏ. Mọi áp phích đang treo phải thu hồi và in lại; bà con quét áp phích cũ sẽ được báo dừng."
        ),
        asks="desk.grant_box",
    ),
}

NO_KIND = _("Không có việc này trong danh sách các việc cần hai người.")
NO_SUBJECT = _("Chưa rõ việc này làm với hộp thư nào.")
NO_REASON = _("Đồng chí ghi lý do, tối đa 200 ký tự: người duyệt cần biết vì sao.")
NOT_YOURS = _("Vai trò của đồng chí không đề nghị được việc này ở đơn vị này.")
WHOLE = _("Việc này liên quan đến mọi đơn vị, nên phải đề nghị ở đơn vị cấp trên cùng.")
ASKED_ALREADY = _("Việc này đang có một đề nghị chưa xong. Đồng chí rút đề nghị đó trước, hoặc chờ duyệt.")
NOT_APPROVER = _("Vai trò của đồng chí không duyệt được việc này.")
YOURSELF = _("Đồng chí không tự duyệt đề nghị của mình. Việc này cần một người khác.")
ASKER_GONE = _("Người đề nghị không còn vai trò để làm việc này. Cần một đề nghị mới.")
APPROVER_GONE = _("Người duyệt không còn vai trò để duyệt việc này. Cần một đề nghị mới.")
EXPIRED = _("Đề nghị này đã quá 7 ngày. Cần một đề nghị mới.")
NOT_WAITING = _("Đề nghị này đã được xử lý rồi.")
NOT_ASKER = _("Chỉ người đề nghị mới rút được đề nghị.")
NEEDS_TWO = _(
    "Việc này cần hai người: một người đề nghị, một người khác duyệt. Hiện chưa có đề nghị nào của đồng chí được duyệt."
)


class NotApproved(Exception):
    """Nothing was changed; `sentence` says why."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def waiting() -> Q:
    """Asked, neither answered nor taken back, not expired."""
    return Q(closed_at=None, approved_at=None, asked_at__gt=_oldest())


def usable() -> Q:
    """Approved and not yet spent, closed or expired."""
    return Q(closed_at=None, approved_at__isnull=False, used_at=None, asked_at__gt=_oldest())


def expires(approval: Approval) -> datetime:
    """The first moment at which it is good for nothing."""
    return approval.asked_at + LIFE


def for_approval(by: User) -> QuerySet[Approval]:
    """What waits for this person's word: asked by others, over offices where they may approve."""
    return Approval.objects.filter(waiting(), office__in=offices(by, PERM)).exclude(asked_by=by)


def approved(kind: str, subject: str) -> Approval | None:
    """The approval that this deed could spend now, if there is one; whether both people are still in role is asked when it is spent."""
    return Approval.objects.filter(usable(), kind=kind, subject=subject).order_by("approved_at").first()


def state(approval: Approval) -> str:
    """waiting, approved, used, refused, withdrawn or expired."""
    if approval.used_at:
        return "used"
    if approval.closed_at:
        return "withdrawn" if approval.closed_by_id == approval.asked_by_id else "refused"
    if approval.asked_at <= _oldest():
        return "expired"
    return "approved" if approval.approved_at else "waiting"


def who_may_approve(approval: Approval) -> QuerySet[User]:
    """By name, whoever else holds a role that may; whether an account is too near the asker's is looked at when they do."""
    now = datetime.now(UTC)
    above = [office.pk for office in _chain(approval.office)][1:]
    row = TABLE[PERM]
    held = Q(office=approval.office, role__in=row)
    held |= Q(office__in=above, role__in=[role for role, reach in row.items() if reach is Reach.BELOW])
    found = Appointment.objects.filter(held, Q(until=None) | Q(until__gt=now), since__lte=now)
    others = User.objects.filter(pk__in=found.values("user"), is_active=True).exclude(pk=approval.asked_by_id)
    return others.order_by("name", "username")


@transaction.atomic
def ask(*, kind: str, subject: str, office: Office, reason: str, by: User) -> Approval:
    """Asks for a deed: `subject` is what it concerns (a box's slug, "ledger"), `office` whose it is. Raises NotApproved."""
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in reason).split())
    _check_words(kind, subject, clean)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two tabs at once ask once
    if not may(by, KINDS[kind].asks, office):
        raise NotApproved(NOT_YOURS)
    if KINDS[kind].whole and office.above_id is not None:
        raise NotApproved(WHOLE)
    if Approval.objects.filter(waiting() | usable(), kind=kind, subject=subject, asked_by=by).exists():
        raise NotApproved(ASKED_ALREADY)
    made = Approval.objects.create(kind=kind, subject=subject, office=office, reason=clean, asked_by=by)
    _enter("accounts.approval.asked", made, by)
    return made


@transaction.atomic
def approve(*, approval: Approval, by: User) -> Approval:
    """Another person's yes. The page that calls this has just asked for the second factor anew. Raises NotApproved."""
    fresh = _locked(approval)
    _check_approver(fresh, by)
    _check_waiting(fresh)
    _check_both(fresh, by)
    fresh.approved_by, fresh.approved_at = by, this_hour()
    fresh.save(update_fields=["approved_by", "approved_at"])
    _enter("accounts.approval.approved", fresh, by)
    return fresh


@transaction.atomic
def refuse(*, approval: Approval, by: User) -> Approval:
    """Another person's no, also to what was approved and is not done yet. Raises NotApproved."""
    fresh = _locked(approval)
    _check_approver(fresh, by)
    return _close(fresh, "accounts.approval.refused", by)


@transaction.atomic
def withdraw(*, approval: Approval, by: User) -> Approval:
    """Takes back what one asked for and has not done yet. Raises NotApproved."""
    fresh = _locked(approval)
    if fresh.asked_by_id != by.pk:
        raise NotApproved(NOT_ASKER)
    return _close(fresh, "accounts.approval.withdrawn", by)


def spend(*, kind: str, subject: str, by: User) -> Approval:
    """Uses up the approval that `by` asked for, in the transaction of the deed itself. Raises NotApproved, NotInTransaction.

    All is asked again that was asked at approving: both people active and in role, and two people.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(f"spend({kind!r}) outside a transaction")
    found = Approval.objects.filter(usable(), kind=kind, subject=subject, asked_by=by)
    fresh = found.select_for_update(of=("self",)).order_by("approved_at").first()
    if fresh is None or fresh.approved_by is None:
        raise NotApproved(NEEDS_TWO)
    _check_both(fresh, fresh.approved_by)
    # Once, whatever the database's locks are worth.
    if not Approval.objects.filter(pk=fresh.pk, used_at=None, closed_at=None).update(used_at=this_hour()):
        raise NotApproved(NEEDS_TWO)
    fresh.refresh_from_db()
    _enter("accounts.approval.used", fresh, by)
    return fresh


def hindrance(approval: Approval, approver: User) -> str | Promise | None:
    """Why these two may not do it together, whatever the state of the paper; None if nothing stands against it."""
    asker = approval.asked_by
    if not may(asker, KINDS[approval.kind].asks, approval.office):
        return ASKER_GONE
    if not may(approver, PERM, approval.office):
        return APPROVER_GONE
    if not KINDS[approval.kind].whole:
        return one_person(asker, approver)
    if approval.office.above_id is not None:
        return WHOLE  # the office was put below another since
    # Other deeds need sheets or an open key as well; here two accounts are all that stands in the way.
    return one_person(asker, approver) or one_maker(asker, approver)


def _chain(office: Office | None) -> Iterator[Office]:
    """An office, the one above it, and so on."""
    while office is not None:
        yield office
        office = office.above


def _check_words(kind: str, subject: str, reason: str) -> None:
    if kind not in KINDS:
        raise NotApproved(NO_KIND)
    if not subject or len(subject) > 120 or not subject.isprintable():
        raise NotApproved(NO_SUBJECT)
    if not reason or len(reason) > REASON_MOST:
        raise NotApproved(NO_REASON)


def _locked(approval: Approval) -> Approval:
    return Approval.objects.select_for_update(of=("self",)).select_related("asked_by", "office").get(pk=approval.pk)


def _check_approver(approval: Approval, by: User) -> None:
    if approval.asked_by_id == by.pk:
        raise NotApproved(YOURSELF)
    if not may(by, PERM, approval.office):
        raise NotApproved(NOT_APPROVER)


def _check_waiting(approval: Approval) -> None:
    if approval.approved_at or approval.closed_at:
        raise NotApproved(NOT_WAITING)
    if approval.asked_at <= _oldest():
        raise NotApproved(EXPIRED)


def _check_both(approval: Approval, approver: User) -> None:
    against = hindrance(approval, approver)
    if against:
        raise NotApproved(against)


def _close(approval: Approval, verb: str, by: User) -> Approval:
    if approval.closed_at or approval.used_at:
        raise NotApproved(NOT_WAITING)
    approval.closed_by, approval.closed_at = by, this_hour()
    approval.save(update_fields=["closed_by", "closed_at"])
    _enter(verb, approval, by)
    return approval


def _oldest() -> datetime:
    return datetime.now(UTC) - LIFE


def _enter(verb: str, approval: Approval, by: User) -> None:
    """The entries of one approval have one case: its kind and number."""
    append(
        verb=verb,
        subject=approval.subject,
        office=approval.office.code,
        by=by.username,
        purpose=approval.reason,
        case=f"{approval.kind} {approval.pk}",
    )


for _kind in KINDS.values():
    TABLE[_kind.asks]
