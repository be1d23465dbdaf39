"""Keeps `Counted` and the sums of it in step with the reports, inside the database: whoever writes a report, a change of state or an
assessment, by whatever way, what the figures are read from changes in the same transaction.

A migration that makes SQLite rebuild a table would trip over the triggers, so `manage.py migrate` takes them away first, puts them back at
its end and counts every report anew. `missing` finds out when that was cut short, and start-up refuses.
"""

# ruff: noqa: S608 - every word of these statements stands in this file

from collections.abc import Iterator

from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from keng.core.group_commit import group_commit
from keng.core.ids import random_id

TABLE, TALLY = "desk_counted", "desk_tally"
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
# Trigger -> table, when, and the report's id in the row that fires it. What hangs on a report is erased with it by its foreign key.
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
RANDOM = {"sqlite": "(random() & 9223372036854775807)", "postgresql": "(random() * 9223372036854775807)::bigint"}
DIFFERS = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


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
        f"INSERT INTO {TALLY} (id, box_id, quarter, named, {', '.join(ADDS)})"
        f" VALUES ({RANDOM[vendor]}, {row}.box_id, {row}.quarter, {row}.named, {sums})"
    )


def _rules(vendor: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Of each trigger: name, table, when it fires, on which rows, what it does."""
    for name, (table, when, thread) in ON.items():
        new = name == "counted_received"
        yield name, table, when, "", _insert(vendor, f"t.id = {thread}") if new else _update(vendor, thread)
    changed = " OR ".join(f"OLD.{column} {DIFFERS[vendor]} NEW.{column}" for column in FACTS)
    both = f"{_add(vendor, 'OLD', '-')}; {_add(vendor, 'NEW')}"
    yield "tally_added", TABLE, "INSERT", "", _add(vendor, "NEW")
    yield "tally_moved", TABLE, "UPDATE", f"WHEN ({changed})", both
    yield "tally_taken", TABLE, "DELETE", "", _add(vendor, "OLD", "-")


def create(connection: BaseDatabaseWrapper) -> None:
    """Puts the triggers in place, whether or not they were."""
    drop(connection)
    with connection.cursor() as cursor:
        for name, table, when, which, does in _rules(connection.vendor):
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does}; RETURN NULL; END $$"
                )
                does = f"EXECUTE FUNCTION {name}()"
                cursor.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW {which} {does}")
            else:
                cursor.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} {which} BEGIN {does}; END")


def drop(connection: BaseDatabaseWrapper) -> None:
    """Takes the triggers away; where their tables are not there yet, neither are they."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name, table, *_rest in _rules(connection.vendor):
            if table in there:
                on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of triggers that should be there and aren't."""
    catalogue = (
        "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        return {name for name, *_rest in _rules(connection.vendor)} - {name for (name,) in cursor.fetchall()}


def count_all() -> int:
    """Counts every report anew; returns how many there are. 200,000 take some seconds."""
    with transaction.atomic(), connection.cursor() as cursor:
        drop(connection)
        cursor.execute(f"DELETE FROM {TABLE}")
        cursor.execute(f"DELETE FROM {TALLY}")
        cursor.execute(_insert(connection.vendor, "TRUE"))
        counted = int(cursor.rowcount)
        sums = ", ".join(f"SUM(CASE WHEN {fact.format(row='c')} THEN 1 ELSE 0 END)" for fact in ADDS.values())
        cursor.execute(
            f"INSERT INTO {TALLY} (id, box_id, quarter, named, {', '.join(ADDS)})"
            f" SELECT {RANDOM[connection.vendor]}, c.box_id, c.quarter, c.named, {sums} FROM {TABLE} c"
            " GROUP BY c.box_id, c.quarter, c.named"
        )
        create(connection)
    return counted


def compact() -> int:
    """The hourly chore: one row for many, box by box; returns how many rows were saved. Twice at once does no harm."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT box_id FROM {TALLY} GROUP BY box_id, quarter, named HAVING COUNT(*) > 1")
        boxes = {box for (box,) in cursor.fetchall()}
    return sum(group_commit(lambda box=box: _compact(box)) for box in sorted(boxes))  # type: ignore[misc]


def _compact(box: int) -> int:
    """Sums exactly the rows that it deletes, so that what others write meanwhile stays."""
    sums: dict[tuple[int, bool], list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TALLY} WHERE box_id = %s RETURNING quarter, named, {', '.join(ADDS)}", [box])
        gone = cursor.fetchall()
        for quarter, named, *numbers in gone:
            before = sums.get((quarter, bool(named)), [0] * len(ADDS))
            sums[quarter, bool(named)] = [one + other for one, other in zip(before, numbers, strict=True)]
        kept = [(random_id(), box, *key, *numbers) for key, numbers in sums.items() if any(numbers)]
        places = ", ".join(["%s"] * (4 + len(ADDS)))
        cursor.executemany(
            f"INSERT INTO {TALLY} (id, box_id, quarter, named, {', '.join(ADDS)}) VALUES ({places})", kept
        )
    return len(gone) - len(kept)


def before_migrating(**_signal: object) -> None:
    drop(connection)


def after_migrating(**_signal: object) -> None:
    """Nothing where the tables are not (yet, or any more) as this module knows them: going back to an older state of the tables."""
    try:
        count_all()
    except DatabaseError:
        drop(connection)
