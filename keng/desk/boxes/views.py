"""Boxes: who answers where, how each stands, its poster; for an administrator also to create, edit and close."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods

from keng.accounts.models import User
from keng.accounts.permissions import may, needs, offices
from keng.desk.boxes import services
from keng.desk.boxes.forms import CloseForm, CreateForm, EditForm
from keng.desk.boxes.states import state_of, with_until
from keng.desk.posters.standing import standing_of
from keng.desk.scope import of_box
from keng.mailbox.models import Box, Language
from keng.mailbox.poster import FORMATS

A_PAGE = 50
# The languages of boxes, as named inside a sentence.
LANGUAGE_NAMES = {"vi": _lazy("tiếng Việt"), "en": _lazy("tiếng Anh")}
SEE, MANAGE = "desk.print_poster", services.PERM


@needs(SEE)
@require_GET
def boxes(request: HttpRequest) -> HttpResponse:
    """The boxes of the offices in reach, open ones first, those for training last among them."""
    seen = with_until(Box.objects.filter(office__in=offices(request.user, SEE)))
    ordered = seen.order_by(F("closed_on").asc(nulls_first=True), "training", "title", "slug")
    page = Paginator(ordered, A_PAGE).get_page(request.GET.get("page"))
    hung = standing_of(list(page))
    rows = [(box, state_of(box), hung[box.pk]) for box in page]
    return render(request, "desk/boxes/list.html", {"page": page, "rows": rows, "manages": may(request.user, MANAGE)})


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    form = CreateForm(request.POST or None, offices=offices(request.user, MANAGE))
    if request.method == "POST" and form.is_valid():
        try:
            box = services.create(by=_by(request), **form.cleaned_data)
        except services.Refused as error:
            form.add_error(error.field, str(error.sentence))
        else:
            messages.success(request, _("Đã lập hộp thư. Bước tiếp theo: người giữ khoá của đơn vị lập khoá."))
            return redirect("box", box.slug)
    return _form_page(request, "desk/boxes/create.html", form)


@needs(SEE, office=of_box)
@require_GET
def box(request: HttpRequest, slug: str) -> HttpResponse:
    seen = get_object_or_404(with_until(Box.objects.all()), slug=slug)
    spoken = [(code, LANGUAGE_NAMES[code]) for code in seen.languages if code in LANGUAGE_NAMES]
    context = {
        "box": seen,
        "state": state_of(seen),
        "languages": [*(str(name) for _code, name in spoken), *_added(seen)],
        "second_languages": [pair for pair in spoken if pair[0] != settings.LANGUAGE_CODE],
        "formats": FORMATS,
        "hung": standing_of([seen])[seen.pk],
        "manages": may(request.user, MANAGE, seen),
        "grants": may(request.user, "desk.grant_box", seen),
    }
    return render(request, "desk/boxes/box.html", context)


def _added(box: Box) -> list[str]:
    """Names of the box's languages that were added at the desk."""
    names = Language.objects.filter(code__in=box.languages).order_by("name_in_vietnamese")
    return [_("tiếng %(name)s") % {"name": name} for name in names.values_list("name_in_vietnamese", flat=True)]


@needs(MANAGE, office=of_box)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    edited = get_object_or_404(Box, slug=slug)
    form = EditForm(request.POST or None, initial={"title": edited.title, "languages": edited.languages})
    if request.method == "POST" and form.is_valid():
        try:
            services.edit(box=edited, by=_by(request), **form.cleaned_data)
        except services.Refused as error:
            form.add_error(error.field, str(error.sentence))
        else:
            messages.success(request, _("Đã sửa hộp thư."))
            return redirect("box", slug)
    return _form_page(request, "desk/boxes/edit.html", form, box=edited)


@needs(MANAGE, office=of_box)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, slug: str) -> HttpResponse:
    closing = get_object_or_404(Box, slug=slug)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.close(box=closing, by=_by(request), **form.cleaned_data)
        except services.Refused as error:
            form.add_error(error.field, str(error.sentence))
        else:
            messages.success(request, _("Đã đóng hộp thư. Đồng chí cho gỡ áp phích xuống."))
            return redirect("box", slug)
    return _form_page(request, "desk/boxes/close.html", form, box=closing)


def _by(request: HttpRequest) -> User:
    return cast(User, request.user)


def _form_page(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=400 if form.errors else 200)
