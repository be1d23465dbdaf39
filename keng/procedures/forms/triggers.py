"""The database itself keeps published forms: none is deleted, replaced or changed.

Put in place after every migration and taken away before one (`keng.procedures.apps`), for SQLite rebuilds a table to change it.
"""

# ruff: noqa: S608 - every word of these statements stands in this file

from collections.abc import Iterator

from keng.core.triggers import Lock, Rule

TABLE = "procedures_formversion"
NO_DELETE = "a published form is never deleted"
NO_UPDATE = "a published form never changes"
NO_REPLACE = "a published form is never replaced"
PUBLISHED = "OLD.published_at IS NOT NULL"


# SQLite's OR REPLACE deletes whatever row stands in the new one's way, and fires no delete trigger.
IN_THE_WAY = "v.id = NEW.id OR (v.form_id = NEW.form_id AND v.number = NEW.number)"


def _rules(vendor: str) -> Iterator[Rule]:
    yield Rule("form_no_delete", "DELETE", PUBLISHED, NO_DELETE)
    yield Rule("form_no_update", "UPDATE", PUBLISHED, NO_UPDATE)
    if vendor == "sqlite":
        there = f"EXISTS (SELECT 1 FROM {TABLE} v WHERE ({IN_THE_WAY}) AND v.published_at IS NOT NULL{{and_other}})"
        yield Rule("form_no_replace", "INSERT", there.format(and_other=""), NO_REPLACE)
        yield Rule("form_no_push", "UPDATE", there.format(and_other=" AND v.id <> OLD.id"), NO_REPLACE)


lock = Lock(TABLE, _rules)
