"""The sealing side of the protocol (`docs/sealed-mailbox.md` sections 3-5), for the plain path and for tests.

Nothing here reads or writes the database, and nothing keeps what it is given.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import tarfile
import unicodedata
from dataclasses import dataclass
from typing import Any

import pyrage
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ROUNDS = 600_000
SALT = b"keng/receipt/1"
TEXT_FLOOR = 2048
MEDIA_NAMES = ("photo.jpg", "photo.webp", "voice.webm", "voice.ogg", "voice.m4a", "voice.wav")
BLOCK = 512
TAR_MOST = 16 * 1024 * 1024  # bytes
ENTRIES_MOST = 8
ENTRY_NAME = re.compile(rb"[a-z0-9.]{1,40}")
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class ReceiptError(ValueError):
    """The typed receipt can't be one; `kind` is "letters", "length" or "check", the message the sentence for the person."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class PartError(ValueError):
    """What was opened is not a part."""


def b64u(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    """Raises ValueError on anything but base64url without padding."""
    if len(text) % 4 == 1 or not set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"):
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def make_receipt() -> str:
    """24 digits: 22 random, 2 that make the whole 1 mod 97 (ISO 7064)."""
    return with_check(secrets.randbelow(10**22))


def with_check(number: int) -> str:
    """A number of at most 22 digits as a receipt."""
    return f"{number:022d}{98 - number * 100 % 97:02d}"


def read_receipt(typed: str) -> str:
    """The 24 digits of a typed receipt; spaces and dashes are dropped, full-width digits folded."""
    folded = unicodedata.normalize("NFKC", typed)
    digits = "".join(char for char in folded if not char.isspace() and unicodedata.category(char) != "Pd")
    if not digits.isascii() or not digits.isdigit():
        raise ReceiptError("letters", "Mã chỉ gồm các chữ số. Bà con xem lại rồi gõ lại.")
    if len(digits) != 24:
        raise ReceiptError("length", f"Mã có 24 chữ số, bà con mới gõ {len(digits)} chữ số.")
    if int(digits) % 97 != 1:
        raise ReceiptError("check", "Có chữ số gõ nhầm. Bà con xem lại từng nhóm bốn số.")
    return digits


@dataclass(frozen=True)
class ReceiptKeys:
    """The independent keys that a receipt gives: bytes of 32, `thread` hex of 64, `identity` and `reply` age strings."""

    token: bytes
    thread: str
    identity: str
    reply: str
    pin_key: bytes
    log_tag: bytes
    secret: bytes


def derive(receipt: str) -> ReceiptKeys:
    """Takes the 24 digits; costs 600,000 rounds of PBKDF2 (about 0.2 s)."""
    return keys_from(hashlib.pbkdf2_hmac("sha256", receipt.encode(), SALT, ROUNDS))


def keys_from(master: bytes) -> ReceiptKeys:
    """The keys that 32 bytes give. Random ones serve a report whose receipt nobody will ever hold."""
    token, scalar = _hkdf(master, "token"), _hkdf(master, "identity")
    identity = age_identity(scalar)
    return ReceiptKeys(
        token=token,
        thread=hashlib.sha256(token).hexdigest(),
        identity=identity,
        reply=str(pyrage.x25519.Identity.from_str(identity).to_public()),
        pin_key=_hkdf(master, "pin"),
        log_tag=_hkdf(master, "log"),
        secret=_hkdf(master, "thread"),
    )


def _hkdf(master: bytes, name: str) -> bytes:
    """HKDF-SHA256 (RFC 5869) with an empty salt: 32 bytes."""
    return HKDF(hashes.SHA256(), 32, None, b"keng/1/" + name.encode()).derive(master)


def age_identity(scalar: bytes) -> str:
    """A 32-byte X25519 scalar as `AGE-SECRET-KEY-1…` (bech32, BIP 173)."""
    words = _to_base32(scalar)
    values = [*(ord(c) >> 5 for c in "age-secret-key-"), 0, *(ord(c) & 31 for c in "age-secret-key-"), *words]
    check = _polymod([*values, 0, 0, 0, 0, 0, 0]) ^ 1
    words += [(check >> 5 * (5 - i)) & 31 for i in range(6)]
    return ("age-secret-key-1" + "".join(BECH32[word] for word in words)).upper()


def _to_base32(raw: bytes) -> list[int]:
    bits = int.from_bytes(raw, "big") << (-len(raw) * 8 % 5)
    count = -(-len(raw) * 8 // 5)
    return [(bits >> 5 * (count - 1 - i)) & 31 for i in range(count)]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if (top >> i) & 1 else 0
    return check


def split(sealed: bytes) -> tuple[bytes, bytes]:
    """An age file as (header, payload); the header ends with the line that begins `--- `. Raises PartError."""
    mark = sealed.find(b"\n--- ")
    end = sealed.find(b"\n", mark + 1) + 1
    if mark < 0 or end == 0:
        raise PartError("no age header")
    return sealed[:end], sealed[end:]


def digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


@dataclass(frozen=True)
class OpenedPart:
    """A part as read: its `part.json`, its one file or None, and whether its MAC failed (`foreign`)."""

    json: dict[str, Any]
    name: str
    body: bytes
    foreign: bool


def seal_part(
    *,
    json_part: dict[str, Any],
    name: str,
    body: bytes,
    thread: str,
    recipients: list[str],
    secret: bytes | None = None,
) -> bytes:
    """Builds, pads and seals one part. `secret` is the thread secret for every part but the first, which carries it in `json_part`."""
    entries = [("part.json", json.dumps(json_part, ensure_ascii=False, separators=(",", ":")).encode())]
    if name:
        entries.append((name, body))
    if secret is not None:
        mac = part_mac(
            secret=secret, thread=thread, sender=json_part["from"], index=json_part["index"], entries=entries
        )
        entries.append(("mac", mac.encode()))
    tar = pad(entries, media=name in MEDIA_NAMES)
    sealed: bytes = pyrage.encrypt(tar, [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients])
    return sealed


def part_mac(*, secret: bytes, thread: str, sender: str, index: int, entries: list[tuple[str, bytes]]) -> str:
    content = b"".join(name.encode() + b"\0" + str(len(data)).encode() + b"\0" + data for name, data in entries)
    message = f"keng/part/1\n{thread}\n{sender}\n{index}\n{hashlib.sha256(content).hexdigest()}"
    return hmac.new(secret, message.encode(), "sha256").hexdigest()


def open_part(
    *, sealed: bytes, identity: str, thread: str, sender: str, index: int, secret: bytes | None = None
) -> OpenedPart:
    """Opens a part and checks that it is what the server said it is. Raises PartError when it is no part at all."""
    try:
        tar = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)])
    except pyrage.DecryptError as error:
        raise PartError("can't be opened with this key") from error
    entries = _untar(tar)
    content = [(name, data) for name, data in entries if name not in ("mac", "padding")]
    found = dict(entries)
    try:
        parsed = json.loads(found["part.json"])
        said = (parsed["from"], parsed["index"])
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise PartError("no part.json") from error
    if secret is not None:
        expected = part_mac(secret=secret, thread=thread, sender=sender, index=index, entries=content)
        foreign = not hmac.compare_digest(expected.encode(), found.get("mac", b"")) or said != (sender, index)
    else:
        foreign = said != (sender, index)
    name, body = content[1] if len(content) > 1 else ("", b"")
    return OpenedPart(json=parsed, name=name, body=body, foreign=foreign)


def pad(entries: list[tuple[str, bytes]], *, media: bool) -> bytes:
    """The tar of the entries, padded: Padmé with a floor of 2 KiB for text, a power of two for media."""
    bare = sum(512 + -(-len(data) // 512) * 512 for _name, data in entries) + 512 + 1024
    target = max(_power_of_two(bare) if media else padme(bare), TEXT_FLOOR)
    target = -(-target // 512) * 512
    return _tar([*entries, ("padding", bytes(target - bare))])


def padme(length: int) -> int:
    """Padmé (PURBs, 2019): at most 12% more, and log log n bits told."""
    exponent = length.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << max(low_bits, 0)) - 1
    return (length + mask) & ~mask


def _power_of_two(length: int) -> int:
    return 1 << (length - 1).bit_length()


def _tar(entries: list[tuple[str, bytes]]) -> bytes:
    out = bytearray()
    for name, data in entries:
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(data), 0o600
        out += info.tobuf(format=tarfile.USTAR_FORMAT) + data + bytes(-len(data) % 512)
    return bytes(out) + bytes(1024)


def _untar(raw: bytes) -> list[tuple[str, bytes]]:
    """The entries in order, as browsers read them: a small plain ustar with each name once. Raises PartError.

    Our own reader, for Python's honours what others have added to tar: a sparse file of 2 KB that unpacks to gigabytes.
    """
    if len(raw) % BLOCK or len(raw) > TAR_MOST:
        raise PartError("tar: length")
    entries: dict[str, bytes] = {}
    at = 0
    while at < len(raw) and raw[at]:
        name, size = _tar_header(raw[at : at + BLOCK])
        start = at + BLOCK
        at = start + -(-size // BLOCK) * BLOCK
        if at > len(raw) or name in entries or len(entries) == ENTRIES_MOST:
            raise PartError("tar: cut short, a name twice or too many")
        entries[name] = raw[start : start + size]
    if at + 2 * BLOCK > len(raw):
        raise PartError("tar: no end")
    return list(entries.items())


def _tar_header(block: bytes) -> tuple[str, int]:
    """Name and size in bytes of a plain file."""
    if _octal(block[148:156]) != sum(block[:148]) + 8 * 32 + sum(block[156:]):
        raise PartError("tar: checksum")
    name = block[:100].rstrip(b"\0")
    if block[156] not in b"0\0" or not ENTRY_NAME.fullmatch(name):
        raise PartError("tar: not a plain file")
    return name.decode(), _octal(block[124:136])


def _octal(field: bytes) -> int:
    digits = field.rstrip(b"\0 ")
    if not digits or digits.strip(b"01234567"):
        raise PartError("tar: not a number")
    return int(digits, 8)


def pin_record(*, pin_key: bytes, box: str, root: str, seq: int, parts: list[str], hour: str = "") -> tuple[str, str]:
    """The pin record's text and MAC (section 5). `hour` is the first part's; "" goes on with a record that has none."""
    sent = {"hour": hour} if hour else {}
    text = json.dumps({"v": 1, "box": box, "root": root, "seq": seq, **sent, "parts": parts}, separators=(",", ":"))
    return text, hmac.new(pin_key, b"keng/pin/1\n" + text.encode(), "sha256").hexdigest()


def fingerprint(root: bytes) -> str:
    """Of a raw P-256 public key (65 bytes): 26 characters of Crockford base32 of its SHA-256 (130 bits)."""
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    return "".join(alphabet[word] for word in _to_base32(hashlib.sha256(root).digest())[:26])
