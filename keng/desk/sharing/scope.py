"""From the ids in addresses to the offices concerned."""

from collections.abc import Iterable

from keng.accounts.models import Absence
from keng.accounts.people import offices_of
from keng.desk.models import Handover


def of_handover(handover: int, **_: object) -> Iterable[int]:
    """The office of the box whose reports are handed over."""
    return Handover.objects.filter(pk=handover).values_list("box__office", flat=True)


def of_absence(absence: int, **_: object) -> Iterable[int]:
    """The offices of the officer who is away."""
    login = Absence.objects.filter(pk=absence).values_list("officer__username", flat=True).first()
    return offices_of(login) if login else ()
