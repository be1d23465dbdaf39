"""The figures of dossiers as a file: the same numbers as on the page, every commune and procedure with its own line."""

import csv
import io

from keng.procedures.figures.choosing import Chosen, procedure_names
from keng.procedures.figures.table import Counts, a_working_day

NUMBERS = (
    "carried", "received", "online", "counter", "home", "came", "gone", "ended", "early", "on", "late", "untimed", "open",
)  # fmt: skip
COLUMNS = ("sort", "code", "name", "period", *NUMBERS, "average_working_days")
FORMULA = tuple("=+-@\t\r")


def as_csv(chosen: Chosen) -> str:
    """Starts with a byte order mark, without which spreadsheets misread Vietnamese. No name begins like a formula."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(COLUMNS)
    out.writerows(rows(chosen))
    return "\ufeff" + text.getvalue()


def rows(chosen: Chosen) -> list[tuple[str, ...]]:
    """One of the whole; then by month, commune and procedure."""
    a_day = a_working_day(chosen.period.last)
    code = chosen.period.code

    def line(sort: str, key: str, name: str, counts: Counts, period: str = code) -> tuple[str, ...]:
        numbers = [str(getattr(counts, one)) for one in NUMBERS]
        return sort, key, _harmless(name), period, *numbers, str(counts.average_days(a_day) or "")

    table = chosen.table
    found = [line("whole", chosen.group, chosen.group_name, table.whole)]
    found += [
        line("month", "", "", counts, f"{month // 100}-{month % 100:02}")
        for month, counts in table.trend()
        if chosen.period.start <= month <= chosen.period.end
    ]
    if chosen.group:
        return found
    found += [line("unit", row.key, row.name, row.counts) for row in table.by_unit()]
    procedures = table.by_procedure()
    names = procedure_names([row.key for row in procedures])
    return found + [line("procedure", row.key, names.get(row.key, row.key), row.counts) for row in procedures]


def _harmless(cell: str) -> str:
    """Names are typed or imported by people, and a spreadsheet would reckon with one that begins so."""
    return f"'{cell}" if cell[:1] in FORMULA else cell
