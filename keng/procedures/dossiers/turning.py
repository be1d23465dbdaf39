"""The one way in which a dossier changes: held, checked, written with its event, its ledger entry and the line to the resident."""

from collections.abc import Callable
from typing import Any

from django.db.models import DateTimeField, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from keng.accounts.absences import working_for
from keng.accounts.models import User
from keng.accounts.permissions import may
from keng.core import holding, ids
from keng.core.group_commit import group_commit
from keng.ledger.models import Entry
from keng.ledger.services import append
from keng.procedures.dossiers import deadlines, states
from keng.procedures.dossiers.routing import today
from keng.procedures.dossiers.telling import tell
from keng.procedures.errors import Conflict, NotAllowed, Refused
from keng.procedures.models import Dossier, Event, Pause
from keng.units.models import Office

PERM = "procedures.work"
LONGEST_NOTE = 500
ELSEWHERE = _("Hồ sơ đang ở %(office)s: chỉ cán bộ ở đó xử lý được.")
SOMEBODYS = _("Đồng chí %(name)s đang giữ hồ sơ này.")
NOT_TAKEN = _("Chưa ai nhận hồ sơ này: đồng chí nhận xử lý trước đã.")
CHANGED = _("Hồ sơ vừa có thay đổi khác. Đồng chí xem lại rồi làm lại.")
TAKEN_NOW = _("Đồng chí %(name)s vừa nhận hồ sơ này.")
NO_NOTE = _("Chưa ghi lý do.")
TOO_LONG = _("Nội dung dài quá %(limit)d ký tự.")


def change(dossier: Dossier, by: User | None, work: Callable[[Dossier], object]) -> Dossier:
    """Runs `work` on the dossier as it stands, held until all is kept; then brings the caller's copy up to date and returns it.

    Raises Conflict where it is no longer the `row_version` that the caller saw, and whatever `work` raises; nothing is changed then.
    """

    def job() -> Dossier:
        fresh = held(dossier)
        if fresh.row_version != dossier.row_version:
            raise overtaken(fresh, by)
        work(fresh)
        return fresh

    fresh = group_commit(job)
    copy_to(fresh, dossier)
    return dossier


def held(dossier: Dossier) -> Dossier:
    """The row itself, held until the transaction ends."""
    related = ("version__procedure", "procedure", "office", "unit__parent", "owner", "citizen", "received_by")
    return holding.held(Dossier.objects.select_related(*related).filter(pk=dossier.pk), no_key=True).get()


def overtaken(fresh: Dossier, by: User | None) -> Conflict:
    """Who was quicker, for whoever comes second."""
    if fresh.owner is not None and fresh.owner != by:
        return Conflict(TAKEN_NOW, "taken", name=fresh.owner)
    return Conflict(CHANGED, "changed")


def turn(
    dossier: Dossier,
    deed: str,
    by: User | None,
    *,
    note: str = "",
    why: str = "",
    place: Office | None = None,
    **fields: Any,
) -> Entry:
    """Brings a held dossier to where `deed` leads, with `fields` set: row, event, ledger entry (case: its code), line to the resident.

    `why` is a code for the ledger, `note` prose for people, `place` the office that does it if not the one that holds it. `told` among the
    fields are more values of the resident's line.
    Raises Conflict where the state does not allow it.
    """
    told = fields.pop("told", {})
    before = place or dossier.office
    fields["state"] = states.follows(dossier, deed)
    for name, value in fields.items():
        setattr(dossier, name, value)
    dossier.row_version += 1
    dossier.save(update_fields=[*fields, "row_version"])
    entry = record(dossier, deed, by, note=note, why=why, office=before.code)
    tell(dossier, deed, **{"office": before.name, **told})
    return entry


def record(
    dossier: Dossier, deed: str, by: User | None, *, note: str = "", why: str = "", office: str = "", verb: str = ""
) -> Entry:
    """The event and its entry. `office`: the code of the one that did it, if not the one that holds it now."""
    at = office or dossier.office.code
    login = by.username if by else ""
    entry = append(
        verb=verb or f"procedures.dossier.{deed}",
        subject=dossier.code,
        office=at,
        by=login,
        purpose=why,
        case=dossier.code,
    )
    state = dossier.state if deed in DEEDS else ""
    Event.objects.create(
        dossier=dossier, at=ids.now(), kind=deed, state=state, office=at, by=login, note=note, entry=entry.pk
    )
    return entry


# What brings a dossier somewhere or leaves it there; a look or an opened file does neither.
DEEDS = frozenset({states.BEGUN}.union(*states.ALLOWED.values()))


def close(dossier: Dossier, deed: str, by: User | None, *, note: str = "", why: str = "", **fields: Any) -> Entry:
    """`turn`, for what ends the work: the clock stops, and whether it was in time is settled."""
    states.follows(dossier, deed)
    at = ids.now()
    Pause.objects.filter(dossier=dossier, until=None).update(until=Greatest("since", Value(at, DateTimeField())))
    pauses = deadlines.spans(dossier)
    in_time = deadlines.how(dossier, at, pauses)
    if deed in ("withdrawn", "stopped") and in_time != "late":
        in_time = ""  # nobody was served, early or on time
    return turn(
        dossier, deed, by, note=note, why=why, closed_at=at, closing_office=dossier.office, in_time=in_time, step_due=None,
        worked_minutes=deadlines.worked_minutes(dossier, at, pauses),
        erase_on=deadlines.kept_until(at, dossier.version.retention_months), **fields,
    )  # fmt: skip


def check_here(dossier: Dossier, by: User) -> None:
    """Raises NotAllowed for somebody who does not work at the office that holds it."""
    if not may(by, PERM, dossier.office):
        raise NotAllowed(ELSEWHERE, "elsewhere", office=dossier.office.name)


def serving(dossier: Dossier, by: User, perm: str = PERM) -> Office | None:
    """Where the user holds `perm` over it: the office that holds it, or else the counter that took it in; None at neither."""
    if may(by, perm, dossier.office):
        return dossier.office
    counter = dossier.received_by if dossier.received_by_id != dossier.office_id else None
    return counter if counter is not None and may(by, perm, counter) else None


def check_counter(fresh: Dossier, by: User) -> Office:
    """The office at which `by` serves its resident. Raises NotAllowed where they work neither where it lies nor where it was taken in."""
    place = serving(fresh, by)
    if place is None:
        raise NotAllowed(ELSEWHERE, "elsewhere", office=fresh.office.name)
    return place


def check_own(dossier: Dossier, by: User) -> None:
    """Raises NotAllowed or Conflict for somebody who is neither the owner nor stands in for them today."""
    check_here(dossier, by)
    if dossier.owner is None:
        raise Conflict(NOT_TAKEN, "not_taken")
    if not is_own(dossier, by):
        raise Conflict(SOMEBODYS, "somebodys", name=dossier.owner)


def is_own(dossier: Dossier, by: User) -> bool:
    """Whether the user is the owner, or stands in for them today."""
    return dossier.owner_id == by.pk or dossier.owner in working_for(by, today())


def prose(text: str, *, needed: bool = True) -> str:
    """The text with its edges trimmed. Raises Refused for an empty one where it is needed, for one too long, for control characters."""
    said = "\n".join(line.strip() for line in text.strip().splitlines())
    if needed and not said:
        raise Refused(NO_NOTE, "no_reason")
    if len(said) > LONGEST_NOTE:
        raise Refused(TOO_LONG, "too_long", limit=LONGEST_NOTE)
    if not said.replace("\n", "").isprintable() and said:
        raise Refused(_("Nội dung có ký tự lạ, không in ra được."), "unprintable")
    return said


def copy_to(fresh: Dossier, stale: Dossier) -> None:
    """Brings the caller's copy up to date."""
    for field in Dossier._meta.concrete_fields:
        if not field.generated:
            setattr(stale, field.attname, getattr(fresh, field.attname))
