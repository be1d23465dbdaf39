"""Looking at a resident's data: by whom, as what, why. Each look is an entry in the ledger and stands on the resident's own page."""

from datetime import timedelta
from http import HTTPStatus

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keng.accounts.absences import working_for
from keng.accounts.models import Role, User
from keng.accounts.permissions import may
from keng.core import ids
from keng.core.group_commit import group_commit
from keng.ledger.models import Entry
from keng.procedures.dossiers.routing import today
from keng.procedures.dossiers.turning import PERM, prose, record, serving
from keng.procedures.errors import NotAllowed, Refused
from keng.procedures.filing import files
from keng.procedures.models import Attachment, AttachmentBytes, Dossier, Event
from keng.units.models import Office

SEE = "procedures.see_queue"
# How long a look lasts: one purpose, one sitting.
SITTING = timedelta(hours=2)
OWN, SUPPLEMENT = "taken", "supplement"
# Code -> what the resident reads. Whoever works on the dossier needs to give none: theirs is OWN. Who receives what was asked for, with
# the resident's consent, gives SUPPLEMENT by that.
REASONS = {
    OWN: _("đang xử lý hồ sơ"),
    "counter": _("người dân hỏi tại quầy"),
    SUPPLEMENT: _("nhận giấy tờ bổ sung giúp bà con"),
    "verification": _("xác minh thông tin"),
    "complaint": _("giải quyết khiếu nại, phản ánh"),
    "inspection": _("thanh tra, kiểm tra"),
    "supervision": _("lãnh đạo giám sát việc giải quyết"),
    "correction": _("sửa dữ liệu theo yêu cầu của người dân"),
    "handover": _("nhận bàn giao công việc"),
}
READ, FILE_READ = "read", "file_read"
NO_REASON = _("Chọn lý do xem: người dân sẽ thấy lý do này trên trang của mình.")
ERASED = _("Dữ liệu của hồ sơ này đã được xoá vì hết thời hạn lưu.")
NOT_SEEN = _("Đồng chí nhận xử lý hồ sơ hoặc nêu lý do xem trước đã.")
NOT_OURS = _("Đồng chí không được xem hồ sơ của %(office)s.")


class Gone(NotAllowed):
    """The dossier's data were erased: nobody may look any more."""

    status = int(HTTPStatus.GONE)

    def __init__(self) -> None:
        super().__init__(ERASED, "erased")


def look(*, dossier: Dossier, by: User, reason: str, note: str = "") -> Entry:
    """Writes down that `by` looks at the dossier's data, and why (one of REASONS); they see it for SITTING. Returns the entry.

    Twice for one reason in one sitting is one look. Raises Refused without a reason or when the data are gone, NotAllowed for somebody
    who has no business with the office that holds it, nor with the counter that took it in.
    """
    said = prose(note, needed=False)
    place = _place_of(dossier, by)
    if reason not in REASONS or (reason == OWN and not works_on(user=by, dossier=dossier)):
        raise Refused(NO_REASON, "no_reason")

    def job() -> Entry:
        why = purpose(by=by, dossier=dossier, reason=reason)
        seen = _of_this_sitting(dossier, by, why)
        if seen is None:
            _check_still_there(dossier)
            seen = record(dossier, READ, by, note=said, why=why, office=place.code)
        return seen

    return group_commit(job)


def opened(*, dossier: Dossier, by: User) -> bool:
    """To be asked by whatever shows a dossier's data: whether `by` sees it. Whoever works on it leaves their look here, once a sitting.

    Nobody sees what was erased: to be asked of it is no error."""
    if dossier.erased_at is not None:
        return False
    if works_on(user=by, dossier=dossier):
        try:
            look(dossier=dossier, by=by, reason=OWN)
        except Gone:
            return False
        return True
    return sees(user=by, dossier=dossier)


def sees(*, user: User, dossier: Dossier) -> bool:
    """Whether the user works on it (owner, or stands in for them), or has looked with a reason within the last sitting."""
    if dossier.erased_at is not None:
        return False
    return works_on(user=user, dossier=dossier) or (
        _looks(dossier, user).exists() and serving(dossier, user, SEE) is not None
    )


def works_on(*, user: User, dossier: Dossier) -> bool:
    """Whether the user is its owner, or stands in for them today, and works where it lies."""
    if dossier.owner_id is None:
        return False
    own = dossier.owner_id == user.pk or dossier.owner_id in {one.pk for one in working_for(user, today())}
    return own and may(user, PERM, dossier.office)


def open_file(*, attachment: Attachment, by: User) -> bytes:
    """The plain bytes of a dossier's attachment, for somebody who sees the dossier; the opening is an entry of its own.

    Raises NotAllowed, KeyLost.
    """
    dossier = attachment.dossier
    if dossier is None or not opened(dossier=dossier, by=by):
        raise NotAllowed(NOT_SEEN, "not_seen")
    try:
        plain = files.plain(attachment)
    except AttachmentBytes.DoesNotExist:
        raise Gone from None
    _file_read(dossier, by, attachment.title, _reason_of(dossier, by))
    return plain


def note_file(*, dossier: Dossier, by: User, title: str, reason: str) -> None:
    """That `by` opens a file that is to be the dossier's, by an entry of its own. Raises NotAllowed."""
    _file_read(dossier, by, title, purpose(by=by, dossier=dossier, reason=reason))


def _file_read(dossier: Dossier, by: User, title: str, why: str) -> None:
    place = _place_of(dossier, by)

    def job() -> None:
        _check_still_there(dossier)
        record(dossier, FILE_READ, by, note=title[:200], why=why, office=place.code, verb="procedures.file.read")

    group_commit(job)


def purpose(*, by: User, dossier: Dossier, reason: str) -> str:
    """`<role>:<reason code>`, as the ledger keeps it."""
    role = Role.CASEWORKER if serving(dossier, by) else Role.LEADER
    return f"{role.value}:{reason}"


def _place_of(dossier: Dossier, by: User) -> Office:
    """The office that looks. Raises Gone, NotAllowed."""
    if dossier.erased_at is not None:
        raise Gone
    place = serving(dossier, by, SEE)
    if place is None:
        raise NotAllowed(NOT_OURS, "not_ours", office=dossier.office.name)
    return place


def _check_still_there(dossier: Dossier) -> None:
    """Holds it until the transaction ends: what is written of a look is erased with the rest, or not written at all. Raises Gone."""
    held = Dossier.objects.select_for_update(no_key=True).filter(pk=dossier.pk, erased_at=None)
    if held.values_list("pk", flat=True).first() is None:
        raise Gone


def _looks(dossier: Dossier, by: User) -> QuerySet[Event]:
    return Event.objects.filter(dossier=dossier, kind=READ, by=by.username, at__gt=ids.now() - SITTING).order_by("-at")


def _of_this_sitting(dossier: Dossier, by: User, why: str) -> Entry | None:
    entries = _looks(dossier, by).values("entry")
    return Entry.objects.filter(pk__in=entries, purpose=why).first()


def _reason_of(dossier: Dossier, by: User) -> str:
    """The purpose of the look that the opening belongs to."""
    newest = Entry.objects.filter(pk__in=_looks(dossier, by).values("entry")[:1])
    return newest.values_list("purpose", flat=True).get()
