"""What a form consists of: pages, on them fields of a few kinds, headings and notes. Pure values; nothing here knows JSON or HTML."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    PERSONAL_ID = "personal_id"
    PHONE = "phone"
    EMAIL = "email"
    YES_NO = "yes_no"
    PLEDGE = "pledge"
    ONE = "one"
    SEVERAL = "several"
    GROUP = "group"
    ROWS = "rows"
    FILE = "file"


LABELS: dict[Kind, str | Promise] = {
    Kind.TEXT: _("Chữ, một dòng"),
    Kind.LONG: _("Chữ, nhiều dòng"),
    Kind.NUMBER: _("Số"),
    Kind.DECIMAL: _("Số có phần lẻ"),
    Kind.MONEY: _("Số tiền (đồng)"),
    Kind.DATE: _("Ngày"),
    Kind.PERSONAL_ID: _("Số định danh cá nhân"),
    Kind.PHONE: _("Số điện thoại"),
    Kind.EMAIL: _("Thư điện tử"),
    Kind.YES_NO: _("Có hoặc không"),
    Kind.PLEDGE: _("Ô cam đoan phải đánh dấu"),
    Kind.ONE: _("Chọn một"),
    Kind.SEVERAL: _("Chọn nhiều"),
    Kind.GROUP: _("Thông tin một người (nhóm ô)"),
    Kind.ROWS: _("Danh sách người (thêm được nhiều)"),
    Kind.FILE: _("Tệp gửi kèm"),
}
HOLDERS = frozenset({Kind.GROUP, Kind.ROWS})
CHOOSERS = frozenset({Kind.ONE, Kind.SEVERAL})
DECIDERS = frozenset({Kind.YES_NO, Kind.ONE, Kind.SEVERAL})  # whose answer may show or hide another field

MOST_FIELDS = 150
MOST_PAGES = 20
MOST_CHOICES = 100
MOST_ROWS = 30
MOST_FILES = 10
MOST_MEGABYTES = 5
LONGEST_NAME = 40
LONGEST_LABEL = 200
LONGEST_HELP = 600
LONGEST_NOTE = 2000
LONGEST_TEXT = 200
LONGEST_LONG = 5000
LARGEST = 10**15
MEDIA = ("application/pdf", "image/jpeg", "image/png")


@dataclass(frozen=True)
class Condition:
    """The field is asked for when the one called `field`, earlier beside it, answers one of `values` (true and false of a yes or no)."""

    field: str
    values: tuple[str | bool, ...]

    def met(self, answers: dict[str, Any]) -> bool:
        given = answers.get(self.field)
        chosen = given if isinstance(given, list) else [given]
        return any(type(one) is type(value) and one == value for one in chosen for value in self.values)


@dataclass(frozen=True)
class Field:
    """`low` and `high`: of text in characters, of numbers in value, of rows in rows, of files in files (None: the kind's own limit).

    `choices` are (value, words); `fields` those of a group or of each row, `row` what one row is called; `autocomplete` the HTML token.
    Of dates `dates` is "past" (not after today), "coming" (not before) or "". Of files: `accept` media types, `megabytes` for each.
    """

    name: str
    kind: Kind
    label: str
    help: str = ""
    required: bool = False
    low: int | None = None
    high: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    when: Condition | None = None
    fields: tuple["Field", ...] = ()
    row: str = ""
    autocomplete: str = ""
    dates: str = ""
    accept: tuple[str, ...] = MEDIA
    megabytes: int = MOST_MEGABYTES

    @property
    def most(self) -> int:
        """The upper limit in force, as `high`, where the kind has one."""
        return self.high if self.high is not None else LIMITS.get(self.kind, LARGEST)

    @property
    def least(self) -> int:
        """How many rows or files there must be; fewer only if none is asked for."""
        return max(self.low or 0, int(self.required))


LIMITS = {
    Kind.TEXT: LONGEST_TEXT,
    Kind.LONG: LONGEST_LONG,
    Kind.ROWS: MOST_ROWS,
    Kind.FILE: MOST_FILES,
}


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Note:
    text: str


Item = Field | Heading | Note


@dataclass(frozen=True)
class Page:
    """One step of the form: `items` in the order in which they stand."""

    title: str
    help: str = ""
    items: tuple[Item, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(item for item in self.items if isinstance(item, Field))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(field.name for field in self.fields)

    @property
    def files(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.kind is Kind.FILE)


def all_fields(pages: Iterable[Page]) -> Iterator[Field]:
    """The fields of the form itself, page by page; what stands in groups and rows is theirs."""
    return (field for page in pages for field in page.fields)


def every_field(fields: Iterable[Field], before: str = "") -> Iterator[tuple[str, Field]]:
    """Each field with its path (`members.name`), those in groups and rows too."""
    for field in fields:
        yield before + field.name, field
        yield from every_field(field.fields, f"{before}{field.name}.")
