"""The pages of the figures of dossiers: the numbers, what each was counted from, and both as a file."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from keng.accounts.errors import answer
from keng.accounts.permissions import needs
from keng.core.charts import Column, bar, columns
from keng.core.indicators import Indicator, Sort, indicators
from keng.procedures.figures import files
from keng.procedures.figures.choosing import PERM, Chosen, NoGroup, choose, procedure_names
from keng.procedures.figures.indicators import NOW, PROCEDURE, UNIT, UNTAKEN
from keng.procedures.figures.periods import NoPeriod
from keng.procedures.figures.table import Counts, Row, a_working_day, together, unexplained

A_PAGE = 50
SHOWN = 20  # procedures by name; the others in one line
MANY = 10  # offices: of more, the sums by procedure are ten times those by commune, and are added up when asked for
ALL = "all"  # every procedure by name
HEADS = ("received", "online", "counter", "home", "came", "early", "on", "late", "untimed", "open")
# Signs and what stands after them.
ADDS = (
    ("", "online", "+", "counter", "+", "home", "=", "received"),
    ("", "early", "+", "on", "+", "late", "+", "untimed", "=", "ended"),
    ("", "carried", "+", "received", "+", "came", "−", "gone", "−", "ended", "=", "open"),
)
NO_PERIOD = (
    "malformed",
    gettext_lazy("Không có kỳ số liệu này"),
    gettext_lazy("Đồng chí chọn tháng, quý hoặc năm, xã hoặc thủ tục trong các danh sách của trang số liệu."),
)
Figures = Callable[[HttpRequest, Chosen], HttpResponse]


def of_what_was_chosen(view: Figures) -> Callable[[HttpRequest], HttpResponse]:
    """Reads the choice off the address; 400 in one sentence for a period or group that there is not."""

    @wraps(view)
    def chosen(request: HttpRequest) -> HttpResponse:
        try:
            return view(request, choose(request))
        except (NoPeriod, NoGroup):
            return answer(request, HTTPStatus.BAD_REQUEST, NO_PERIOD)

    return chosen


@needs(PERM)
@require_GET
@of_what_was_chosen
def figures(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    """Big numbers first, then how they add up, month by month, by commune and by procedure."""
    table, whole = chosen.table, chosen.table.whole
    a_day = a_working_day(chosen.period.last)
    units, procedures = _parts(chosen, a_day, shown=_shown(request, chosen))
    context = {
        "chosen": chosen,
        "group_name": chosen.group_name,
        "big": _big(chosen, whole),
        "average": whole.average_days(a_day),
        "sums": _sums(chosen, whole),
        "heads": [indicators[f"procedures.{name}"].title for name in HEADS],
        "trend": [(_month(month), _cells(chosen, counts, period=_code(month))) for month, counts in table.trend()],
        "chart": _chart(chosen),
        "units": units,
        "procedures": procedures,
        "by_procedure": chosen.address(by=PROCEDURE),
        "rule": [(one.title, one.counted) for _name, one in indicators if one.sort is Sort.DOSSIERS],
    }
    return render(request, "procedures/figures/figures.html", context)


def _big(chosen: Chosen, whole: Counts) -> list[dict[str, Any]]:
    """The big numbers, each with its share of the whole that it is a part of, and where it opens."""
    # Who decides may receive nothing: it all comes from a counter.
    comes = ("online", whole.received) if whole.received else ("came", 0)
    parts = [("received", 0), comes, ("ended", 0), ("late", whole.ended), ("open", 0)]
    found = [_one(chosen, name, getattr(whole, name), of) for name, of in parts]
    if chosen.period.end >= chosen.today and not chosen.group:
        for name in NOW:
            late = int(indicators[name].count(chosen.asked))
            if name == UNTAKEN and not late:
                continue
            found.append({**_one(chosen, name.partition(".")[2], late, 0), "alarm": bool(late)})
    return found


def _one(chosen: Chosen, name: str, number: int, of: int) -> dict[str, Any]:
    return {
        "title": indicators[f"procedures.{name}"].title,
        "number": number,
        "percent": round(100 * number / of) if of else None,
        "bar": bar(number, number, of) if of else "",
        "opens": chosen.address(figure=f"procedures.{name}"),
    }


def _sums(chosen: Chosen, whole: Counts) -> list[list[dict[str, Any]]]:
    """What adds up to what: by way of filing, by time, and from one period to the next."""
    return [
        [
            {"sign": sign, **_one(chosen, name, getattr(whole, name), 0)}
            for sign, name in zip(row[::2], row[1::2], strict=True)
        ]
        for row in ADDS
    ]


def _cells(chosen: Chosen, counts: Counts, **other: str) -> list[dict[str, Any]]:
    return [
        {
            "number": getattr(counts, name),
            "opens": chosen.address(figure=f"procedures.{name}", **other),
            "head": indicators[f"procedures.{name}"].title,
        }
        for name in HEADS
    ]


def _shown(request: HttpRequest, chosen: Chosen) -> int | None:
    """How many procedures by name; None for all of them."""
    by = request.GET.get("by", "")
    if by == ALL:
        return None
    return SHOWN if by == PROCEDURE or len(chosen.offices) <= MANY else 0


def _parts(chosen: Chosen, a_day: int, *, shown: int | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """By commune and by procedure; where a group was chosen there are no parts to show."""
    if chosen.group:
        return {}, {}
    units = chosen.table.by_unit()
    if shown == 0:
        return _part(chosen, UNIT, units, units, None, a_day), {}
    found = chosen.table.by_procedure()
    named, others = (found, []) if shown is None else (found[:shown], found[shown:])
    names = procedure_names([row.key for row in named])
    procedures = [Row(row.key, names.get(row.key, row.key), row.counts) for row in named]
    rest = together(others) if others else None
    return (
        _part(chosen, UNIT, units, units, None, a_day),
        _part(chosen, PROCEDURE, procedures, found, rest, a_day),
    )


def _part(
    chosen: Chosen, sort: str, shown: list[Row], every: list[Row], rest: Counts | None, a_day: int
) -> dict[str, Any]:
    whole = chosen.table.whole
    long = {row.key: row.counts.received if whole.received else row.counts.came for row in shown}
    most = max(long.values(), default=0)
    return {
        "rows": [
            {
                "name": row.name,
                "code": row.key,
                "bar": bar(long[row.key], long[row.key], most),
                "cells": _cells(chosen, row.counts, group=f"{sort}:{row.key}"),
                "average": row.counts.average_days(a_day),
                "opens": chosen.address(group=f"{sort}:{row.key}"),
            }
            for row in shown
        ],
        "rest": _cells(chosen, rest) if rest else [],
        "rest_number": len(every) - len(shown),
        "rest_opens": chosen.address(by=ALL),
        "total": _cells(chosen, whole),
        "average": whole.average_days(a_day),
        "unexplained": [
            (indicators[f"procedures.{name}"].title, number)
            for name, number in unexplained(whole, together(every)).items()
        ],
    }


def _chart(chosen: Chosen) -> str:
    """What was received month by month; "" where nothing was."""
    trend = chosen.table.trend()
    if not any(counts.received for _at, counts in trend):
        return ""
    data = [
        Column(f"{at % 100}/{at // 100 % 100}", (counts.received, counts.received), (counts.online, counts.online))
        for at, counts in trend
    ]
    return columns(data, says=_("Hồ sơ mới nhận từng tháng; phần đậm là nộp trực tuyến. Bảng có đủ số."), untold="")


def _month(month: int) -> str:
    return f"{month % 100:02}/{month // 100}"


def _code(month: int) -> str:
    return f"{month // 100}-{month % 100:02}"


class Counted(Paginator):  # type: ignore[type-arg]  # cannot be subscripted when run
    """Pages of a list whose length is known from the sums, so that a hundred thousand rows need not be counted again."""

    def __init__(self, rows: Any, per_page: int, number: Decimal) -> None:
        super().__init__(rows, per_page)
        self.number = int(number)

    @cached_property
    def count(self) -> int:
        return self.number


@needs(PERM)
@require_GET
@of_what_was_chosen
def lines(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    """O5: what one figure was counted from: of several offices, how many each has; of one, its dossiers by code, and no personal data."""
    name = request.GET.get("figure", "procedures.received")
    if name not in indicators or indicators[name].sort is not Sort.DOSSIERS:
        raise Http404
    indicator = indicators[name]
    context: dict[str, Any] = {
        "chosen": chosen,
        "group_name": chosen.group_name,
        "indicator": indicator,
        "number": int(indicator.count(chosen.asked)),
        "back": chosen.address(),
        "address": chosen.address(figure=name),
    }
    if len(chosen.offices) > 1:
        return render(
            request,
            "procedures/figures/offices.html",
            {**context, **_offices(chosen, name, indicator, context["number"])},
        )
    page = Counted(_rows(indicator, chosen), A_PAGE, context["number"]).get_page(request.GET.get("page"))
    return render(
        request,
        "procedures/figures/lines.html",
        {**context, "page": page, "reach": {office.pk for office in chosen.every}},
    )


def _rows(indicator: Indicator, chosen: Chosen) -> Any:
    rows = indicator.open(chosen.asked).select_related("procedure", "unit", "version", "office").defer("answers")
    return rows.only(
        "code", "procedure__code", "version__name", "unit__name", "office__name", "channel", "state", "submitted_at", "due", "closed_at",
        "in_time", "worked_minutes",
    )  # fmt: skip


def _offices(chosen: Chosen, name: str, indicator: Indicator, number: int) -> dict[str, Any]:
    """The figure office by office, the busiest first, and by how much these parts miss the whole."""
    by_code = _by_office(chosen, name, indicator)
    parts = [(office, by_code.get(office.code, 0)) for office in chosen.offices]
    found = sorted((one for one in parts if one[1]), key=lambda one: (-one[1], one[0].name))
    most = max([count for _office, count in found] or [0])
    shown = [
        (office, count, bar(count, count, most), chosen.address(figure=name, office=office.code))
        for office, count in found
    ]
    return {"offices": shown, "unexplained": number - sum(count for _office, count in found)}


def _by_office(chosen: Chosen, name: str, indicator: Indicator) -> dict[str, int]:
    """By the office's code. One query: on the sums, or for what they don't know, on the dossiers."""
    if name in NOW:
        counted = indicator.open(chosen.asked).order_by().values_list("office__code").annotate(all=Count("pk"))
        return dict(counted)
    short = name.partition(".")[2]
    return {row.key: int(getattr(row.counts, short)) for row in chosen.table.by_office()}


@needs(PERM)
@require_GET
@of_what_was_chosen
def as_csv(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    response = HttpResponse(files.as_csv(chosen), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="so-lieu-ho-so-{chosen.period.code}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
