"""Practice reports: sealed as the plain path seals, into training boxes only. Who might have written them nobody can be: the keys that a
receipt would give are random and forgotten at once, so an officer's answer is for nobody.
"""

import secrets
from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.core.group_commit import group_commit
from keng.desk.mailbox.services import READ
from keng.desk.training.stories import GUIDED, OTHERS, Story
from keng.ledger.models import Entry
from keng.ledger.services import append
from keng.mailbox import sealing
from keng.mailbox.agefile import AgeFile
from keng.mailbox.errors import NotAllowed, Refused
from keng.mailbox.models import Box, Part, State, Thread
from keng.mailbox.plain import envelope, root_of
from keng.mailbox.proof import hour_text
from keng.mailbox.sealing import ReceiptKeys, b64u
from keng.mailbox.services import accept

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Photos(TypedDict):
    """How many parts the reporter sent after the first."""

    photos: int


FILLED = "desk.training.filled"
VERBS = {FILLED: "thêm tin để tập vào hộp thư tập huấn"}

MOST = 24  # practice reports of a box that are not closed yet: a class of new officers, each with one under way

NOT_TRAINING = _("Hộp thư này không phải hộp thư để tập.")
NOT_OPEN = _("Hộp thư để tập này chưa có khoá hoặc đã đóng.")
FULL = _("Hộp thư để tập đã có 24 tin chưa đóng. Đồng chí đóng bớt tin cũ rồi tập tiếp.")


def practise(*, box: Box, by: User) -> tuple[Thread, int]:
    """The report on which this officer goes on or begins, and how many were added to the box for it.

    Whoever has read one that is not closed goes on with that. Raises NotAllowed for a box that is not for training, Refused when it is
    full of unfinished ones.
    """
    if not box.training:
        raise NotAllowed(NOT_TRAINING, "not_training")
    if not box.recipient or box.opened_on is None or box.closed_on is not None:
        raise NotAllowed(NOT_OPEN, "closed")
    begun = _under_way(box, by)
    if begun is not None:
        return begun, 0

    def fill() -> tuple[Thread, int]:
        missing = list(_missing(box))
        if missing and _unfinished(box).count() + len(missing) > MOST:
            raise Refused("full", HTTPStatus.CONFLICT, FULL)
        for story in missing:
            _send(box, story)
        if missing:
            append(verb=FILLED, subject=box.slug, case=box.slug, office=box.office.code, by=by.username)
        return _waiting(box).filter(photos__gt=0).order_by("key")[0], len(missing)

    return group_commit(fill)


def _under_way(box: Box, by: User) -> Thread | None:
    """One that this officer has read and nobody has closed; the guided one before others."""
    unfinished = _unfinished(box)
    read = Entry.objects.filter(verb=READ, by=by.username, case__in=unfinished.values("key")).values_list(
        "case", flat=True
    )
    return _with_photos(unfinished.filter(key__in=list(read))).order_by("-photos", "key").first()


def _missing(box: Box) -> Iterator[Story]:
    """What must be added so that an unopened guided report and a few others wait."""
    waiting = _waiting(box)
    if not waiting.filter(photos__gt=0).exists():
        yield GUIDED
    if not waiting.filter(photos=0).exists():
        yield from OTHERS


def _waiting(box: Box) -> "QuerySet[WithAnnotations[Thread, Photos]]":
    return _with_photos(Thread.objects.filter(box=box, state=State.RECEIVED))


def _unfinished(box: Box) -> QuerySet[Thread]:
    return Thread.objects.filter(box=box).exclude(state=State.CLOSED)


def _with_photos(threads: QuerySet[Thread]) -> "QuerySet[WithAnnotations[Thread, Photos]]":
    later = Q(parts__direction=Part.Direction.REPORTER, parts__index__gt=0)
    return threads.annotate(photos=Count("parts", filter=later))


def _send(box: Box, story: Story) -> None:
    keys = sealing.keys_from(secrets.token_bytes(32))
    seq = box.statements.order_by("-seq").values_list("seq", flat=True)[0]
    first = {
        "v": 1, "box": box.slug, "from": "reporter", "index": 0, "kind": "report", "hour": hour_text(), "secret": b64u(keys.secret),
        "reply": keys.reply, "what": story.what, "village": story.village, "place": story.place, "gps": None, "when": story.when,
        "when_text": story.when_text, "forward": True, "pinned": "qr", "path": "sealed", "media": int(bool(story.photo)), "lang": "vi",
        "root": root_of(box), "statement": seq,
    }  # fmt: skip
    parts = [_sealed(box, keys, first, "text.txt", story.text.encode())]
    if story.photo:
        photo = {"v": 1, "box": box.slug, "from": "reporter", "index": 1, "kind": "photo", "hour": hour_text()}
        parts.append(_sealed(box, keys, photo, "photo.jpg", story.photo))
    for index, sealed in enumerate(parts):
        digests = [part.digest for part in parts[: index + 1]]
        pin, pin_mac = sealing.pin_record(
            pin_key=keys.pin_key, box=box.slug, root=root_of(box), seq=seq, parts=digests, hour=str(first["hour"])
        )
        line = envelope(keys, index=index, pin=pin, pin_parts=index + 1, pin_mac=pin_mac)
        accept(slug=box.slug, line=line, sealed=sealed)


def _sealed(box: Box, keys: ReceiptKeys, said: dict[str, Any], name: str, body: bytes) -> AgeFile:
    secret = keys.secret if said["index"] else None
    sealed = sealing.seal_part(
        json_part=said, name=name, body=body, thread=keys.thread, recipients=[box.recipient], secret=secret
    )
    return AgeFile.read(sealed)
