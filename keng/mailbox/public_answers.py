"""Suggestions answered for all to read: in the office's own words, and only where the reporter allowed it.

The consent lies sealed in the report, so the officer's browser says whether it is there; the server refuses without that word.
Nothing that is public leads back to the report: no key, no hour, and the day is that of publishing.
"""

import re
from http import HTTPStatus
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.core.group_commit import group_commit
from keng.ledger.services import append
from keng.mailbox.errors import Conflict, Malformed, NotAllowed, Refused
from keng.mailbox.kinds import KINDS
from keng.mailbox.models import PublicAnswer, State, Thread
from keng.mailbox.services.threads import existing

ASKED_MOST, ANSWERED_MOST = 1000, 4000  # characters
# Controls but for the line's end, and marks that reorder or hide text: nobody writes them on purpose, and on a public page they deceive.
TRICKS = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)

NOT_HERE = _("Chỉ góp ý với xã mới trả lời công khai được.")
NO_CONSENT = _("Người góp ý chưa cho phép trả lời công khai.")
UNOPENED = _("Đồng chí mở góp ý này trước đã.")
EMPTY = _("Đồng chí viết cả câu hỏi và câu trả lời.")
TOO_LONG = _("Dài quá: câu hỏi nhiều nhất 1.000 chữ cái, câu trả lời nhiều nhất 4.000.")
STRANGE = _("Có ký tự điều khiển hoặc dấu đổi chiều chữ. Đồng chí gõ lại, đừng dán từ nơi khác.")
ALREADY = _("Góp ý này đã có trả lời công khai. Muốn sửa thì rút câu cũ rồi đăng câu mới.")
GONE = _("Không có trả lời này.")
PASSED_ON = _("Tin này vừa được chuyển cho đơn vị khác.")


def publish(*, thread: Thread, asked: str, answered: str, allowed: bool, by: str) -> PublicAnswer:
    """Puts an answer on the page of the box that holds the suggestion. `allowed`: the report says so, as the officer's browser read it.

    Raises Malformed, NotAllowed; Conflict while another answer to it stands, and for one that was passed on meanwhile: its page is
    another office's.
    """
    question, answer = _cleaned(asked, ASKED_MOST), _cleaned(answered, ANSWERED_MOST)
    if not allowed:
        raise NotAllowed(NO_CONSENT, "no_consent")

    def work() -> PublicAnswer:
        # Held, so that of two who answer at once the second sees the first one's answer.
        list(Thread.objects.select_for_update().filter(pk=thread.pk))
        fresh = existing(thread)
        if fresh.holder_id != thread.holder_id:
            raise Conflict(PASSED_ON, "passed_on")
        if reason := _obstacle(fresh):
            raise NotAllowed(reason)
        if live(fresh) is not None:
            raise Conflict(ALREADY, "taken")
        made = PublicAnswer.objects.create(
            box=fresh.holder, thread=fresh, asked=question, answered=answer, published_on=timezone.localdate()
        )
        _enter("mailbox.public_answer.published", made, by)
        return made

    return group_commit(work)


def withdraw(*, answer: PublicAnswer, by: str) -> None:
    """Takes the answer off the page; its text stays in the office's own list. Withdrawn twice it stays as it was first."""

    def work() -> None:
        fresh = (
            PublicAnswer.objects.select_for_update(of=("self",))
            .select_related("box__office")
            .filter(pk=answer.pk)
            .first()
        )
        if fresh is None:
            raise Refused("no_answer", HTTPStatus.NOT_FOUND, GONE)
        if fresh.withdrawn_on is None:
            fresh.withdrawn_on = timezone.localdate()
            fresh.save(update_fields=["withdrawn_on"])
            _enter("mailbox.public_answer.withdrawn", fresh, by)

    group_commit(work)


def live(thread: Thread) -> PublicAnswer | None:
    """The answer to this suggestion that all can read now."""
    return PublicAnswer.objects.filter(thread=thread, withdrawn_on=None).first()


def shown(thread: Thread) -> dict[str, Any] | None:
    """For the desk's script: the answer that stands, or None."""
    answer = live(thread)
    if answer is None:
        return None
    return {"asked": answer.asked, "answered": answer.answered, "day": answer.published_on.isoformat()}


def _obstacle(thread: Thread) -> str | Promise:
    if not all(KINDS[box.kind].allows_public_answer for box in (thread.box, thread.holder)):
        return NOT_HERE
    return UNOPENED if thread.state == State.RECEIVED else ""


def _cleaned(text: str, most: int) -> str:
    clean = text.replace("\r\n", "\n").strip()
    if not clean:
        raise Malformed(EMPTY, "empty")
    if len(clean) > most:
        raise Malformed(TOO_LONG, "too_long")
    if TRICKS.search(clean):
        raise Malformed(STRANGE, "strange")
    return clean


def _enter(verb: str, answer: PublicAnswer, by: str) -> None:
    """The case is the box: the log must not tie what is public to a report."""
    box = answer.box
    append(verb=verb, subject=str(answer.pk), case=box.slug, office=box.office.code, by=by)
