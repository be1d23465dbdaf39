"""Names of units, villages and offices as people type them."""

import unicodedata

from django.utils.translation import gettext as _

from keng.core.text import fold

LONGEST = 120


class Refused(Exception):
    """What was asked can't be done. The message is one sentence for the person who asked; nothing was changed."""


def clean_name(text: str) -> str:
    """The name composed (NFC) and with single spaces; raises Refused for an empty, overlong or unprintable one."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") for char in name):
        raise Refused(_("Tên có ký tự lạ, không in ra được."))
    if not fold(name):
        raise Refused(_("Chưa có tên."))
    if max(len(name), len(fold(name))) > LONGEST:
        raise Refused(_("Tên dài quá %(limit)d ký tự.") % {"limit": LONGEST})
    return name


def clean_text(text: str, *, longest: int, what: str) -> str:
    """A short free text (an address, a decision's number) under the same rules, but it may be empty."""
    return _fitting(clean_name(text), longest, what) if text.strip() else ""


def _fitting(text: str, longest: int, what: str) -> str:
    if len(text) > longest:
        raise Refused(_("%(what)s dài quá %(limit)d ký tự.") % {"what": what, "limit": longest})
    return text
