"""A version in a reader's words: how long, how much, how it may be filed; and what of a commune's real times may be published."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from keng.core.calendar import CalendarError, next_working_day, working_time_between
from keng.core.models import Clock
from keng.desk.figures.suppression import FEW, part
from keng.procedures import times
from keng.procedures.models import CostKind, ProcedureVersion
from keng.units.models import OfficeKind, Unit

Words = str | Promise
SPANS = {
    Clock.Unit.HOURS: ngettext_lazy("%(number)s giờ", "%(number)s giờ", "number"),
    Clock.Unit.DAYS: ngettext_lazy("%(number)s ngày", "%(number)s ngày", "number"),
    Clock.Unit.WORKING_HOURS: ngettext_lazy("%(number)s giờ làm việc", "%(number)s giờ làm việc", "number"),
    Clock.Unit.WORKING_DAYS: ngettext_lazy("%(number)s ngày làm việc", "%(number)s ngày làm việc", "number"),
    Clock.Unit.MONTHS: ngettext_lazy("%(number)s tháng", "%(number)s tháng", "number"),
}
LEVEL: dict[str, Words] = {
    ProcedureVersion.Level.COMMUNE: gettext_lazy("Thủ tục cấp xã"),
    ProcedureVersion.Level.PROVINCE: gettext_lazy("Thủ tục cấp tỉnh"),
}
ONLINE: dict[str, Words] = {
    ProcedureVersion.Online.FULL: gettext_lazy("Trực tuyến toàn trình"),
    ProcedureVersion.Online.PARTIAL: gettext_lazy("Trực tuyến một phần"),
    ProcedureVersion.Online.NONE: gettext_lazy("Chưa nộp trực tuyến được"),
}
ONLINE_SAYS: dict[str, Words] = {
    ProcedureVersion.Online.FULL: gettext_lazy("Nộp và nhận kết quả đều làm được trên mạng, không phải đi lại."),
    ProcedureVersion.Online.PARTIAL: gettext_lazy("Nộp được trên mạng, nhưng phải đến nơi ít nhất một lần."),
    ProcedureVersion.Online.NONE: gettext_lazy("Bà con nộp tại quầy hoặc qua bưu chính."),
}
WAYS: dict[str, Words] = {
    "online": gettext_lazy("Trực tuyến"),
    "counter": gettext_lazy("Tại quầy"),
    "post": gettext_lazy("Qua bưu chính"),
}
COSTS = {kind.value: kind.label for kind in CostKind}
# A number of dossiers is told as one of these: two months' numbers must not give a third one away (C5).
ABOUT = (1000, 500, 200, 100, 50, 20, 10, FEW)


@dataclass(frozen=True)
class RealTimes:
    """What is published of a commune's times. `share` in time, "" where too few to tell; of at least `about` dossiers, until a day."""

    typical: str
    most: str
    share: str
    about: int
    until: date


def span(number: int, *, unit: str) -> str:
    return str(SPANS[Clock.Unit(unit)] % {"number": number})


def money(amount: int) -> str:
    """VND as it is written: 12.000 đồng."""
    return _("%(amount)s đồng") % {"amount": f"{amount:,}".replace(",", ".")}


def identity(version: ProcedureVersion) -> str:
    """What it takes to file online; "" where that can't be done."""
    if version.online == ProcedureVersion.Online.NONE:
        return ""
    return _("Cần tài khoản định danh điện tử mức %(level)s.") % {"level": version.identity_level}


def costs(version: ProcedureVersion) -> Iterator[tuple[str, str, str]]:
    """Kind, amount and note of each cost that is one."""
    for cost in version.costs:
        amount = int(cost.get("amount") or 0)
        yield (
            str(capfirst(COSTS.get(cost.get("kind", ""), ""))),
            money(amount) if amount else _("không thu"),
            cost.get("note", ""),
        )


def conditions(version: ProcedureVersion) -> list[str]:
    return [line.strip(" -") for line in version.conditions.splitlines() if line.strip(" -")]


def bases(version: ProcedureVersion) -> list[tuple[str, str]]:
    """Title of each legal basis, and its number, day and issuer as far as they are known."""

    def known(basis: dict[str, str]) -> str:
        day = f"{date.fromisoformat(basis['date']):%d/%m/%Y}" if basis.get("date") else ""
        return ", ".join(filter(None, [basis.get("number"), day, basis.get("issuer")]))

    return [(basis["title"], known(basis)) for basis in version.bases]


def documents(version: ProcedureVersion) -> Iterator[tuple[str, str, str]]:
    """Title, copies and note of each paper to bring."""
    for paper in version.documents:
        originals, copies = int(paper.get("original") or 0), int(paper.get("copy") or 0)
        kinds = (
            ngettext("%(number)s bản chính", "%(number)s bản chính", originals) % {"number": originals}
            if originals
            else "",
            ngettext("%(number)s bản sao", "%(number)s bản sao", copies) % {"number": copies} if copies else "",
        )
        yield paper["title"], ", ".join(filter(None, kinds)), paper.get("note", "")


def steps(version: ProcedureVersion) -> Iterator[tuple[str, str, str, str]]:
    """Title, text, who does it and how long it may take, of each step. One without hours that names no office is the applicant's."""
    kinds = dict(OfficeKind.choices)
    for step in version.steps:
        hours = int(step.get("hours") or 0)
        took = span(hours, unit=Clock.Unit.WORKING_HOURS) if hours else ""
        office = step.get("office", "") or (version.competent if hours else "")
        yield step["title"], step.get("text", ""), str(kinds.get(office, "")), took


def ways(version: ProcedureVersion) -> list[tuple[str, str]]:
    return [(str(WAYS.get(way.get("way", ""), "")), way.get("note", "")) for way in version.ways]


def real_times(version: ProcedureVersion, *, unit: Unit, today: date) -> RealTimes | None:
    """None where fewer than FEW dossiers ended (C5), or nobody has said what office hours are. One query, and the calendar's."""
    found = times.of(procedure=version.procedure, unit=unit, today=today)
    if found is None or found.number < FEW:
        return None
    try:
        day = _office_day(today)
    except CalendarError:
        return None
    return RealTimes(
        typical=_took(found.typical, day),
        most=_took(found.most, day),
        share=_share(found.in_time, found.number),
        about=next(number for number in ABOUT if found.number >= number),
        until=times.last_day(today),
    )


def _share(number: int, of: int) -> str:
    """Whole percent; bounds where it or its rest is small, "" where the whole is (`keng.desk.figures.suppression`)."""
    told = part(number, of)
    if told is None:
        return ""
    least, most = told
    if least == most:
        return f"{round(100 * least / of)}%"
    if most == of:
        return _("từ %(percent)s%% trở lên") % {"percent": 100 * least // of}
    return _("dưới %(percent)s%%") % {"percent": math.ceil(100 * (most + 1) / of)}


def _took(minutes: int, day: int) -> str:
    """Office minutes in whole office days, or hours under one; both rounded up."""
    if minutes <= day // 2:
        return span(max(1, math.ceil(minutes / 60)), unit=Clock.Unit.WORKING_HOURS)
    return span(math.ceil(minutes / day), unit=Clock.Unit.WORKING_DAYS)


def _office_day(today: date) -> int:
    """Minutes of an office day as they are now."""
    begun = timezone.make_aware(datetime.combine(next_working_day(today), time.min))
    return int(working_time_between(begun, begun + timedelta(days=1)).total_seconds() // 60) or 1
