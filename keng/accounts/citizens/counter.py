"""A person before an officer, by the card in their hand. Typing a number tells nothing of whom it belongs to (C2)."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.utils import timezone

from keng.accounts import slowing
from keng.accounts.models import Citizen, User
from keng.core.group_commit import group_commit
from keng.core.text import fold
from keng.ledger.services import append
from keng.units.models import Office

T = TypeVar("T")


class Differs(Exception):
    """The number is known, of a person of another name or birth day. What is known of them is not said."""


def enter(
    *, number: str, name: str, born: date | None, phone: str, office: Office, by: User, then: Callable[[Citizen], T]
) -> T:
    """What `then` makes for the citizen of that number (12 digits), in the transaction that enters them: if it raises, nobody is entered.

    The citizen is made of what the card says, or the one who is known and whom the card fits. Name and birth day of somebody known stay as
    they are, whoever confirmed them; the phone is the one that they name now.
    Raises Differs, which stays in the ledger, and slowing.TooSoon for an officer who has just met several: a number is not to be tried out
    with one name or birth day after another.
    """
    tries = f"quầy {by.pk}"
    slowing.begin(tries)

    def job() -> tuple[T] | None:
        citizen = _entered(number=number, name=name, born=born, phone=phone, office=office, by=by)
        return None if citizen is None else (then(citizen),)

    try:
        made = group_commit(job)
    except Exception:
        slowing.take_back(tries)  # the card did fit
        raise
    if made is None:
        raise Differs
    slowing.take_back(tries)
    return made[0]


def _entered(*, number: str, name: str, born: date | None, phone: str, office: Office, by: User) -> Citizen | None:
    """None where the card does not fit who is known."""
    told = {
        "name": name,
        "born": born,
        "phone": phone,
        "source": office.code,
        "confirmed_on": timezone.localdate(),
    }
    citizen, made = Citizen.objects.get_or_create(number=number, defaults=told)
    if not made:
        if fold(citizen.name) != fold(name) or (born and citizen.born and born != citizen.born):
            append(verb="accounts.citizen.doubted", subject=str(citizen.pk), office=office.code, by=by.username)
            return None
        if not phone or phone == citizen.phone:
            return citizen
        citizen.phone = phone
        citizen.save(update_fields=["phone"])
    append(verb="accounts.citizen.entered", subject=str(citizen.pk), office=office.code, by=by.username)
    return citizen
