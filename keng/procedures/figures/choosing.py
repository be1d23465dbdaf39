"""What was asked for in the address of a page of figures, and what there is to choose from."""

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils import timezone

from keng.accounts.permissions import offices
from keng.core.indicators import Asked
from keng.procedures.figures.indicators import PROCEDURE, UNIT
from keng.procedures.figures.periods import Period, choices, month_of, read
from keng.procedures.figures.table import Table
from keng.procedures.models import ProcedureVersion
from keng.units.models import Office, Unit

PERM = "procedures.see_figures"
GROUP = re.compile(rf"({UNIT}|{PROCEDURE}):[0-9A-Za-z_.\-]{{1,40}}", re.ASCII)


class NoGroup(ValueError):
    """There is no such commune or procedure."""


@dataclass(frozen=True)
class Chosen:
    """`every` are the offices within reach, `office` the one that was asked for, if any; `group` a commune or a procedure, or ""."""

    every: list[Office]
    office: Office | None
    period: Period
    group: str
    today: int

    @property
    def offices(self) -> list[Office]:
        return [self.office] if self.office else self.every

    @property
    def asked(self) -> Asked:
        return Asked(tuple(office.pk for office in self.offices), self.period.first, self.period.last, self.group)

    @cached_property
    def table(self) -> Table:
        return Table(self.asked, self.period, self.today)

    @property
    def periods(self) -> list[Period]:
        """Since the first dossier that counts, newest first."""
        return choices(min(self.table.first_month, self.period.start), max(self.today, self.period.end))

    @cached_property
    def group_name(self) -> str:
        """The commune or the procedure by name, "" for none. Raises NoGroup."""
        sort, _colon, code = self.group.partition(":")
        if not sort:
            return ""
        names = (
            procedure_names([code])
            if sort == PROCEDURE
            else {one.code: one.full_name for one in Unit.objects.filter(pk=code)}
        )
        if code not in names:
            raise NoGroup(code)
        return names[code]

    def address(self, **other: str) -> str:
        """The part of an address after the question mark that asks for the same, but for `other`."""
        office = self.office.code if self.office else ""
        said = {"period": self.period.code, "office": office, "group": self.group, **other}
        return urlencode({name: value for name, value in said.items() if value})


def choose(request: HttpRequest) -> Chosen:
    """Raises NoPeriod and NoGroup, and Http404 for an office out of reach, as for one that does not exist."""
    asked = request.GET
    today = month_of(timezone.localdate())
    period = read(asked.get("period") or str(today // 100))
    group = asked.get("group", "")
    if group and not GROUP.fullmatch(group):
        raise NoGroup(group)
    every = list(offices(request.user, PERM).order_by("name", "pk"))
    return Chosen(every, chosen_of(every, asked.get("office", "")), period, group, today)


def chosen_of(every: list[Office], code: str) -> Office | None:
    office = next((one for one in every if one.code == code), None)
    if code and office is None:
        raise Http404
    return office


def procedure_names(codes: list[str]) -> dict[str, str]:
    """By code: as the newest version that was published calls it. One query."""
    found = ProcedureVersion.objects.filter(procedure__code__in=codes, published_at__isnull=False).order_by("number")
    return dict(found.values_list("procedure__code", "name"))
