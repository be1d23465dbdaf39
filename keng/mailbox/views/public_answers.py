"""`/b/<slug>/answers`: what the commune answered to suggestions, newest first, by day. The same for everybody."""

from http import HTTPStatus

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from keng.mailbox.errors import Refused
from keng.mailbox.kinds import KINDS
from keng.mailbox.models import Box
from keng.mailbox.pages import answers_address
from keng.mailbox.places import places_of
from keng.mailbox.services.parts import NO_BOX
from keng.mailbox.views.html import address, by_method, languages, page

A_PAGE = 50


def show(request: HttpRequest, slug: str, lang: str) -> HttpResponse:
    """Shapes: 200; 404 for no such box, one of another kind, or one without this language. Stays when the box is closed."""
    box = Box.objects.select_related("office__province").filter(slug=slug).exclude(opened_on=None).first()
    if box is None or lang not in ("vi", *box.languages) or not KINDS[box.kind].allows_public_answer:
        raise Refused("no_box", HTTPStatus.NOT_FOUND, NO_BOX)
    # Within a day in the order of random numbers: which came first is nobody's to know.
    answers = box.public_answers.filter(withdrawn_on=None).order_by("-published_on", "pk")
    path = f"/b/{box.slug}/answers"
    context = {
        "box": box,
        "place": places_of(box.office).title,
        "page": Paginator(answers, A_PAGE).get_page(request.GET.get("p")),
        "here": answers_address(box, lang),
        "sealed_page": address(f"/b/{box.slug}", lang),
        "languages": languages(path, lang, {"vi", *box.languages}),
    }
    return page("answers", lang, context)


answers = by_method(get=show)
