"""The database itself keeps the entries: none is deleted, replaced or changed, save that a salt may be erased and a place be given once;
no time finer than an hour.

Put in place after every migration (`keng.ledger.apps`); start-up refuses where one is missing.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "ledger_entry"
KEPT = ("id", "verb", "subject", "office", "by", "hour", "purpose", "case", "leaf")  # all but salt and place

NO_DELETE = "a ledger entry is never deleted"
NO_UPDATE = "a ledger entry is never changed, only its salt erased or its place given"
NO_REPLACE = "a ledger entry is never replaced"
HOUR_ONLY = "a ledger entry keeps no time finer than an hour"


def _changes(differs: str) -> str:
    """SQL that is true when an update does more than erase the salt, or give a place to an entry that has none."""
    salt, place = (f"NEW.{column} {differs} OLD.{column}" for column in ("salt", "place"))
    return " OR ".join(
        [
            f"({salt} AND NEW.salt IS NOT NULL)",
            f"({place} AND OLD.place IS NOT NULL)",
            *(f'NEW."{column}" {differs} OLD."{column}"' for column in KEPT),
        ]
    )


# INSERT OR REPLACE deletes without firing a delete trigger, so SQLite gets a trigger against it; PostgreSQL has no such statement.
SQLITE = {
    "ledger_entry_no_delete": f"BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{NO_DELETE}'); END",
    "ledger_entry_no_update": f"BEFORE UPDATE ON {TABLE} WHEN {_changes('IS NOT')} BEGIN SELECT RAISE(ABORT, '{NO_UPDATE}'); END",
    "ledger_entry_no_replace": (
        f"BEFORE INSERT ON {TABLE} WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{NO_REPLACE}'); END"  # noqa: S608
    ),
    "ledger_entry_hour_only": (
        f"BEFORE INSERT ON {TABLE} WHEN NEW.hour NOT LIKE '____-__-__ __:00:00' BEGIN SELECT RAISE(ABORT, '{HOUR_ONLY}'); END"
    ),
}

FUNCTION = "ledger_entry_refuse"
POSTGRESQL = {
    "ledger_entry_no_delete": f"BEFORE DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {FUNCTION}('{NO_DELETE}')",
    "ledger_entry_no_truncate": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}('{NO_DELETE}')",
    "ledger_entry_no_update": (
        f"BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({_changes('IS DISTINCT FROM')}) EXECUTE FUNCTION {FUNCTION}('{NO_UPDATE}')"
    ),
    "ledger_entry_hour_only": (
        f"BEFORE INSERT ON {TABLE} FOR EACH ROW WHEN (extract(epoch FROM NEW.hour)::numeric % 3600 <> 0)"
        f" EXECUTE FUNCTION {FUNCTION}('{HOUR_ONLY}')"
    ),
}
REFUSE = (
    f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"
)


def create(connection: BaseDatabaseWrapper) -> None:
    """Puts the triggers in place, whether or not they were."""
    drop(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(REFUSE)
        for name, rule in _rules(connection).items():
            cursor.execute(f"CREATE TRIGGER {name} {rule}")


def drop(connection: BaseDatabaseWrapper) -> None:
    """Takes the triggers away."""
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in _rules(connection):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of triggers that should be there and aren't."""
    catalogue = (
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue, [TABLE])
        return set(_rules(connection)) - {name for (name,) in cursor.fetchall()}


def _rules(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return POSTGRESQL if connection.vendor == "postgresql" else SQLITE
