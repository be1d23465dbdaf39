"""Units and their villages, for an administrator: to look up anything, to change what their offices serve."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keng.accounts.permissions import needs, offices
from keng.desk.units.acting import by, done
from keng.desk.units.forms import ListForm, VillageForm
from keng.desk.units.scope import PERM, communes_in_reach, of_unit, units_in_reach
from keng.units import village_lists, villages
from keng.units.models import Office, Unit, UnitEvent, Village
from keng.units.names import Refused
from keng.units.search import LONGEST_QUERY, search


@needs(PERM)
@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """The communes that the administrator looks after; `q` looks through the whole country's units, villages and offices."""
    asked = " ".join(request.GET.get("q", "").replace("\x00", " ")[:LONGEST_QUERY].split())
    own = communes_in_reach(request.user).select_related("parent").order_by("parent__search_key", "search_key")
    near = next((unit.parent_id or "" for unit in own[:1]), "")
    found = search(asked, near=near) if asked else []
    units = set(units_in_reach(request.user).values_list("pk", flat=True))
    codes = set(offices(request.user, PERM).values_list("code", flat=True))
    rows = [(each, _kind(each.thing), _page_of(each.thing, units, codes)) for each in found]
    return render(request, "desk/units/units.html", {"asked": asked, "own": own, "rows": rows})


@needs(PERM, office=of_unit)
@require_GET
def unit(request: HttpRequest, unit: str) -> HttpResponse:
    """A unit as it is and was, its villages and the offices that serve it."""
    return _unit_page(request, _unit(unit))


@needs(PERM, office=of_unit)
@require_POST
def add_village(request: HttpRequest, unit: str) -> HttpResponse:
    place, form = _unit(unit), VillageForm(request.POST)
    if form.is_valid() and done(form, villages.add, unit=place, name=form.cleaned_data["name"], **by(request)):
        messages.success(request, _("Đã thêm %(name)s.") % {"name": form.cleaned_data["name"]})
        return redirect("unit", unit)
    return _unit_page(request, place, form)


@needs(PERM, office=of_unit)
@require_http_methods(["GET", "POST"])
def rename_village(request: HttpRequest, unit: str, village: int) -> HttpResponse:
    named = get_object_or_404(_villages(unit), pk=village)
    form = VillageForm(request.POST or None, initial={"name": named.name})
    if form.is_valid() and done(form, villages.rename, village=named, name=form.cleaned_data["name"], **by(request)):
        return redirect("unit", unit)
    context = {"form": form, "village": named}
    return render(request, "desk/units/rename_village.html", context, status=400 if form.errors else 200)


@needs(PERM, office=of_unit)
@require_POST
def end_village(request: HttpRequest, unit: str, village: int) -> HttpResponse:
    ending = get_object_or_404(_villages(unit), pk=village)
    villages.end(village=ending, **by(request))
    messages.success(request, _("Đã bỏ %(name)s.") % {"name": ending.name})
    return redirect("unit", unit)


@needs(PERM, office=of_unit)
@require_http_methods(["GET", "POST"])
def village_list(request: HttpRequest, unit: str) -> HttpResponse:
    """One commune's list: what it would change. Nothing is changed yet."""
    return _plan_page(request, _unit(unit))


@needs(PERM, office=of_unit)
@require_POST
def import_village_list(request: HttpRequest, unit: str) -> HttpResponse:
    return _carry_out(request, _unit(unit))


@needs(PERM)
@require_http_methods(["GET", "POST"])
def village_lists_of_all(request: HttpRequest) -> HttpResponse:
    """A list for several communes, each line with the commune's code: what it would change."""
    return _plan_page(request, None)


@needs(PERM)
@require_POST
def import_village_lists_of_all(request: HttpRequest) -> HttpResponse:
    return _carry_out(request, None)


def _kind(thing: Unit | Village | Office) -> str:
    return _("bản") if isinstance(thing, Village) else thing.get_kind_display()


def _page_of(thing: Unit | Village | Office, units: set[str], offices: set[str]) -> str:
    """The address of its page, "" where it is out of reach. A village's is its commune's."""
    if isinstance(thing, Office):
        return reverse("office", args=[thing.code]) if thing.code in offices else ""
    code = thing.unit_id if isinstance(thing, Village) else thing.pk
    return reverse("unit", args=[code]) if code in units else ""


def _unit(code: str) -> Unit:
    found: Unit = get_object_or_404(Unit.objects.select_related("parent"), pk=code)
    return found


def _villages(code: str) -> Any:
    return Village.objects.current().filter(unit=code).select_related("unit")


def _unit_page(request: HttpRequest, place: Unit, form: VillageForm | None = None) -> HttpResponse:
    own = place.events.select_related("other__parent")
    elsewhere = (
        UnitEvent.objects.filter(other=place).exclude(kind=UnitEvent.Kind.FOUNDED).select_related("unit__parent")
    )
    serving = Office.objects.current().filter(coverage__unit=place, coverage__valid_to=None).order_by("name")
    context = {
        "unit": place,
        "events": sorted([*own, *elsewhere], key=lambda event: (event.date, event.pk)),
        "villages": _villages(place.pk).order_by("search_key"),
        "offices": serving,
        "form": form or VillageForm(),
    }
    return render(request, "desk/units/unit.html", context, status=400 if form else 200)


def _plan_page(request: HttpRequest, place: Unit | None) -> HttpResponse:
    form = ListForm(request.POST or None, request.FILES or None)
    plan = None
    if form.is_valid():
        try:
            plan = village_lists.plan(form.cleaned_data["text"], within=communes_in_reach(request.user), commune=place)
        except Refused as error:
            form.add_error(None, str(error))
    context = {"form": form, "plan": plan, "unit": place, "text": form.cleaned_data["text"] if plan else ""}
    return render(request, "desk/units/village_list.html", context, status=400 if form.errors else 200)


def _carry_out(request: HttpRequest, place: Unit | None) -> HttpResponse:
    form = ListForm(request.POST)
    if form.is_valid():
        text, within = form.cleaned_data["text"], communes_in_reach(request.user)
        try:
            plan = village_lists.carry_out(text, within=within, commune=place, **by(request))
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Đã nhập %(count)d bản.") % {"count": len(plan.new)})
            return redirect("unit", place.pk) if place else redirect("units")
    return render(request, "desk/units/village_list.html", {"form": form, "plan": None, "unit": place}, status=400)
