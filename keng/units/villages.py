"""Villages of a commune: entered singly, renamed, ended. Whole lists: `keng.units.village_lists`."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keng.ledger.services import append
from keng.units.models import Unit, Village
from keng.units.names import Refused, clean_name


@transaction.atomic
def add(*, unit: Unit, name: str, by: str, office: str = "", since: date | None = None) -> Village:
    """Adds a village to a commune from `since` (today) on; raises Refused."""
    name = clean_name(name)
    since = since or timezone.localdate()
    if unit.is_province or unit.valid_to is not None:
        raise Refused(_("Bản chỉ thuộc một xã đang có."))
    if since < unit.valid_from:
        raise Refused(_("Xã chưa thành lập vào ngày này."))
    if unit.villages.filter(valid_to=None, name=name).exists():
        raise Refused(_("%(unit)s đã có %(name)s.") % {"unit": unit.full_name, "name": name})
    # One that was ended today and is entered again goes on.
    village, new = Village.objects.get_or_create(unit=unit, name=name, valid_from=since)
    if not new:
        village.valid_to = None
        village.save(update_fields=["valid_to"])
    append(verb="units.village.added", subject=unit.code, by=by, office=office, purpose=name)
    return village


@transaction.atomic
def rename(*, village: Village, name: str, by: str, office: str = "") -> None:
    """Puts right a village's name, as a mistake in entering it; raises Refused."""
    name, old = clean_name(name), village.name
    if name == old:
        return
    if village.unit.villages.filter(valid_to=None, name=name).exists():
        raise Refused(_("%(unit)s đã có %(name)s.") % {"unit": village.unit.full_name, "name": name})
    village.name = name
    village.save(update_fields=["name"])
    append(
        verb="units.village.renamed", subject=village.unit.code, by=by, office=office, purpose=f"{old} → {name}"[:200]
    )


@transaction.atomic
def end(*, village: Village, by: str, office: str = "") -> None:
    """Ends a village today; it stays in the history. Ending it again changes nothing."""
    if village.valid_to is not None:
        return
    village.valid_to = max(timezone.localdate(), village.valid_from)
    village.save(update_fields=["valid_to"])
    append(verb="units.village.ended", subject=village.unit.code, by=by, office=office, purpose=village.name)
