"""`/figures/mailbox`: what the mailboxes of a province were worth, for everybody, as a page and as files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _

from keng.core.charts import Column, columns
from keng.desk.figures.groups import FIRST
from keng.desk.figures.periods import NoPeriod, Period, read
from keng.desk.figures.suppression import FEW
from keng.portal import figures
from keng.portal.figures import CASES, Figures
from keng.portal.figures_files import as_csv, as_json
from keng.portal.pages import page, read_only, refusal
from keng.units.models import Unit


@dataclass(frozen=True)
class Choice:
    """What there is to choose from, and what was chosen; `figures` is None while nothing is published for it."""

    provinces: list[Unit]
    province: Unit | None
    periods: list[Period]
    period: Period | None
    figures: Figures | None


class NoProvince(LookupError):
    """The province that was asked for has published nothing."""


def choose(request: HttpRequest) -> Choice:
    """By `?province=` and `?period=`; by themselves this server's province and the newest year. Raises NoProvince, NoPeriod."""
    code, asked = request.GET.get("province", ""), request.GET.get("period", "")
    wanted = read(asked) if asked else None
    provinces = figures.provinces()
    by_code = {unit.code: unit for unit in provinces}
    if code and code not in by_code:
        raise NoProvince(code)
    province = by_code.get(code or settings.PROVINCE) or (provinces[0] if provinces else None)
    if province is None:
        return Choice(provinces, None, [], wanted, None)
    periods = figures.periods(province)
    period = wanted or periods[0]
    return Choice(provinces, province, periods, period, figures.of(province, period) if period in periods else None)


Answer = Callable[[HttpRequest, Choice, str], HttpResponse]


def _answer(request: HttpRequest, lang: str, answer: Answer) -> HttpResponse:
    try:
        chosen = choose(request)
    except NoPeriod:
        return refusal(400, lang)
    except NoProvince:
        return refusal(404, lang)
    return answer(request, chosen, lang)


@read_only
def mailbox(request: HttpRequest, lang: str = "vi") -> HttpResponse:
    """The page. 404, with the choice of what there is, for a quarter that was not published."""
    return _answer(request, lang, _page)


@read_only
def mailbox_csv(request: HttpRequest, lang: str = "vi") -> HttpResponse:
    return _answer(request, lang, _csv)


@read_only
def mailbox_json(request: HttpRequest, lang: str = "vi") -> HttpResponse:
    return _answer(request, lang, _json)


def _csv(request: HttpRequest, chosen: Choice, lang: str) -> HttpResponse:
    if chosen.figures is None:
        return refusal(404, lang)
    answer = HttpResponse(as_csv(chosen.figures), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{_name(chosen.figures)}.csv"'
    return answer


def _json(request: HttpRequest, chosen: Choice, lang: str) -> HttpResponse:
    if chosen.figures is None:
        return refusal(404, lang)
    return JsonResponse(as_json(chosen.figures), json_dumps_params={"ensure_ascii": False, "indent": 1})


def _name(figures: Figures) -> str:
    return f"keng-{figures.province.code}-{figures.period.code}"


def _page(request: HttpRequest, chosen: Choice, lang: str) -> HttpResponse:
    found = chosen.figures
    asked = (
        {"province": chosen.province.code, "period": chosen.period.code} if chosen.province and chosen.period else {}
    )
    context: dict[str, Any] = {"choice": chosen, "figures": found, "few": FEW, "asked": urlencode(asked)}
    if found is not None:
        with translation.override(lang):
            context |= _shown(found)
    tail = f"?{request.GET.urlencode()}" if request.GET else ""
    status = 404 if found is None and request.GET.get("period") else 200
    return page("figures", lang, door="figures", status=status, tail=tail, **context)


def _shown(found: Figures) -> dict[str, Any]:
    """What the page shows first: the anonymous reports of crime and what came of them."""
    first = {group.code: measures for group, measures in found.groups}[FIRST]
    return {
        "place": f"{found.province.get_kind_display()} {found.province.name}",
        "first": first,
        "kept": [
            (first["opened_in_24h"], _("Tin được mở trong 24 giờ")),
            (first["resolved_in_time"], _("Tin có kết quả đúng hạn")),
        ],
        "cases": found.sum_of(*CASES),
        "case_lines": [line for line in found.outcomes if line.kind in CASES],
        "arrests": found.sum_of("arrest"),
        "chart": _chart(found) if len(found.quarters) > 1 else "",
        "told": [(group, measures) for group, measures in found.groups if measures["received"].range],
        "untold": [group for group, measures in found.groups if not measures["received"].range],
        "published": [(read(row.period), row.on) for row in found.rows if row.revision == 1],
        "by_quarter": [(quarter, _pair(found, quarter)) for quarter in found.quarters],
    }


def _pair(found: Figures, quarter: Period) -> list[object]:
    return [found.shown(quarter, FIRST, name) for name in figures.MEASURES]


def _chart(found: Figures) -> str:
    data = [
        Column(quarter.short, found.shown(quarter, FIRST, "received"), found.shown(quarter, FIRST, "valuable"))
        for quarter in found.quarters
    ]
    return columns(
        data, says=_("Số tin từng quý; phần đậm là tin có giá trị. Bảng bên cạnh có đủ số."), untold=f"<{FEW}"
    )
