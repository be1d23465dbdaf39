"""`append()`: the one way into the ledger, called in the same transaction as what it records."""

from django.db import connection

from keng.core.registry import Registry
from keng.ledger.models import Entry

# verb -> what it says, in Vietnamese, for those who read the ledger
verbs: Registry[str] = Registry("ledger verb")


class NotInTransaction(RuntimeError):
    """An entry outside the transaction of what it records could be kept when that is rolled back, or the other way about."""


def append(*, verb: str, subject: str, office: str = "", by: str = "", purpose: str = "", case: str = "") -> Entry:
    """Adds one entry and returns it. `verb` must be registered; `by` is a login, never a name; `case` groups entries (a thread, a dossier)."""
    verbs[verb]
    if not connection.in_atomic_block:
        raise NotInTransaction(f"append({verb!r}) outside a transaction")
    return Entry.objects.create(verb=verb, subject=subject, office=office, by=by, purpose=purpose, case=case)
