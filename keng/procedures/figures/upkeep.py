"""Keeps `DossierTally` in step with the dossiers, inside the database (`keng.core.tallies`)."""

# ruff: noqa: S608 - every word of these statements stands in this file

from collections.abc import Iterator
from typing import Any, NamedTuple

from keng.core.tallies import RANDOM, Tally
from keng.core.triggers import DIFFERS, Trigger

TABLE, TALLY = "procedures_dossier", "procedures_dossiertally"
KEY = ("office_id", "month", "unit_id", "procedure_id", "channel", "what")
COLUMNS = "office_id, unit_id, procedure_id, month, channel, what, number, minutes"
# Vietnam has kept +07:00 since 1975; SQLite knows no zones.
MONTH = {
    "sqlite": "CAST(strftime('%Y%m', {at}, '+7 hours') AS INTEGER)",
    "postgresql": "to_char({at} AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYYMM')::int",
}
ANSWERS = "COALESCE({row}.closing_office_id, {row}.office_id)"
HOW = "CASE {row}.in_time WHEN '' THEN 'untimed' ELSE {row}.in_time END"


class Kind(NamedTuple):
    """Facts of one kind: `counts` is true of the dossiers that have them, which hangs, with what they say, on `columns` (beside those of
    all kinds). `says` are the facts, each as (office, what); `month` is that of this moment."""

    name: str
    columns: tuple[str, ...]
    counts: str
    says: tuple[tuple[str, str], ...]
    at: str = "submitted_at"
    channel: str = "''"
    minutes: str = "0"


ALWAYS = ("unit_id", "procedure_id", "test")
KINDS = (
    Kind(
        "received",
        ("first_office_id", "channel", "submitted_at"),
        "NOT {row}.test",
        (("{row}.first_office_id", "'received'"),),
        channel="{row}.channel",
    ),
    Kind(
        "passed",
        ("first_office_id", "office_id", "closing_office_id", "submitted_at"),
        f"NOT {{row}}.test AND {{row}}.first_office_id <> {ANSWERS}",
        ((ANSWERS, "'came'"), ("{row}.first_office_id", "'gone'")),
    ),
    Kind(
        "ended",
        ("office_id", "closing_office_id", "closed_at", "in_time", "worked_minutes"),
        "NOT {row}.test AND {row}.closed_at IS NOT NULL",
        ((ANSWERS, HOW),),
        at="closed_at",
        minutes="COALESCE({row}.worked_minutes, 0)",
    ),
)


def _facts(vendor: str, row: str, kind: Kind) -> Iterator[tuple[str, str]]:
    """What one dossier adds, as (columns' values but for number and minutes, minutes): by commune, and by procedure."""
    month = MONTH[vendor].format(at=f"{row}.{kind.at}")
    channel, minutes = kind.channel.format(row=row), kind.minutes.format(row=row)
    for office, what in kind.says:
        at, by = office.format(row=row), f"{month}, {channel}, {what.format(row=row)}"
        yield f"{at}, {row}.unit_id, CAST(NULL AS bigint), {by}", minutes
        yield f"{at}, CAST(NULL AS varchar(10)), {row}.procedure_id, {by}", minutes


def _adds(vendor: str, row: str, kind: Kind, sign: str = "") -> str:
    """Two rows into the sums for each fact, none for a dossier that has none of the kind."""
    rows = [
        f"INSERT INTO {TALLY} (id, {COLUMNS}) SELECT {RANDOM[vendor]}, {facts}, {sign}1, {sign}{minutes}"
        f" WHERE {kind.counts.format(row=row)}"
        for facts, minutes in _facts(vendor, row, kind)
    ]
    return "; ".join(rows)


def _triggers(vendor: str) -> Iterator[Trigger]:
    for kind in KINDS:
        columns = (*kind.columns, *ALWAYS)
        changed = " OR ".join(f"OLD.{column} {DIFFERS[vendor]} NEW.{column}" for column in columns)
        both = f"{_adds(vendor, 'OLD', kind, '-')}; {_adds(vendor, 'NEW', kind)}"
        new, old = kind.counts.format(row="NEW"), kind.counts.format(row="OLD")
        yield Trigger(f"dossier_{kind.name}_added", TABLE, "AFTER INSERT", new, _adds(vendor, "NEW", kind))
        yield Trigger(f"dossier_{kind.name}_moved", TABLE, f"AFTER UPDATE OF {', '.join(columns)}", changed, both)
        yield Trigger(f"dossier_{kind.name}_taken", TABLE, "AFTER DELETE", old, _adds(vendor, "OLD", kind, "-"))


def _count(cursor: Any, vendor: str) -> int:
    """Every dossier; returns how many were received."""
    for kind in KINDS:
        when = kind.counts.format(row="d")
        for facts, minutes in _facts(vendor, "d", kind):
            cursor.execute(
                f"INSERT INTO {TALLY} (id, {COLUMNS}) SELECT {RANDOM[vendor]}, s.* FROM"
                f" (SELECT {facts}, COUNT(*), SUM({minutes}) FROM {TABLE} d WHERE {when} GROUP BY 1, 2, 3, 4, 5, 6) s"
            )
    cursor.execute(f"SELECT COUNT(*) FROM {TABLE} WHERE NOT test")
    return int(cursor.fetchone()[0])


tally = Tally(TALLY, key=KEY, adds=("number", "minutes"), by=2, of=_triggers, count=_count)
