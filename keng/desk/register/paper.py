"""The register on paper: A4 across, with the state's heading, page numbers and places to sign; Vietnamese for every reader."""

import io
from datetime import date
from pathlib import Path
from typing import cast

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

import keng.desk
from keng.core.pdf_apart import pdf_apart
from keng.core.pdf_join import Joined
from keng.desk.register.book import Line, Period, all_lines, summary
from keng.mailbox.models import Box
from keng.units.letterhead import heading

PRINT = Path(keng.desk.__file__).parent / "print"
TEMPLATE = PRINT / "register.typ"
# A longer register is laid out by so many lines at a time, which bounds the memory that it takes, and without the tags that tell a
# screen reader what is what: for ten thousand lines they would be twenty megabytes.
A_PART = 1000


def as_pdf(box: Box, period: Period) -> bytes:
    """`box` with its office, the office above and the province. 10,000 lines: docs/performance.md."""
    values = printed(box, period)
    rows = cast("list[list[str]]", values["rows"])
    if len(rows) <= A_PART:
        return pdf_apart(TEMPLATE, values, plain=False)
    out = io.BytesIO()
    joined = Joined(out, title=str(values["title"]))
    for first in range(0, len(rows), A_PART):
        part = {
            "rows": rows[first : first + A_PART],
            "begins": first == 0,
            "ends": first + A_PART >= len(rows),
            "pages_before": sum(count for _number, count in joined.trees),
        }
        joined.add(pdf_apart(TEMPLATE, {**values, **part, "in_parts": True}, plain=True))
    joined.finish()
    return out.getvalue()


@override("vi")
def printed(box: Box, period: Period) -> dict[str, object]:
    """What the template is given, for the register as one piece: `rows` are lists of ten texts, or of three where the report was erased."""
    counted = summary(box, period)
    training = [_("SỔ CỦA HỘP THƯ ĐỂ TẬP, KHÔNG CÓ GIÁ TRỊ")] if box.training else []
    return {
        **heading(box.office),
        "title": _("SỔ TIẾP NHẬN TIN"),
        "subtitles": [
            *training,
            f"{box.title}. {period.title}",
            _(
                "Tổng số %(all)s tin: ẩn danh %(anonymous)s, tố giác có tên %(named)s, đã xoá theo ý người báo %(erased)s"
            )
            % {"all": counted.all, "anonymous": counted.anonymous, "named": counted.named, "erased": counted.erased},
        ],
        "columns": [
            _("Số"),
            _("Ngày vào sổ"),
            _("Nguồn tin"),
            _("Loại việc"),
            _("Tình trạng"),
            _("Giá trị"),
            _("Cán bộ thụ lý"),
            _("Hạn"),
            _("Chuyển đi, chuyển đến"),
            _("Kết quả"),
        ],
        "rows": [_row(line) for line in all_lines(box, period)],
        "empty": _("Chưa có tin nào vào sổ."),
        "signatures": [
            (_("Người lập sổ"), _("(Ký, ghi rõ họ tên)"), ""),
            (_("Người kiểm tra"), _("(Ký, ghi rõ họ tên)"), ""),
            (_("Thủ trưởng đơn vị"), _("(Ký, ghi rõ họ tên, đóng dấu)"), ""),
        ],
        "foot": f"{box.title}. {_('Sổ tiếp nhận tin')}, {period.title.lower()}",
        "begins": True,
        "ends": True,
        "in_parts": False,
        "pages_before": 0,
        "pages": [_("Sổ gồm"), _("trang.")],
    }


def _row(line: Line) -> list[str]:
    if line.erased:
        return [line.number, day(line.day), _("đã xoá theo ý người báo")]
    return [
        line.number,
        day(line.day),
        f"{line.channel}\n{_('tố giác có tên')}" if line.named else line.channel,
        line.category,
        line.state,
        "\n".join(filter(None, [line.value, line.reason])),
        line.officer,
        day(line.due) if line.due else "",
        "\n".join(
            [
                *(_("Từ: %(box)s") % {"box": title} for title in line.came_from),
                *(_("Đến: %(box)s") % {"box": title} for title in line.passed_to),
            ]
        ),
        "\n".join(line.outcomes),
    ]


def day(on: date) -> str:
    return date_format(on, "d/m/Y")
