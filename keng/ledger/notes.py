"""Signed notes, checkpoints and cosignatures, as C2SP has them: signed-note, tlog-checkpoint, tlog-cosignature (v1). Pure functions.

A note is a text, an empty line, and a line for each signature: `— name base64(key id || signature)`. A log signs the text itself
(Ed25519, type 0x01); a witness signs the text under a line with the time in seconds (cosignature/v1, type 0x04).
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG, WITNESS = 0x01, 0x04  # types of keys, C2SP signed-note
ID_BYTES, KEY_BYTES, SIGNATURE_BYTES, TIME_BYTES = 4, 32, 64, 8
MOST_SIGNATURES = 100
DASH = "\N{EM DASH} "
_NAME = re.compile(r"[^\s+]{1,120}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteMalformed(ValueError):
    """Not a note, a checkpoint or a verifier key at all."""


class SignatureFailed(ValueError):
    """The note is well formed, and its signature is missing or wrong."""


@dataclass(frozen=True)
class Verifier:
    """A public key with its name: `vkey` is what is published and pinned."""

    name: str
    type: int
    key: bytes

    @property
    def id(self) -> bytes:
        return sha256(f"{self.name}\n".encode() + bytes([self.type]) + self.key).digest()[:ID_BYTES]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.type]) + self.key).decode()}"

    @classmethod
    def read(cls, vkey: str) -> Self:
        """Raises NoteMalformed, also for an id that is not this key's."""
        parts = vkey.split("+", 2)
        if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
            raise NoteMalformed("a verifier key is name+id+base64")
        raw = unb64(parts[2])
        if len(raw) != 1 + KEY_BYTES or raw[0] not in (LOG, WITNESS):
            raise NoteMalformed("a verifier key of a kind that is not known here")
        found = cls(parts[0], raw[0], raw[1:])
        if found.id.hex() != parts[1]:
            raise NoteMalformed("the id of a verifier key is not that of its name and key")
        return found


@dataclass(frozen=True)
class Signer:
    """A private key with its name."""

    name: str
    key: Ed25519PrivateKey
    type: int = LOG

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise NoteMalformed("the name of a key has no blank and no plus, and at most 120 characters")

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.type, self.key.public_key().public_bytes_raw())

    def line(self, text: str, *, time: int = 0) -> str:
        """The signature line under `text`. A witness says its time, in seconds since 1970."""
        if self.type == LOG:
            return _line(self.verifier, self.key.sign(text.encode()))
        return _line(self.verifier, time.to_bytes(TIME_BYTES) + self.key.sign(_cosigned(text, time)))


@dataclass(frozen=True)
class Signature:
    """One signature line, taken apart; `signed` is what follows the key id."""

    name: str
    id: bytes
    signed: bytes

    @property
    def line(self) -> str:
        return f"{DASH}{self.name} {b64encode(self.id + self.signed).decode()}\n"


@dataclass(frozen=True)
class Note:
    """`text` ends with a newline, which is signed too."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(one.line for one in self.signatures)}"


@dataclass(frozen=True)
class Head:
    """What a checkpoint says: which log, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def sign(text: str, *signers: Signer) -> str:
    """The signed note. `text` ends with a newline; raises NoteMalformed for one that can't be signed."""
    _check_text(text)
    return f"{text}\n{''.join(signer.line(text) for signer in signers)}"


def read(note: str) -> Note:
    """Takes a note apart; what it says is believed by nobody before `verify`. Raises NoteMalformed."""
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise NoteMalformed("a note is a text, an empty line and signature lines")
    _check_text(text + "\n")
    signatures = tuple(_read_line(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MOST_SIGNATURES:
        raise NoteMalformed(f"more than {MOST_SIGNATURES} signatures")
    return Note(text + "\n", signatures)


def read_head(text: str) -> Head:
    """A checkpoint's text: origin, size, root; extension lines are allowed and not looked at. Raises NoteMalformed."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1]:
        raise NoteMalformed("a checkpoint is three lines: origin, size, root")
    if not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise NoteMalformed("a checkpoint says its log's name and its size, in decimal digits")
    root = unb64(lines[2])
    if len(root) != 32:
        raise NoteMalformed("the root of a checkpoint has 32 bytes")
    return Head(lines[0], int(lines[1]), root)


def verify(note: Note, by: Verifier) -> int:
    """Checks the signature that `by` made. Returns a witness's time in seconds since 1970, 0 for a log. Raises SignatureFailed."""
    for signature in _made_by(note, by):
        return _verify_one(note.text, signature, by)
    raise SignatureFailed(f"there is no signature of {by.name}")


def _verify_one(text: str, signature: Signature, by: Verifier) -> int:
    time_bytes = TIME_BYTES if by.type == WITNESS else 0
    if len(signature.signed) != time_bytes + SIGNATURE_BYTES:
        raise SignatureFailed(f"the signature of {by.name} has not the right length")
    time = int.from_bytes(signature.signed[:time_bytes])
    message = _cosigned(text, time) if by.type == WITNESS else text.encode()
    try:
        Ed25519PublicKey.from_public_bytes(by.key).verify(signature.signed[time_bytes:], message)
    except InvalidSignature:
        raise SignatureFailed(f"the signature of {by.name} is wrong") from None
    return time


def signed_by(note: Note, by: Verifier) -> bool:
    """Whether the note has a line that `by` seems to have made; whether it is right, `verify` says."""
    return any(True for _ in _made_by(note, by))


def _made_by(note: Note, by: Verifier) -> Iterator[Signature]:
    return (one for one in note.signatures if (one.name, one.id) == (by.name, by.id))


def unb64(text: str) -> bytes:
    """Standard base64 in its one canonical form. Raises NoteMalformed."""
    try:
        raw = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise NoteMalformed("not base64") from None
    if b64encode(raw).decode() != text:
        raise NoteMalformed("not base64 in its canonical form")
    return raw


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _line(by: Verifier, signed: bytes) -> str:
    return Signature(by.name, by.id, signed).line


def _read_line(line: str) -> Signature:
    name, gap, code = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not gap or not _NAME.fullmatch(name):
        raise NoteMalformed("a signature line is a dash, a name and base64")
    raw = unb64(code)
    if len(raw) <= ID_BYTES:
        raise NoteMalformed("a signature line without a signature")
    return Signature(name, raw[:ID_BYTES], raw[ID_BYTES:])


def _check_text(text: str) -> None:
    if not text.endswith("\n") or text == "\n":
        raise NoteMalformed("the text of a note ends with a newline")
    if any(character < " " and character != "\n" for character in text):
        raise NoteMalformed("a note has no control characters")
