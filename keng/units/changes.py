"""Renaming, changing kind, merging and splitting units: dated events, each in one transaction with its ledger entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from keng.ledger.services import append
from keng.units import moving
from keng.units.models import PROVINCE_KINDS, Unit, UnitEvent, UnitEventKind, UnitKind
from keng.units.names import Refused, clean_name, clean_text

CODE_LENGTH = {True: 2, False: 5}  # of a province, of a commune


@dataclass(frozen=True)
class Basis:
    """When a change takes effect, by which decision, how sure that is, and who enters it (login, code of the office)."""

    date: date
    decision: str
    by: str
    office: str = ""
    certainty: str = ""


@dataclass(frozen=True)
class NewUnit:
    """A unit that a merger or a split founds, and what of the old unit goes to it: ids of villages, codes of communes."""

    code: str
    name: str
    kind: str
    villages: Sequence[int] = ()
    communes: Sequence[str] = ()


@transaction.atomic
def rename(*, unit: Unit, name: str, basis: Basis) -> UnitEvent:
    """Gives the unit another name from `basis.date` on; raises Refused."""
    unit = _ready(unit, basis)
    name = clean_name(name)
    if name == unit.name:
        raise Refused(_("%(unit)s đã mang tên này.") % {"unit": unit.full_name})
    event = _event(unit, UnitEventKind.RENAMED, basis, before=unit.name, after=name)
    unit.name = name
    unit.save(update_fields=["name"])
    return event


@transaction.atomic
def change_kind(*, unit: Unit, kind: str, basis: Basis) -> UnitEvent:
    """Makes a commune a ward, a province a city and so on; raises Refused, also where it would change the level."""
    unit = _ready(unit, basis)
    if (kind not in UnitKind.values) or (kind in PROVINCE_KINDS) != unit.is_province:
        raise Refused(_("%(unit)s không thể đổi sang loại này.") % {"unit": unit.full_name})
    if kind == unit.kind:
        raise Refused(_("%(unit)s đã là loại này.") % {"unit": unit.full_name})
    event = _event(unit, UnitEventKind.KIND_CHANGED, basis, before=unit.kind, after=kind)
    unit.kind = kind
    unit.save(update_fields=["kind"])
    return event


@transaction.atomic
def merge(*, units: Sequence[Unit], into: Unit | NewUnit, basis: Basis) -> Unit:
    """Ends `units` and puts what they held under `into`, an existing unit or one founded for it, which is returned.

    Villages, communes and the offices' coverage go along, dated. All must be of one level; raises Refused.
    """
    ending = [_ready(unit, basis) for unit in {unit.code: unit for unit in units if unit != into}.values()]
    if len(ending) < (1 if isinstance(into, Unit) else 2):
        raise Refused(_("Nhập đơn vị thì cần ít nhất hai đơn vị."))
    whole = _ready(into, basis) if isinstance(into, Unit) else _found(into, basis, like=ending[0])
    if any(unit.is_province != whole.is_province for unit in ending):
        raise Refused(_("Chỉ nhập được các đơn vị cùng cấp."))
    for unit in ending:
        _event(unit, UnitEventKind.MERGED, basis, before=unit.full_name, after=whole.full_name, other=whole)
        moving.villages(unit.villages.current(), whole, basis.date)
        moving.communes(unit.children.current(), whole, basis.date, basis.decision)
        moving.coverage(unit, [whole], basis.date, ends=True)
        _end(unit, basis)
    return whole


@transaction.atomic
def split(*, unit: Unit, parts: Sequence[NewUnit], ends: bool, basis: Basis) -> list[Unit]:
    """Founds `parts` out of `unit`, which goes on or `ends`; returns the new units.

    Each part names the villages or communes that go to it. When the unit ends none may be left over. Its offices cover the parts too.
    Raises Refused.
    """
    unit = _ready(unit, basis)
    if len(parts) < (2 if ends else 1):
        raise Refused(_("Tách đơn vị thì phải ra ít nhất hai đơn vị."))
    if any((part.kind in PROVINCE_KINDS) != unit.is_province for part in parts):
        raise Refused(_("Đơn vị tách ra phải cùng cấp với đơn vị cũ."))
    founded = [_found(part, basis, like=unit) for part in parts]
    for part, made in zip(parts, founded, strict=True):
        _event(unit, UnitEventKind.SPLIT, basis, before=unit.full_name, after=made.full_name, other=made)
        moving.villages(_all(unit.villages.current(), "pk", part.villages), made, basis.date)
        moving.communes(_all(unit.children.current(), "code", part.communes), made, basis.date, basis.decision)
    moving.coverage(unit, founded, basis.date, ends=ends)
    if ends:
        if unit.villages.current().exists() or unit.children.current().exists():
            raise Refused(_("Còn bản hoặc xã chưa giao cho đơn vị mới nào."))
        _end(unit, basis)
    return founded


def _ready(unit: Unit, basis: Basis) -> Unit:
    """The unit locked and read again, if a change on `basis.date` fits what is known of it."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.valid_to is not None:
        raise Refused(
            _("%(unit)s đã kết thúc từ %(date)s.") % {"unit": unit.full_name, "date": f"{unit.valid_to:%d/%m/%Y}"}
        )
    if basis.date > timezone.localdate():
        raise Refused(_("Chưa đến ngày quyết định có hiệu lực."))
    if not clean_text(basis.decision, longest=120, what=_("Số quyết định")):
        raise Refused(_("Chưa ghi số quyết định."))
    last = unit.events.order_by("-date").first()
    if basis.date < max(unit.valid_from, last.date if last else unit.valid_from):
        raise Refused(
            _("%(unit)s đã có thay đổi sau ngày này; các thay đổi phải nhập theo thứ tự.") % {"unit": unit.full_name}
        )
    return unit


def _found(new: NewUnit, basis: Basis, *, like: Unit) -> Unit:
    if new.kind not in UnitKind.values or (new.kind in PROVINCE_KINDS) != like.is_province:
        raise Refused(_("Đơn vị mới phải cùng cấp với đơn vị cũ."))
    if not (new.code.isascii() and new.code.isdigit() and len(new.code) == CODE_LENGTH[like.is_province]):
        raise Refused(_("Mã tỉnh có 2 chữ số, mã xã có 5 chữ số."))
    if Unit.objects.filter(code=new.code).exists():
        raise Refused(_("Mã %(code)s đã có đơn vị khác dùng.") % {"code": new.code})
    unit = Unit.objects.create(
        code=new.code, name=clean_name(new.name), kind=new.kind, parent=like.parent, valid_from=basis.date
    )
    _event(unit, UnitEventKind.FOUNDED, basis, after=f"{unit.kind} {unit.name}", other=like)
    return unit


def _end(unit: Unit, basis: Basis) -> None:
    unit.valid_to = basis.date
    unit.save(update_fields=["valid_to"])


def _event(
    unit: Unit, kind: UnitEventKind, basis: Basis, *, before: str = "", after: str = "", other: Unit | None = None
) -> UnitEvent:
    event, new = UnitEvent.objects.get_or_create(
        unit=unit, kind=kind, date=basis.date, before=before, after=after,
        defaults={"other": other, "decision": basis.decision, "certainty": basis.certainty},
    )  # fmt: skip
    if not new:
        raise Refused(_("Thay đổi này đã được ghi rồi."))
    append(
        verb=f"units.unit.{kind.value}",
        subject=unit.code,
        by=basis.by,
        office=basis.office,
        case=basis.decision,
        purpose=event.says[:200],
    )
    return event


def _all(rows: moving.Rows, key: str, wanted: Sequence[object]) -> moving.Rows:
    """Those of `rows` that are wanted; raises Refused when one isn't among them."""
    found = rows.filter(Q(**{f"{key}__in": wanted}))
    if found.count() != len(set(wanted)):
        raise Refused(_("Có bản hoặc xã không thuộc đơn vị được tách."))
    return found
