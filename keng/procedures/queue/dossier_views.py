"""A dossier's page; looking at whose it is, which leaves a trace; its files and slips; and a page for each deed."""

from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keng.accounts.absences import working_for
from keng.accounts.permissions import View, needs
from keng.core import ids
from keng.procedures.dossiers import services
from keng.procedures.dossiers.routing import today
from keng.procedures.dossiers.services.looking import Gone
from keng.procedures.dossiers.turning import serving
from keng.procedures.errors import NotAllowed, Refused
from keng.procedures.models import Attachment, Dossier
from keng.procedures.queue import deeds, page
from keng.procedures.queue.deeds import Deed
from keng.procedures.queue.forms import DeedForm, LookForm
from keng.procedures.queue.reach import user_of
from keng.procedures.scope import of_counter, of_dossier
from keng.procedures.slips import issue
from keng.signing import documents
from keng.signing.models import Document

# A stranger's file can do nothing in the officer's browser: no script, no form, no request of its own.
SANDBOX = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
IN_PAGE = ("image/jpeg", "image/png")  # a sandboxed PDF is not shown by browsers: it is saved
# What may be given as a reason at the counter: not what belongs to whoever works on it, to a leader, or to a deed of its own.
NOT_OFFERED = ("taken", "supervision", "supplement")


@needs("procedures.see_queue", office=of_counter)
@require_safe
def dossier(request: HttpRequest, dossier: str) -> HttpResponse:
    return show(request, page.of_code(dossier))


def show(
    request: HttpRequest, dossier: Dossier, *, problem: str = "", look: LookForm | None = None, status: int = 200
) -> HttpResponse:
    """The page. `services.opened` leaves the look of whoever works on it, in this request, before anything of the resident is read."""
    user, now = user_of(request), ids.now()
    place = serving(dossier, user)
    opened = place is not None and dossier.erased_at is None and services.opened(dossier=dossier, by=user)
    context = page.where(dossier, now, opened=opened)
    context |= page.whose(dossier) if opened else {}
    if place is not None:
        own = dossier.owner_id in {one.pk for one in working_for(user, today())}
        context["may"] = deeds.offered(dossier, user, own=own, here=place == dossier.office)
        context["elsewhere"] = dossier.owner is not None and not own
    context |= {
        "opened": opened,
        "works": place is not None,
        "problem": problem,
        "look": look or look_form(),
        "now": now,
    }
    return render(request, "procedures/queue/dossier.html", context, status=status)


def look_form(said: Any = None) -> LookForm:
    reasons = [(code, str(says)) for code, says in services.REASONS.items() if code not in NOT_OFFERED]
    return LookForm(said, reasons=reasons, auto_id="look_%s")


@needs("procedures.work", office=of_counter)
@require_POST
def look(request: HttpRequest, dossier: str) -> HttpResponse:
    found, form = page.of_code(dossier), look_form(request.POST)
    if not form.is_valid():
        return show(request, found, look=form, status=HTTPStatus.BAD_REQUEST)
    try:
        services.look(dossier=found, by=user_of(request), **form.cleaned_data)
    except Refused as refused:
        return show(request, found, problem=refused.sentence, look=form, status=refused.status)
    return redirect("dossier", found.code)


@needs("procedures.work", office=of_counter)
@require_safe
def file(request: HttpRequest, dossier: str, attachment: int) -> HttpResponse:
    """One file, by its own entry in the ledger."""
    paper = get_object_or_404(
        Attachment.objects.select_related("dossier__office"), pk=attachment, dossier__code=dossier
    )
    try:
        plain = services.open_file(attachment=paper, by=user_of(request))
    except NotAllowed as refused:
        return back_to(request, dossier, refused)
    return kept_apart(plain, paper.kind, paper.name)


@needs("procedures.work", office=of_counter)
@require_safe
def slip(request: HttpRequest, dossier: str, document: int) -> HttpResponse:
    """A document that was issued for it: the resident's name stands on it, so that it needs a look as the page does."""
    issued = get_object_or_404(Document, pk=document, case=dossier)
    if not services.opened(dossier=page.of_code(dossier), by=user_of(request)):
        return back_to(request, dossier, NotAllowed(_("Đồng chí nhận xử lý hồ sơ hoặc nêu lý do xem trước đã.")))
    try:
        plain = documents.pdf(issued)
    except documents.Forgotten:
        return back_to(request, dossier, Gone())
    return kept_apart(plain, "application/pdf", f"{dossier}-{issued.code}.pdf")


@needs("procedures.see_queue", office=of_counter)
@require_safe
def control(request: HttpRequest, dossier: str) -> HttpResponse:
    """Slip 06 as it stands now. It names no resident and tells no note, so that it needs no look."""
    found = page.of_code(dossier)
    paper = issue.control(found, address=request.build_absolute_uri(reverse("dossier", args=[found.code])))
    return kept_apart(paper, "application/pdf", f"{found.code}-06.pdf")


def back_to(request: HttpRequest, dossier: str, refused: Refused) -> HttpResponse:
    messages.error(request, refused.sentence)
    return redirect("dossier", dossier)


def kept_apart(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(kind not in IN_PAGE, name) or "attachment"
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def view_of(deed: Deed) -> View:
    """The deed's own view: a press if it asks for nothing, else a page with its form."""
    scope = of_counter if deed.whose == "counter" else of_dossier

    @needs("procedures.work", office=scope)
    def asked(request: HttpRequest, dossier: str) -> HttpResponse:
        found = page.of_code(dossier)
        if request.method != "POST":
            form = deed.form(dossier=found, user=user_of(request))
            return deed_page(request, deed, form)
        return do(request, deed, found)

    @needs("procedures.work", office=scope)
    @require_POST
    def pressed(request: HttpRequest, dossier: str) -> HttpResponse:
        return do(request, deed, page.of_code(dossier))

    return asked if deed.asks else pressed


def do(request: HttpRequest, deed: Deed, found: Dossier) -> HttpResponse:
    """Does it, or says why not with all that was typed still there."""
    user = user_of(request)
    form = deed.form(request.POST, request.FILES, dossier=found, user=user)
    if not form.is_valid():
        return again(request, deed, found, form, "", HTTPStatus.BAD_REQUEST)
    found.row_version = form.cleaned_data["version"]
    assert deed.run is not None  # noqa: S101 - tells the type: of the others there is no view here
    try:
        deed.run(found, user, form.cleaned_data)
    except Refused as refused:
        return again(request, deed, page.of_code(found.code), form, refused.sentence, refused.status)
    messages.success(request, str(deed.done))
    found.refresh_from_db(fields=["office"])
    seen = serving(found, user, "procedures.see_queue")
    return redirect("dossier", found.code) if seen else redirect("dossiers")


def again(request: HttpRequest, deed: Deed, found: Dossier, form: DeedForm, problem: str, status: int) -> HttpResponse:
    """After a conflict the form carries the version that this page shows: whoever has read what changed may press again."""
    if not deed.asks:
        return show(request, found, problem=problem or _("Trang đã cũ. Đồng chí xem lại rồi bấm lại."), status=status)
    if problem:
        form.data = cast("QueryDict", form.data).copy()
        form.data["version"] = str(found.row_version)
    return deed_page(request, deed, form, problem, status)


def deed_page(
    request: HttpRequest, deed: Deed, form: DeedForm, problem: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {"deed": deed, "form": form, "dossier": form.dossier, "problem": problem}
    return render(request, "procedures/queue/deed.html", context, status=status)


VIEWS = {deed.name: view_of(deed) for deed in deeds.DEEDS if deed.run}
