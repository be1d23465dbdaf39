"""Who works on a dossier: accepting, taking, handing over, giving back, going on to the next step, and back to the one before."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.accounts.permissions import may
from keng.core import ids
from keng.core.group_commit import group_commit
from keng.procedures.dossiers import deadlines, states
from keng.procedures.dossiers.routing import for_step_of, steps_of
from keng.procedures.dossiers.turning import (
    PERM,
    SOMEBODYS,
    change,
    check_here,
    check_own,
    copy_to,
    held,
    is_own,
    overtaken,
    prose,
    turn,
)
from keng.procedures.errors import Conflict, NotAllowed, Refused
from keng.procedures.models import Dossier
from keng.procedures.slips import issue
from keng.units.models import Office

AT_ONCE = 200  # dossiers that are accepted at one press
NOT_THERE = _("Đồng chí %(name)s không làm hồ sơ ở %(office)s.")


def accept(*, dossier: Dossier, by: User) -> Dossier:
    """The dossier is complete and valid: the clock begins. Whoever accepts it owns it. Raises Refused, Conflict, NotAllowed."""
    return change(dossier, by, lambda fresh: _accept(fresh, by))


def accept_many(*, dossiers: Iterable[Dossier], by: User) -> list[tuple[Dossier, Refused]]:
    """Accepts each; returns those that could not be, with what says why. What was accepted is kept, whatever becomes of the others.

    Raises Refused for more than `AT_ONCE`.
    """
    wanted = list(dossiers)
    if len(wanted) > AT_ONCE:
        raise Refused(_("Mỗi lần tiếp nhận nhiều nhất %(limit)d hồ sơ."), "too_many", limit=AT_ONCE)
    # In one order, so that two who press at once never wait for each other.
    wanted.sort(key=lambda dossier: dossier.pk)

    def job() -> list[tuple[Dossier, Dossier | Refused]]:
        return [(dossier, _accept_one(dossier, by)) for dossier in wanted]

    refused = []
    for dossier, became in group_commit(job):
        if isinstance(became, Refused):
            refused.append((dossier, became))
        else:
            copy_to(became, dossier)
    return refused


def _accept_one(dossier: Dossier, by: User) -> Dossier | Refused:
    try:
        with transaction.atomic():
            fresh = held(dossier)
            if fresh.row_version != dossier.row_version:
                raise overtaken(fresh, by)
            _accept(fresh, by)
            return fresh
    except Refused as error:
        return error


def _accept(fresh: Dossier, by: User) -> None:
    check_here(fresh, by)
    if fresh.test:
        raise Conflict(_("Hồ sơ thử không được tiếp nhận."), "test")
    if fresh.owner is not None and not is_own(fresh, by):
        raise Conflict(SOMEBODYS, "somebodys", name=fresh.owner)
    states.follows(fresh, "accepted")
    at = ids.now()
    due = deadlines.due(at, fresh.version)
    turn(fresh, "accepted", by, accepted_at=at, first_due=due, due=due, owner=fresh.owner or by)
    issue.receipt(fresh, by=by)


def take(*, dossier: Dossier, by: User) -> Dossier:
    """Makes the dossier one's own: one that nobody has, one of somebody for whom one stands in, or of somebody who no longer works here.

    Raises Conflict where somebody has it, NotAllowed.
    """

    def work(fresh: Dossier) -> None:
        check_here(fresh, by)
        if fresh.owner_id == by.pk:
            raise Conflict(_("Đồng chí đang giữ hồ sơ này rồi."), "own")
        if fresh.owner is not None and not is_own(fresh, by) and may(fresh.owner, PERM, fresh.office):
            raise Conflict(SOMEBODYS, "somebodys", name=fresh.owner)
        turn(fresh, "taken", by, owner=by)

    return change(dossier, by, work)


def hand_over(*, dossier: Dossier, to: User, by: User, note: str = "") -> Dossier:
    """Makes it a colleague's, of the same office. Raises Conflict, NotAllowed where it isn't one's own or they can't work on it."""
    said = prose(note, needed=False)

    def work(fresh: Dossier) -> None:
        check_own(fresh, by)
        _check_can(to, fresh.office)
        if fresh.owner_id == to.pk:
            raise Conflict(SOMEBODYS, "somebodys", name=to)
        turn(fresh, "handed_over", by, note=said, why=to.username, owner=to)

    return change(dossier, by, work)


def give_back(*, dossier: Dossier, by: User, note: str = "") -> Dossier:
    """Makes it nobody's: any colleague may take it. Raises Conflict, NotAllowed."""
    said = prose(note, needed=False)

    def work(fresh: Dossier) -> None:
        check_own(fresh, by)
        turn(fresh, "given_back", by, note=said, owner=None)

    return change(dossier, by, work)


def advance(*, dossier: Dossier, by: User, to: User | None = None) -> Dossier:
    """The current step is done: the next begins, perhaps at another office, where it is `to`'s or nobody's yet.

    Raises Refused after the last step or where no office can go on, Conflict, NotAllowed.
    """

    def work(fresh: Dossier) -> None:
        check_own(fresh, by)
        states.follows(fresh, "advanced")
        step = fresh.step + 1
        if step >= len(steps_of(fresh.version)):
            raise Refused(_("Đây là bước cuối: đồng chí ghi kết quả."), "last_step")
        office = for_step_of(fresh, step)
        if to is not None:
            _check_can(to, office)
        owner = to if to is not None or office != fresh.office else fresh.owner
        _to_step(fresh, "advanced", by, step=step, office=office, owner=owner)

    return change(dossier, by, work)


def send_back(*, dossier: Dossier, reason: str, by: User) -> Dossier:
    """The step before is to be done again, at its office, where it is nobody's yet; at the same office it stays whose it is. The clock
    runs on: its due date does not move, only the step has its hours anew.

    Raises Refused without a reason, at the first step or where no office can go on, Conflict, NotAllowed.
    """
    said = prose(reason)

    def work(fresh: Dossier) -> None:
        check_own(fresh, by)
        states.follows(fresh, "sent_back")
        if fresh.step == 0:
            raise Refused(_("Đây là bước đầu: không còn bước nào trước đó."), "first_step")
        step = fresh.step - 1
        office = for_step_of(fresh, step)
        owner = fresh.owner if office == fresh.office else None
        _to_step(fresh, "sent_back", by, step=step, office=office, owner=owner, note=said)

    return change(dossier, by, work)


def _to_step(
    fresh: Dossier, deed: str, by: User, *, step: int, office: Office, owner: User | None, note: str = ""
) -> None:
    step_due = deadlines.step_due(ids.now(), fresh.version, step)
    turn(
        fresh, deed, by, note=note, why=f"{step + 1}", step=step, step_due=step_due, owner=owner, office=office,
        told={"office": office.name},
    )  # fmt: skip


def _check_can(to: User, office: Office) -> None:
    if not may(to, PERM, office):
        raise NotAllowed(NOT_THERE, "not_there", name=to, office=office.name)
