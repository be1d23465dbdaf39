"""Fields of administration and life events: what procedures are found by."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from keng.accounts.permissions import needs
from keng.core.text import fold
from keng.procedures.catalogue import services
from keng.procedures.catalogue.keeping import PERM
from keng.procedures.catalogue.views import by
from keng.procedures.models import Field, LifeEvent
from keng.procedures.scope import of_province


@needs(PERM, office=of_province)
@require_GET
def names(request: HttpRequest) -> HttpResponse:
    """Both lists, and a line to add to each."""
    return _page(request)


@needs(PERM, office=of_province)
@require_POST
def add_field(request: HttpRequest) -> HttpResponse:
    return _added(request, "field", lambda name, slug: services.add_field(name=name, slug=slug, by=by(request)))


@needs(PERM, office=of_province)
@require_POST
def add_life_event(request: HttpRequest) -> HttpResponse:
    return _added(request, "event", lambda name, slug: services.add_life_event(name=name, slug=slug, by=by(request)))


def _added(request: HttpRequest, what: str, deed: Callable[[str, str], object]) -> HttpResponse:
    name, slug = request.POST.get("name", ""), request.POST.get("slug", "")
    try:
        # Who leaves the address empty gets the name without accents.
        deed(name, slug.strip() or fold(name).replace(" ", "-")[:60].strip("-"))
    except services.Incomplete as error:
        wrong = {problem.path[0]: problem.sentence for problem in error.problems}
        return _page(request, 400, what=what, name=name, slug=slug, wrong=wrong)
    messages.success(request, _("Đã thêm “%(name)s”.") % {"name": name.strip()})
    return redirect("procedure_names")


def _page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    count = Count("procedures")
    rows = {
        "fields": Field.objects.annotate(count=count).order_by("order", "name"),
        "events": LifeEvent.objects.annotate(count=count).order_by("order", "name"),
    }
    return render(request, "procedures/catalogue/names.html", {**rows, **context}, status=status)
