"""`append()`: the one way into the ledger, called in the same transaction as what it records; `erase_salts()`, the one way to forget."""

from django.db import connection

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
    entry = Entry(verb=verb, subject=subject, office=office, by=by, purpose=purpose, case=case, salt=salt)
    entry.check_lengths()
    entry.leaf = leaf_of(salt, entry.canonical())
    hour = connection.ops.adapt_datetimefield_value(entry.hour)
    # Plain SQL: by the ORM an entry would take a fifth of all the time that a report may cost.
    with connection.cursor() as cursor:
        cursor.execute(INSERT, (entry.pk, verb, subject, office, by, hour, purpose, case, salt, entry.leaf))
    entry._state.adding = False
    return entry


def erase_salts(*, case: str) -> int:
    """Forgets the entries of a case: their leaves stay in the log and can be opened no more. Returns how many were forgotten.

    The caller appends, under the same case, the entry that says why; that one keeps its salt. Raises NotInTransaction.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(f"erase_salts({case!r}) outside a transaction")
    return Entry.objects.filter(case=case, salt__isnull=False).update(salt=None)
