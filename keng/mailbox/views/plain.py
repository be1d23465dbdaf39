"""`/b/<slug>/plain`: a report without JavaScript. Text only, over TLS; sealed in memory, then forgotten (section 8, R6)."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from keng.mailbox import plain
from keng.mailbox.choices import HEADINGS
from keng.mailbox.closing import is_closed
from keng.mailbox.errors import Refused
from keng.mailbox.models import Box
from keng.mailbox.pages import answers_address
from keng.mailbox.places import places_of
from keng.mailbox.services.parts import CLOSED, NO_BOX
from keng.mailbox.views.html import address, by_method, languages, page, read_form, storing

NOT_OPEN = _("Cán bộ chưa đặt khoá cho hộp thư. Bà con quay lại sau.")


def show_form(request: HttpRequest, slug: str, lang: str) -> HttpResponse:
    """Shapes: 200; 404 or 410 without such a box."""
    return _form(_find_box(slug, lang), lang)


@storing
def send_report(request: HttpRequest, slug: str, lang: str) -> HttpResponse:
    """Shapes: 200 with the receipt; 400, 413, 500, 503 with the form, the text still in it, and a sentence."""
    box = _find_box(slug, lang)
    said = read_form(request)
    try:
        receipt = _send(box, said, lang)
    except Refused as refused:
        return _form(box, lang, refused=refused, said=said)
    return page("plain_sent", lang, {**_common(box, lang), "groups": [receipt[at : at + 4] for at in range(0, 24, 4)]})


@storing
def _send(box: Box, said: dict[str, str], lang: str) -> str:
    text = plain.checked_text(said.get("text", ""))
    form = said.get("form") or plain.new_form()
    with plain.senders.hold():
        return plain.send_report(
            box=box,
            text=text,
            may_forward=said.get("forward") == "yes",
            may_answer_publicly=said.get("public") == "yes",
            form=form,
            lang=lang,
        )


def _find_box(slug: str, lang: str) -> Box:
    """Raises Refused, as the sealed page answers: no such box or language, not open yet, closed."""
    box = Box.objects.select_related("office__province").filter(slug=slug).first()
    if box is None or lang not in ("vi", *box.languages):
        raise Refused("no_box", HTTPStatus.NOT_FOUND, NO_BOX)
    if box.opened_on is None or not box.recipient:
        raise Refused("no_box", HTTPStatus.NOT_FOUND, NOT_OPEN)
    if is_closed(box.closed_on):
        raise Refused("closed", HTTPStatus.GONE, CLOSED)
    return box


def _form(
    box: Box, lang: str, *, refused: Refused | None = None, said: Mapping[str, str] = MappingProxyType({})
) -> HttpResponse:
    context = {
        **_common(box, lang),
        "form": plain.new_form(),
        "text": said.get("text", ""),
        "may_forward": said.get("forward") == "yes",
        "public": said.get("public") == "yes",
        "most": plain.TEXT_MOST,
        "error": refused.sentence if refused else "",
    }
    return page("plain_report", lang, context, refused.status if refused else HTTPStatus.OK)


def _common(box: Box, lang: str) -> dict[str, Any]:
    path = f"/b/{box.slug}/plain"
    return {
        "box": box,
        "heading": HEADINGS[Box.Kind(box.kind)],
        "place": places_of(box.office).title,
        "here": address(path, lang),
        "sealed_page": address(f"/b/{box.slug}", lang),
        "answers_page": answers_address(box, lang),
        "return_page": address("/r/plain", lang),
        "languages": languages(path, lang, {"vi", *box.languages}),
    }


report = by_method(get=show_form, post=send_report)
