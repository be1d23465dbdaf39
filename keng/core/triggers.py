"""What the database itself does when a row changes, whoever writes and by whatever way: it refuses (`Lock`), or keeps sums in step
(`keng.core.tallies`).

Triggers are put in place after every migration and taken away before one, for SQLite rebuilds a table to change it; start-up refuses where
one is missing (`config.checks`).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from django.db import DatabaseError
from django.db import connection as default
from django.db.backends.base.base import BaseDatabaseWrapper

from keng.core.registry import Registry

# What each app keeps in this way -> what says which of its triggers are missing.
kept_tables: Registry[Callable[[BaseDatabaseWrapper], set[str]]] = Registry("kept table")
DIFFERS = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


class Trigger(NamedTuple):
    """`fires` at a change of `table` ("BEFORE DELETE", "AFTER UPDATE OF a, b"); where `when` is true, if it says anything, SQL `does`."""

    name: str
    table: str
    fires: str
    when: str
    does: str


class Rule(NamedTuple):
    """`name` is the trigger's; it stands `before` INSERT, UPDATE, DELETE or TRUNCATE, refuses `when` this SQL is true, and `says` why."""

    name: str
    before: str
    when: str
    says: str


class Triggers:
    """Some triggers that belong together: `of` says which, for a vendor. An app connects them to its migrations."""

    def __init__(self, of: Callable[[str], Iterable[Trigger]]) -> None:
        self.of = of

    def create(self, connection: BaseDatabaseWrapper) -> None:
        """Puts them in place, whether or not they were."""
        self.drop(connection)
        write = _postgresql if connection.vendor == "postgresql" else _sqlite
        with connection.cursor() as cursor:
            for trigger in self.of(connection.vendor):
                for statement in write(trigger):
                    cursor.execute(statement)

    def drop(self, connection: BaseDatabaseWrapper) -> None:
        """Takes them away; where their tables are not there yet, neither are they."""
        there = set(connection.introspection.table_names())
        with connection.cursor() as cursor:
            for name, table, *_rest in self.of(connection.vendor):
                if table in there:
                    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")

    def missing(self, connection: BaseDatabaseWrapper) -> set[str]:
        """The names of those that should be there and aren't."""
        catalogue = (
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgenabled <> 'D'"
            if connection.vendor == "postgresql"
            else "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        )
        with connection.cursor() as cursor:
            cursor.execute(catalogue)
            there = set(cursor.fetchall())
        return {name for name, table, *_rest in self.of(connection.vendor) if (name, table) not in there}

    def restore(self) -> None:
        """Puts in order again what a migration may have left."""
        self.create(default)

    def before_migrating(self, **_signal: object) -> None:
        self.drop(default)

    def after_migrating(self, **_signal: object) -> None:
        """Nothing where the tables are not (yet, or any more) as the code knows them: going back to an older state of them."""
        try:
            self.restore()
        except DatabaseError:
            self.drop(default)


class Lock(Triggers):
    """Those that refuse what must not happen to one table."""

    def __init__(self, table: str, rules: Callable[[str], Iterable[Rule]]) -> None:
        super().__init__(lambda vendor: _refusals(vendor, table, rules(vendor)))


def _refusals(vendor: str, table: str, rules: Iterable[Rule]) -> Iterator[Trigger]:
    for name, before, when, says in rules:
        does = (
            f"RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation'"
            if vendor == "postgresql"
            else f"SELECT RAISE(ABORT, '{says}')"
        )
        yield Trigger(name, table, f"BEFORE {before}", when, does)


def _sqlite(trigger: Trigger) -> Iterator[str]:
    when = f"WHEN ({trigger.when}) " if trigger.when else ""
    yield f"CREATE TRIGGER {trigger.name} {trigger.fires} ON {trigger.table} {when}BEGIN {trigger.does}; END"


def _postgresql(trigger: Trigger) -> Iterator[str]:
    """The condition stands in the function where that is called before the change, for a trigger's own may not look at other rows; but
    after it each call would wait in a queue."""
    name, table, fires, when, does = trigger
    if fires == "BEFORE TRUNCATE":
        each, returns = "STATEMENT", "NULL"
    else:
        each, returns = "ROW", {"BEFORE DELETE": "OLD"}.get(fires, "NEW" if fires.startswith("BEFORE") else "NULL")
    only = ""
    if when and fires.startswith("BEFORE"):
        does = f"IF {when} THEN {does}; END IF"
    elif when:
        only = f"WHEN ({when}) "
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does}; RETURN {returns}; END $$"
    )
    yield f"CREATE TRIGGER {name} {fires} ON {table} FOR EACH {each} {only}EXECUTE FUNCTION {name}()"
