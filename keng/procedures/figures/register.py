"""Slip 07 on the desk: an office's register of a period, on the page, as PDF and as CSV."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_GET

from keng.accounts.errors import answer
from keng.accounts.permissions import needs, offices
from keng.procedures.figures.choosing import PERM, chosen_of
from keng.procedures.slips import issue
from keng.procedures.slips import register as slip
from keng.units.models import Office

A_PAGE = 50
FIRST_YEAR, LAST_YEAR = 2020, 2099
NO_DAYS = (
    "malformed",
    _("Không có khoảng ngày này"),
    _("Đồng chí chọn ngày đầu không sau ngày cuối."),
)
TOO_LONG = (
    "too_long",
    _("Sổ dài quá nên không in được"),
    _("Đồng chí chọn khoảng ngày ngắn hơn, hoặc tải tệp CSV."),
)


class NoDays(ValueError):
    """No such stretch of days."""


@dataclass(frozen=True)
class Asked:
    every: list[Office]
    office: Office
    first: date
    last: date

    def address(self) -> str:
        return urlencode({"office": self.office.code, "first": self.first.isoformat(), "last": self.last.isoformat()})


@needs(PERM)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    try:
        asked = read(request)
    except NoDays:
        return answer(request, HTTPStatus.BAD_REQUEST, NO_DAYS)
    rows = slip.received(asked.office, asked.first, asked.last).order_by("submitted_at", "code")
    shown: Any = rows.select_related("procedure", "version", "office").only(
        "code", "procedure__code", "version__name", "office__name", "channel", "state", "submitted_at", "due", "closed_at", "returned_at",
        "in_time",
    )  # fmt: skip
    context = {
        "asked": asked,
        "reach": {office.pk for office in asked.every},
        "page": Paginator(shown, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "procedures/figures/register.html", context)


@needs(PERM)
@require_GET
def as_pdf(request: HttpRequest) -> HttpResponse:
    try:
        asked = read(request)
        here = request.build_absolute_uri(f"{reverse('dossier-register')}?{asked.address()}")
        file = issue.register(asked.office, asked.first, asked.last, address=here)
    except NoDays:
        return answer(request, HTTPStatus.BAD_REQUEST, NO_DAYS)
    except slip.TooLong:
        return answer(request, HTTPStatus.BAD_REQUEST, TOO_LONG)
    return _file(file, "application/pdf", asked, "pdf")


@needs(PERM)
@require_GET
def as_csv(request: HttpRequest) -> HttpResponse:
    try:
        asked = read(request)
    except NoDays:
        return answer(request, HTTPStatus.BAD_REQUEST, NO_DAYS)
    with override("vi"):  # as the paper is
        text = "".join(slip.csv_of(asked.office, asked.first, asked.last))
    return _file(text.encode(), "text/csv; charset=utf-8", asked, "csv")


def read(request: HttpRequest) -> Asked:
    """The office (the first in reach, if none is said) and the days (this month). Raises NoDays, Http404 for an office out of reach."""
    every = list(offices(request.user, PERM).select_related("above", "province").order_by("name", "pk"))
    if not every:
        raise Http404
    today = timezone.localdate()
    first = _day(request.GET.get("first"), today.replace(day=1))
    last = _day(request.GET.get("last"), today)
    if first > last:
        raise NoDays
    return Asked(every, chosen_of(every, request.GET.get("office", "")) or every[0], first, last)


def _day(typed: str | None, otherwise: date) -> date:
    if not typed:
        return otherwise
    try:
        day = date.fromisoformat(typed)
    except ValueError as error:
        raise NoDays(typed) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NoDays(typed)
    return day


def _file(content: bytes, kind: str, asked: Asked, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    name = f"so-theo-doi-{asked.office.code}-{asked.first:%Y%m%d}-{asked.last:%Y%m%d}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
