"""The places of an office where posters hang: list, add, paste a list, retire; and the page about false stickers."""

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from keng.accounts.models import User
from keng.accounts.permissions import needs, offices
from keng.desk.models import Place
from keng.desk.posters import services
from keng.desk.posters.forms import ListForm, PlaceForm
from keng.desk.posters.scopes import of_office, of_place
from keng.mailbox import poster_text
from keng.mailbox.models import Box
from keng.units.models import Office

PERM = services.PERM
A_PAGE = 50


@needs(PERM)
@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """The offices in reach with how many places each has; where there is one office only, its page at once."""
    mine = offices(request.user, PERM).order_by("name", "code")
    counted = mine.annotate(number=Count("places", filter=Q(places__gone_on=None)))
    page = Paginator(counted, A_PAGE).get_page(request.GET.get("page"))
    if page.paginator.count == 1:
        return redirect("places_of", page[0].code)
    return render(request, "desk/boxes/offices_with_places.html", {"page": page})


@needs(PERM, office=of_office)
@require_GET
def places_of(request: HttpRequest, office: str) -> HttpResponse:
    return _page(request, get_object_or_404(Office, code=office))


@needs(PERM, office=of_office)
@require_POST
def add(request: HttpRequest, office: str) -> HttpResponse:
    place = get_object_or_404(Office, code=office)
    form = PlaceForm(request.POST)
    if form.is_valid():
        try:
            services.add_place(office=place, by=_by(request), **form.cleaned_data)
        except services.Refused as error:
            form.add_error(error.field, str(error.sentence))
        else:
            messages.success(request, _("Đã thêm chỗ treo."))
            return redirect("places_of", office)
    return _page(request, place, form=form)


@needs(PERM, office=of_office)
@require_POST
def import_list(request: HttpRequest, office: str) -> HttpResponse:
    place = get_object_or_404(Office, code=office)
    form = ListForm(request.POST)
    if form.is_valid():
        try:
            made = services.import_places(office=place, by=_by(request), **form.cleaned_data)
        except services.Refused as error:
            form.add_error(error.field, str(error.sentence))
        else:
            messages.success(request, _said(made))
            return redirect("places_of", office)
    return _page(request, place, pasted=form)


@needs(PERM, office=of_place)
@require_POST
def retire(request: HttpRequest, place: int) -> HttpResponse:
    going = get_object_or_404(Place.objects.select_related("office"), pk=place)
    try:
        services.retire_place(place=going, by=_by(request))
    except services.Refused as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, _("Đã bỏ chỗ này. Áp phích ở đó coi như đã gỡ."))
    return redirect("places_of", going.office.code)


@needs(PERM)
@require_GET
def false_stickers(request: HttpRequest) -> HttpResponse:
    """What to look for when passing by a poster, with pictures."""
    return render(request, "desk/boxes/false_stickers.html", {"checks": poster_text.CHECKS})


def _said(made: services.Imported) -> str:
    """What came of a pasted list, in a sentence."""
    new = ngettext("Đã thêm %(count)d chỗ.", "Đã thêm %(count)d chỗ.", len(made.new)) % {"count": len(made.new)}
    known = _("%(count)d dòng đã có sẵn.") % {"count": made.known}
    return f"{new} {known}" if made.known else new


def _page(
    request: HttpRequest, office: Office, form: PlaceForm | None = None, pasted: ListForm | None = None
) -> HttpResponse:
    standing = Place.objects.filter(office=office, gone_on=None).order_by("kind", "name", "pk")
    wrong: Form | None = form or pasted
    context: dict[str, Any] = {
        "office": office,
        "page": Paginator(standing, A_PAGE).get_page(request.GET.get("page")),
        "boxes": Box.objects.filter(office=office, closed_on=None).order_by("training", "title", "slug"),
        "form": form or PlaceForm(),
        "pasted": pasted or ListForm(),
    }
    return render(request, "desk/boxes/places.html", context, status=400 if wrong else 200)


def _by(request: HttpRequest) -> User:
    return cast(User, request.user)
