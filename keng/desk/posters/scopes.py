"""Whose a place is, for `@needs(…, office=…)`."""

from collections.abc import Iterable

from keng.desk.models import Place
from keng.units.models import Office


def of_office(office: str, **_: object) -> Iterable[int]:
    return Office.objects.filter(code=office).values_list("pk", flat=True)


def of_place(place: int, **_: object) -> Iterable[int]:
    return Place.objects.filter(pk=place).values_list("office", flat=True)
