"""The named formats of the dialect: what a value must look like, and how what people type becomes it. No regular expression backtracks."""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils import timezone
from jsonschema import FormatChecker

from keng.procedures.forms.fields import LONGEST_LONG, Field, Kind

PERSONAL_ID_DIGITS = 12
MOST_DIGITS = 15
KEPT_SPACES = {"\n", "\t"}
SEPARATORS = str.maketrans("", "", " .-  ")
OLDEST = date(1850, 1, 1)


def digits(text: str, least: int, most: int) -> bool:
    return least <= len(text) <= most and text.isascii() and text.isdigit()


def is_personal_id(value: object) -> bool:
    """12 digits; no check digit is published."""
    return not isinstance(value, str) or digits(value, PERSONAL_ID_DIGITS, PERSONAL_ID_DIGITS)


def is_phone(value: object) -> bool:
    """As people write it at home: 0 and 9 or 10 digits more; or + and 8 to 15."""
    if not isinstance(value, str):
        return True
    return (value.startswith("0") and digits(value, 10, 11)) or (value.startswith("+") and digits(value[1:], 8, 15))


def is_email(value: object) -> bool:
    """One @, something before, a dot after, nothing odd: whether it exists only a letter can tell."""
    if not isinstance(value, str):
        return True
    before, at, host = value.rpartition("@")
    plain = value.isascii() and value.isprintable() and not set(value) & set(" <>()[]\\,;:\"'")
    return bool(at and before and plain and "@" not in before) and "." in host.strip(".") and ".." not in value


def as_date(value: str) -> date | None:
    try:
        made = date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return None
    return made if made and made >= OLDEST else None


def is_date(value: object) -> bool:
    return not isinstance(value, str) or as_date(value) is not None


def is_past_date(value: object) -> bool:
    """Not after today."""
    return not isinstance(value, str) or ((made := as_date(value)) is not None and made <= timezone.localdate())


def is_coming_date(value: object) -> bool:
    """Not before today."""
    return not isinstance(value, str) or ((made := as_date(value)) is not None and made >= timezone.localdate())


def is_vnd(value: object) -> bool:
    """Whole đồng."""
    return not isinstance(value, int | float) or value == int(value)


def is_count(value: object) -> bool:
    return not isinstance(value, int | float) or value >= 0


FORMATS = FormatChecker(formats=())
for _name, _test in {
    "personal-id": is_personal_id,
    "phone": is_phone,
    "email": is_email,
    "date": is_date,
    "past-date": is_past_date,
    "coming-date": is_coming_date,
    "vnd": is_vnd,
    "files": is_count,
}.items():
    FORMATS.checks(_name)(_test)


# What people type


def plain(text: str, *, lines: bool = False) -> str:
    """Composed letters, no control characters or halves of pairs, no blanks at the ends; `lines` keeps line breaks."""
    text = unicodedata.normalize("NFC", text[: LONGEST_LONG * 2].replace("\r\n", "\n").replace("\r", "\n"))
    kept = (char for char in text if (lines and char in KEPT_SPACES) or unicodedata.category(char) not in ("Cc", "Cs"))
    joined = "".join(kept).strip()
    return joined if lines else " ".join(joined.split(" "))


def ascii_digits(text: str) -> str:
    """Full-width and other decimal digits as 0 to 9, full-width signs as ASCII."""
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char for char in unicodedata.normalize("NFKC", text)
    )


def number_of(text: str) -> int | str:
    """An integer, its thousands apart by dots or blanks (1.500.000); else the text as it was, for the check to refuse."""
    bare = ascii_digits(text).replace("−", "-")
    bare = bare.removesuffix("đ").removesuffix("₫").removesuffix("VND").strip()
    unsigned = bare.removeprefix("-")
    groups = re.split(r"[. ]", unsigned)
    apart = len(groups) > 1 and 0 < len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    joined = "".join(groups) if apart else unsigned
    if not digits(joined, 1, MOST_DIGITS):
        return text
    return -int(joined) if bare.startswith("-") else int(joined)


def decimal_of(text: str) -> int | float | str:
    """A number with a decimal comma or point."""
    whole = number_of(text)
    if isinstance(whole, int) and "." not in text:
        return whole
    bare = ascii_digits(text).replace(",", ".")
    before, _dot, after = bare.removeprefix("-").partition(".")
    if digits(before, 1, MOST_DIGITS) and digits(after, 1, 6):
        made = float(bare)
        return made if math.isfinite(made) else text
    return whole


def date_of(text: str) -> str:
    """ISO, from 4/5/1990, 04-05-1990, 04.05.1990, 04051990 or ISO; else the text as it was."""
    bare = ascii_digits(text).strip()
    parts = [bare[:2], bare[2:4], bare[4:]] if digits(bare, 8, 8) else re.split(r"[-/. ]", bare)
    if len(parts) != 3 or not all(digits(part, 1, 4) for part in parts):
        return text
    day, month, year = parts if len(parts[2]) == 4 else reversed(parts)
    return f"{year:0>4}-{month:0>2}-{day:0>2}" if len(year) == 4 and len(day) < 3 and len(month) < 3 else text


TYPED: dict[Kind, Callable[[str], Any]] = {
    Kind.NUMBER: number_of,
    Kind.DECIMAL: decimal_of,
    Kind.MONEY: number_of,
    Kind.DATE: date_of,
    Kind.PERSONAL_ID: lambda text: ascii_digits(text).translate(SEPARATORS),
    Kind.PHONE: lambda text: ascii_digits(text).translate(SEPARATORS).replace("(", "").replace(")", ""),
    Kind.EMAIL: lambda text: unicodedata.normalize("NFKC", text).replace(" ", ""),
}


def typed(field: Field, text: str) -> Any:
    """What somebody typed into a field, as the value that is kept: normalised where it is of the kind, else as it stands."""
    text = plain(text, lines=field.kind is Kind.LONG)
    if not text:
        return None
    return TYPED[field.kind](text) if field.kind in TYPED else text
