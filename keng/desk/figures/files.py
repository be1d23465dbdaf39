"""The desk's figures as files, office by office: the same numbers as on the page."""

import csv
import io
from typing import Any

from keng.desk.figures.choosing import Chosen
from keng.desk.figures.periods import Period
from keng.desk.figures.publication import plain

COLUMNS = ("office", "office_name", "period", "sort", "group", "figure", "unit", "quantity")


def rows(chosen: Chosen) -> list[tuple[str, ...]]:
    """One a figure: reports by quarter, outcomes of the whole period."""
    table = chosen.table
    found = []
    for cell in table.in_period():
        office, quarter = table.offices[cell.office], Period(cell.quarter // 10, cell.quarter % 10)
        for name, number in cell.counts.named:
            found.append((office.code, office.name, quarter.code, "reports", cell.group, name, "report", str(number)))
    added: dict[tuple[str, ...], int] = {}
    for *what, one in found:  # an office may have several boxes of a kind
        added[tuple(what)] = added.get(tuple(what), 0) + int(one)
    reports = [(*what, str(all_)) for what, all_ in sorted(added.items())]
    outcomes = [
        (
            table.offices[one.office].code, table.offices[one.office].name, chosen.period.code, "outcomes", "", one.indicator,
            one.unit, plain(one.quantity),
        )
        for one in table.outcomes
    ]  # fmt: skip
    return [*reports, *outcomes]


def as_csv(chosen: Chosen) -> str:
    """Starts with a byte order mark, without which spreadsheets misread Vietnamese. No cell begins like a formula."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(COLUMNS)
    out.writerows([_harmless(cell) for cell in row] for row in rows(chosen))
    return "\ufeff" + text.getvalue()


def as_json(chosen: Chosen) -> dict[str, Any]:
    figures = [dict(zip(COLUMNS, row, strict=True)) for row in rows(chosen)]
    return {"period": chosen.period.code, "figures": figures}


def _harmless(cell: str) -> str:
    """An office's name is typed by people, and a spreadsheet would reckon with one that begins so."""
    return f"'{cell}" if cell[:1] in tuple("=+-@\t\r") else cell
