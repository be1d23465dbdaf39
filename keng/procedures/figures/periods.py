"""Months, quarters and years, as figures are asked for: "2026-11", "2026-Q4", "2026". A month is a number, 202611, as in `DossierTally`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

FORM = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2020, 2099
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


class NoPeriod(ValueError):
    """There is no such month, quarter or year, or none in which anything could have been counted."""


@dataclass(frozen=True)
class Period:
    """From the month `start` through the month `end`, as numbers: 202610, 202612. `code` is how the address names it."""

    code: str
    start: int
    end: int

    @property
    def title(self) -> str:
        year, quarter, month = self._said
        if month:
            return _("tháng %(month)s năm %(year)s") % {"month": month, "year": year}
        if quarter:
            return _("quý %(quarter)s năm %(year)s") % {"quarter": ROMAN[quarter], "year": year}
        return _("năm %(year)s") % {"year": year}

    @property
    def _said(self) -> tuple[int, int, int]:
        found = FORM.fullmatch(self.code)
        assert found is not None  # noqa: S101 - `read` made it
        return int(found[1]), int(found[2] or 0), int(found[3] or 0)

    @property
    def first(self) -> date:
        return day_of(self.start)

    @property
    def last(self) -> date:
        return day_of(after(self.end)) - timedelta(days=1)


def read(text: str) -> Period:
    """Raises NoPeriod for anything but a month, quarter or year from 2020 to 2099."""
    found = FORM.fullmatch(text)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise NoPeriod(text)
    year, quarter, month = int(found[1]) * 100, int(found[2] or 0), int(found[3] or 0)
    if month:
        return Period(text, year + month, year + month)
    return Period(text, year + quarter * 3 - 2, year + quarter * 3) if quarter else Period(text, year + 1, year + 12)


def month_of(day: date) -> int:
    return day.year * 100 + day.month


def day_of(month: int) -> date:
    """The first of a month."""
    return date(month // 100, month % 100, 1)


def after(month: int) -> int:
    return month + 1 if month % 100 < 12 else month + 89


def before(month: int) -> int:
    return month - 1 if month % 100 > 1 else month - 89


def months(first: int, last: int) -> Iterator[int]:
    """From one month to another, both included."""
    while first <= last:
        yield first
        first = after(first)


def choices(first: int, last: int) -> list[Period]:
    """All that lies between two months, newest first: each year, its quarters, its months."""
    found: list[str] = []
    for month in months(first, last):
        year, number = divmod(month, 100)
        for code in (f"{year}-{number:02}", f"{year}-Q{(number + 2) // 3}", f"{year}"):
            if code not in found:
                found.append(code)
    periods = [read(code) for code in found]
    return sorted(periods, key=lambda one: (one.end // 100, one.end, one.end - one.start), reverse=True)
