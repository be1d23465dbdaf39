"""The database itself keeps published versions: none is deleted, replaced or changed, save that it ends, once. What stands in a version
under which a dossier was filed doesn't change either, published or not.

Put in place after every migration and taken away before one (`keng.procedures.apps`), for SQLite rebuilds a table to change it.
"""

# ruff: noqa: S608 - every word of these statements stands in this file or is a column's name

from collections.abc import Iterator

from keng.core.triggers import DIFFERS, Lock, Rule

TABLE, DOSSIER = "procedures_procedureversion", "procedures_dossier"
# All that is said of a procedure; a test holds it against the model, for the app imports this before there are models.
CONTENT = (
    "procedure_id", "number", "name", "search_key", "agency", "level", "competent", "applicants", "ways", "steps", "amount", "time_unit",
    "time_note", "costs", "documents", "conditions", "bases", "papers", "result", "online", "identity_level", "retention_months",
    "form_id", "sample",
)  # fmt: skip
ACT = ("id", "valid_from", "published_at", "published_by_id")
NO_DELETE = "a published version is never deleted"
NO_UPDATE = "a published version never changes, it only ends"
NO_REPLACE = "a published version is never replaced"
USED = "a version under which a dossier was filed never changes"
# SQLite's OR REPLACE deletes whatever row stands in the new one's way, and fires no delete trigger.
IN_THE_WAY = (
    "v.id = NEW.id OR (v.procedure_id = NEW.procedure_id AND (v.number = NEW.number"
    " OR (v.valid_to IS NULL AND NEW.valid_to IS NULL AND NEW.published_at IS NOT NULL)))"
)


def _any(columns: tuple[str, ...], vendor: str) -> str:
    return " OR ".join(f'NEW."{column}" {DIFFERS[vendor]} OLD."{column}"' for column in columns)


def _rules(vendor: str) -> Iterator[Rule]:
    published = "OLD.published_at IS NOT NULL"
    ended = f"(OLD.valid_to IS NOT NULL AND NEW.valid_to {DIFFERS[vendor]} OLD.valid_to)"
    used = f"EXISTS (SELECT 1 FROM {DOSSIER} d WHERE d.version_id = OLD.id)"
    yield Rule("version_no_delete", "DELETE", published, NO_DELETE)
    yield Rule(
        "version_no_update", "UPDATE", f"{published} AND ({_any((*ACT, *CONTENT), vendor)} OR {ended})", NO_UPDATE
    )
    yield Rule("version_used", "UPDATE", f"({_any(CONTENT, vendor)}) AND {used}", USED)
    if vendor == "sqlite":
        kept = f"(v.published_at IS NOT NULL OR EXISTS (SELECT 1 FROM {DOSSIER} d WHERE d.version_id = v.id))"
        there = f"EXISTS (SELECT 1 FROM {TABLE} v WHERE ({IN_THE_WAY}) AND {kept}{{and_other}})"
        yield Rule("version_no_replace", "INSERT", there.format(and_other=""), NO_REPLACE)
        yield Rule("version_no_push", "UPDATE", there.format(and_other=" AND v.id <> OLD.id"), NO_REPLACE)


lock = Lock(TABLE, _rules)
