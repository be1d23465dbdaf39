"""What the public log holds of an entry: a leaf of 48 bytes, from which nobody without the salt learns anything.

leaf = tag || commitment
tag = first 16 bytes of SHA-256("keng/leaf/1" || 0x0a || salt), by which a receipt, whose log tag is the salt, finds its report's leaf
commitment = SHA-256(salt || entry), the entry in its canonical form
"""

from hashlib import sha256

SALT_BYTES = 32
TAG_BYTES = 16
LEAF_BYTES = TAG_BYTES + 32


def tag_of(salt: bytes) -> bytes:
    return sha256(b"keng/leaf/1\n" + salt).digest()[:TAG_BYTES]


def leaf_of(salt: bytes, canonical: bytes) -> bytes:
    """`salt` has SALT_BYTES; `canonical` is `Entry.canonical()`."""
    return tag_of(salt) + sha256(salt + canonical).digest()
