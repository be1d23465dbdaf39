"""The course of a report: its state, its deletion. Who changed it stands in the ledger alone."""

from datetime import date, timedelta
from hashlib import sha256
from http import HTTPStatus

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from keng.core.group_commit import group_commit
from keng.ledger.services import append, erase_salts
from keng.mailbox.errors import Conflict, NotAllowed, Refused
from keng.mailbox.models import State, StateChange, Thread
from keng.mailbox.services.parts import NO_THREAD

DAYS_UNTIL_ERASED = 7  # once an officer has begun: time to finish what the report set going

CHANGED = _("Đồng chí khác vừa thay đổi tin này. Xem lại rồi làm lại.")
NOT_NEXT = _("Tin đang ở trạng thái này thì không chuyển sang trạng thái đó được.")


def claim(*, thread: Thread, version: int) -> None:
    """Takes the next version of the thread for the caller's change, so that two officers never overwrite each other.

    Call it first in the transaction: on PostgreSQL it holds the row until the end. Raises Conflict, with the version that stands.
    """
    mine = Thread.objects.filter(pk=thread.pk, version=version).update(version=F("version") + 1)
    thread.refresh_from_db()
    if not mine:
        raise Conflict(CHANGED, version=thread.version)


def change_state(*, thread: Thread, to: str, version: int, by: str) -> Thread:
    """Brings the thread to state `to`. `version` is the one that the officer saw; `by` a login.

    Forwarding has a service of its own. Raises Conflict, NotAllowed; Refused when the thread is gone.
    """

    def change() -> Thread:
        fresh = existing(thread)
        claim(thread=fresh, version=version)
        if to == State.FORWARDED:
            raise NotAllowed(NOT_NEXT)
        move(thread=fresh, to=to, by=by)
        return fresh

    return group_commit(change)


def existing(thread: Thread) -> Thread:
    """The thread as it stands now. Raises Refused if it was erased meanwhile."""
    try:
        return Thread.objects.select_related("holder__office", "box").get(pk=thread.pk)
    except Thread.DoesNotExist:
        raise Refused("no_thread", HTTPStatus.NOT_FOUND, NO_THREAD) from None


def move(*, thread: Thread, to: str, by: str) -> None:
    """Writes the new state, the change and the entry; the caller has claimed the version. Raises NotAllowed."""
    if to not in thread.may_become:
        raise NotAllowed(NOT_NEXT, state=thread.state)
    thread.state = to
    thread.save(update_fields=["state"])
    StateChange.objects.create(thread=thread, state=to)
    append(verb=f"mailbox.state.{to}", subject=thread.key, case=thread.key, office=thread.holder.office.code, by=by)


def delete(*, token: bytes) -> date | None:
    """The reporter's wish: erased at once while nobody has opened it, else on the day returned. Repeating changes nothing.

    Raises Refused (`no_thread`) alike for unknown, deleted and wrong tokens.
    """
    return group_commit(lambda: _delete(sha256(token).hexdigest()))


def _delete(key: str) -> date | None:
    thread = Thread.objects.select_related("box__office").select_for_update(of=("self",)).filter(key=key).first()
    if thread is None:
        raise Refused("no_thread", HTTPStatus.NOT_FOUND, NO_THREAD)
    if thread.erase_on is None and thread.state == State.RECEIVED:
        _erase(thread)
        return None
    if thread.erase_on is None:
        thread.erase_on = timezone.localdate() + timedelta(days=DAYS_UNTIL_ERASED)
        thread.save(update_fields=["erase_on"])
        append(verb="mailbox.report.deletion_asked", subject=thread.key, case=thread.key, office=thread.box.office.code)
    return thread.erase_on


def _erase(thread: Thread) -> None:
    """Removes the thread and all that hangs on it. The ledger keeps who did what and forgets the salts, the reporter's log tag among
    them, so that its leaves can be opened no more; that of the deletion's own entry stays, to say why, and of how many entries, so that no
    other report's can be passed off as this one's (docs/adr/0028)."""
    number = erase_salts(case=thread.key)
    office = thread.box.office.code
    append(verb="mailbox.report.deleted", subject=thread.key, case=thread.key, office=office, purpose=str(number))
    thread.delete()


def erase_due() -> int:
    """Erases the threads whose day has come; returns how many. The hourly chore; running it twice at once does no harm."""
    due = Thread.objects.filter(erase_on__lte=timezone.localdate()).values_list("pk", flat=True)
    return sum(group_commit(lambda pk=pk: _erase_if_there(pk)) for pk in list(due))  # type: ignore[misc]


def _erase_if_there(pk: int) -> bool:
    thread = Thread.objects.select_related("box__office").select_for_update(of=("self",)).filter(pk=pk).first()
    if thread is not None:
        _erase(thread)
    return thread is not None
