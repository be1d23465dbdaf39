"""How slips say moments, days, times and sums."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.text import capfirst

from keng.core.models import Clock
from keng.core.qr import qr
from keng.procedures.models import CostKind, Dossier, ProcedureVersion

FREE = "Không thu"
SCAN = "Quét mã này để mở lại trang đã in trên bàn làm việc, như nó đang là:"


def moment(at: datetime) -> str:
    """As in: 08 giờ 05 phút, ngày 05 tháng 01 năm 2026. Local time."""
    local = timezone.localtime(at)
    return f"{local:%H} giờ {local:%M} phút, {day(local.date())}"


def day_of(at: datetime) -> str:
    return day(timezone.localdate(at))


def day(on: date) -> str:
    return f"ngày {on.day:02d} tháng {on.month:02d} năm {on.year}"


def short(at: datetime) -> str:
    """As in 05/01/2026 08:05, for tables."""
    return f"{timezone.localtime(at):%d/%m/%Y %H:%M}"


def promised(version: ProcedureVersion) -> str:
    """As in: 3 ngày làm việc, kể từ khi nhận đủ hồ sơ hợp lệ."""
    return f"{version.amount} {Clock.Unit(version.time_unit).label}, kể từ khi nhận đủ hồ sơ hợp lệ"


def costs(version: ProcedureVersion) -> str:
    """Fees and charges as the version posts them, VND."""
    said = [_cost(one) for one in version.costs]
    return "; ".join(said) or FREE


def _cost(cost: dict[str, object]) -> str:
    amount = int(str(cost.get("amount") or 0))
    sum_ = f"{amount:,} đồng".replace(",", ".") if amount else FREE.lower()
    kind = str(cost.get("kind"))
    what = capfirst(str(CostKind(kind).label)) if kind in CostKind.values else "Phí, lệ phí"
    note = f" ({cost['note']})" if cost.get("note") else ""
    return f"{what}: {sum_}{note}"


def what_for(version: ProcedureVersion, code: str) -> str:
    return f"{version.name} (mã thủ tục {code})"


def papers(dossier: Dossier) -> list[str]:
    """What was handed in: the form, then each file by the title that it was asked for under, each title once."""
    files = dossier.attachments.filter(result=False).order_by("given_at", "pk").values_list("title", "name")
    named = list(dict.fromkeys(title or name for title, name in files))
    form = dossier.form or dossier.version.form
    first = [f"Tờ khai điện tử: {form.form.title}"] if form else []
    return [*first, *named] or ["Các nội dung đã khai khi nộp hồ sơ"]


def page(address: str) -> dict[str, str]:
    """What leads from a paper that stays in the office back to the page that it was printed from."""
    return {"qr": qr(address, error="m"), "words": SCAN, "address": address}


def numbered(items: Iterable[object]) -> list[list[str]]:
    """(what, why) of each thing that a supplement asks for."""
    rows = [item if isinstance(item, dict) else {"title": str(item)} for item in items]
    return [[str(row.get("title", "")), str(row.get("why") or "")] for row in rows]
