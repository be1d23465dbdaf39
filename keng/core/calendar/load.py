"""Fills the calendar's tables from `keng/core/data/*.csv`. Rows that an operator added besides stay."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from django.db import models, transaction

from keng.core.calendar.rules import forget
from keng.core.models import Clock, DayOverride, OfficeHours

FOLDER = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Table:
    """One file: the model it fills, which columns name a row, and how a column that is no text is read."""

    name: str
    model: type[models.Model]
    keys: tuple[str, ...]
    read: Mapping[str, Callable[[str], object]]


def _maybe_date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _yes(text: str) -> bool:
    return {"yes": True, "no": False}[text]


TABLES = (
    Table("days.csv", DayOverride, ("date",), {"date": date.fromisoformat}),
    Table(
        "office_hours.csv",
        OfficeHours,
        ("opens", "since"),
        {
            "since": date.fromisoformat,
            "until": _maybe_date,
            "opens": time.fromisoformat,
            "closes": time.fromisoformat,
            "certain": _yes,
        },
    ),
    Table(
        "clocks.csv",
        Clock,
        ("code", "since"),
        {"amount": int, "rolls_over": _yes, "since": date.fromisoformat, "until": _maybe_date, "certain": _yes},
    ),
)


@transaction.atomic
def load_calendar(folder: Path = FOLDER) -> list[str]:
    """Brings the tables in step with the files and returns one line for each row added or changed; the second time none.

    Raises ValueError, naming file and line, for a row that can't be read; then nothing is changed.
    """
    changes = [line for table in TABLES for line in _load(table, folder / table.name)]
    transaction.on_commit(forget)
    forget()
    return changes


def _load(table: Table, path: Path) -> Iterator[str]:
    for values in _rows(table, path):
        named = {key: values[key] for key in table.keys}
        row = table.model._default_manager.filter(**named).first()
        if row is None:
            yield f"+ {table.model._default_manager.create(**values)}"
            continue
        changed = {field: value for field, value in values.items() if getattr(row, field) != value}
        for field, value in changed.items():
            yield f"~ {row}: {field} {getattr(row, field)} -> {value}"
            setattr(row, field, value)
        if changed:
            row.save(update_fields=changed)


def _rows(table: Table, path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, strict=True), start=2):
            try:
                if None in row:
                    raise ValueError("thừa cột")
                yield {column: table.read.get(column, str)(text) for column, text in row.items()}
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path.name}, dòng {number}: {error}") from error
