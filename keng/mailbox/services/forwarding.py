"""Handing a report to another box: new headers round the same file keys, so that nothing can be altered on the way (section 10)."""

from collections.abc import Iterable, Mapping

from django.db.models import F, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from keng.core.group_commit import group_commit
from keng.ledger.services import append
from keng.mailbox.agefile import AgeFile, is_for_one
from keng.mailbox.closing import is_closed
from keng.mailbox.errors import Conflict, Malformed, NotAllowed
from keng.mailbox.models import Box, Part, Passing, Rewrap, State, Thread
from keng.mailbox.returning import key_statement
from keng.mailbox.sealing import fingerprint, unb64u
from keng.mailbox.services.answers import read_answer, store_answer
from keng.mailbox.services.statements import read_statement
from keng.mailbox.services.threads import claim, existing, move

NO_HEADER = _("Tin vừa có thêm phần mới. Xem lại rồi chuyển lại.")
BAD_HEADER = _("Đầu khoá của một phần không đúng. Tải lại trang rồi chuyển lại.")
NOT_OPEN = _("Hộp thư kia chưa mở hoặc đã đóng, không chuyển đến được.")
NOT_NAMED = _("Bản xác nhận khoá của hộp thư này không ghi hộp thư kia là nơi được chuyển đến.")
SAME_BOX = _("Tin đang ở chính hộp thư này.")
TRAINING = _("Tin để tập không chuyển sang hộp thư thật được, tin thật không chuyển vào hộp thư để tập được.")


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
    if thread.box.training != to_box.training:
        raise NotAllowed(TRAINING, "training")
    if not to_box.recipient or to_box.opened_on is None or is_closed(to_box.closed_on):
        raise NotAllowed(NOT_OPEN, "closed")
    if (to_box.slug, fingerprint(unb64u(to_box.root))) not in _may_forward_to(thread.holder):
        raise NotAllowed(NOT_NAMED, "not_named")


def _may_forward_to(box: Box) -> frozenset[tuple[str, str]]:
    """The boxes, with the fingerprints of their roots, that the newest key statement of `box` names, if it holds today."""
    signed = key_statement(box)
    try:
        return (
            frozenset() if signed is None else read_statement(signed, slug=box.slug, today=timezone.localdate()).forward
        )
    except Malformed:
        return frozenset()


def _vouch(thread: Thread, vouching: tuple[int, AgeFile], by: str) -> None:
    index, sealed = vouching
    store_answer(thread=thread, box=thread.holder, index=index, part=sealed, by=by, office=thread.holder.office.code)


def _rewrap(thread: Thread, to_box: Box, headers: Mapping[str, bytes]) -> None:
    parts = list(Part.objects.filter(thread=thread).annotate(there=_header_for(thread.holder)).defer("payload"))
    if headers.keys() != {part.digest for part in parts}:
        raise Conflict(NO_HEADER, "parts", version=thread.version)
    if not all(_may_stand(headers[part.digest], part) for part in parts):
        raise Malformed(BAD_HEADER, "not_age")
    _replace(parts, to_box, headers)


def _header_for(box: Box) -> Coalesce:
    """The header of a part for `box`: the one written on forwarding, or the part's own."""
    return Coalesce(Rewrap.objects.filter(part=OuterRef("pk"), box=box).values("header")[:1], F("header"))


def _may_stand(header: bytes, part: Part) -> bool:
    """A new header is for the new box alone. A part that its holder couldn't open keeps the one it has, whoever made it."""
    return is_for_one(header) or header in (bytes(part.header), bytes(part.there))  # type: ignore[attr-defined]


def _replace(parts: Iterable[Part], to_box: Box, headers: Mapping[str, bytes]) -> None:
    """A thread that comes back to a box it was in gets fresh headers there; but what was first sealed to that box has its own header
    still, which its sender wrote and no former holder may put aside."""
    Rewrap.objects.filter(part__in=parts, box=to_box).delete()
    Rewrap.objects.bulk_create(
        Rewrap(part=part, box=to_box, header=headers[part.digest]) for part in parts if part.box_id != to_box.pk
    )


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
    Passing.objects.create(thread=thread, from_box=thread.holder, to_box=to_box)
    thread.holder = to_box
    thread.save(update_fields=["holder"])
