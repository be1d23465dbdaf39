"""The published figures as files: the same numbers as on the page, no more."""

import csv
import io
from typing import Any

from keng.desk.figures.suppression import FEW
from keng.portal.figures import Figures, ranged

COLUMNS = ("province", "period", "sort", "group", "figure", "unit", "least", "most", "left_out", "was")
RULE = (
    f"Counts of reports under {FEW}, none included, are not published; a part only where it and the rest are {FEW} or more, "
    "else as least and most. A year is the sum of what its quarters show."
)


def as_json(figures: Figures) -> dict[str, Any]:
    return {
        "province": {"code": figures.province.code, "name": figures.province.name},
        "period": figures.period.code,
        "rule": RULE,
        "published": [
            {"period": row.period, "revision": row.revision, "on": row.on.isoformat()} for row in figures.rows
        ],
        "not_yet": [quarter.code for quarter in figures.not_yet],
        "reports": {
            group.code: {
                name: {**ranged(one.range), "of": one.of, "left_out": [quarter.code for quarter in one.left_out]}
                for name, one in measures.items()
            }
            for group, measures in figures.groups
        },
        "outcomes": [
            {"kind": line.kind, "exhibit": line.exhibit, "unit": line.unit, "quantity": str(line.quantity)}
            for line in figures.outcomes
        ],
        "corrected": [
            {
                "period": one.period.code, "on": one.row.on.isoformat(), "kind": one.line.kind, "exhibit": one.line.exhibit,
                "unit": one.line.unit, "was": one.line.was, "is": str(one.line.quantity),
            }
            for one in figures.corrections
        ],
    }  # fmt: skip


def as_csv(figures: Figures) -> str:
    """One line a figure. Starts with a byte order mark, without which spreadsheets misread Vietnamese."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(COLUMNS)
    begin = (figures.province.code, figures.period.code)
    for group, measures in figures.groups:
        for name, one in measures.items():
            least, most = one.range or ("", "")
            left_out = " ".join(quarter.code for quarter in one.left_out)
            out.writerow((*begin, "reports", group.code, name, "report", least, most, left_out, ""))
    for line in figures.outcomes:
        out.writerow(
            (*begin, "outcomes", "", _name(line.kind, line.exhibit), line.unit, line.quantity, line.quantity, "", "")
        )
    for fix in figures.corrections:
        line = fix.line
        out.writerow((begin[0], fix.period.code, "corrected", "", _name(line.kind, line.exhibit), line.unit, line.quantity,
                      line.quantity, "", line.was))  # fmt: skip
    return "\ufeff" + text.getvalue()


def _name(kind: str, exhibit: str) -> str:
    return f"{kind}.{exhibit}" if exhibit else kind
