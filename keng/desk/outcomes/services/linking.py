"""Joining reports that tell of one matter, so that what came of it counts once, and parting them again."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.core.group_commit import group_commit
from keng.desk.models import Matter, Membership, Outcome
from keng.desk.outcomes import standing
from keng.desk.outcomes.services.matters import held, locked, matter_of, settle_main
from keng.ledger.services import append
from keng.mailbox.errors import Malformed, NotAllowed
from keng.mailbox.models import Thread

LINKED, UNLINKED = "mailbox.report.linked", "mailbox.report.unlinked"
MAIN = Membership.Role.MAIN
JOINING = (Membership.Role.DUPLICATE, Membership.Role.RELATED)
MEMBERS_MOST = 200

NO_ROLE = _("Đồng chí chọn tin trùng hay tin liên quan.")
ITSELF = _("Không nối một tin với chính nó.")
TRAINING = _("Không nối tin tập huấn với tin thật.")
ALREADY = _("Hai tin này đã nối với nhau rồi.")
ELSEWHERE = _("Tin này đã nối với một tin khác. Gỡ ra trước rồi nối lại.")
TOO_MANY = _("Việc này đã có đủ 200 tin.")
NOT_LINKED = _("Tin này không nối với tin nào.")
IS_MAIN = _("Đây là tin chính của việc này: đồng chí gỡ từng tin kia ra.")


@dataclass(frozen=True)
class Linked:
    """`alike`: lines of one kind that both matters had, which may be the same thing counted twice; the officer decides."""

    matter: Matter
    alike: list[list[Outcome]]


def link(*, thread: Thread, to: Thread, role: str, by: User) -> Linked:
    """Makes `thread`, with all that is linked to it already, part of the matter of `to`; what came of both stands there from now on.

    Boxes that `by` can open must hold both. Raises Malformed, NotAllowed, Refused.
    """
    if role not in JOINING:
        raise Malformed(NO_ROLE, "role")
    if thread.pk == to.pk:
        raise NotAllowed(ITSELF, "itself")

    def work() -> Linked:
        ours, theirs = held([thread, to], by=by)
        if ours.box.training != theirs.box.training or ours.holder.training != theirs.holder.training:
            raise NotAllowed(TRAINING, "training")
        joined = _join(ours, theirs, role)
        append(
            verb=LINKED, subject=ours.key, case=ours.key, office=ours.holder.office.code, by=by.username,
            purpose=theirs.key,
        )  # fmt: skip
        return joined

    return group_commit(work)


def _join(thread: Thread, to: Thread, role: str) -> Linked:
    before = Membership.objects.filter(thread=thread).first()
    theirs = Membership.objects.filter(thread=to).first()
    if before is not None and theirs is not None and before.matter_id == theirs.matter_id:
        raise NotAllowed(ALREADY, "linked")
    # Locked in one order, so that two who link crosswise wait for each other once.
    for matter in sorted(found.matter_id for found in (before, theirs) if found is not None):
        locked(matter)
    before = _to_move(thread)
    into = matter_of(to)
    settle_main(into)
    alike = [] if before is None else _alike(before.matter, into)
    if before is not None:
        _move(before.matter, into)
    if into.members.count() >= MEMBERS_MOST:
        raise NotAllowed(TOO_MANY, "too_many")
    Membership.objects.update_or_create(thread=thread, defaults={"matter": into, "role": role})
    return Linked(into, alike)


def _to_move(thread: Thread) -> Membership | None:
    """The report's place as it is now, if it takes its whole matter along: where the main report was erased, another is main by now."""
    mine = Membership.objects.filter(thread=thread).select_related("matter").first()
    if mine is None:
        return None
    settle_main(mine.matter)
    mine.refresh_from_db(fields=["role"])
    if mine.role != MAIN:
        raise NotAllowed(ELSEWHERE, "linked")
    return mine


def _alike(one: Matter, other: Matter) -> list[list[Outcome]]:
    kind_of = attrgetter("kind", "exhibit")
    lines = standing(training=True).filter(matter__in=[one, other]).select_related("office", "by")
    groups = [list(group) for _kind, group in groupby(sorted(lines, key=kind_of), key=kind_of)]
    return [group for group in groups if len({line.matter_id for line in group}) == 2]


def _move(matter: Matter, into: Matter) -> None:
    """The lines say what they said: only which matter they are of is another."""
    Outcome.objects.filter(matter=matter).update(matter=into)
    Membership.objects.filter(matter=matter, role=MAIN).update(role=Membership.Role.RELATED)
    Membership.objects.filter(matter=matter).update(matter=into)
    matter.delete()


def unlink(*, thread: Thread, by: User) -> None:
    """Parts the report from the others of its matter. What was counted stays with the main report. Raises NotAllowed, Refused."""

    def work() -> None:
        (fresh,) = held([thread], by=by)
        _leave(fresh)
        append(verb=UNLINKED, subject=fresh.key, case=fresh.key, office=fresh.holder.office.code, by=by.username)

    group_commit(work)


def _leave(thread: Thread) -> None:
    mine = Membership.objects.filter(thread=thread).first()
    others = Membership.objects.none() if mine is None else Membership.objects.filter(matter=mine.matter_id)
    others = others.exclude(thread=thread)
    if mine is None or not others:
        raise NotAllowed(NOT_LINKED, "not_linked")
    settle_main(locked(mine.matter_id))
    mine = Membership.objects.filter(thread=thread, matter=mine.matter_id).first()
    if mine is None:  # parted by somebody who held the matter before us
        raise NotAllowed(NOT_LINKED, "not_linked")
    if mine.role != MAIN:
        mine.delete()
    elif len(others) == 1:
        # Of two, either may be taken from the other: what was counted stays with the main report.
        others.delete()
    else:
        raise NotAllowed(IS_MAIN, "main")
