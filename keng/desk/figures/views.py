"""The pages of the figures: the numbers of one's offices, what each was counted from, and both as files."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from keng.accounts.errors import answer
from keng.accounts.permissions import needs
from keng.core.charts import Column, bar, columns
from keng.core.indicators import Sort, indicators
from keng.desk.figures import files, opening
from keng.desk.figures.choosing import PERM, Chosen, NoGroup, NoPeriod, choose
from keng.desk.figures.groups import GROUPS
from keng.desk.figures.table import CASES, NAMES, Counts, Sum, Table

A_PAGE = 50
NO_PERIOD = (
    "malformed",
    gettext_lazy("Không có kỳ số liệu này"),
    gettext_lazy("Đồng chí chọn quý hoặc năm trong danh sách của trang số liệu."),
)
Figures = Callable[[HttpRequest, Chosen], HttpResponse]


def of_what_was_chosen(view: Figures) -> Callable[[HttpRequest], HttpResponse]:
    """Reads the choice off the address; 400 in one sentence for a period or group that there is not."""

    @wraps(view)
    def chosen(request: HttpRequest) -> HttpResponse:
        try:
            asked = choose(request)
        except (NoPeriod, NoGroup):
            return answer(request, HTTPStatus.BAD_REQUEST, NO_PERIOD)
        return view(request, asked)

    return chosen


@needs(PERM)
@require_GET
@of_what_was_chosen
def figures(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    """Big numbers first, then what came of it, quarter by quarter, office by office."""
    table = chosen.table
    by_group = table.by_group()
    counts = by_group.get(chosen.group, Counts())
    context = {
        "chosen": chosen,
        "groups": [(group, by_group.get(code, Counts()).received) for code, group in GROUPS.items()],
        "group": GROUPS[chosen.group],
        "big": [_big(chosen, name, number, counts.received) for name, number in counts.named],
        "heads": [indicators[name].title for name in NAMES],
        "outcomes": [_outcome(chosen, one) for one in table.sums()],
        "trend": _trend(table, chosen),
        "chart": _chart(table, chosen.group),
        "offices": _offices(table, chosen),
        "total": counts,
        "rule": [(indicators[name].title, indicators[name].counted) for name in NAMES],
    }
    return render(request, "desk/figures/figures.html", context)


def _big(chosen: Chosen, name: str, number: int, of: int) -> dict[str, Any]:
    """One big number, its share of all reports as a bar and in percent, and where it opens."""
    of_all = name != NAMES[0]
    return {
        "title": indicators[name].title,
        "number": number,
        "percent": round(100 * number / of) if of_all and of else None,
        "bar": bar(number, number, of) if of_all else "",
        "opens": chosen.address(figure=name),
    }


def _outcome(chosen: Chosen, one: Sum) -> dict[str, Any]:
    return {
        "title": one.title,
        "quantity": one.quantity,
        "unit": one.unit_title,
        "case": one.kind in CASES,
        "opens": chosen.address(figure=one.indicator),
    }


def _trend(table: Table, chosen: Chosen) -> list[tuple[str, str, Counts]]:
    return [(period.short, chosen.address(period=period.code), counts) for period, counts in table.trend(chosen.group)]


def _chart(table: Table, group: str) -> str:
    data = [
        Column(period.short, (counts.received, counts.received), (counts.valuable, counts.valuable))
        for period, counts in table.trend(group)
    ]
    return columns(data, says=_("Số tin từng quý; phần đậm là tin có giá trị. Bảng bên cạnh có đủ số."), untold="")


def _offices(table: Table, chosen: Chosen) -> list[dict[str, Any]]:
    rows = table.by_office(chosen.group)
    most = max([counts.received for _office, counts, _cases, _arrests in rows] or [0])
    return [
        {
            "office": office,
            "counts": counts,
            "cases": cases,
            "arrests": arrests,
            "bar": bar(counts.received, counts.received, most),
            "opens": chosen.address(office=office.code),
        }
        for office, counts, cases, arrests in rows
    ]


@needs(PERM)
@require_GET
@of_what_was_chosen
def lines(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    """O5: what one figure was counted from, line by line; the sum of the lines is the figure."""
    name = request.GET.get("figure", NAMES[0])
    if name not in indicators or indicators[name].sort is Sort.DOSSIERS:
        raise Http404
    indicator = indicators[name]
    of_reports = indicator.sort is Sort.REPORTS
    asked = chosen.asked_of(chosen.group if of_reports else "")
    page = Paginator(opening.rows(indicator, asked), A_PAGE).get_page(request.GET.get("page"))
    rows: list[Any] = list(page.object_list)
    context = {
        "chosen": chosen,
        "group": GROUPS[chosen.group] if of_reports else None,
        "indicator": indicator,
        "number": page.paginator.count if of_reports else indicator.count(asked),
        "page": page,
        "reports": opening.report_lines(rows) if of_reports else [],
        "outcomes": [] if of_reports else opening.outcome_lines(rows),
        "back": chosen.address(),
        "address": chosen.address(figure=name),
    }
    return render(request, "desk/figures/lines.html", context)


@needs(PERM)
@require_GET
@of_what_was_chosen
def as_csv(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    response = HttpResponse(files.as_csv(chosen), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="so-lieu-{chosen.period.code}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@needs(PERM)
@require_GET
@of_what_was_chosen
def as_json(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    response = JsonResponse(files.as_json(chosen), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Cache-Control"] = "private, no-store"
    return response
