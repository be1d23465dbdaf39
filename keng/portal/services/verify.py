"""`/verify/<code>`: whether a paper is genuine.

The code is of 80 random bits: nobody guesses one, and each that is none is answered alike.
"""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from keng.portal.pages import LANGUAGES, asked, in_language, page, read_only
from keng.signing import documents
from keng.signing.kinds import kinds
from keng.signing.models import Document
from keng.units.models import Office


@read_only
def ask(request: HttpRequest, *, lang: str = "vi") -> HttpResponse:
    """The box to type a code into; `?code=` leads to its page."""
    code = asked(request, "code")
    if code:
        return HttpResponseRedirect(in_language(f"/verify/{quote(code, safe='')}", lang))
    return page("services/verify", lang, door="verify")


@read_only
def verify(request: HttpRequest, *, code: str, lang: str = "vi") -> HttpResponse:
    """Genuine or not, of what kind, from which office, when, taken back or not, and its file's hash. Nothing of whom it concerns."""
    if code in LANGUAGES and lang == "vi":
        return ask(request, lang=code)
    document = documents.verify(code)
    status = 200 if document else 404
    path = f"/verify/{quote(code, safe='')}"
    return page(
        "services/verify", lang, door="verify", path=path, status=status, asked=True, document=document, **_of(document)
    )


def _of(document: Document | None) -> dict[str, Any]:
    if document is None:
        return {}
    office = Office.objects.filter(code=document.office).only("name").first()
    title = kinds[document.kind].title if document.kind in kinds else document.title
    return {"title": title, "office": office.name if office else document.office}
