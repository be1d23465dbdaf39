"""Keeps `Counted` in step with the reports, inside the database: whoever writes a report, a change of state or an assessment, by whatever
way, the row that the figures are summed from changes in the same transaction.

A migration that makes SQLite rebuild a table would trip over the triggers, so `manage.py migrate` takes them away first, puts them back at
its end and counts every report anew. `missing` finds out when that was cut short, and start-up refuses.
"""

# ruff: noqa: S608 - every word of these statements stands in this file

from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "desk_counted"
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


def _facts(vendor: str) -> dict[str, str]:
    quarter = QUARTER[vendor].format(hour="t.hour")
    return {column: fact.format(quarter=quarter) for column, fact in FACTS.items()}


def _insert(vendor: str, where: str) -> str:
    facts = _facts(vendor)
    return f"INSERT INTO {TABLE} (thread_id, {', '.join(facts)}) SELECT t.id, {', '.join(facts.values())} FROM {THREAD} t WHERE {where}"


def _update(vendor: str, thread: str) -> str:
    one = {column: f"(SELECT {fact} FROM {THREAD} t WHERE t.id = {thread})" for column, fact in _facts(vendor).items()}
    return f"UPDATE {TABLE} SET {', '.join(f'{column} = {fact}' for column, fact in one.items())} WHERE thread_id = {thread}"


def _does(vendor: str, name: str) -> str:
    _table, _when, thread = ON[name]
    return _insert(vendor, f"t.id = {thread}") if name == "counted_received" else _update(vendor, thread)


def create(connection: BaseDatabaseWrapper) -> None:
    """Puts the triggers in place, whether or not they were."""
    drop(connection)
    with connection.cursor() as cursor:
        for name, (table, when, _thread) in ON.items():
            does = _does(connection.vendor, name)
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does}; RETURN NULL; END $$"
                )
                cursor.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
            else:
                cursor.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {does}; END")


def drop(connection: BaseDatabaseWrapper) -> None:
    """Takes the triggers away; where their tables are not there yet, neither are they."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name, (table, _when, _thread) in ON.items():
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
        return set(ON) - {name for (name,) in cursor.fetchall()}


def count_all() -> int:
    """Counts every report anew; returns how many there are. 200,000 take some seconds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")
        cursor.execute(_insert(connection.vendor, "TRUE"))
        return int(cursor.rowcount)


def before_migrating(**_signal: object) -> None:
    drop(connection)


def after_migrating(**_signal: object) -> None:
    """Nothing where the tables are not (yet, or any more) as this module knows them: going back to an older state of the tables."""
    try:
        with transaction.atomic():
            create(connection)
            count_all()
    except DatabaseError:
        drop(connection)
