"""Slip 06: every turn of a dossier, who had it when, and whether each step kept to its time. For the office alone.

It shows codes, offices, officers and times; the resident's name and the notes of events are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from keng.accounts.models import User
from keng.core.calendar import add_working_hours
from keng.core.pdf import pdf
from keng.ledger.verbs import verbs
from keng.procedures.dossiers.routing import steps_of
from keng.procedures.models import Dossier, Event
from keng.procedures.slips import wording
from keng.procedures.slips.kinds import PRINT
from keng.units.letterhead import heading
from keng.units.models import Office

TEMPLATE = PRINT / "control.typ"
# The events that end a step; the first step begins with the filing.
ENDS = ("accepted", "advanced", "finished")
RESIDENT = "Người nộp hồ sơ"


@dataclass(frozen=True)
class Kept:
    """A step that is over: its title, budget in hours, when it began and ended, and when it should have."""

    title: str
    hours: float
    since: datetime
    until: datetime
    due: datetime

    @property
    def how(self) -> str:
        return "Quá hạn" if self.until > self.due else "Trong hạn"


def pdf_of(dossier: Dossier, address: str) -> bytes:
    return pdf(TEMPLATE, values(dossier, address))


def values(dossier: Dossier, address: str) -> dict[str, object]:
    """What the template prints; `address` of the dossier's page. Five queries beside those for the dossier's own."""
    events = list(dossier.events.order_by("at", "pk"))
    offices = dict(Office.objects.filter(code__in={event.office for event in events}).values_list("code", "name"))
    people = dict(User.objects.filter(username__in={event.by for event in events}).values_list("username", "name"))
    kept = {step.until: step for step in steps(dossier, events)}
    rows = [
        [
            str(at),
            wording.short(event.at),
            _deed(event),
            offices.get(event.office, event.office),
            people.get(event.by, event.by) or RESIDENT,
            _judged(kept.get(event.at) if event.kind in ENDS else None),
        ]
        for at, event in enumerate(events, 1)
    ]
    return {
        **heading(dossier.office),
        "number": f"Số: {dossier.code}/KSHS",
        "title": "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
        "code": dossier.code,
        "facts": [
            ["Thủ tục", wording.what_for(dossier.version, dossier.procedure.code)],
            ["Cơ quan đang giữ", dossier.office.name],
            ["Tiếp nhận", wording.short(dossier.accepted_at) if dossier.accepted_at else "chưa tiếp nhận"],
            ["Hẹn trả", wording.short(dossier.due) if dossier.due else "chưa có"],
            ["Tình trạng", str(dossier.get_state_display()).capitalize()],
        ],
        "columns": ["STT", "Thời gian giao, nhận", "Việc", "Cơ quan, bộ phận", "Người thực hiện", "Kết quả bước"],
        "rows": rows,
        "signatures": [("Người lập phiếu", "(Ký, ghi rõ họ tên)", ""), ("Người kiểm soát", "(Ký, ghi rõ họ tên)", "")],
        "page": wording.page(address),
        "foot": f"Phiếu kiểm soát, mã hồ sơ {dossier.code}, in từ nhật ký hồ sơ",
    }


def steps(dossier: Dossier, events: list[Event]) -> Iterator[Kept]:
    """The steps that are over, each against its budget in office time; pauses don't count."""
    pauses = [(pause.since, pause.until) for pause in dossier.pauses.all() if pause.until]
    marks = [dossier.submitted_at, *(event.at for event in events if event.kind in ENDS)]
    for step, (since, until) in zip(steps_of(dossier.version), pairwise(marks), strict=False):
        hours = float(step.get("hours") or 0)
        yield Kept(str(step["title"]), hours, since, until, add_working_hours(since, hours, pauses=pauses))


def _deed(event: Event) -> str:
    verb = f"procedures.dossier.{event.kind}"
    return verbs[verb].capitalize() if verb in verbs else event.kind


def _judged(step: Kept | None) -> str:
    return f"{step.how}: {step.title} ({step.hours:g} giờ làm việc)" if step else ""
