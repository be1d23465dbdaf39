"""Where a box's posters hang: the list, and what was done about it. One verb a view."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from keng.accounts.models import User
from keng.accounts.permissions import needs
from keng.desk.posters import services, standing
from keng.desk.posters.forms import HangForm, PrintForm
from keng.desk.scope import of_box
from keng.mailbox.models import Box
from keng.mailbox.poster import root_of

PERM = services.PERM
A_PAGE = 50


@needs(PERM, office=of_box)
@require_GET
def hangings(request: HttpRequest, slug: str) -> HttpResponse:
    """The places of the office, with what hangs at each."""
    return _page(request, _box(slug), request.GET)


@needs(PERM, office=of_box)
@require_POST
def hang(request: HttpRequest, slug: str) -> HttpResponse:
    box, form = _box(slug), HangForm(request.POST)
    if not form.is_valid():
        return _page(request, box, request.POST, form=form)
    try:
        count = services.hang(box=box, places=_places(request), by=_by(request), **form.cleaned_data)
    except services.Refused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.sentence))
        return _page(request, box, request.POST, form=form)
    said = ngettext("Đã ghi: treo ở %(count)d chỗ.", "Đã ghi: treo ở %(count)d chỗ.", count)
    messages.success(request, said % {"count": count})
    return redirect("hangings", slug)


@needs(PERM, office=of_box)
@require_POST
def checked(request: HttpRequest, slug: str) -> HttpResponse:
    return _done(request, slug, services.check, _("Đã ghi: hôm nay ghé xem, không thấy gì lạ."))


@needs(PERM, office=of_box)
@require_POST
def down(request: HttpRequest, slug: str) -> HttpResponse:
    return _done(request, slug, services.take_down, _("Đã ghi: áp phích đã gỡ."))


@needs(PERM, office=of_box)
@require_POST
def false(request: HttpRequest, slug: str) -> HttpResponse:
    sentence = _("Đã ghi: thấy tem giả, đã gỡ cả tờ. Đồng chí báo ngay người giữ khoá, gửi kèm ảnh đã chụp.")
    return _done(request, slug, services.found_false, sentence)


def _done(request: HttpRequest, slug: str, service: Callable[..., int], sentence: str) -> HttpResponse:
    try:
        service(box=_box(slug), places=_places(request), by=_by(request))
    except services.Refused as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, sentence)
    shown = _shown(request.POST)
    return redirect(reverse("hangings", args=[slug]) + (f"?show={shown}" if shown else ""))


def _page(request: HttpRequest, box: Box, asked: QueryDict, form: HangForm | None = None) -> HttpResponse:
    shown, counts = _shown(asked), standing.counts(box)
    page = Paginator(standing.places_for(box, shown), A_PAGE).get_page(asked.get("page"))
    context: dict[str, Any] = {
        "box": box,
        "page": page,
        "spots": standing.spots(box, page),
        "standing": standing.standing_of([box])[box.pk],
        "root": root_of(box),
        "shown": shown,
        "choices": [(name, title, counts[name]) for name, title in _titles().items()],
        "places": counts[standing.ALL],
        "chosen": set(_places(request)),
        "form": form or HangForm(),
        "printing": PrintForm(shown=shown, auto_id="print_%s"),
    }
    return render(request, "desk/boxes/hangings.html", context, status=400 if form else 200)


def _titles() -> dict[str, str]:
    return {
        standing.ALL: _("Mọi chỗ"),
        standing.EMPTY: _("Chưa treo"),
        standing.OLD: _("Phải thay"),
        standing.DUE: _("Cần ghé xem"),
    }


def _shown(asked: QueryDict) -> str:
    shown = asked.get("show", "")
    return shown if shown in standing.SHOWN else standing.ALL


def _places(request: HttpRequest) -> list[int]:
    """The ids ticked; what is no id of ours is no place of ours, which the service refuses."""
    typed = request.POST.getlist("place")
    numbers = [int(one) if one.isascii() and one.isdigit() and len(one) < 20 else -1 for one in typed]
    return [number if number < 2**63 else -1 for number in numbers]


def _box(slug: str) -> Box:
    return get_object_or_404(Box.objects.select_related("office__province"), slug=slug)


def _by(request: HttpRequest) -> User:
    return cast(User, request.user)
