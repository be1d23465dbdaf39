"""Which units and offices an administrator looks after, and whose an address under /units/ is."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from keng.accounts.models import User
from keng.accounts.permissions import offices
from keng.units.models import PROVINCE_KINDS, Coverage, Office, Unit

PERM = "units.manage_units"


def of_unit(unit: str, **_: object) -> Iterable[int]:
    """The offices that serve the unit or its province."""
    return Coverage.objects.current().filter(Q(unit=unit) | Q(unit__children=unit)).values_list("office", flat=True)


def of_office(office: str, **_: object) -> Iterable[int]:
    return Office.objects.filter(code=office).values_list("pk", flat=True)


def units_in_reach(user: User | AnonymousUser) -> QuerySet[Unit]:
    """The units that the administrator's offices serve, and the communes of the provinces among them."""
    served = Coverage.objects.current().filter(office__in=offices(user, PERM)).values("unit")
    reach: QuerySet[Unit] = Unit.objects.current().filter(Q(pk__in=served) | Q(parent__in=served))
    return reach


def communes_in_reach(user: User | AnonymousUser) -> QuerySet[Unit]:
    return units_in_reach(user).exclude(kind__in=PROVINCE_KINDS)
