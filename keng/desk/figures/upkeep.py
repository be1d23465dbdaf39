"""Keeps `Counted` and the sums of it in step with the reports, inside the database (`keng.core.tallies`): whoever writes a report, a change
of state or an assessment, by whatever way."""

# ruff: noqa: S608 - every word of these statements stands in this file

from collections.abc import Iterator
from typing import Any

from keng.core.tallies import RANDOM, Tally
from keng.core.triggers import DIFFERS, Trigger

TABLE, TALLY = "desk_counted", "desk_tally"
KEY = ("box_id", "quarter", "named")
THREAD, CHANGE, ASSESSMENT, INTAKE = "mailbox_thread", "mailbox_statechange", "desk_assessment", "desk_intake"
# The states of `keng.mailbox.models.RESULTS`, as a test makes sure: start-up checks read this module before there are models.
RESULTS = ("acted_on", "adopted", "answered", "closed", "not_enough", "partly", "unfounded")
RESULT = ", ".join(f"'{state}'" for state in RESULTS)

# Vietnam has kept +07:00 since 1975; SQLite knows no zones.
QUARTER = {
    "sqlite": (
        "(CAST(strftime('%Y', {hour}, '+7 hours') AS INTEGER) * 10"
        " + (CAST(strftime('%m', {hour}, '+7 hours') AS INTEGER) + 2) / 3)"
    ),
    "postgresql": (
        "(EXTRACT(YEAR FROM {hour} AT TIME ZONE 'Asia/Ho_Chi_Minh') * 10"
        " + EXTRACT(QUARTER FROM {hour} AT TIME ZONE 'Asia/Ho_Chi_Minh'))::int"
    ),
}
# What is known of a report. The hour in which a time ends is still in time; a report taken up again has no result until the next one, and
# then counts by its first.
FACTS = {
    "box_id": "t.box_id",
    "quarter": "{quarter}",
    "named": f"COALESCE((SELECT i.named FROM {INTAKE} i WHERE i.thread_id = t.id), FALSE)",
    "opened_in_time": (
        f"(SELECT MIN(c.hour) <= t.open_due FROM {CHANGE} c WHERE c.thread_id = t.id AND c.state <> 'received')"
    ),
    "valuable": f"(SELECT a.value = 'valuable' FROM {ASSESSMENT} a WHERE a.thread_id = t.id AND a.value <> '')",
    "resolved_in_time": (
        f"(SELECT MIN(c.hour) <= t.resolve_due FROM {CHANGE} c"
        f" WHERE t.state IN ({RESULT}) AND c.thread_id = t.id AND c.state IN ({RESULT}))"
    ),
}
# Trigger -> table, after what, and the report's id in the row that fires it. What hangs on a report is erased with it by its foreign key.
ON = {
    "counted_received": (THREAD, "INSERT", "NEW.id"),
    "counted_thread": (THREAD, "UPDATE OF box_id, state, hour, open_due, resolve_due", "NEW.id"),
    "counted_changed": (CHANGE, "INSERT", "NEW.thread_id"),
    "counted_dated": (CHANGE, "UPDATE OF state, hour", "NEW.thread_id"),
    "counted_assessed": (ASSESSMENT, "INSERT", "NEW.thread_id"),
    "counted_again": (ASSESSMENT, "UPDATE OF value", "NEW.thread_id"),
    "counted_entered": (INTAKE, "INSERT", "NEW.thread_id"),
    "counted_named": (INTAKE, "UPDATE OF named", "NEW.thread_id"),
}

# What one row of `Counted` adds to the sums.
ADDS = {
    "received": "TRUE",
    "opened": "{row}.opened_in_time",
    "valuable": "{row}.valuable",
    "resolved": "{row}.resolved_in_time",
}


def _facts(vendor: str) -> dict[str, str]:
    quarter = QUARTER[vendor].format(hour="t.hour")
    return {column: fact.format(quarter=quarter) for column, fact in FACTS.items()}


def _insert(vendor: str, where: str) -> str:
    facts = _facts(vendor)
    return f"INSERT INTO {TABLE} (thread_id, {', '.join(facts)}) SELECT t.id, {', '.join(facts.values())} FROM {THREAD} t WHERE {where}"


def _update(vendor: str, thread: str) -> str:
    one = {column: f"(SELECT {fact} FROM {THREAD} t WHERE t.id = {thread})" for column, fact in _facts(vendor).items()}
    return f"UPDATE {TABLE} SET {', '.join(f'{column} = {fact}' for column, fact in one.items())} WHERE thread_id = {thread}"


def _add(vendor: str, row: str, sign: str = "") -> str:
    """Adds or takes away what NEW or OLD counts."""
    sums = ", ".join(f"{sign}CASE WHEN {fact.format(row=row)} THEN 1 ELSE 0 END" for fact in ADDS.values())
    return (
        f"INSERT INTO {TALLY} (id, {', '.join(KEY)}, {', '.join(ADDS)})"
        f" VALUES ({RANDOM[vendor]}, {row}.box_id, {row}.quarter, {row}.named, {sums})"
    )


def _triggers(vendor: str) -> Iterator[Trigger]:
    for name, (table, after, thread) in ON.items():
        new = name == "counted_received"
        does = _insert(vendor, f"t.id = {thread}") if new else _update(vendor, thread)
        yield Trigger(name, table, f"AFTER {after}", "", does)
    changed = " OR ".join(f"OLD.{column} {DIFFERS[vendor]} NEW.{column}" for column in FACTS)
    both = f"{_add(vendor, 'OLD', '-')}; {_add(vendor, 'NEW')}"
    yield Trigger("tally_added", TABLE, "AFTER INSERT", "", _add(vendor, "NEW"))
    yield Trigger("tally_moved", TABLE, "AFTER UPDATE", changed, both)
    yield Trigger("tally_taken", TABLE, "AFTER DELETE", "", _add(vendor, "OLD", "-"))


def _count(cursor: Any, vendor: str) -> int:
    """Every report; returns how many there are."""
    cursor.execute(f"DELETE FROM {TABLE}")
    cursor.execute(_insert(vendor, "TRUE"))
    counted = int(cursor.rowcount)
    sums = ", ".join(f"SUM(CASE WHEN {fact.format(row='c')} THEN 1 ELSE 0 END)" for fact in ADDS.values())
    cursor.execute(
        f"INSERT INTO {TALLY} (id, {', '.join(KEY)}, {', '.join(ADDS)})"
        f" SELECT {RANDOM[vendor]}, c.box_id, c.quarter, c.named, {sums} FROM {TABLE} c GROUP BY c.box_id, c.quarter, c.named"
    )
    return counted


tally = Tally(TALLY, key=KEY, adds=tuple(ADDS), by=1, of=_triggers, count=_count)
