"""Minutes to sign: of a hand-over between two officers, and of the reports passed on to another office on one day. Like every paper of an
office they are Vietnamese, whatever language their printer reads.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from keng.core.pdf import pdf
from keng.desk.models import Handover, RegisterEntry
from keng.desk.register.paper import PRINT, day
from keng.desk.sharing.handing import ERASED, Line, lines_of
from keng.mailbox.models import Box, Passing, State
from keng.units.letterhead import heading


def columns() -> list[str]:
    return [_("TT"), _("Số vào sổ"), _("Nội dung bàn giao"), _("Tình trạng"), _("Hạn")]


def printed(values: dict[str, object]) -> bytes:
    """The minutes as a PDF."""
    return pdf(PRINT / "minutes.typ", values)


@override("vi")
def handover_values(handover: Handover) -> dict[str, object]:
    """`rows` are lists of five texts. A hand-over that was not taken is marked a draft; one that was says how each report stood then."""
    lines = lines_of(handover)
    taken = sum(line.goes_along for line in lines)
    moment = timezone.localtime(handover.taken or handover.hour)
    people = {"giver": handover.giver.name, "taker": handover.taker.name, "box": handover.box.title}
    return {
        **heading(handover.box.office),
        "title": _("BIÊN BẢN BÀN GIAO TIN"),
        "subtitles": [*_practice(handover.box), *_draft(handover), handover.box.title],
        "opening": [
            _("Vào %(hour)s giờ, ngày %(day)s, tại %(office)s, chúng tôi gồm:")
            % {"hour": moment.hour, "day": date_format(moment, "d/m/Y"), "office": handover.box.office.name},
            _("Bên giao: đồng chí %(giver)s") % people,
            _("Bên nhận: đồng chí %(taker)s") % people,
            _("Hai bên bàn giao các tin của hộp thư %(box)s như sau:") % people,
        ],
        "columns": columns(),
        "rows": [_row(number, line) for number, line in enumerate(lines, start=1)],
        "closing": [
            _("Tổng số: %(taken)s tin được bàn giao, %(left)s tin không bàn giao.")
            % {"taken": taken, "left": len(lines) - taken},
            _("Nội dung tin được mở trên máy bằng khoá của từng người, không ghi trong biên bản này."),
            _("Biên bản lập thành 02 bản, mỗi bên giữ 01 bản."),
        ],
        "signatures": [
            (_("Bên giao"), _("(Ký, ghi rõ họ tên)"), handover.giver.name),
            (_("Bên nhận"), _("(Ký, ghi rõ họ tên)"), handover.taker.name),
        ],
        "foot": f"{handover.box.title}. {_('Biên bản bàn giao tin')}",
    }


@override("vi")
def passings_values(box: Box, to: Box, on: date) -> dict[str, object]:
    """What the box passed on to another on that local day; the taker's name is left to be written."""
    found = list(_on(box, on).filter(to_box=to).select_related("thread").order_by("hour", "pk"))
    numbers = _numbers(box, [one.thread_id for one in found])
    offices = {"giver": box.office.name, "taker": to.office.name}
    return {
        **heading(box.office),
        "title": _("BIÊN BẢN CHUYỂN TIN"),
        "subtitles": [f"{box.title} – {to.title}"],
        "opening": [
            _("Ngày %(day)s, chúng tôi gồm:") % {"day": day(on)},
            _("Đơn vị chuyển: %(giver)s. Đại diện: ……………………………") % offices,
            _("Đơn vị nhận: %(taker)s. Đại diện: ……………………………") % offices,
            _("Hai bên giao nhận các tin sau, đã chuyển trên hệ thống:"),
        ],
        "columns": columns(),
        "rows": [
            [
                str(place), numbers.get(one.thread_id, _("chưa vào sổ")),
                _("chuyển lúc %(hour)s giờ") % {"hour": timezone.localtime(one.hour).hour},
                _(State(one.thread.state).label), day(timezone.localtime(one.thread.resolve_due).date()),
            ]
            for place, one in enumerate(found, start=1)
        ],
        "closing": [
            _("Tổng số: %(all)s tin.") % {"all": len(found)},
            _("Nội dung tin được mở trên máy bằng khoá của từng người, không ghi trong biên bản này."),
            _("Biên bản lập thành 02 bản, mỗi bên giữ 01 bản."),
        ],
        "signatures": [
            (_("Đơn vị chuyển"), _("(Ký, ghi rõ họ tên, đóng dấu)"), ""),
            (_("Đơn vị nhận"), _("(Ký, ghi rõ họ tên, đóng dấu)"), ""),
        ],
        "foot": f"{box.title}. {_('Biên bản chuyển tin')}",
    }  # fmt: skip


def passings_by_day(boxes: Iterable[Box]) -> list[dict[str, object]]:
    """The last fifty days and targets to which these boxes passed reports on, newest first. One query."""
    local = TruncDate("hour", tzinfo=timezone.get_default_timezone())
    found = Passing.objects.filter(from_box__in=list(boxes)).order_by().annotate(day=local)
    names = ("day", "from_box__slug", "from_box__title", "to_box__slug", "to_box__title")
    counted = found.values(*names).annotate(number=Count("pk")).order_by("-day", "to_box__title", "from_box__title")
    return list(counted[:50])


def _on(box: Box, on: date) -> QuerySet[Passing]:
    first = datetime(on.year, on.month, on.day, tzinfo=timezone.get_default_timezone())
    return Passing.objects.filter(from_box=box, hour__gte=first, hour__lt=first + timedelta(days=1))


def _practice(box: Box) -> list[str]:
    return [_("BIÊN BẢN TẬP, KHÔNG CÓ GIÁ TRỊ")] if box.training else []


def _draft(handover: Handover) -> list[str]:
    if handover.taken:
        return []
    return [_("(DỰ THẢO: bên nhận chưa nhận)")] if handover.on_offer else [_("(KHÔNG THỰC HIỆN)")]


def _row(number: int, line: Line) -> list[str]:
    told = line.item.label or _("chưa vào sổ")
    if line.fate == ERASED or line.thread is None:
        return [str(number), told, _("đã xoá theo ý người báo, không bàn giao"), "", ""]
    stood = getattr(line.item, "stood", None)
    state, due = (stood.state, stood.due) if stood else (line.thread.state, line.thread.resolve_due)
    return [str(number), told, said(line), _(State(state).label), day(timezone.localtime(due).date())]


def said(line: Line) -> str:
    """What becomes of a report in its hand-over."""
    return {
        "taken": _("bàn giao"),
        "passed_on": _("không bàn giao: đã chuyển đơn vị khác"),
        "closed": _("không bàn giao: đã đóng"),
        "reassigned": _("không bàn giao: đã giao người khác"),
        ERASED: _("đã xoá theo ý người báo, không bàn giao"),
    }[line.fate]


def _numbers(box: Box, threads: list[int]) -> dict[int | None, str]:
    found = RegisterEntry.objects.filter(box=box, thread__in=threads)
    return {entry.thread_id: str(entry) for entry in found}
