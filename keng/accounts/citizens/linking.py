"""Who an e-identity is: finds or makes the citizen of its personal id number, and ties the two together once and for ever."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from keng.accounts.citizens.troubles import Trouble
from keng.accounts.models import Citizen, Identity
from keng.ledger.services import append

NUMBER = re.compile(r"[0-9]{12}", re.ASCII)


@dataclass(frozen=True)
class Person:
    """What we need to know of somebody, and all that is taken from the provider's claims."""

    number: str
    name: str
    born: date | None


def person(claims: Mapping[str, Any]) -> Person:
    """Raises Trouble where the number (12 digits) or the name is missing or can't be one."""
    number, name = (claims.get(settings.IDENTITY_CLAIMS[each]) for each in ("number", "name"))
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise Trouble("incomplete", "the provider tells no personal id number")
    name = " ".join(unicodedata.normalize("NFC", name).split()) if isinstance(name, str) else ""
    if not 0 < len(name) <= 120 or not name.isprintable():
        raise Trouble("incomplete", "the provider tells no name")
    return Person(number, name, birth_day(claims.get(settings.IDENTITY_CLAIMS["born"])))


def birth_day(told: object) -> date | None:
    """An ISO date that has been; None for anything else, such as a year alone."""
    try:
        born = date.fromisoformat(told) if isinstance(told, str) and len(told) == 10 else None
    except ValueError:
        return None
    return born if born and date(1900, 1, 1) <= born <= timezone.localdate() else None


def signed_in(*, issuer: str, subject: str, level: int, person: Person) -> Citizen:
    """The citizen who comes by this identity. Raises Trouble("taken") where number and identity are tied otherwise already, and
    Trouble("low") where a number known from a counter comes at level 1; then nothing has changed.

    At level 2, and when the citizen is new, name and birth day become what the provider says; what was typed at a counter gives way.
    """
    try:
        with transaction.atomic():
            citizen, made = locked(person, issuer)
            identity, tied = bound(citizen, issuer, subject, level, known=not made)
            if level == 2 or made:
                confirm(citizen, person, issuer, new=made or tied)
            Identity.objects.filter(pk=identity.pk).update(level=level, used_on=timezone.localdate())
            return citizen
    except IntegrityError as error:  # at the same moment, the same identity came with another number
        raise Trouble("taken", "an identity came with two numbers at once") from error


def locked(person: Person, issuer: str) -> tuple[Citizen, bool]:
    """The citizen of that number, held until the end of the transaction, and whether they are new."""
    told = {"name": person.name, "born": person.born, "source": issuer, "confirmed_on": timezone.localdate()}
    citizen, made = Citizen.objects.get_or_create(number=person.number, defaults=told)
    held = Citizen.objects.select_for_update().filter(pk=citizen.pk).first()
    if held is None:  # erased since the line above, for nothing of theirs was left: they begin anew
        return Citizen.objects.create(number=person.number, **told), True
    return held, made


def bound(citizen: Citizen, issuer: str, subject: str, level: int, *, known: bool) -> tuple[Identity, bool]:
    """The identity of that citizen, and whether it was tied just now."""
    theirs = citizen.identities.filter(issuer=issuer).first()
    if theirs is not None:
        if theirs.subject != subject:
            raise Trouble("taken", "a number came with a second subject")
        return theirs, False
    if Identity.objects.filter(issuer=issuer, subject=subject).exists():
        raise Trouble("taken", "a subject came with a second number")
    if known and level < 2:
        raise Trouble("low", "a number known from a counter came at level 1")
    tied = citizen.identities.create(issuer=issuer, subject=subject, level=level, used_on=timezone.localdate())
    return tied, True


def confirm(citizen: Citizen, person: Person, issuer: str, *, new: bool) -> None:
    """What the provider says of the person, with source and date. What is new or changed is in the ledger, by an id that tells nothing."""
    before = (citizen.name, citizen.born, citizen.source)
    citizen.name, citizen.born = person.name, person.born or citizen.born
    citizen.source, citizen.confirmed_on = issuer, timezone.localdate()
    citizen.save(update_fields=["name", "born", "source", "confirmed_on"])
    if new:
        append(verb="accounts.citizen.linked", subject=str(citizen.pk))
    elif before != (citizen.name, citizen.born, citizen.source):
        append(verb="accounts.citizen.confirmed", subject=str(citizen.pk))
