"""What the server can tell of a key's age file without a key: that it is one, whole, sealed the right way, no larger than it should be.

The format: https://age-encryption.org/v1. Lengths are bytes.
"""

import re

import pyrage
from django.utils.translation import gettext_lazy as _

from keng.mailbox.agefile import AgeFile
from keng.mailbox.errors import Malformed, Refused

LONGEST = 8192
# Each more doubles what a guess of the passphrase costs, and what unlocking costs an old machine.
WORK_FACTOR = 16

STANZA_TYPE = re.compile(rb"^-> (\S+)", re.MULTILINE)
PASSPHRASE_HEADER = re.compile(
    rb"age-encryption\.org/v1\n-> scrypt [A-Za-z0-9+/]{22} %d\n[A-Za-z0-9+/]{43}\n--- [A-Za-z0-9+/]{43}\n" % WORK_FACTOR
)
SHORTEST_PAYLOAD = 32

NOT_A_RECIPIENT = _("Khoá công khai này không đúng dạng. Đồng chí tải lại trang rồi làm lại.")
NOT_AGE = _("Tệp khoá không đúng dạng hoặc bị cắt cụt. Đồng chí tải lại trang rồi làm lại.")
TOO_LARGE = _("Tệp khoá lớn hơn mức cho phép. Chưa có gì thay đổi.")


def check_recipient(text: str) -> str:
    """An age X25519 recipient, as it came. Raises Malformed."""
    try:
        sound = str(pyrage.x25519.Recipient.from_str(text)) == text
    except pyrage.RecipientError:
        sound = False
    if not sound:
        raise Malformed(NOT_A_RECIPIENT, "recipient")
    return text


def check_passphrase_file(sealed: bytes) -> bytes:
    """Sealed by a passphrase with the agreed work factor, as it came. Raises Refused."""
    _check_length(sealed)
    header = PASSPHRASE_HEADER.match(sealed)
    if header is None or len(sealed) - header.end() < SHORTEST_PAYLOAD:
        raise Malformed(NOT_AGE, "not_age")
    return sealed


def check_key_file(sealed: bytes) -> bytes:
    """Sealed to one X25519 recipient and nobody else, as it came. Raises Refused."""
    _check_length(sealed)
    try:
        header = AgeFile.read(sealed).header
    except Malformed as error:
        raise Malformed(NOT_AGE, "not_age") from error
    # Some writers add a stanza of nonsense that readers must skip.
    if [kind for kind in STANZA_TYPE.findall(header) if not kind.endswith(b"-grease")] != [b"X25519"]:
        raise Malformed(NOT_AGE, "not_age")
    return sealed


def _check_length(sealed: bytes) -> None:
    if len(sealed) > LONGEST:
        raise Refused("too_large", 413, TOO_LARGE)
