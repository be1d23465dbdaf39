"""What witnesses bring back: a checkpoint of ours under which one of them has signed that it saw no other log.

Whoever likes may post here, so nothing is looked up, and nothing stored, before the signature of a known witness is right.
"""

import logging
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from keng.ledger import notes
from keng.ledger.folder import write_note
from keng.ledger.models import Checkpoint, Cosignature
from keng.ledger.notes import Head, Note, NoteMalformed, SignatureFailed, Verifier

logger = logging.getLogger("keng.ledger")

MOST = 4096  # bytes of a cosigned note
AHEAD = timedelta(hours=1)  # how far a witness's clock may be before ours
BEFORE = timedelta(
    days=2
)  # how far back from the checkpoint's own day; a day of it is for our clock, should it have been wrong

OTHER_LOG = (
    "Nhân chứng %s đã ký một sổ KHÁC mang tên ta, ở mức %s dòng: khoá của sổ có thể đã lộ; giữ nguyên mọi tệp. / "
    "Witness %s signed ANOTHER log under our name, at size %s: the log's key may be stolen; keep all files as they are."
)


class Refused(Exception):
    """`sentence` says why, in Vietnamese and English."""

    def __init__(self, status: HTTPStatus, vietnamese: str, english: str) -> None:
        super().__init__(english)
        self.status, self.sentence = status, f"{vietnamese}\n{english}\n"


class Stored(NamedTuple):
    size: int
    created: bool


def witnesses() -> tuple[Verifier, ...]:
    """The witnesses of KENG_WITNESSES. Raises NoteMalformed for a key that start-up should have refused."""
    return tuple(Verifier.read(vkey) for vkey in settings.WITNESSES)


def store(body: bytes) -> Stored:
    """Keeps the cosignature that a witness put under one of our checkpoints, and publishes the note with it.

    A second one of the same witness under the same checkpoint changes nothing. Raises Refused: 400 for what is no such note, or has an
    impossible time; 403 without a right signature of a known witness; 404 for no checkpoint of ours; 413 above MOST bytes.
    """
    note, head = _read(body)
    witness, seconds = _witness_of(note)
    checkpoint = _checkpoint(note, head, witness)
    _check_time(seconds, checkpoint)
    line = next(one.line for one in note.signatures if (one.name, one.id) == (witness.name, witness.id))
    created = _keep(checkpoint, witness, line)
    write_note(checkpoint)  # also when it is not new: a crash may have come between row and file
    return Stored(head.size, created)


def _read(body: bytes) -> tuple[Note, Head]:
    if len(body) > MOST:
        raise Refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"Trang chốt dài quá {MOST} byte: gửi một chữ ký của sổ và một của nhân chứng.",
            f"The note is longer than {MOST} bytes: send one signature of the log and one of the witness.",
        )
    try:
        note = notes.read(body.decode())
        return note, notes.read_head(note.text)
    except (UnicodeDecodeError, NoteMalformed):
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "Đây không phải một trang chốt có chữ ký: chỉ gửi đúng những gì witness.py tạo ra.",
            "This is no signed checkpoint: send just what witness.py makes.",
        ) from None


def _witness_of(note: Note) -> tuple[Verifier, int]:
    """Who signed, and when by their clock, in seconds since 1970."""
    for witness in witnesses():
        if notes.signed_by(note, witness):
            try:
                return witness, notes.verify(note, witness)
            except SignatureFailed:
                break
    raise Refused(
        HTTPStatus.FORBIDDEN,
        "Không có chữ ký đúng của nhân chứng nào mà trang này biết: cơ quan giữ sổ cần thêm khoá của nhân chứng vào KENG_WITNESSES.",
        "No right signature of a witness known here: the office that keeps the log must add the witness's key to KENG_WITNESSES.",
    )


def _checkpoint(note: Note, head: Head, witness: Verifier) -> Checkpoint:
    checkpoint = Checkpoint.objects.filter(size=head.size).first()
    if checkpoint is not None and notes.read(checkpoint.note).text == note.text:
        return checkpoint
    if checkpoint is not None and notes.read_head(notes.read(checkpoint.note).text).origin == head.origin:
        logger.error(OTHER_LOG, witness.name, head.size, witness.name, head.size)
    raise Refused(
        HTTPStatus.NOT_FOUND,
        "Sổ này không có trang chốt ấy.",
        "This log has no such checkpoint.",
    )


def _check_time(seconds: int, checkpoint: Checkpoint) -> None:
    first = datetime.combine(checkpoint.day, time(), timezone.get_default_timezone()) - BEFORE
    if not first.timestamp() <= seconds <= (datetime.now(UTC) + AHEAD).timestamp():
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "Giờ trong chữ ký không thể đúng: chỉnh đồng hồ của nhân chứng, xoá tệp trong cosigned/ của trang chốt này, rồi ký lại.",
            "The time in the signature can't be right: set the witness's clock, remove this checkpoint's file from cosigned/, sign again.",
        )


def _keep(checkpoint: Checkpoint, witness: Verifier, line: str) -> bool:
    known = Cosignature.objects.filter(size=checkpoint.size, name=witness.name)
    if known.exists():  # the usual case, without asking for the write lock
        return False
    with transaction.atomic():
        _row, created = Cosignature.objects.get_or_create(
            size=checkpoint.size, name=witness.name, defaults={"line": line}
        )
    return created
