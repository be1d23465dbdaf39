"""The first step of a draft: the commune that it concerns, searched for or chosen from the province's."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from keng.procedures.filing import drafts
from keng.procedures.filing.pages import LATER, Place, about, go
from keng.procedures.filing.steps import WHERE, Steps
from keng.procedures.models import Draft
from keng.units.models import Unit
from keng.units.search import search_units, search_villages


def communes() -> list[Unit]:
    """The province's communes of today, by name. One query."""
    return list(Unit.objects.current().filter(parent_id=settings.PROVINCE).order_by("search_key"))


def found(query: str) -> list[tuple[Unit, str]]:
    """Communes of the province by what people type, each once, and the village by which it was found or ""."""
    near = settings.PROVINCE
    units = [(one.thing, "") for one in search_units(query, near=near, communes_only=True)]
    villages = [(one.thing.unit, one.thing.name) for one in search_villages(query, near=near)]  # type: ignore[union-attr]
    once: dict[str, tuple[Unit, str]] = {}
    for unit, village in [*units, *villages]:
        if isinstance(unit, Unit) and unit.parent_id == near:
            once.setdefault(unit.code, (unit, village))
    return list(once.values())[:12]


def where(request: HttpRequest, *, draft: Draft, place: Place) -> HttpResponse:
    """GET asks, with what was searched for; POST keeps the choice and goes on."""
    steps = Steps(draft)
    wrong = ""
    if request.method == "POST":
        chosen = next((one for one in communes() if one.code == request.POST.get("unit")), None)
        if chosen is not None:
            drafts.place(draft=draft, unit=chosen)
            return go(place.address("list") if LATER in request.POST else place.step(steps, steps.after(WHERE)))
        wrong = _("Xin chọn một xã, phường.")
    query = request.GET.get("q", "").strip()[:100]
    context = {
        **about(steps, place, WHERE), "title": _("Nơi nộp"), "query": query, "found": found(query) if query else [],
        "communes": communes(), "wrong": wrong,
    }  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "procedures/filing/where.html", context, status=status)
