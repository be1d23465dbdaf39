"""Reading request bodies into memory: never to disk, never more than allowed, and large ones only so many at a time (R6, S3)."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from http import HTTPStatus
from threading import BoundedSemaphore

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.mailbox.envelope import TOO_LARGE
from keng.mailbox.errors import Malformed, Refused

CHUNK = 64 * 1024
TEXT_MOST = 256 * 1024  # up to here a body is a text, which is never turned away for load
LARGE_AT_ONCE = 16  # attachments under way: at 8 MiB each, the memory that a small server can spare

NO_LENGTH = _("Yêu cầu không ghi đúng độ dài. Bà con tải lại trang rồi gửi lại.")
CUT_SHORT = _("Phần gửi lên bị cắt giữa chừng. Bà con gửi lại.")
BUSY = _("Nhiều người đang gửi ảnh và lời nói. Máy sẽ tự gửi lại sau ít giây.")


class Places:
    """So many at a time; whoever finds no place is told to come again."""

    def __init__(self, number: int, sentence: str | Promise) -> None:
        self._free, self._sentence = BoundedSemaphore(number), sentence

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Raises Refused (`busy`)."""
        if not self._free.acquire(blocking=False):
            raise Refused("busy", HTTPStatus.SERVICE_UNAVAILABLE, self._sentence)
        try:
            yield
        finally:
            self._free.release()


attachments = Places(LARGE_AT_ONCE, BUSY)


def place_for(length: int) -> AbstractContextManager[None]:
    """A place while a body of so many bytes is read and stored; a text needs none."""
    return attachments.hold() if length > TEXT_MOST else nullcontext()


def length_of(request: HttpRequest, *, most: int) -> int:
    """The body's length in bytes, as announced. Raises Malformed without one, Refused (`too_large`) above `most`."""
    announced = request.META.get("CONTENT_LENGTH") or ""
    if not announced.isascii() or not announced.isdigit() or len(announced) > 18:
        raise Malformed(NO_LENGTH)
    length = int(announced)
    if length > most:
        _let_pass(request, length, most)
        raise Refused("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
    return length


def read(request: HttpRequest, length: int) -> bytes | bytearray:
    """The whole body, in memory. Raises Malformed when less arrives than was announced."""
    try:
        body: bytes | bytearray = request.read(min(length, CHUNK))
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
