"""What one value of a published section may be: how it is called, what goes in, and how it is read wherever it comes from.

A value comes from a page's form (text), a workbook's cell (text, number, day) or JSON; `read` makes the same of each.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Says = str | Promise
THOUSANDS = re.compile(r"\d{1,3}([. ]\d{3})+")
DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
CODE = re.compile(r"[0-9A-Za-z]+([._-][0-9A-Za-z]+)*")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
YES, NO = ("có", "co", "x", "true", "1", "yes"), ("", "không", "khong", "false", "0", "no")


class Kind(Enum):
    LINE = auto()  # text without line breaks
    TEXT = auto()  # text with them
    WHOLE = auto()  # a whole number, `least` to `most`
    DAY = auto()  # a day, kept as ISO text
    CHOICE = auto()  # one of `choices`, by its value or its label
    FLAG = auto()  # yes or no
    CODE = auto()  # a procedure's national code
    SLUG = auto()  # what a field, a life event or a form is called in addresses
    SLUGS = auto()  # several of them


class Bad(Exception):
    """A value that can't be; `sentence` says what it should be."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Column:
    """`most` is characters, or the greatest number; `empty` is what an empty value means."""

    name: str
    label: Says
    kind: Kind = Kind.LINE
    most: int = 300
    least: int = 0
    required: bool = False
    choices: tuple[Any, ...] = ()  # pairs of value and label
    empty: Any = ""
    help: Says = ""

    def read(self, value: Any) -> Any:
        """`value` as it is kept. Raises Bad."""
        if value is None or (isinstance(value, str) and not value.strip()) or value == []:
            if self.required:
                raise Bad(_("Chưa điền."))
            return [] if self.kind is Kind.SLUGS else self.empty
        return READERS[self.kind](self, value)

    def shown(self, value: Any) -> str:
        """`value` as a person reads it, in a workbook's cell too."""
        if self.kind is Kind.CHOICE:
            return str(dict(self.choices).get(value, value))
        if self.kind is Kind.FLAG:
            return _("có") if value else _("không")
        if self.kind is Kind.SLUGS:
            return ", ".join(value)
        if self.kind is Kind.WHOLE and isinstance(value, int):
            return f"{value:,}".replace(",", ".")
        if self.kind is Kind.DAY and value:
            return date_format(date.fromisoformat(value), "d/m/Y")
        return "" if value is None else str(value)


def _words(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise Bad(_("Ô này phải là chữ."))
    text = unicodedata.normalize("NFC", str(value))
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") and char not in "\n\r\t" for char in text):
        raise Bad(_("Có ký tự lạ, không in ra được."))
    return text


def _short_enough(column: Column, text: str) -> str:
    if len(text) > column.most:
        raise Bad(_("Dài quá %(most)d ký tự.") % {"most": column.most})
    return text


def _line(column: Column, value: Any) -> str:
    return _short_enough(column, " ".join(_words(value).split()))


def _text(column: Column, value: Any) -> str:
    lines = [" ".join(line.split()) for line in _words(value).splitlines()]
    return _short_enough(column, re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())


def _whole(column: Column, value: Any) -> int:
    if isinstance(value, str):
        digits = value.strip()
        value = re.sub(r"[. ]", "", digits) if THOUSANDS.fullmatch(digits) else digits
        if not (value.isascii() and value.isdigit() and len(value) < 12):
            raise Bad(_no_whole(column))
    whole = float(value).is_integer() if isinstance(value, float) else isinstance(value, (int, str))
    if isinstance(value, bool) or not whole:
        raise Bad(_no_whole(column))
    if not column.least <= int(value) <= column.most:
        raise Bad(_("Phải từ %(least)d đến %(most)d.") % {"least": column.least, "most": column.most})
    return int(value)


def _no_whole(column: Column) -> str:
    """With an example that could stand there: hours are not said in thousands."""
    return _("Phải là số nguyên, ví dụ %(example)d.") % {"example": 15000 if column.most > 30_000 else 3}


def _day(_column: Column, value: Any) -> str:
    if isinstance(value, (datetime, date)):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    try:
        if isinstance(value, str) and (parts := DAY.fullmatch(value.strip())):
            return date(int(parts[3]), int(parts[2]), int(parts[1])).isoformat()
        return date.fromisoformat(value.strip() if isinstance(value, str) else "").isoformat()
    except ValueError:
        raise Bad(_("Không phải ngày; viết như 26/11/2024.")) from None


def _choice(column: Column, value: Any) -> Any:
    said = str(value).strip().casefold()
    for one, label in column.choices:
        if value == one or said in (str(one).casefold(), str(label).casefold()):
            return one
    raise Bad(
        _("Phải là một trong: %(choices)s.") % {"choices": "; ".join(str(label) for _one, label in column.choices)}
    )


def _flag(_column: Column, value: Any) -> bool:
    said = str(value).strip().casefold()
    if said not in (*YES, *NO):
        raise Bad(_("Phải là có hoặc không."))
    return said in YES


def _code(column: Column, value: Any) -> str:
    if not isinstance(value, str):
        raise Bad(_("Mã phải là chữ, không phải số: số làm mất các chữ số 0 ở cuối."))
    if not CODE.fullmatch(value.strip()) or len(value.strip()) > column.most:
        raise Bad(_("Mã chỉ gồm chữ không dấu, chữ số, dấu chấm và gạch, ví dụ 1.004222."))
    return value.strip()


def _slug(column: Column, value: Any) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value.strip()) or len(value.strip()) > column.most:
        raise Bad(_("Tên viết tắt chỉ gồm chữ thường không dấu, chữ số và gạch nối, ví dụ cu-tru."))
    return value.strip()


def _slugs(column: Column, value: Any) -> list[str]:
    parts = [part for part in re.split(r"[,;\s]+", value) if part] if isinstance(value, str) else value
    if not isinstance(parts, list):
        raise Bad(_("Phải là các tên viết tắt, cách nhau bằng dấu phẩy."))
    return sorted({_slug(column, part) for part in parts})


READERS = {
    Kind.LINE: _line,
    Kind.TEXT: _text,
    Kind.WHOLE: _whole,
    Kind.DAY: _day,
    Kind.CHOICE: _choice,
    Kind.FLAG: _flag,
    Kind.CODE: _code,
    Kind.SLUG: _slug,
    Kind.SLUGS: _slugs,
}
