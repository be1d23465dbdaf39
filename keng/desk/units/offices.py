"""Offices for an administrator: those below theirs, what they cover, which level stands above."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keng.accounts.permissions import needs, offices
from keng.core.text import fold
from keng.desk.units.acting import by, done
from keng.desk.units.forms import CoverForm, NewOfficeForm, OfficeForm
from keng.desk.units.scope import PERM, of_office, units_in_reach
from keng.units import offices as services
from keng.units.models import Coverage, Office, Unit

A_PAGE = 50


@needs(PERM)
@require_GET
def office_list(request: HttpRequest) -> HttpResponse:
    """The offices in reach, by name, with what each covers; `q` looks for a name or a code."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    found = offices(request.user, PERM).select_related("above").order_by("search_key", "code")
    if asked:
        found = found.filter(Q(search_key__contains=fold(asked)) | Q(code__contains=asked.lower()))
    coverage = Prefetch("coverage_set", _coverage(), to_attr="now")
    page = Paginator(found.prefetch_related(coverage), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/units/offices.html", {"page": page, "asked": asked})


@needs(PERM)
@require_http_methods(["GET", "POST"])
def add_office(request: HttpRequest) -> HttpResponse:
    reach, within = units_in_reach(request.user), offices(request.user, PERM)
    form = NewOfficeForm(request.POST or None, above=within, units=reach)
    if form.is_valid():
        code, covers = form.cleaned_data["code"], form.cleaned_data["covers"].select_related("parent")
        if done(form, services.add, code=code, details=form.details, covers=covers, **by(request)):
            messages.success(request, _("Đã thêm cơ quan."))
            return redirect("office", code)
    return render(request, "desk/units/add_office.html", {"form": form}, status=400 if form.errors else 200)


@needs(PERM, office=of_office)
@require_GET
def office(request: HttpRequest, office: str) -> HttpResponse:
    return _office_page(request, _office(office))


@needs(PERM, office=of_office)
@require_http_methods(["GET", "POST"])
def edit_office(request: HttpRequest, office: str) -> HttpResponse:
    edited = _office(office)
    above = Office.objects.filter(Q(pk__in=offices(request.user, PERM)) | Q(pk=edited.above_id)).exclude(pk=edited.pk)
    initial = {name: getattr(edited, name) for name in ("name", "kind", "above", "phone", "address")}
    form = OfficeForm(request.POST or None, above=above, topmost=edited.above is None, initial=initial)
    if form.is_valid() and done(form, services.change, changed=edited, details=form.details, **by(request)):
        return redirect("office", office)
    return render(
        request, "desk/units/edit_office.html", {"form": form, "office": edited}, status=400 if form.errors else 200
    )


@needs(PERM, office=of_office)
@require_POST
def cover(request: HttpRequest, office: str) -> HttpResponse:
    """Gives the office another unit, one that the administrator's own offices serve."""
    covering, form = _office(office), CoverForm(request.POST, units=units_in_reach(request.user))
    if form.is_valid():
        unit = form.cleaned_data["unit"]
        if done(form, services.cover, office_covering=covering, unit=unit, **by(request)):
            messages.success(request, _("Đã giao thêm %(unit)s.") % {"unit": unit.full_name})
            return redirect("office", office)
    return _office_page(request, covering, form)


@needs(PERM, office=of_office)
@require_POST
def uncover(request: HttpRequest, office: str) -> HttpResponse:
    """Takes a unit from the office."""
    covering, held = _office(office), Unit.objects.filter(coverage__office__code=office, coverage__valid_to=None)
    form = CoverForm(request.POST, units=held.distinct())
    if form.is_valid() and done(
        form, services.uncover, office_covering=covering, unit=form.cleaned_data["unit"], **by(request)
    ):
        messages.success(request, _("Đã thôi giao %(unit)s.") % {"unit": form.cleaned_data["unit"].full_name})
        return redirect("office", office)
    for sentence in form.non_field_errors():
        messages.error(request, str(sentence))
    return redirect("office", office)


def _office(code: str) -> Office:
    found: Office = get_object_or_404(Office.objects.select_related("above", "province"), code=code)
    return found


def _coverage() -> "QuerySet[Coverage]":
    current: QuerySet[Coverage] = Coverage.objects.current().select_related("unit").order_by("unit__search_key")
    return current


def _office_page(request: HttpRequest, shown: Office, form: CoverForm | None = None) -> HttpResponse:
    coverage = list(_coverage().filter(office=shown))
    free = units_in_reach(request.user).filter(Q(parent=shown.province) | Q(pk=shown.province_id))
    free = free.exclude(pk__in=[row.unit_id for row in coverage])
    context: dict[str, Any] = {
        "office": shown,
        "coverage": coverage,
        "below": Office.objects.current().filter(above=shown).order_by("search_key"),
        "form": form or CoverForm(units=free),
    }
    return render(request, "desk/units/office.html", context, status=400 if form else 200)
