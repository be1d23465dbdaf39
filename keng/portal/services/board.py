"""The sheet of a procedure that an office must post, as PDF, with a QR to its page."""

import json
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from keng.core.pdf import pdf
from keng.core.qr import qr
from keng.portal.services import wording
from keng.procedures.models import ProcedureVersion
from keng.units.models import Office, Unit

SIZES = ("a3", "a4")
TEMPLATE = Path(__file__).parent / "print" / "board.typ"
KEPT = 64  # sheets that a process remembers, some 40 KB each
# Laying out takes a tenth of a second of processor: whoever asks for thousands must not keep a report waiting.
_turn = threading.Lock()

Lines = list[tuple[str, str]]


def as_pdf(version: ProcedureVersion, *, size: str, unit: Unit | None, offices: Sequence[Office]) -> bytes:
    """The sheet in Vietnamese, of one of SIZES; with the offices of the commune where one was chosen."""
    with translation.override("vi"):
        values = sheet(version, size=size, unit=unit, offices=offices)
    return _laid_out(json.dumps(values, ensure_ascii=False))


@lru_cache(maxsize=KEPT)
def _laid_out(values: str) -> bytes:
    with _turn:
        return pdf(TEMPLATE, json.loads(values))


def sheet(version: ProcedureVersion, *, size: str, unit: Unit | None, offices: Sequence[Office]) -> dict[str, object]:
    """All that is printed."""
    address = f"{settings.PUBLIC_ORIGIN}/services/p/{version.procedure.code}"
    return {
        "size": size,
        "title": version.name,
        "field": version.procedure.field.name,
        "code": version.procedure.code,
        "level": str(wording.LEVEL[version.level]),
        "sample": _("Bản mẫu: đối chiếu với danh mục chính thức trước khi dùng.") if version.sample else "",
        "qr": qr(address, error="m"),
        "alt": _("Mã QR mở trang %(address)s") % {"address": address},
        "scan": _("Quét để xem, nộp hồ sơ"),
        "facts": [
            (_("Bao lâu"), [(wording.span(version.amount, unit=version.time_unit), version.time_note)]),
            (_("Hết bao nhiêu"), _costs(version)),
            (_("Được nhận"), [(version.result, _online(version))]),
        ],
        "bring": _("Cần mang gì"),
        "documents": list(wording.documents(version)),
        "nothing": _("Không phải mang giấy tờ gì thêm, chỉ cần căn cước."),
        "sections": [(heading, rows) for heading, rows in _sections(version, unit, offices) if rows],
        "foot": f"{address.partition('://')[2]} · "
        + _("Bản %(number)s, áp dụng từ %(day)s") % {"number": version.number, "day": f"{version.valid_from:%d/%m/%Y}"},
    }


def _costs(version: ProcedureVersion) -> Lines:
    costs = [(amount, ": ".join(filter(None, [kind, note]))) for kind, amount, note in wording.costs(version)]
    return costs or [(_("Không mất tiền"), "")]


def _online(version: ProcedureVersion) -> str:
    return ". ".join(filter(None, [str(wording.ONLINE[version.online]), wording.identity(version)]))


def _sections(version: ProcedureVersion, unit: Unit | None, offices: Sequence[Office]) -> Iterator[tuple[str, Lines]]:
    where = [(office.name, " · ".join(filter(None, [office.address, office.phone]))) for office in offices]
    yield (unit.full_name if unit else ""), where
    yield _("Ai được làm"), [(version.applicants, "")] if version.applicants else []
    yield _("Ai giải quyết"), [(version.agency, "")]
    yield _("Mẫu đơn, tờ khai"), [(paper["title"], paper.get("number", "")) for paper in version.papers]
    yield _("Cách nộp"), wording.ways(version)
    yield (
        _("Các bước"),
        [
            (title, "\n".join(filter(None, [" · ".join(filter(None, [office, took])), text])))
            for title, text, office, took in wording.steps(version)
        ],
    )
    yield _("Điều kiện"), [(line, "") for line in wording.conditions(version)]
    yield _("Căn cứ pháp lý"), wording.bases(version)
