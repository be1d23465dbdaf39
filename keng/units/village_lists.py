"""Whole lists of villages, pasted or from a CSV file: first a plan of what would change, with errors by line, then the change."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from keng.core.text import fold
from keng.ledger.services import append
from keng.units.models import Unit, Village
from keng.units.names import Refused, clean_name

MOST_LINES = 5000
MOST_CHARACTERS = 400_000
CODE_LENGTH = 5
HEADINGS = {"", "stt", "tt", "ma", "ma xa", "ma ban", "code", "ten", "ten ban", "ban", "thon", "ten thon", "name"}


@dataclass(frozen=True)
class Line:
    """One line that can be understood. `alike` is a village already there whose name differs in accents only."""

    number: int
    unit: Unit
    name: str
    alike: str = ""


@dataclass
class Plan:
    """What a list would do: `new` villages, those that are there already, and (number, sentence) of lines that can't be."""

    new: list[Line] = field(default_factory=list)
    known: list[Line] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)


def plan(text: str, *, within: "QuerySet[Unit]", commune: Unit | None = None) -> Plan:
    """Reads a list and says what it would change; raises Refused for a text too long to be one.

    A line is `commune's code, village`, apart by tab, semicolon or comma, or the village alone where `commune` is given.
    Empty lines and a heading are passed over. Codes outside `within` are refused. Two queries, whatever the length.
    """
    if len(text) > MOST_CHARACTERS or text.count("\n") > MOST_LINES:
        raise Refused(_("Danh sách dài quá: mỗi lần nhiều nhất %(limit)d dòng.") % {"limit": MOST_LINES})
    rows = list(_rows(text, numbered=commune is not None))
    communes = {unit.code: unit for unit in within.filter(code__in={code for _number, code, _name in rows if code})}
    if commune is not None:
        communes[commune.code] = commune
    there = list(Village.objects.filter(unit__in=communes, valid_to=None).values_list("unit_id", "name"))
    exact, alike = set(there), {(code, fold(name)): name for code, name in there}
    made, seen = Plan(), set[tuple[str, str]]()
    for number, code, name in rows:
        try:
            unit, name = _line(communes.get(code) if code else commune, code, name, seen)
        except Refused as error:
            made.errors.append((number, str(error)))
            continue
        known = (unit.code, name) in exact
        line = Line(number, unit, name, "" if known else alike.get((unit.code, fold(name)), ""))
        (made.known if known else made.new).append(line)
    return made


@transaction.atomic
def carry_out(text: str, *, within: "QuerySet[Unit]", by: str, office: str = "", commune: Unit | None = None) -> Plan:
    """Adds the new villages of a list, from today on, one ledger entry a commune; raises Refused where any line is wrong."""
    made = plan(text, within=within, commune=commune)
    if made.errors:
        raise Refused(_("Còn %(count)d dòng sai; chưa nhập dòng nào.") % {"count": len(made.errors)})
    today = timezone.localdate()
    Village.objects.bulk_create(
        [Village(unit=line.unit, name=line.name, search_key=fold(line.name), valid_from=today) for line in made.new],
        # One that was entered and ended today goes on.
        update_conflicts=True,
        unique_fields=["unit", "name", "valid_from"],
        update_fields=["valid_to"],
    )
    for code, count in sorted(Counter(line.unit.code for line in made.new).items()):
        append(
            verb="units.villages.imported",
            subject=code,
            by=by,
            office=office,
            purpose=_("%(count)d bản") % {"count": count},
        )
    return made


def _rows(text: str, numbered: bool) -> Iterator[tuple[int, str, str]]:
    """(line number, code or "", name) of each line that says something."""
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), start=1):
        cells = [cell.strip() for cell in _cells(raw)]
        if not any(cells) or all(fold(cell) in HEADINGS for cell in cells):
            continue
        code = cells.pop(0) if len(cells) > 1 and cells[0].isascii() and cells[0].isdigit() else ""
        # In one commune's list a short number at the front only counts the lines.
        yield number, "" if numbered and len(code) < CODE_LENGTH else code, ", ".join(filter(None, cells))


def _cells(raw: str) -> list[str]:
    delimiter = next((mark for mark in "\t;," if mark in raw), ",")
    try:
        return next(csv.reader([raw], delimiter=delimiter), [])
    except csv.Error:
        return [raw]


def _line(unit: Unit | None, code: str, name: str, seen: set[tuple[str, str]]) -> tuple[Unit, str]:
    if unit is None:
        unknown = _("Mã xã %(code)s không có, hoặc ngoài địa bàn của đồng chí.") % {"code": code[:20]}
        raise Refused(unknown if code else _("Thiếu mã xã ở đầu dòng."))
    name = clean_name(name)
    if (unit.code, name) in seen:
        raise Refused(_("%(name)s có hai lần trong danh sách.") % {"name": name})
    seen.add((unit.code, name))
    return unit, name
