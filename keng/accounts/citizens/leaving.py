"""A citizen is no longer known here: the tie to their e-identity is cut, and in the end the row goes.

What is filed for them is for others to keep or to erase first (`keng.procedures.resident.forgetting`). All within the caller's transaction.
"""

from keng.accounts.citizens import sessions
from keng.accounts.models import Citizen
from keng.ledger.services import append


def unlink(citizen: Citizen) -> None:
    """At their own wish: e-identity, phone, e-mail, and they are signed in nowhere. Number, name and birth day stay with what is filed."""
    citizen.identities.all().delete()
    citizen.phone = citizen.email = ""
    citizen.save(update_fields=["phone", "email"])
    sessions.end_all(citizen)
    append(verb="accounts.citizen.left", subject=str(citizen.pk))


def forget(citizen: Citizen) -> None:
    """Erases the row of whom nothing is left. The ledger says so by an id that leads nowhere any more."""
    key = citizen.pk
    citizen.delete()
    append(verb="accounts.citizen.forgotten", subject=str(key))
