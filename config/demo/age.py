"""Two things that officers' browsers do with age files and that pyrage can't (age v1, https://age-encryption.org/v1).

Sealing by a passphrase at a chosen work factor: pyrage picks log N by the speed of the machine it runs on (20 on a server), which
takes an old desk computer half a minute and a gigabyte to open; browsers write 16 (docs/sealed-mailbox.md section 9).
Rewrapping a header round the same file key: forwarding (section 10). For the demo and the tests; no server code uses it.
"""

import hmac
import re
import secrets
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from keng.mailbox.sealing import BECH32

VERSION = "age-encryption.org/v1"
LOG_N = 16
CHUNK = 64 * 1024
LAST_CHUNK = bytes(11) + b"\x01"
STANZA = re.compile(r"^-> X25519 (\S{43})\n(\S{43})\n", re.MULTILINE)


def seal_with_passphrase(passphrase: str, data: bytes, *, log_n: int = LOG_N) -> bytes:
    """A binary age file with one scrypt stanza. `data` is at most one chunk (64 KiB): a key is 75 bytes."""
    if len(data) > CHUNK:
        raise ValueError("longer than one chunk")
    file_key, salt, nonce = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(16)
    scrypt = Scrypt(salt=f"{VERSION}/scrypt".encode() + salt, length=32, n=2**log_n, r=8, p=1)
    header = _header(
        file_key, [f"-> scrypt {_b64(salt)} {log_n}\n{_wrap(scrypt.derive(passphrase.encode()), file_key)}"]
    )
    payload = ChaCha20Poly1305(_hkdf(file_key, nonce, "payload")).encrypt(LAST_CHUNK, data, None)
    return header + nonce + payload


def rewrap(header: bytes, identity: str, recipients: list[str]) -> bytes:
    """A new header for `recipients` round the file key that `identity` finds in `header`. Raises ValueError if it finds none."""
    file_key = _file_key(header, _bech32_bytes(identity))
    return _header(file_key, [_x25519(_bech32_bytes(recipient), file_key) for recipient in recipients])


def _file_key(header: bytes, scalar: bytes) -> bytes:
    private = X25519PrivateKey.from_private_bytes(scalar)
    public = private.public_key().public_bytes_raw()
    for share, wrapped in STANZA.findall(header.decode()):
        ephemeral = _unb64(share)
        shared = private.exchange(X25519PublicKey.from_public_bytes(ephemeral))
        try:
            key = _hkdf(shared, ephemeral + public, f"{VERSION}/X25519")
            return ChaCha20Poly1305(key).decrypt(bytes(12), _unb64(wrapped), None)
        except InvalidTag:
            continue
    raise ValueError("sealed to nobody with this identity")


def _x25519(recipient: bytes, file_key: bytes) -> str:
    private = X25519PrivateKey.generate()
    share = private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(recipient))
    return f"-> X25519 {_b64(share)}\n{_wrap(_hkdf(shared, share + recipient, f'{VERSION}/X25519'), file_key)}"


def _header(file_key: bytes, stanzas: list[str]) -> bytes:
    text = "\n".join([VERSION, *stanzas, "---"])
    return f"{text} {_b64(hmac.digest(_hkdf(file_key, b'', 'header'), text.encode(), 'sha256'))}\n".encode()


def _wrap(key: bytes, file_key: bytes) -> str:
    return _b64(ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None))


def _hkdf(key: bytes, salt: bytes, info: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info.encode()).derive(key)


def _b64(raw: bytes) -> str:
    """Standard base64 without padding; all that is written here is shorter than a line of 64 characters."""
    return b64encode(raw).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4))


def _bech32_bytes(text: str) -> bytes:
    """The 32 bytes of `age1…` or `AGE-SECRET-KEY-1…`; the checksum (six characters) was checked by whoever made it."""
    words = text.lower().rpartition("1")[2][:-6]
    number = 0
    for word in words:
        number = number << 5 | BECH32.index(word)
    return (number >> (len(words) * 5 - 256)).to_bytes(32, "big")
