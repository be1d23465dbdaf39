"""Reading request bodies into memory: never to disk, never more than allowed, and large ones only so many at a time (R6, S3)."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from http import HTTPStatus
from threading import Lock

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.mailbox.envelope import LINE_MOST, SEALED_MOST, TOO_LARGE
from keng.mailbox.errors import Malformed, Refused

CHUNK = 64 * 1024
BODY_MOST = LINE_MOST + 1 + SEALED_MOST
# Where the server says why a body hasn't come whole: `busy`, `slow`, `cut`, `large`; "" when it has.
ARRIVED = "keng.arrived"
TEXT_MOST = 256 * 1024  # up to here a body is a text, which is never turned away for load
ATTACHMENTS_ROOM = 64 * 1024 * 1024  # bytes of attachments under way: what a small server can spare
# A photo on a slow line holds a thread for minutes: 128 of them leave the other half of the threads to texts.
ATTACHMENT_LEAST = ATTACHMENTS_ROOM // 128

NO_LENGTH = _("Yêu cầu không ghi đúng độ dài. Bà con tải lại trang rồi gửi lại.")
CUT_SHORT = _("Phần gửi lên bị cắt giữa chừng. Bà con gửi lại.")
BUSY = _("Nhiều người đang gửi ảnh và lời nói. Máy sẽ tự gửi lại sau ít giây.")


class Places:
    """Room for so much at a time; whoever finds none is told to come again."""

    def __init__(self, room: int, sentence: str | Promise) -> None:
        self._free, self._sentence, self._lock = room, sentence, Lock()

    @contextmanager
    def hold(self, size: int = 1) -> Iterator[None]:
        """Raises Refused (`busy`)."""
        with self._lock:
            if size > self._free:
                raise Refused("busy", HTTPStatus.SERVICE_UNAVAILABLE, self._sentence)
            self._free -= size
        try:
            yield
        finally:
            with self._lock:
                self._free += size


attachments = Places(ATTACHMENTS_ROOM, BUSY)


def place_for(length: int) -> AbstractContextManager[None]:
    """A place while a body of so many bytes is read and stored; a text needs none."""
    return attachments.hold(max(length, ATTACHMENT_LEAST)) if length > TEXT_MOST else nullcontext()


def length_of(request: HttpRequest, *, most: int) -> int:
    """The body's length in bytes, as announced. Raises Malformed without one, Refused (`too_large`) above `most`."""
    announced = request.META.get("CONTENT_LENGTH") or ""
    if not announced.isascii() or not announced.isdigit() or len(announced) > 18:
        raise Malformed(NO_LENGTH)
    length = int(announced)
    if request.META.get(ARRIVED) in ("busy", "slow"):
        raise Refused("busy", HTTPStatus.SERVICE_UNAVAILABLE, BUSY)
    if length > most:
        _let_pass(request, length, most)
        raise Refused("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
    return length


def read(request: HttpRequest, length: int) -> bytes | bytearray:
    """The whole body, in memory. Raises Malformed when less arrives than was announced."""
    try:
        # Asked for whole, so that a body which our server has in one piece isn't copied.
        body: bytes | bytearray = request.read(length)
        if len(body) < length:
            body = bytearray(body)
            while len(body) < length and (chunk := request.read(min(length - len(body), CHUNK))):
                body += chunk
    except OSError as error:
        raise Malformed(CUT_SHORT) from error
    if len(body) < length:
        raise Malformed(CUT_SHORT)
    return body


def _let_pass(request: HttpRequest, length: int, most: int) -> None:
    """Reads and drops a body that is a little too large: a browser that is still sending would miss the answer."""
    try:
        while length <= 2 * most and request.read(CHUNK):
            pass
    except OSError:
        return
