"""The resident's own page. Each view finds things by `own`: somebody else's is answered as if it were not there."""

import json
from http import HTTPStatus

from django import forms as plain
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keng.accounts.citizens import errors
from keng.accounts.citizens.gates import (
    CitizenRequest,
    VisitorRequest,
    open_to_visitors,
    signed_in,
    signed_in_citizen,
    step_up,
)
from keng.core import ids
from keng.ledger import proofs
from keng.procedures import consents as consenting
from keng.procedures import forms
from keng.procedures.dossiers import services, states
from keng.procedures.dossiers.routing import steps_of
from keng.procedures.errors import Refused
from keng.procedures.filing import drafts, serving
from keng.procedures.filing.expected import expected
from keng.procedures.models import Attachment, Consent, State
from keng.procedures.resident import own
from keng.procedures.resident.looks import entries, looks
from keng.procedures.resident.standing import progress
from keng.procedures.resident.telling import line, turns
from keng.signing import documents
from keng.signing.models import Document
from keng.units.models import Office

AT_ONCE = 30  # rows a page
NEWEST = 3
TO_ASK_FOR = ("reuse", "email")  # consents that are given here; the others are given where they are needed


class EmailForm(plain.Form):
    email = plain.EmailField(max_length=120, label=gettext_lazy("Địa chỉ thư điện tử"))


@open_to_visitors
@require_safe
def home(request: VisitorRequest) -> HttpResponse:
    """What waits for the resident, their dossiers and drafts; to somebody not signed in, what this is."""
    if not signed_in(request):
        return render(request, "my/home.html")
    mine = Paginator(own.dossiers(request), AT_ONCE).get_page(request.GET.get("page"))
    hidden = own.of(request.citizen).filter(version__identity_level__gt=request.identity_level).count()
    return render(
        request,
        "procedures/resident/home.html",
        {
            "page": mine,
            "rows": [(one, progress(one)) for one in mine],
            "waiting": [one for one in mine if one.state in (State.WAITING, State.DONE)],
            "drafts": drafts.of(request.citizen),
            "news": [line(one) for one in own.messages(request).filter(read_at=None)[:NEWEST]],
            "hidden": hidden,
        },
    )


@signed_in_citizen()
@require_safe
def dossier(request: CitizenRequest, dossier: str) -> HttpResponseBase:
    """One dossier: where it stands, when the result is due, each turn, papers, slips, who looked."""
    mine = own.dossier(request, dossier)
    if higher := step_up(request, mine.version.identity_level):
        return higher
    events = list(mine.events.order_by("at", "pk"))
    offices = Office.objects.filter(code__in={one.office for one in events})
    attachments = list(mine.attachments.order_by("given_at", "pk"))
    seen = looks(list(entries([mine.code, str(mine.pk)])[:NEWEST]))
    return render(
        request,
        "procedures/resident/dossier.html",
        {
            "dossier": mine,
            "progress": progress(mine),
            "expected": expected(mine) if mine.state in (State.SUBMITTED, State.PROCESSING) else None,
            "turns": turns(
                events, dict(offices.values_list("code", "name")), [one["title"] for one in steps_of(mine.version)]
            ),
            "answers": forms.shown(mine.form, mine.answers) if mine.form else [],
            "given": [one for one in attachments if not one.result],
            "results": [one for one in attachments if one.result],
            "slips": Document.objects.filter(case=mine.code, revoked_at=None).order_by("issued_at"),
            "supplement": getattr(mine, "supplement", None),
            "looks": seen,
            "may_withdraw": states.may(mine, "withdrawn"),
        },
    )


@signed_in_citizen()
@require_POST
def withdraw(request: CitizenRequest, dossier: str) -> HttpResponseBase:
    """Takes the dossier back. Pressed twice it is withdrawn once."""
    mine = own.dossier(request, dossier)
    if higher := step_up(request, mine.version.identity_level):
        return higher
    try:
        services.withdraw(dossier=mine, by=None)
    except Refused as refused:
        return errors.answer(request, HTTPStatus(refused.status), (_("Chưa rút được"), refused.sentence))
    messages.success(request, _("Đã rút hồ sơ."))
    return redirect("my_dossier", dossier=mine.code)


@signed_in_citizen()
@require_safe
def slip(request: CitizenRequest, dossier: str, document: str) -> HttpResponseBase:
    """A slip or result of one's own dossier, as the office issued it."""
    mine = own.dossier(request, dossier)
    if higher := step_up(request, mine.version.identity_level):
        return higher
    found = get_object_or_404(Document, case=mine.code, code=document)
    try:
        content = documents.pdf(found)
    except documents.Forgotten:
        raise Http404 from None
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{mine.code}-{found.code}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


@signed_in_citizen()
@require_safe
def file(request: CitizenRequest, dossier: str, file: int) -> HttpResponseBase:
    mine = own.dossier(request, dossier)
    if higher := step_up(request, mine.version.identity_level):
        return higher
    return serving.response(get_object_or_404(Attachment, pk=file, dossier=mine))


@signed_in_citizen()
@require_safe
def told(request: CitizenRequest) -> HttpResponse:
    """What the resident was told, newest first. What is shown is read from now on."""
    page = Paginator(own.messages(request), AT_ONCE).get_page(request.GET.get("page"))
    lines = [line(one) for one in page]
    fresh = [one.pk for one in page if one.read_at is None]
    if fresh and request.method == "GET":
        own.messages(request).filter(pk__in=fresh).update(read_at=ids.now())
    return render(request, "procedures/resident/messages.html", {"page": page, "lines": lines})


@signed_in_citizen()
@require_safe
def papers(request: CitizenRequest) -> HttpResponse:
    """Files that were given, and results: where each was given, and whether they may be used again."""
    page = Paginator(own.papers(request), AT_ONCE).get_page(request.GET.get("page"))
    reuse = consenting.holds(citizen=request.citizen, purpose="reuse")
    return render(request, "procedures/resident/papers.html", {"page": page, "reuse": reuse})


@signed_in_citizen()
@require_safe
def consents(request: CitizenRequest) -> HttpResponse:
    """What the resident agreed to, each with a button that takes it back; what may be agreed to, nothing ticked beforehand."""
    rows = list(own.consents(request).select_related("dossier", "version", "witness")[:200])
    standing = {one.purpose for one in rows if one.withdrawn_at is None and one.dossier_id is None}
    return render(
        request,
        "procedures/resident/consents.html",
        {
            "standing": [(one, consenting.PURPOSES[one.purpose]) for one in rows if one.withdrawn_at is None],
            "past": [(one, consenting.PURPOSES[one.purpose]) for one in rows if one.withdrawn_at is not None],
            "offered": [(name, consenting.PURPOSES[name]) for name in TO_ASK_FOR if name not in standing],
            "email": request.citizen.email,
        },
    )


@signed_in_citizen()
@require_POST
def give(request: CitizenRequest) -> HttpResponse:
    """Agrees to one purpose, by a press of its own button."""
    purpose = request.POST.get("purpose", "")
    if purpose not in TO_ASK_FOR:
        raise Http404
    citizen = request.citizen
    if purpose == "email" and not citizen.email:
        return redirect("my_email")
    try:
        consenting.give(citizen=citizen, purpose=purpose, dossier=None, how=Consent.How.ONLINE, witness=None)
    except Refused as refused:
        return not_done(request, refused)
    messages.success(request, _("Đã ghi sự đồng ý. Bà con rút lại lúc nào cũng được, ở ngay trang này."))
    return redirect("my_consents")


@signed_in_citizen()
@require_http_methods(["GET", "POST"])
def email(request: CitizenRequest) -> HttpResponseBase:
    """Where to be told by e-mail: typing an address and sending it is the consent to being told there.

    At the level that sees all of what is told: a letter holds the code of a dossier.
    """
    citizen = request.citizen
    if higher := step_up(request, own.level_of_all(citizen)):
        return higher
    form = EmailForm(request.POST or None, initial={"email": citizen.email})
    if request.method == "GET" or not form.is_valid():
        return render(request, "procedures/resident/email.html", {"form": form})
    try:
        with transaction.atomic():
            consenting.move(citizen=citizen, email=form.cleaned_data["email"])
            consenting.give(citizen=citizen, purpose="email", dossier=None, how=Consent.How.ONLINE, witness=None)
    except Refused as refused:
        return not_done(request, refused)
    messages.success(request, _("Đã ghi địa chỉ. Khi hồ sơ có bước mới, bà con nhận được thư."))
    return redirect("my_consents")


def not_done(request: CitizenRequest, refused: Refused) -> HttpResponse:
    return errors.answer(request, HTTPStatus(refused.status), (_("Chưa làm được"), refused.sentence))


@signed_in_citizen()
@require_POST
def take_back(request: CitizenRequest, consent: int) -> HttpResponse:
    """One step, at once (C3)."""
    citizen = request.citizen
    found = get_object_or_404(own.consents(request), pk=consent)
    consenting.withdraw(consent=found, by_citizen=citizen)
    messages.success(request, _("Đã rút lại. Từ bây giờ không ai dùng vào việc đó nữa."))
    return redirect("my_consents")


@signed_in_citizen()
@require_safe
def looked(request: CitizenRequest) -> HttpResponse:
    """Every look of an officer at the resident's data (C1)."""
    page = Paginator(entries(own.cases(request)), AT_ONCE).get_page(request.GET.get("page"))
    return render(request, "procedures/resident/looks.html", {"page": page, "looks": looks(list(page))})


@signed_in_citizen()
@require_safe
def proof(request: CitizenRequest, look: int) -> HttpResponse:
    """The file that shows a look's entry in the public log, for `/ledger` to check."""
    entry = entries(own.cases(request)).filter(pk=look).first()
    made = proofs.proof_file(entry, found="look") if entry else None
    if made is None:
        raise Http404
    answer = HttpResponse(json.dumps(made), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="keng-proof.json"'
    answer["Cache-Control"] = "no-store"
    return answer
