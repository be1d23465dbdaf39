"""An age file as the server sees it: a header that it can parse and a payload that it can only hash (section 6)."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from keng.mailbox.errors import Malformed

HEADER_MOST = 4096
PAYLOAD_LEAST = 32
STANZA = rb"-> [\x21-\x7e]+(?: [\x21-\x7e]+)*\n(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n"
HEADER = re.compile(rb"age-encryption\.org/v1\n(?:" + STANZA + rb")+--- [A-Za-z0-9+/]{43}\n")
NOT_AGE = _("Phần gửi lên không phải là tin đã khoá đúng cách.")


@dataclass(frozen=True)
class AgeFile:
    """`header` is bytes; `payload` may be a view of a larger buffer, so that megabytes aren't copied."""

    header: bytes
    payload: bytes | memoryview

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.payload).hexdigest()

    @classmethod
    def read(cls, sealed: bytes | bytearray | memoryview) -> "AgeFile":
        """Raises Malformed (`not_age`) unless it begins with a header of age v1 for X25519 and a payload follows."""
        view = memoryview(sealed)
        length = header_length(bytes(view[:HEADER_MOST]))
        if length == 0 or len(view) - length < PAYLOAD_LEAST:
            raise Malformed(NOT_AGE, "not_age")
        return cls(bytes(view[:length]), view[length:])


def header_length(start: bytes) -> int:
    """Length of the age header that `start` begins with; 0 if there is none or no X25519 stanza in it."""
    found = HEADER.match(start)
    if found is None or b"\n-> X25519 " not in found.group():
        return 0
    return found.end()


def is_for_one(header: bytes) -> bool:
    """Whether this is an age header and nothing else, sealed to one X25519 recipient."""
    return is_header(header) and header.count(b"\n-> ") == 1


def is_header(header: bytes) -> bool:
    """Whether this is an age header and nothing else."""
    return len(header) <= HEADER_MOST and 0 < header_length(header) == len(header)
