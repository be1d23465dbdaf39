"""`append()`: the one way into the ledger, called in the same transaction as what it records; `erase_salts()`, the one way to forget."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from keng.core.ids import random_id, this_hour
from keng.ledger.leaves import SALT_BYTES, leaf_of
from keng.ledger.models import Entry, new_salt
from keng.ledger.verbs import verbs

INSERT = (
    'INSERT INTO ledger_entry (id, verb, subject, office, "by", hour, purpose, "case", salt, leaf)'
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)

__all__ = ["NotInTransaction", "append", "erase_salts", "verbs"]


class NotInTransaction(RuntimeError):
    """An entry outside the transaction of what it records could be kept when that is rolled back, or the other way about."""


def append(
    *,
    verb: str,
    subject: str,
    office: str = "",
    by: str = "",
    purpose: str = "",
    case: str = "",
    salt: bytes | None = None,
) -> Entry:
    """Adds one entry and returns it.

    `verb` must be registered; `by` is a login, never a name; `case` groups entries (a thread, a dossier); `salt`, 32 bytes, is a
    report's log tag, by which its receipt finds the leaf, and random for everything else.
    Raises NotInTransaction, LookupError for an unknown verb, ValueError for a salt or a text that doesn't fit.
    """
    verbs[verb]
    if not connection.in_atomic_block:
        raise NotInTransaction(f"append({verb!r}) outside a transaction")
    if salt is not None and len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    salt = salt or new_salt()
    hour = this_hour()
    # By place and in plain SQL: with names and by the ORM an entry would take a fifth of all the time that a report may cost.
    entry = Entry(random_id(), verb, subject, office, by, hour, purpose, case, salt, b"", None)
    entry.check_lengths()
    entry.leaf = leaf_of(salt, entry.canonical())
    row = (entry.pk, verb, subject, office, by, _stored(hour, connection.vendor), purpose, case, salt, entry.leaf)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, row)
    entry._state.adding = False
    return entry


@lru_cache(maxsize=4)
def _stored(hour: datetime, _vendor: str) -> Any:
    """The hour as the database takes it; remembered, for it is the same for an hour."""
    return connection.ops.adapt_datetimefield_value(hour)


def erase_salts(*, case: str) -> int:
    """Forgets the entries of a case: their leaves stay in the log and can be opened no more. Returns how many were forgotten.

    The caller appends, under the same case, the entry that says why; that one keeps its salt. Raises NotInTransaction.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(f"erase_salts({case!r}) outside a transaction")
    return Entry.objects.filter(case=case, salt__isnull=False).update(salt=None)
