"""From the names in addresses to the offices concerned."""

from collections.abc import Iterable

from django.conf import settings

from keng.procedures.models import Dossier
from keng.units.models import Office


def of_dossier(dossier: str, **_: object) -> Iterable[int]:
    """The office that holds the dossier of this code."""
    return Dossier.objects.filter(code=dossier).values_list("office", flat=True)


def of_counter(dossier: str, **_: object) -> Iterable[int]:
    """That office, and the one at whose counter it was filed: both serve its resident."""
    pairs = Dossier.objects.filter(code=dossier).values_list("office", "received_by")
    return [office for pair in pairs for office in pair if office is not None]


def of_province(**_: object) -> Iterable[int]:
    """The offices with none above them: the catalogue is one for the whole province, theirs to keep."""
    return Office.objects.filter(above=None, province=settings.PROVINCE).values_list("pk", flat=True)
