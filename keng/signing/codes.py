"""The code on a document: 80 random bits in base32 that forgives typing (Crockford: no I, L, O or U), in four groups of four."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4
# As people read them off paper.
MISREAD = str.maketrans("OILU", "011V")
# Longer than this nobody types a code, however many spaces are between.
MOST = 60


def new() -> str:
    code = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    return grouped(code)


def grouped(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def read(typed: str) -> str:
    """The code as it is kept, from what somebody typed: any case, with or without groups, O for 0, I or L for 1; "" if it can't be one."""
    if len(typed) > MOST:
        return ""
    code = "".join(char for char in typed.upper() if char.isascii() and char.isalnum()).translate(MISREAD)
    return grouped(code) if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""
