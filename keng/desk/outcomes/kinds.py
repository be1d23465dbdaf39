"""What can be counted, in which units, and how much of it one matter can have: one table, which the desk's script gets too."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.desk.models import ExhibitKind, OutcomeKind, OutcomeUnit
from keng.mailbox.errors import Malformed

CASE, PERSON, PIECE, ROUND = OutcomeUnit.CASE, OutcomeUnit.PERSON, OutcomeUnit.PIECE, OutcomeUnit.ROUND
ANIMAL, GRAM, KILOGRAM = OutcomeUnit.ANIMAL, OutcomeUnit.GRAM, OutcomeUnit.KILOGRAM
CUBIC_METRE, LITRE, VND = OutcomeUnit.CUBIC_METRE, OutcomeUnit.LITRE, OutcomeUnit.VND

# A unit to the most that one line may say: far above what a post has ever met, far below a slip of the finger with zeros.
Units = Mapping[str, int]
DRUGS: Units = {GRAM: 1_000_000, KILOGRAM: 5_000}

KINDS: dict[str, Units] = {
    OutcomeKind.MAJOR_CASE: {CASE: 20},
    OutcomeKind.OTHER_CASE: {CASE: 100},
    OutcomeKind.ARREST: {PERSON: 300},
    OutcomeKind.ILLEGAL_RESIDENT: {PERSON: 1_000},
    OutcomeKind.WEAPON: {PIECE: 500, ROUND: 100_000},
    OutcomeKind.VICTIM: {PERSON: 1_000},
    OutcomeKind.MONEY: {VND: 500_000_000_000},
    OutcomeKind.ADMINISTRATIVE: {PERSON: 1_000, CASE: 100},
}
EXHIBITS: dict[str, Units] = {
    ExhibitKind.HEROIN: DRUGS,
    ExhibitKind.OPIUM: DRUGS,
    ExhibitKind.SYNTHETIC: {**DRUGS, ROUND: 5_000_000},
    ExhibitKind.GUN: {PIECE: 500},
    ExhibitKind.AMMUNITION: {ROUND: 100_000},
    ExhibitKind.EXPLOSIVE: {KILOGRAM: 20_000, PIECE: 20_000},
    ExhibitKind.VEHICLE: {PIECE: 500},
    ExhibitKind.CATTLE: {ANIMAL: 1_000},
    ExhibitKind.TIMBER: {CUBIC_METRE: 5_000, KILOGRAM: 1_000_000},
    ExhibitKind.GOODS: {PIECE: 1_000_000, KILOGRAM: 1_000_000, LITRE: 1_000_000},
    ExhibitKind.PHONE: {PIECE: 10_000},
    ExhibitKind.DOCUMENT: {PIECE: 100_000},
    ExhibitKind.OTHER: {PIECE: 1_000_000, KILOGRAM: 1_000_000, LITRE: 1_000_000, ANIMAL: 10_000},
}
WHOLE = frozenset({CASE, PERSON, PIECE, ROUND, ANIMAL, VND})
DECIMALS = 3

# Why a line was put right.
CORRECTIONS: dict[str, str | Promise] = {
    "typo": _("Gõ nhầm"),
    "double": _("Ghi trùng"),
    "found_later": _("Xác minh sau mới rõ"),
    "wrong_kind": _("Nhầm loại"),
    "other": _("Lý do khác"),
}

NO_KIND = _("Không có loại kết quả này.")
NO_EXHIBIT = _("Đồng chí chọn loại tang vật.")
NOT_EXHIBIT = _("Chỉ tang vật mới có loại tang vật.")
NOT_ITS_UNIT = _("Loại kết quả này không tính bằng đơn vị ấy.")
NOT_A_NUMBER = _("Số lượng phải là một con số lớn hơn 0.")
NOT_WHOLE = _("Thứ này đếm bằng số nguyên, không có phần lẻ.")
TOO_FINE = _("Số lượng chỉ ghi đến ba chữ số sau dấu phẩy.")
TOO_MUCH = _("Số lượng lớn quá mức có thể có. Đồng chí xem lại số và đơn vị.")


def units(kind: str, exhibit: str) -> Units:
    """The units in which this is counted. Raises Malformed for what is no kind."""
    if kind == OutcomeKind.EXHIBIT:
        if exhibit not in EXHIBITS:
            raise Malformed(NO_EXHIBIT, "exhibit")
        return EXHIBITS[exhibit]
    if kind not in KINDS:
        raise Malformed(NO_KIND, "kind")
    if exhibit:
        raise Malformed(NOT_EXHIBIT, "exhibit")
    return KINDS[kind]


def check(*, kind: str, exhibit: str, quantity: Decimal, unit: str, striking_out: bool = False) -> None:
    """Raises Malformed unless a post can have counted this. 0 is for a correction that strikes a line out."""
    known = units(kind, exhibit)
    if unit not in known:
        raise Malformed(NOT_ITS_UNIT, "unit")
    if not quantity.is_finite() or quantity < 0 or (quantity == 0 and not striking_out):
        raise Malformed(NOT_A_NUMBER, "quantity")
    if quantity > known[unit]:
        raise Malformed(TOO_MUCH, "quantity")
    _check_decimals(quantity, unit)


def _check_decimals(quantity: Decimal, unit: str) -> None:
    if unit in WHOLE and quantity != quantity.to_integral_value():
        raise Malformed(NOT_WHOLE, "quantity")
    if quantity != round(quantity, DECIMALS):
        raise Malformed(TOO_FINE, "quantity")


def as_settings() -> dict[str, Any]:
    """The tables as the desk's script gets them; the words stand in the script."""
    return {
        "kinds": {kind: dict(KINDS.get(kind, {})) for kind in OutcomeKind.values},
        "exhibits": {exhibit: dict(EXHIBITS[exhibit]) for exhibit in ExhibitKind.values},
        "whole": sorted(WHOLE),
        "corrections": list(CORRECTIONS),
    }
