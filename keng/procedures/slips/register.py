"""Slip 07: what an office received in a period, line by line, as PDF and CSV.

The printed form of the circular has columns for the applicant's name, address and signature. They are left out: the register is carried
about, copied and hung up, and by a dossier's code whoever may see the person finds them, with a reason that is written down (C1).
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from keng.core.pdf_apart import pdf_apart
from keng.core.pdf_join import Joined
from keng.procedures.models import Dossier, State
from keng.procedures.slips import wording
from keng.procedures.slips.kinds import PRINT
from keng.units.letterhead import heading
from keng.units.models import Office

TEMPLATE = PRINT / "register.typ"
COLUMNS = (
    "STT",
    "Mã hồ sơ",
    "Thủ tục hành chính",
    "Cách thức nộp",
    "Ngày nhận",
    "Ngày hẹn trả",
    "Ngày có kết quả",
    "Ngày trả",
    "Tình trạng",
    "Ghi chú",
)
FIELDS = (
    "stt", "ma_ho_so", "ma_thu_tuc", "ten_thu_tuc", "cach_nop",
    "ngay_nhan", "ngay_hen_tra", "ngay_co_ket_qua", "ngay_tra", "tinh_trang", "ghi_chu",
)  # fmt: skip
# So many lines are laid out at once, in a process of its own that gives its memory back.
A_PART = 1000
# Nobody prints more; who needs it takes the CSV.
MOST_PRINTED = 10_000
IN_TIME = {"early": "Trước hạn", "on": "Đúng hạn", "late": "Quá hạn"}


class TooLong(ValueError):
    """More lines than can be printed at once."""


@dataclass(frozen=True)
class Line:
    """One dossier of the register. Moments are UTC, as kept."""

    number: int
    code: str
    procedure: str
    name: str
    channel: str
    submitted: datetime
    due: datetime | None
    closed: datetime | None
    returned: datetime | None
    state: str
    note: str


def received(office: Office, first: date, last: date) -> QuerySet[Dossier]:
    """What the office received from `first` to `last`, both included, local days, wherever it lies now; test ones never."""
    return Dossier.objects.filter(
        first_office=office,
        submitted_at__gte=start(first),
        submitted_at__lt=start(last + timedelta(days=1)),
        test=False,
    )


def start(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


def lines(office: Office, first: date, last: date) -> Iterator[Line]:
    """In the order of filing. One query, whatever their number."""
    asked = (
        "code", "procedure__code", "version__name", "channel", "submitted_at", "due",
        "closed_at", "returned_at", "state", "in_time", "extended_at", "office", "office__name",
    )  # fmt: skip
    found = received(office, first, last).order_by("submitted_at", "code").values_list(*asked)
    channels = dict(Dossier._meta.get_field("channel").flatchoices)
    for number, (code, procedure, name, channel, *moments, state, in_time, extended, at, where) in enumerate(
        found.iterator(), 1
    ):
        submitted, due, closed, returned = moments
        moved = f"Nay ở {where}" if at != office.pk else ""
        note = "; ".join(filter(None, [IN_TIME.get(in_time, ""), "Đã xin lỗi, hẹn lại" if extended else "", moved]))
        says = str(State(state).label)
        yield Line(number, code, procedure, name, str(channels[channel]), submitted, due, closed, returned, says, note)


def pdf_of(office: Office, first: date, last: date, address: str) -> bytes:
    """A4 across, with the heading, page numbers, places to sign and the `address` where it stands as it is now. Raises TooLong."""
    if received(office, first, last).count() > MOST_PRINTED:
        raise TooLong(office.code)
    rows = [_row(line) for line in lines(office, first, last)]
    values = {**_frame(office, first, last, len(rows)), "page": wording.page(address), "rows": rows}
    if len(rows) <= A_PART:
        return pdf_apart(TEMPLATE, values, plain=False)
    out = io.BytesIO()
    joined = Joined(out, title=str(values["title"]))
    for begin in range(0, len(rows), A_PART):
        part = {
            "rows": rows[begin : begin + A_PART],
            "begins": begin == 0,
            "ends": begin + A_PART >= len(rows),
            "pages_before": sum(count for _number, count in joined.trees),
        }
        joined.add(pdf_apart(TEMPLATE, {**values, **part, "in_parts": True}, plain=True))
    joined.finish()
    return out.getvalue()


def csv_of(office: Office, first: date, last: date) -> Iterator[str]:
    """The same lines as a file for spreadsheets, piece by piece; starts with a byte order mark. No cell begins like a formula."""
    yield "\ufeff" + _written([FIELDS])
    batch: list[tuple[str, ...]] = []
    for line in lines(office, first, last):
        moments = [wording.short(at) if at else "" for at in (line.submitted, line.due, line.closed, line.returned)]
        batch.append(
            (
                str(line.number),
                line.code,
                line.procedure,
                _harmless(line.name),
                line.channel,
                *moments,
                line.state,
                line.note,
            )
        )
        if len(batch) == A_PART:
            yield _written(batch)
            batch = []
    yield _written(batch)


def _row(line: Line) -> list[str]:
    dates = [wording.short(at) if at else "" for at in (line.submitted, line.due, line.closed, line.returned)]
    return [str(line.number), line.code, f"{line.name} ({line.procedure})", line.channel, *dates, line.state, line.note]


def _frame(office: Office, first: date, last: date, count: int) -> dict[str, object]:
    period = f"Từ {wording.day(first)} đến {wording.day(last)}"
    return {
        **heading(office),
        "title": "SỔ THEO DÕI HỒ SƠ",
        "subtitles": [period, f"Tổng số: {count} hồ sơ"],
        "columns": list(COLUMNS),
        "empty": "Không có hồ sơ nào trong thời gian này.",
        "signatures": [
            ("Người lập sổ", "(Ký, ghi rõ họ tên)", ""),
            ("Thủ trưởng đơn vị", "(Ký, ghi rõ họ tên, đóng dấu)", ""),
        ],
        "foot": f"Sổ theo dõi hồ sơ, {office.name}. {period}",
        "begins": True,
        "ends": True,
        "in_parts": False,
        "pages_before": 0,
    }


def _written(rows: "list[tuple[str, ...]]") -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _harmless(cell: str) -> str:
    """A procedure's name is typed or imported by people, and a spreadsheet would reckon with one that begins so."""
    return f"'{cell}" if cell[:1] in tuple("=+-@\t\r") else cell
