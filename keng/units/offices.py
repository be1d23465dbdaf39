"""Offices: adding and changing them, what they cover, which level stands above."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keng.ledger.services import append
from keng.units.models import Coverage, Office, OfficeKind, Unit
from keng.units.names import Refused, clean_name, clean_text

# Above an office stand at most this many: the permissions walk no longer chain.
MOST_ABOVE = 4


@dataclass(frozen=True)
class Details:
    """What a person enters of an office besides its code and what it covers."""

    name: str
    kind: str
    above: Office | None
    phone: str = ""
    address: str = ""


@transaction.atomic
def add(
    *, code: str, details: Details, covers: Iterable[Unit], by: str, office: str = "", since: date | None = None
) -> Office:
    """Adds an office that covers one or more units of one province; raises Refused."""
    units = list(covers)
    if not re.fullmatch(r"[a-z0-9](-?[a-z0-9])*", code) or len(code) > 60:
        raise Refused(_("Mã cơ quan chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối, nhiều nhất 60 ký tự."))
    if Office.objects.filter(code=code).exists():
        raise Refused(_("Mã %(code)s đã có cơ quan khác dùng.") % {"code": code})
    if not units:
        raise Refused(_("Chưa chọn địa bàn."))
    since = since or timezone.localdate()
    made = Office(code=code, province=units[0].parent or units[0], valid_from=since)
    _fill(made, details)
    made.save()
    append(verb="units.office.added", subject=code, by=by, office=office, purpose=made.name)
    for unit in units:
        cover(office_covering=made, unit=unit, by=by, office=office, since=since)
    return made


@transaction.atomic
def change(*, changed: Office, details: Details, by: str, office: str = "") -> Office:
    """Gives an office another name, kind, level above, phone or address; raises Refused. The code stays for ever."""
    changed = Office.objects.select_for_update().get(pk=changed.pk)
    before = _told(changed)
    _fill(changed, details)
    if differing := [what for what, value in _told(changed).items() if value != before[what]]:
        changed.save()
        told = _told(changed)
        says = "; ".join(f"{what}: {before[what]} → {told[what]}" for what in differing)
        append(verb="units.office.changed", subject=changed.code, by=by, office=office, purpose=says[:200])
    return changed


@transaction.atomic
def cover(*, office_covering: Office, unit: Unit, by: str, office: str = "", since: date | None = None) -> Coverage:
    """The office covers the unit from `since` (today) on; raises Refused for another province's unit. Saying it twice changes nothing."""
    since = since or timezone.localdate()
    if (unit.parent_id or unit.pk) != office_covering.province_id:
        raise Refused(_("%(unit)s ở tỉnh khác.") % {"unit": unit.full_name})
    if unit.valid_to is not None:
        raise Refused(_("%(unit)s đã kết thúc.") % {"unit": unit.full_name})
    held: Coverage | None = Coverage.objects.filter(office=office_covering, unit=unit, valid_to=None).first()
    if held is not None:
        return held
    made, new = Coverage.objects.get_or_create(office=office_covering, unit=unit, valid_from=since)
    if not new:
        made.valid_to = None
        made.save(update_fields=["valid_to"])
    append(verb="units.coverage.added", subject=office_covering.code, by=by, office=office, purpose=unit.full_name)
    return made


@transaction.atomic
def uncover(*, office_covering: Office, unit: Unit, by: str, office: str = "") -> None:
    """The office stops covering the unit today; raises Refused for its last one. Saying it twice changes nothing."""
    held = Coverage.objects.select_for_update().filter(office=office_covering, valid_to=None)
    mine = next((row for row in held if row.unit_id == unit.pk), None)
    if mine is None:
        return
    if len(held) == 1:
        raise Refused(_("Cơ quan phải còn ít nhất một địa bàn."))
    mine.valid_to = max(timezone.localdate(), mine.valid_from)
    mine.save(update_fields=["valid_to"])
    append(verb="units.coverage.ended", subject=office_covering.code, by=by, office=office, purpose=unit.full_name)


def _fill(office: Office, details: Details) -> None:
    if details.kind not in OfficeKind.values:
        raise Refused(_("Chưa chọn loại cơ quan."))
    _check_above(office, details.above)
    office.name = clean_name(details.name)
    office.kind = details.kind
    office.above = details.above
    office.phone = clean_text(details.phone, longest=20, what=_("Số điện thoại"))
    office.address = clean_text(details.address, longest=200, what=_("Địa chỉ"))


def _check_above(office: Office, above: Office | None) -> None:
    """Walks up from `above` and down from `office`: no ring, no chain too long."""
    chain = 0
    while above is not None and chain <= MOST_ABOVE:
        if above.pk == office.pk:
            raise Refused(_("Cấp trên của cơ quan không thể là chính nó hay cơ quan dưới nó."))
        chain, above = chain + 1, above.above
    if chain and chain + _levels_below(office) > MOST_ABOVE:
        raise Refused(_("Trên một cơ quan chỉ có nhiều nhất %(levels)d cấp.") % {"levels": MOST_ABOVE})


def _levels_below(office: Office) -> int:
    levels, layer = 0, [office.pk] if office.pk else []
    while layer and levels <= MOST_ABOVE:
        layer = list(Office.objects.filter(above__in=layer).values_list("pk", flat=True))
        levels += bool(layer)
    return levels


def _told(office: Office) -> dict[str, str]:
    above = office.above.code if office.above else ""
    return {"name": office.name, "kind": office.kind, "above": above, "phone": office.phone, "address": office.address}
