"""The public pages that are nobody's in particular: front page, warnings, and what the face says when it refuses."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from keng.portal import found
from keng.portal.advice import ADVICE, NUMBERS
from keng.portal.pages import LANGUAGES, asked, page, read_only, refusal


@read_only
def home(request: HttpRequest, lang: str = "vi") -> HttpResponse:
    """What Kẻng is, three doors, and `?q=`: the boxes of a commune."""
    query = asked(request)
    communes = found.with_boxes(found.communes(query, near=settings.PROVINCE)) if query else []
    return page("home", lang, door="report", query=query, communes=communes, many=found.MOST_COMMUNES)


@read_only
def warnings(request: HttpRequest, lang: str = "vi") -> HttpResponse:
    """Whom to call, and how common crimes begin."""
    return page("warnings", lang, door="warnings", numbers=NUMBERS, advice=ADVICE)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(400, _language(request))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(403, _language(request))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(404, _language(request))


def failed(request: HttpRequest) -> HttpResponse:
    """The page of a failure leans on nothing that may have failed: no database, no stylesheet, no catalogue."""
    return HttpResponse(render_to_string("portal/failed.html"), status=500)


def _language(request: HttpRequest) -> str:
    """By the end of the address, as on the pages themselves."""
    last = request.path_info.rpartition("/")[2]
    return last if last in LANGUAGES else "vi"
