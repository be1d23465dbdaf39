"""Whether a browser holds an identity: it hands back a random word that was sealed to the recipient. Nothing is stored."""

import secrets
from datetime import timedelta
from hashlib import sha256

import pyrage
from django.core import signing
from django.utils.crypto import constant_time_compare


def ask(recipient: str, about: list[object], *, salt: str) -> tuple[bytes, str]:
    """A word sealed to `recipient`, and a signed token to hand back with the word: good for `about` and for nothing else."""
    word = secrets.token_urlsafe(32)
    sealed = pyrage.encrypt(word.encode(), [pyrage.x25519.Recipient.from_str(recipient)])
    return sealed, signing.dumps([about, _hash(word)], salt=salt)


def is_proven(token: str, word: str, about: list[object], *, salt: str, holds: timedelta) -> bool:
    try:
        asked_about, expected = signing.loads(token, salt=salt, max_age=holds)
    except (signing.BadSignature, ValueError):
        return False
    return constant_time_compare(_hash(word), expected) and asked_about == about


def _hash(word: str) -> str:
    return sha256(word.encode()).hexdigest()
