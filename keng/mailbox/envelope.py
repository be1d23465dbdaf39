"""The first line of a part's body: what the server is told beside the sealed bytes (section 6). Anything else is refused."""

import hashlib
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _

from keng.mailbox.agefile import AgeFile
from keng.mailbox.errors import Malformed, Refused
from keng.mailbox.sealing import unb64u

LINE_MOST = 16 * 1024
SEALED_MOST = 8 * 1024 * 1024 + 64 * 1024
PARTS_MOST = 64  # of each side in one thread: enough for every honest report, and a million tiny ones end here

HEX_64 = re.compile(r"[0-9a-f]{64}", re.ASCII)
HOUR = re.compile(r"\d{4}-\d\d-\d\dT\d\d", re.ASCII)
SLUG = re.compile(r"(?=.{1,40}\Z)[a-z0-9](?:-?[a-z0-9])*", re.ASCII)
FINGERPRINT = re.compile(r"[0-9a-hjkmnp-tv-z]{26}", re.ASCII)
NONCE = re.compile(r"\d{1,20}", re.ASCII)
KEYS = frozenset(("v", "thread", "token", "index", "pin", "pin_mac", "hour", "nonce"))
FIRST_KEYS = KEYS | {"log"}
PIN_KEYS = frozenset(("v", "box", "root", "seq", "parts"))

MALFORMED = _("Phần gửi lên không đúng mẫu. Bà con tải lại trang rồi gửi lại.")
TOO_LARGE = _("Phần gửi lên lớn quá. Bà con chọn ảnh nhỏ hơn hoặc ghi lời nói ngắn hơn.")
TOO_MANY = _("Tin này đã có đủ 64 phần, không nhận thêm. Bà con gửi một tin mới.")


@dataclass(frozen=True)
class Envelope:
    """Checked by form, not yet against the database. `token` is raw bytes or None (first part), `log` the raw log tag or None."""

    thread: str
    index: int
    token: bytes | None
    log: bytes | None
    pin: str
    pin_parts: int
    pin_mac: str
    hour: str
    nonce: str

    @property
    def holds_token(self) -> bool:
        return self.token is not None and hashlib.sha256(self.token).hexdigest() == self.thread


def read_body(body: bytes | bytearray | memoryview) -> tuple[Envelope, AgeFile]:
    """A whole body as envelope and age file. Raises Malformed or Refused; never anything else, whatever the bytes."""
    start = bytes(memoryview(body)[: LINE_MOST + 1])
    end = start.find(b"\n")
    if end < 0:
        raise Malformed(MALFORMED)
    line = read_line(start[:end])
    if len(body) - end - 1 > SEALED_MOST:
        raise Refused("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
    return line, AgeFile.read(memoryview(body)[end + 1 :])


def read_line(line: bytes) -> Envelope:
    """Raises Malformed, and Refused (`too_large`) for an index past the last one."""
    said = read_object(line)
    index = said.get("index")
    if type(said.get("v")) is not int or said["v"] != 1 or type(index) is not int or index < 0:
        raise Malformed(MALFORMED)
    if index >= PARTS_MOST:
        raise Refused("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_MANY)
    if said.keys() != (KEYS if index else FIRST_KEYS) or (said["token"] is None) != (index == 0):
        raise Malformed(MALFORMED)
    pin = _matching(said["pin"], None)
    return Envelope(
        thread=_matching(said["thread"], HEX_64),
        index=index,
        token=_key(said["token"]) if index else None,
        log=None if index else _key(said["log"]),
        pin=pin,
        pin_parts=count_pinned(pin),
        pin_mac=_matching(said["pin_mac"], HEX_64),
        hour=_matching(said["hour"], HOUR),
        nonce=_matching(said["nonce"], NONCE),
    )


def read_object(text: bytes | str) -> dict[str, Any]:
    """A JSON object. Raises Malformed for anything else, nesting bombs and huge numbers included."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(MALFORMED) from error
    if not isinstance(said, dict):
        raise Malformed(MALFORMED)
    return said


def read_token(value: object) -> bytes:
    """The 32 bytes of a b64u token. Raises Malformed."""
    return _key(value)


def count_pinned(pin: str) -> int:
    """How many parts a pin record lists. The server can't check its MAC, only that it has the form."""
    said = read_object(pin)
    parts = said.get("parts")
    if "hour" in said:
        _matching(said.pop("hour"), HOUR)
    if said.keys() != PIN_KEYS or not isinstance(parts, list) or not 0 < len(parts) <= PARTS_MOST:
        raise Malformed(MALFORMED)
    for value, pattern in ((said["box"], SLUG), (said["root"], FINGERPRINT), *((part, HEX_64) for part in parts)):
        _matching(value, pattern)
    if type(said["v"]) is not int or said["v"] != 1 or type(said["seq"]) is not int or not 0 <= said["seq"] < 2**31:
        raise Malformed(MALFORMED)
    return len(parts)


def _matching(value: object, pattern: re.Pattern[str] | None) -> str:
    """A printable ASCII string, of the pattern if there is one: what any database and any page can hold."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise Malformed(MALFORMED)
    if pattern is not None and not pattern.fullmatch(value):
        raise Malformed(MALFORMED)
    return value


def _key(value: object) -> bytes:
    """32 bytes written b64u."""
    if not isinstance(value, str) or len(value) != 43 or not value.isascii():
        raise Malformed(MALFORMED)
    try:
        return unb64u(value)
    except ValueError as error:
        raise Malformed(MALFORMED) from error
