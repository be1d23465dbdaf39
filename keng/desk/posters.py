"""A box's poster, to print (PDF, two pages) or to look at and send on (PNG, the page for the wall)."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keng.accounts.errors import answer
from keng.accounts.permissions import needs
from keng.desk import scope
from keng.mailbox import poster
from keng.mailbox.models import Box


@needs("desk.print_poster", office=scope.of_box)
@require_GET
def pdf(request: HttpRequest, slug: str) -> HttpResponse:
    return _printed(request, slug, "pdf", "application/pdf", poster.as_pdf)


@needs("desk.print_poster", office=scope.of_box)
@require_GET
def png(request: HttpRequest, slug: str) -> HttpResponse:
    return _printed(request, slug, "png", "image/png", poster.as_png)


def _printed(
    request: HttpRequest, slug: str, ending: str, content_type: str, make: Callable[..., bytes]
) -> HttpResponse:
    """`?lang=en` adds a second language below the Vietnamese. A box that has no poster is answered 409 with a sentence."""
    box = get_object_or_404(Box.objects.select_related("office__province"), slug=slug)
    try:
        made = make(box, second=request.GET.get("lang", ""))
    except poster.NoPoster as refused:
        return answer(request, HTTPStatus.CONFLICT, ("no_poster", _("Không in được áp phích"), str(refused)))
    response = HttpResponse(made, content_type=content_type)
    response.headers["Content-Disposition"] = f'inline; filename="ap-phich-{box.slug}.{ending}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response
