"""The register on paper: A4 across, with the state's heading, page numbers and places to sign."""

from datetime import date
from pathlib import Path

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

import keng.desk
from keng.core.pdf import pdf
from keng.desk.register.book import Line, Period, all_lines, summary
from keng.mailbox.models import Box
from keng.units.models import Office

PRINT = Path(keng.desk.__file__).parent / "print"
# Beyond it the tags that tell a screen reader what is what make up most of the file.
TAGGED_MOST = 2000


def as_pdf(box: Box, period: Period) -> bytes:
    """`box` with its office, the office above and the province. 10,000 lines: docs/performance.md."""
    values = printed(box, period)
    return pdf(PRINT / "register.typ", values, plain=len(values["rows"]) > TAGGED_MOST)  # type: ignore[arg-type]


def printed(box: Box, period: Period) -> dict[str, object]:
    """What the template is given: `rows` are lists of ten texts, or of three where the report was erased."""
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
    }


def heading(office: Office) -> dict[str, str]:
    """What every paper of the office begins with."""
    today = timezone.localdate()
    where = {"place": _seat(office), "day": f"{today.day:02d}", "month": f"{today.month:02d}", "year": today.year}
    return {
        "above": office.above.name if office.above else "",
        "office": office.name,
        "place_and_day": _("%(place)s, ngày %(day)s tháng %(month)s năm %(year)s") % where,
    }


def _seat(office: Office) -> str:
    """The commune, where the office serves one alone; else the province."""
    units = list(office.covers.filter(coverage__valid_to=None).distinct()[:2])
    return units[0].name if len(units) == 1 else office.province.name


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
