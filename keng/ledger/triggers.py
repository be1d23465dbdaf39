"""The database itself keeps the entries: none is deleted, replaced or changed, save that a salt may be erased and a place be given once;
no time finer than an hour.

Put in place after every migration (`keng.ledger.apps`); start-up refuses where one is missing.
"""

from collections.abc import Iterator

from keng.core.triggers import DIFFERS, Lock, Rule

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


def _rules(vendor: str) -> Iterator[Rule]:
    yield Rule("ledger_entry_no_delete", "DELETE", "", NO_DELETE)
    yield Rule("ledger_entry_no_update", "UPDATE", _changes(DIFFERS[vendor]), NO_UPDATE)
    if vendor == "postgresql":
        yield Rule("ledger_entry_no_truncate", "TRUNCATE", "", NO_DELETE)
        yield Rule("ledger_entry_hour_only", "INSERT", "extract(epoch FROM NEW.hour)::numeric % 3600 <> 0", HOUR_ONLY)
    else:
        # INSERT OR REPLACE deletes without firing a delete trigger; PostgreSQL has no such statement.
        there = f"EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)"  # noqa: S608
        yield Rule("ledger_entry_no_replace", "INSERT", there, NO_REPLACE)
        yield Rule("ledger_entry_hour_only", "INSERT", "NEW.hour NOT LIKE '____-__-__ __:00:00'", HOUR_ONLY)


lock = Lock(TABLE, _rules)
