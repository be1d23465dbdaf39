"""Handing a report to another box: new headers round the same file keys, so that nothing can be altered on the way (section 10)."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from keng.core.group_commit import group_commit
from keng.ledger.services import append
from keng.mailbox.agefile import AgeFile, is_header
from keng.mailbox.errors import Conflict, Malformed, NotAllowed
from keng.mailbox.models import Box, Part, Rewrap, State, Thread
from keng.mailbox.services.answers import read_answer, store_answer
from keng.mailbox.services.threads import claim, existing, move

NO_HEADER = _("Tin vừa có thêm phần mới. Xem lại rồi chuyển lại.")
BAD_HEADER = _("Đầu khoá của một phần không đúng. Tải lại trang rồi chuyển lại.")
NOT_OPEN = _("Hộp thư kia chưa mở hoặc đã đóng, không chuyển đến được.")
SAME_BOX = _("Tin đang ở chính hộp thư này.")


def forward(
    *,
    thread: Thread,
    to_box: Box,
    headers: Mapping[str, bytes],
    version: int,
    by: str,
    part: tuple[int, bytes] | None = None,
) -> Thread:
    """Hands the thread to `to_box`. `headers` maps the digest of each part of the thread, from both sides, to its new header;
    `part` is (index, age file) of the officer's part that vouches for the new box, stored with the rest and in `headers` too.

    A part that doesn't open to the holder goes on with the header it has. Raises Conflict, NotAllowed, Malformed, Refused.
    """
    vouching = None if part is None else (part[0], read_answer(index=part[0], sealed=part[1]))

    def hand_over() -> Thread:
        fresh = existing(thread)
        claim(thread=fresh, version=version)
        _check_box(fresh, to_box)
        if vouching is not None:
            _vouch(fresh, vouching, by)
        _rewrap(fresh, to_box, headers)
        _hand_to(fresh, to_box, by)
        return fresh

    return group_commit(hand_over)


def _check_box(thread: Thread, to_box: Box) -> None:
    if thread.holder_id == to_box.pk:
        raise NotAllowed(SAME_BOX)
    if not to_box.recipient or to_box.opened_on is None or to_box.closed_on is not None:
        raise NotAllowed(NOT_OPEN, "closed")


def _vouch(thread: Thread, vouching: tuple[int, AgeFile], by: str) -> None:
    index, sealed = vouching
    store_answer(thread=thread, box=thread.holder, index=index, part=sealed, by=by, office=thread.holder.office.code)


def _rewrap(thread: Thread, to_box: Box, headers: Mapping[str, bytes]) -> None:
    parts = list(Part.objects.filter(thread=thread).only("id", "digest"))
    if headers.keys() != {part.digest for part in parts}:
        raise Conflict(NO_HEADER, "parts", version=thread.version)
    if not all(is_header(header) for header in headers.values()):
        raise Malformed(BAD_HEADER, "not_age")
    _replace(parts, to_box, headers)


def _replace(parts: Iterable[Part], to_box: Box, headers: Mapping[str, bytes]) -> None:
    """A thread that comes back to a box it was in gets fresh headers there."""
    Rewrap.objects.filter(part__in=parts, box=to_box).delete()
    Rewrap.objects.bulk_create(Rewrap(part=part, box=to_box, header=headers[part.digest]) for part in parts)


def _hand_to(thread: Thread, to_box: Box, by: str) -> None:
    move(thread=thread, to=State.FORWARDED, by=by)
    append(
        verb="mailbox.forwarded",
        subject=thread.key,
        case=thread.key,
        office=thread.holder.office.code,
        by=by,
        purpose=to_box.slug,
    )
    thread.holder = to_box
    thread.save(update_fields=["holder"])
