"""Quarters and years, as figures are asked for: "2025-Q3" or "2025". A quarter's number is year * 10 + quarter, as in `Counted`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

FORM = re.compile(r"([0-9]{4})(?:-Q([1-4]))?", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2020, 2099
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


class NoPeriod(ValueError):
    """There is no such quarter or year, or none that anything could have been counted in."""


@dataclass(frozen=True, order=True)
class Period:
    """`quarter` 0 is the whole year."""

    year: int
    quarter: int = 0

    @property
    def code(self) -> str:
        return f"{self.year}-Q{self.quarter}" if self.quarter else str(self.year)

    @property
    def title(self) -> str:
        words = {"quarter": ROMAN.get(self.quarter, ""), "year": self.year}
        return _("quý %(quarter)s năm %(year)s") % words if self.quarter else _("năm %(year)s") % words

    @property
    def short(self) -> str:
        return f"{ROMAN[self.quarter]}/{self.year}" if self.quarter else str(self.year)

    @property
    def first(self) -> date:
        return date(self.year, (self.quarter or 1) * 3 - 2, 1)

    @property
    def last(self) -> date:
        following = date(self.year + 1, 1, 1) if self.quarter in (0, 4) else date(self.year, self.quarter * 3 + 1, 1)
        return following - timedelta(days=1)

    @property
    def quarters(self) -> tuple["Period", ...]:
        return (self,) if self.quarter else tuple(Period(self.year, number) for number in range(1, 5))

    @property
    def number(self) -> int:
        """Of a quarter."""
        return self.year * 10 + self.quarter

    def before(self) -> "Period":
        """The quarter before this one."""
        return Period(self.year, self.quarter - 1) if self.quarter > 1 else Period(self.year - 1, 4)


def read(text: str) -> Period:
    """Raises NoPeriod for anything but a quarter or year from 2020 to 2099."""
    found = FORM.fullmatch(text)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise NoPeriod(text)
    return Period(int(found[1]), int(found[2] or 0))


def quarter_of(day: date) -> Period:
    return Period(day.year, (day.month + 2) // 3)


def quarters(first: Period, last: Period) -> Iterator[Period]:
    """From one quarter to another, both included."""
    at = last
    found = []
    while at >= first:
        found.append(at)
        at = at.before()
    return reversed(found)
