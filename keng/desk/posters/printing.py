"""Posters to print: one in any format, as many as the places need, and the list for the one who hangs them."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keng.accounts.errors import answer
from keng.accounts.permissions import needs
from keng.core import pdf as pages
from keng.desk import scope
from keng.desk.models import Place
from keng.desk.posters import standing
from keng.desk.posters.forms import PrintForm
from keng.mailbox import poster
from keng.mailbox.models import Box

CHECKLIST = poster.PRINT / "checklist.typ"
PDF, PNG = "application/pdf", "image/png"


@needs("desk.print_poster", office=scope.of_box)
@require_GET
def pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """`?lang=en` adds a second language below the Vietnamese, `?format=` is one of `FORMATS`."""
    box, format = _box(slug), request.GET.get("format", "a4")
    try:
        made = poster.as_pdf(box, second=request.GET.get("lang", ""), format=format)
    except poster.NoPoster as refused:
        return _refused(request, str(refused))
    return _file(made, PDF, f"ap-phich-{box.slug}.pdf" if format == "a4" else f"ap-phich-{box.slug}-{format}.pdf")


@needs("desk.print_poster", office=scope.of_box)
@require_GET
def png(request: HttpRequest, slug: str) -> HttpResponse:
    """The page for the wall as a picture, to look at and to send on."""
    box = _box(slug)
    try:
        made = poster.as_png(box, second=request.GET.get("lang", ""))
    except poster.NoPoster as refused:
        return _refused(request, str(refused))
    return _file(made, PNG, f"ap-phich-{box.slug}.png")


@needs("desk.keep_places", office=scope.of_box)
@require_GET
def copies(request: HttpRequest, slug: str) -> HttpResponse:
    """As many copies, all alike, as the chosen places need."""
    box, form = _box(slug), PrintForm(request.GET)
    if not form.is_valid():
        return _malformed(request)
    format = form.cleaned_data["format"]
    number = sum(one for _place, one in _needed(box, form))
    if not number:
        return _refused(request, _nothing(form.cleaned_data["show"]))
    try:
        made = poster.as_pdf(box, format=format, copies=number)
    except poster.NoPoster as refused:
        return _refused(request, str(refused))
    return _file(made, PDF, f"{number}-{format}-{box.slug}.pdf")


@needs("desk.keep_places", office=scope.of_box)
@require_GET
def checklist(request: HttpRequest, slug: str) -> HttpResponse:
    """Where to hang how many, to be ticked off on the way. No poster: it names the places and has no QR."""
    box, form = _box(slug), PrintForm(request.GET)
    if not form.is_valid():
        return _malformed(request)
    needed = _needed(box, form)
    if not needed:
        return _refused(request, _nothing(form.cleaned_data["show"]))
    format = form.cleaned_data["format"]
    values = {
        "language": get_language() or "vi",
        "title": _("Danh sách treo áp phích: %(box)s") % {"box": box.title},
        "lead": _("Giữ trong đơn vị, không dán ra ngoài. Treo xong ghi ngày, rồi ghi lại trong Kẻng."),
        "code_label": _("So mã ngắn trước khi treo:"),
        "code": " ".join(poster.short_code(box)) if box.root else "–",
        "columns": ["", "", _("Chỗ treo"), _("Khổ"), _("Số bản"), _("Ngày treo"), _("Người treo")],
        "rows": [
            {
                "name": place.name,
                "kind": str(Place.Kind(place.kind).label),
                "format": standing.label(format).partition(" (")[0],
                "copies": str(number),
            }
            for place, number in needed
        ],
    }
    return _file(pages.pdf(CHECKLIST, values), PDF, f"danh-sach-treo-{box.slug}.pdf")


def _needed(box: Box, form: PrintForm) -> list[tuple[Place, int]]:
    asked = form.cleaned_data
    return standing.needed(box, asked["show"], asked["format"], asked["copies"])


def _nothing(shown: str) -> str:
    if shown == standing.OLD:
        return _("Không có áp phích nào của khổ này phải thay.")
    return _("Chưa có chỗ nào để treo. Đồng chí thêm chỗ treo trước.")


def _box(slug: str) -> Box:
    return get_object_or_404(Box.objects.select_related("office__province"), slug=slug)


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return answer(request, HTTPStatus.CONFLICT, ("no_poster", _("Không in được áp phích"), sentence))


def _malformed(request: HttpRequest) -> HttpResponse:
    sentence = _("Khổ in hoặc số bản không đúng. Đồng chí quay lại chọn lại.")
    return answer(request, HTTPStatus.BAD_REQUEST, ("malformed", _("Không in được áp phích"), sentence))


def _file(made: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(made, content_type=content_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response
