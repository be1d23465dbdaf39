"""What was asked for in the address of a page of figures, and what there is to choose from. Two queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils import timezone

from keng.accounts.permissions import offices
from keng.core.indicators import Asked
from keng.desk.figures.groups import FIRST, GROUPS
from keng.desk.figures.periods import NoPeriod, Period, quarter_of, quarters, read
from keng.desk.figures.table import Table
from keng.mailbox.models import Box
from keng.units.models import Office

PERM = "desk.see_figures"


class NoGroup(ValueError):
    """There is no such group of reports."""


@dataclass(frozen=True)
class Chosen:
    """`every` are the offices within reach, `office` the one that was asked for, if any."""

    every: list[Office]
    office: Office | None
    period: Period
    group: str
    today: Period

    @cached_property
    def boxes(self) -> list[Box]:
        """All that count: training boxes never."""
        return list(Box.objects.filter(office__in=[one.pk for one in self.every], training=False))

    @property
    def offices(self) -> list[Office]:
        return [self.office] if self.office else self.every

    @property
    def table(self) -> Table:
        return Table(self.offices, self.boxes, self.period, self.today)

    @property
    def periods(self) -> list[Period]:
        """Since the first of the boxes opened, newest first; each year before its quarters."""
        opened = [box.opened_on for box in self.boxes if box.opened_on]
        first = min([quarter_of(day) for day in opened] + [self.today, self.period.quarters[0]])
        found = list(quarters(first, max(self.today, self.period.quarters[-1])))
        return sorted({*found, *(Period(one.year) for one in found)}, key=lambda one: (-one.year, -(one.quarter or 5)))

    def asked_of(self, group: str) -> Asked:
        """What an indicator is asked; "" for all groups."""
        return Asked(tuple(office.pk for office in self.offices), self.period.first, self.period.last, group)

    def address(self, **other: str) -> str:
        """The part of an address after the question mark that asks for the same, but for `other`."""
        office = self.office.code if self.office else ""
        said = {"period": self.period.code, "office": office, "group": self.group, **other}
        return urlencode({name: value for name, value in said.items() if value})


def choose(request: HttpRequest) -> Chosen:
    """Raises NoPeriod and NoGroup, and Http404 for an office out of reach, as for one that does not exist."""
    asked: Mapping[str, str] = request.GET
    today = quarter_of(timezone.localdate())
    period = read(asked["period"]) if asked.get("period") else Period(today.year)
    group = asked.get("group") or FIRST
    if group not in GROUPS:
        raise NoGroup(group)
    every = list(offices(request.user, PERM).order_by("name", "pk"))
    code = asked.get("office", "")
    office = next((one for one in every if one.code == code), None)
    if code and office is None:
        raise Http404
    return Chosen(every, office, period, group, today)


__all__ = ["PERM", "Chosen", "NoGroup", "NoPeriod", "choose"]
