"""The resident's own pages of filing: a procedure begun, a draft step by step, the list of drafts, the receipt. Others' are not there."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keng.accounts.citizens import errors
from keng.accounts.citizens.gates import CitizenRequest, signed_in_citizen, step_up
from keng.procedures import forms
from keng.procedures.errors import Refused
from keng.procedures.filing import drafts, pages, serving
from keng.procedures.filing.expected import duration, expected
from keng.procedures.filing.pages import Place, go
from keng.procedures.filing.review import filed
from keng.procedures.filing.review import review as last_look
from keng.procedures.filing.steps import WHERE
from keng.procedures.filing.where import where
from keng.procedures.models import Dossier, Draft, ProcedureVersion
from keng.procedures.slips.kinds import RECEIPT
from keng.signing.models import Document

MY = Place("my.html", "draft", reuse=True, supplement="supplement")
CANNOT = gettext_lazy("Chưa làm được")
MINUTES_A_PAGE = 3
OfDraft = Callable[..., HttpResponseBase]


def of_draft(*methods: str) -> Callable[[OfDraft], Callable[..., HttpResponseBase]]:
    """For views of `/drafts/<id>/…`: the resident's own draft, at the level of e-identity that its procedure asks for; 404 otherwise."""

    def decorate(view: OfDraft) -> Callable[..., HttpResponseBase]:
        @signed_in_citizen()
        @require_http_methods(methods)
        @wraps(view)
        def checked(request: CitizenRequest, draft: int, **kwargs: Any) -> HttpResponseBase:
            try:
                mine = drafts.open_draft(draft=draft, citizen=request.citizen)
                return step_up(request, mine.version.identity_level) or view(request, mine, **kwargs)
            except drafts.Gone:
                return after_filing(request, draft)
            except Refused as refused:
                return cannot(request, refused)

        return checked

    return decorate


def after_filing(request: CitizenRequest, draft: int) -> HttpResponse:
    """A draft that was filed leads to what it became: the second press of a button, the second window."""
    made = filed(draft)
    if made is None or made.citizen != request.citizen:
        raise Http404
    return go(sent(made))


def sent(dossier: Dossier) -> str:
    return reverse("filed", args=[dossier.code])


def cannot(request: CitizenRequest, refused: Refused) -> HttpResponse:
    return errors.answer(request, HTTPStatus(refused.status), (CANNOT, refused.sentence))


def brought_up_to_date(request: CitizenRequest, draft: Draft) -> HttpResponse | None:
    """Where the procedure changed meanwhile: the draft goes on under its new version, from the first step, and what changed is said."""
    if draft.supplements_id is not None:
        return None
    changed = drafts.renew(draft=draft)
    if changed is None:
        return None
    said = [_("Thủ tục này vừa có bản mới nên tờ khai được chuyển sang bản mới; những gì đã điền vẫn còn.")]
    if changed.dropped:
        said.append(_("Không còn hỏi: %(labels)s.") % {"labels": "; ".join(changed.dropped)})
    if changed.added:
        said.append(_("Câu hỏi mới: %(labels)s.") % {"labels": "; ".join(changed.added)})
    messages.warning(request, " ".join(said))
    return go(MY.address("step", draft.pk, WHERE))


@signed_in_citizen()
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: CitizenRequest, procedure: str) -> HttpResponseBase:
    """What will be asked, what to have ready, how long it takes; POST begins a draft, or goes on with the one begun."""
    version = drafts.posted(procedure)
    if version is None:
        raise Http404
    if request.method == "POST":
        if higher := step_up(request, version.identity_level):
            return higher
        try:
            draft = drafts.start(version=version, citizen=request.citizen)
        except Refused as refused:
            return cannot(request, refused)
        return go(MY.address("step", draft.pk, draft.step))
    mine = [one for one in drafts.of(request.citizen) if one.version.procedure_id == version.procedure_id]
    return render(
        request, "procedures/filing/apply.html", {**introduction(version), "draft": mine[0] if mine else None}
    )


def introduction(version: ProcedureVersion) -> dict[str, Any]:
    """What somebody should know before they begin."""
    steps = forms.pages(version.form) if version.form else []
    wanted = [field for page in steps for field in page.files]
    return {
        "version": version, "fillable": drafts.fillable(version), "pages": [page.title for page in steps], "files": wanted,
        "minutes": (len(steps) + 1) * MINUTES_A_PAGE, "duration": duration(version),
        "level": version.identity_level,
    }  # fmt: skip


@of_draft("GET", "HEAD", "POST")
def step(request: CitizenRequest, draft: Draft, step: int) -> HttpResponse:
    if request.method != "POST" and (renewed := brought_up_to_date(request, draft)):
        return renewed
    if step == WHERE:
        return where(request, draft=draft, place=MY)
    return pages.step(request, draft=draft, number=step, place=MY)


@of_draft("GET", "HEAD", "POST")
def review(request: CitizenRequest, draft: Draft) -> HttpResponse:
    if draft.supplements is not None:
        return go(reverse("supplement", args=[draft.supplements.code]))
    if renewed := brought_up_to_date(request, draft):
        return renewed
    return last_look(request, draft=draft, place=MY, sent=sent)


@of_draft("POST")
def save(request: CitizenRequest, draft: Draft, step: int) -> HttpResponse:
    return pages.save(request, draft=draft, number=step, place=MY)


@of_draft("POST")
def upload(request: CitizenRequest, draft: Draft, step: int) -> HttpResponse:
    return pages.upload(request, draft=draft, number=step, place=MY)


@of_draft("GET", "HEAD")
def file(request: CitizenRequest, draft: Draft, file: int) -> HttpResponse:
    return serving.response(get_object_or_404(draft.attachments, pk=file))


@signed_in_citizen()
@require_POST
def delete(request: CitizenRequest, draft: int) -> HttpResponseBase:
    """At once; one that is gone already is no error."""
    try:
        mine = drafts.open_draft(draft=draft, citizen=request.citizen)
    except drafts.Gone:
        raise Http404 from None
    if higher := step_up(request, mine.version.identity_level):
        return higher
    drafts.delete(draft=mine)
    messages.success(request, _("Đã xoá bản nháp cùng các tệp của nó."))
    return go(reverse("draft_list"))


@signed_in_citizen()
@require_GET
def listing(request: CitizenRequest) -> HttpResponse:
    """The resident's drafts."""
    return render(request, "procedures/filing/drafts.html", {"drafts": drafts.of(request.citizen)})


@signed_in_citizen()
@require_GET
def received(request: CitizenRequest, dossier: str) -> HttpResponseBase:
    """The receipt: the code, when a result may be expected, what comes next."""
    mine = own_dossier(request, dossier)
    if higher := step_up(request, mine.version.identity_level):
        return higher
    slip = Document.objects.filter(case=mine.code, kind=RECEIPT, revoked_at=None).order_by("-issued_at").first()
    return render(
        request, "procedures/filing/received.html", {"dossier": mine, "expected": expected(mine), "slip": slip}
    )


def own_dossier(request: CitizenRequest, code: str) -> Dossier:
    """Raises Http404 for one of somebody else as for one that is not there."""
    related = ("version__procedure", "form", "office", "unit", "citizen")
    found = Dossier.objects.filter(code=code, citizen=request.citizen, citizen__isnull=False).select_related(*related)
    return get_object_or_404(found)
