"""`manage.py change_units`: a decision of the National Assembly or its Standing Committee, entered as dated events.

change_units --date 2026-05-01 --decision 12/NQ-UBTVQH16 rename 03164 "Quảng Sơn"
change_units … kind 03164 phuong
change_units … merge 03164 03165 --into 03165          (or: --new 03199 xa "Quảng Nậm")
change_units … split 03164 --part 03199 xa "Na Cô Sa" --give 03199 "Bản Na Cô Sa 1" [--ends]
"""

from argparse import Namespace
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keng.units.changes import Basis, NewUnit, change_kind, merge, rename, split
from keng.units.models import Unit
from keng.units.names import Refused


class Command(BaseCommand):
    help = "Ghi một thay đổi đơn vị hành chính theo quyết định: đổi tên, đổi loại, nhập, tách."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, required=True, help="ngày có hiệu lực, ví dụ 2026-05-01")
        parser.add_argument("--decision", required=True, help="số nghị quyết, quyết định")
        parser.add_argument("--certainty", default="", help="nếu chưa chắc: nghe từ đâu")
        parser.add_argument("--by", default="change_units", help="tên đăng nhập của người ghi")
        verbs = parser.add_subparsers(dest="verb", required=True)
        renaming = verbs.add_parser("rename", help="đổi tên")
        renaming.add_argument("code")
        renaming.add_argument("name")
        changing = verbs.add_parser("kind", help="đổi loại")
        changing.add_argument("code")
        changing.add_argument("kind")
        merging = verbs.add_parser("merge", help="nhập")
        merging.add_argument("codes", nargs="+")
        whole = merging.add_mutually_exclusive_group(required=True)
        whole.add_argument("--into", metavar="CODE")
        whole.add_argument("--new", nargs=3, metavar=("CODE", "KIND", "NAME"))
        splitting = verbs.add_parser("split", help="tách")
        splitting.add_argument("code")
        splitting.add_argument("--part", nargs=3, action="append", required=True, metavar=("CODE", "KIND", "NAME"))
        splitting.add_argument("--give", nargs=2, action="append", default=[], metavar=("CODE", "VILLAGE_OR_COMMUNE"))
        splitting.add_argument("--ends", action="store_true", help="đơn vị cũ kết thúc")

    def handle(self, *args: Any, **options: Any) -> None:
        given = Namespace(**options)
        basis = Basis(date=given.date, decision=given.decision, by=given.by, certainty=given.certainty)
        try:
            self.stdout.write(VERBS[given.verb](given, basis))
        except Refused as error:
            raise CommandError(str(error)) from error


def _unit(code: str) -> Unit:
    unit: Unit | None = Unit.objects.filter(code=code).first()
    if unit is None:
        raise CommandError(f"Không có đơn vị mã {code}.")
    return unit


def _rename(given: Namespace, basis: Basis) -> str:
    return rename(unit=_unit(given.code), name=given.name, basis=basis).says


def _kind(given: Namespace, basis: Basis) -> str:
    return change_kind(unit=_unit(given.code), kind=given.kind, basis=basis).says


def _merge(given: Namespace, basis: Basis) -> str:
    into = _unit(given.into) if given.into else NewUnit(given.new[0], given.new[2], given.new[1])
    return merge(units=[_unit(code) for code in given.codes], into=into, basis=basis).full_name


def _split(given: Namespace, basis: Basis) -> str:
    """`--give` names a commune of a province by its code, a village of a commune by its name."""
    unit = _unit(given.code)
    villages = {village.name: village.pk for village in unit.villages.current()}
    gifts: dict[str, list[str]] = defaultdict(list)
    for code, gift in given.give:
        if not unit.is_province and gift not in villages:
            raise CommandError(f"{unit.full_name} không có bản {gift}.")
        gifts[code].append(gift)
    if unknown := gifts.keys() - {part[0] for part in given.part}:
        raise CommandError(f"--give cho đơn vị không có trong --part: {', '.join(sorted(unknown))}.")
    parts = [
        NewUnit(code, name, kind, communes=gifts[code])
        if unit.is_province
        else NewUnit(code, name, kind, villages=[villages[gift] for gift in gifts[code]])
        for code, kind, name in given.part
    ]
    return ", ".join(part.full_name for part in split(unit=unit, parts=parts, ends=given.ends, basis=basis))


VERBS: dict[str, Callable[[Namespace, Basis], str]] = {
    "rename": _rename,
    "kind": _kind,
    "merge": _merge,
    "split": _split,
}
