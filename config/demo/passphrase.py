"""An age file sealed by a passphrase at a chosen work factor (age v1 specification, https://age-encryption.org/v1).

pyrage picks the factor by the speed of the machine it runs on (log N 20 on a server), which takes an old desk computer half a
minute and a gigabyte to open. Officers' browsers write log N 16 (docs/sealed-mailbox.md section 9); the demo's officers, who
have no browser while the demo is set up, get the same from here. Any age opens it; tests hold that.
"""

import hmac
import secrets
from base64 import b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

LOG_N = 16
CHUNK = 64 * 1024
LAST_CHUNK = bytes(11) + b"\x01"


def seal_with_passphrase(passphrase: str, data: bytes, *, log_n: int = LOG_N) -> bytes:
    """A binary age file with one scrypt stanza. `data` is at most one chunk (64 KiB): a key is 75 bytes."""
    if len(data) > CHUNK:
        raise ValueError("longer than one chunk")
    file_key, salt, nonce = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(16)
    scrypt = Scrypt(salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=2**log_n, r=8, p=1)
    wrapped = ChaCha20Poly1305(scrypt.derive(passphrase.encode())).encrypt(bytes(12), file_key, None)
    header = f"age-encryption.org/v1\n-> scrypt {_b64(salt)} {log_n}\n{_b64(wrapped)}\n---".encode()
    mac = hmac.digest(_hkdf(file_key, b"", b"header"), header, "sha256")
    payload = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload")).encrypt(LAST_CHUNK, data, None)
    return header + f" {_b64(mac)}\n".encode() + nonce + payload


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info).derive(key)


def _b64(raw: bytes) -> str:
    """Standard base64 without padding; all that is written here is shorter than a line of 64 characters."""
    return b64encode(raw).rstrip(b"=").decode()
