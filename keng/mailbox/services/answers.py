"""An officer's sealed part: an answer to the reporter, or the word that vouches for a new box."""

from http import HTTPStatus

from django.db import IntegrityError
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from keng.core.group_commit import group_commit
from keng.ledger.services import append
from keng.mailbox.agefile import AgeFile
from keng.mailbox.envelope import PARTS_MOST
from keng.mailbox.errors import Conflict, Malformed, NotAllowed, Refused
from keng.mailbox.models import Box, Part, Thread
from keng.mailbox.services.threads import existing

OFFICER = Part.Direction.OFFICER
ANSWER_MOST = 256 * 1024  # bytes of the age file

TAKEN = _("Đồng chí khác vừa gửi trả lời. Xem lại rồi gửi lại.")
NOT_HELD = _("Hộp thư này không còn giữ tin nữa.")
TOO_LARGE = _("Trả lời dài quá. Đồng chí rút gọn lại.")
TOO_MANY = _("Tin này đã có đủ 64 trả lời, không nhận thêm.")
REPLAYED = _("Phần này đã được gửi ở chỗ khác.")


def answer(*, thread: Thread, box: Box, index: int, sealed: bytes, by: str, office: str) -> Part:
    """Stores an answer of `box`, which must hold the thread; the same part again is not stored again.

    `index` counts the officers' parts from 0; `by` is a login, `office` its office's code. Raises Refused, Malformed,
    Conflict (`taken`, with `next`), NotAllowed (`not_held`).
    """
    part = read_answer(index=index, sealed=sealed)
    try:
        return group_commit(lambda: store_answer(thread=thread, box=box, index=index, part=part, by=by, office=office))
    except IntegrityError as error:
        raise Conflict(TAKEN, "taken", next=next_index(thread)) from error


def read_answer(*, index: int, sealed: bytes) -> AgeFile:
    if not 0 <= index < PARTS_MOST:
        raise Refused("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_MANY)
    if len(sealed) > ANSWER_MOST:
        raise Refused("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
    return AgeFile.read(sealed)


def store_answer(*, thread: Thread, box: Box, index: int, part: AgeFile, by: str, office: str) -> Part:
    """The writing of `answer`, for a caller that is in a transaction."""
    fresh = Thread.objects.select_for_update().filter(pk=existing(thread).pk).get()
    if fresh.holder_id != box.pk:
        raise NotAllowed(NOT_HELD, "not_held")
    there = Part.objects.filter(digest=part.digest).defer("payload").first()
    if there is not None:
        return _same(there, fresh, index)
    if fresh.parts.filter(direction=OFFICER, index=index).exists():
        raise Conflict(TAKEN, "taken", next=next_index(fresh))
    stored = Part.objects.create(
        thread=fresh, box=box, direction=OFFICER, index=index, digest=part.digest, header=part.header,
        payload=bytes(part.payload),
    )  # fmt: skip
    append(verb="mailbox.answer.sent", subject=part.digest, case=fresh.key, office=office, by=by)
    return stored


def _same(there: Part, thread: Thread, index: int) -> Part:
    if (there.thread_id, there.direction, there.index) != (thread.pk, OFFICER, index):
        raise Malformed(REPLAYED, "replayed")
    return there


def next_index(thread: Thread) -> int:
    """The free index for the officers' next part."""
    last = thread.parts.filter(direction=OFFICER).aggregate(last=Max("index"))["last"]
    return 0 if last is None else int(last) + 1
