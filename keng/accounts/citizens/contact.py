"""How a citizen is reached: theirs to say and to change, unlike what e-identity says of them."""

from django.db import transaction

from keng.accounts.models import Citizen
from keng.ledger.services import append


@transaction.atomic
def set_phone(*, citizen: Citizen, phone: str) -> None:
    """ "" for none. The same as before changes nothing."""
    if Citizen.objects.filter(pk=citizen.pk).exclude(phone=phone).update(phone=phone):
        citizen.phone = phone
        append(verb="accounts.citizen.contact", subject=str(citizen.pk))
