"""Receiving at the counter what a dossier was asked for: its resident agrees, an officer fills it in and sends it, as the resident would.

Each opening is a look at the dossier. Of several officers the last one before whom the resident agreed goes on with what is there.
"""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keng.accounts.permissions import needs
from keng.procedures.assisted import looking, sheet
from keng.procedures.assisted.person import AgreedForm
from keng.procedures.assisted.views import DESK, LOST, PERM, officer
from keng.procedures.consents import of_draft
from keng.procedures.dossiers import supplements
from keng.procedures.dossiers.turning import check_counter
from keng.procedures.errors import Refused
from keng.procedures.filing import drafts
from keng.procedures.filing.answering import Answer
from keng.procedures.models import Dossier, Draft
from keng.procedures.queue import page
from keng.procedures.queue.dossier_views import back_to
from keng.procedures.scope import of_counter

READ_ALOUD = _(
    "Tôi đồng ý để cán bộ nhập và gửi phần bổ sung của hồ sơ này thay tôi. Giấy tờ và câu trả lời của tôi chỉ dùng để giải quyết hồ sơ "
    "này. Tôi biết ai mở dữ liệu của tôi đều được ghi lại, và tôi rút lại sự đồng ý được bất cứ lúc nào."
)


@needs(PERM, office=of_counter)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, dossier: str) -> HttpResponse:
    """What is asked for, to the officer before whom the resident agreed; anybody else is asked for that consent and sees nothing."""
    by, found = officer(request), of_somebody(dossier)
    try:
        asked = supplements.awaited(found)
        draft = drafts.answer_of(dossier=found, filed_by=by)
        consent = of_draft(draft) if draft else None
        if draft is None or consent is None:
            return lost(request, found) if request.method == "POST" else asks(request, found, AgreedForm())
        looking.opened(consent=consent, office=check_counter(found, by), by=by)
    except Refused as refused:
        return back_to(request, found.code, refused)
    try:
        return Answer(request, found, asked, draft, DESK, reverse("dossier", args=[found.code]), by).respond()
    except Draft.DoesNotExist:  # taken back while a file was looked at
        return lost(request, found)


@needs(PERM, office=of_counter)
@require_POST
def agreed(request: HttpRequest, dossier: str) -> HttpResponse:
    """The resident agreed before this officer: begun, or gone on with where a colleague left it."""
    by, found, form = officer(request), of_somebody(dossier), AgreedForm(request.POST)
    try:
        supplements.awaited(found)
        if not form.is_valid():
            return asks(request, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        drafts.answering(dossier=found, filed_by=by, office=check_counter(found, by), agreed=form.cleaned_data["how"])
    except Refused as refused:
        return back_to(request, found.code, refused)
    return redirect("dossier_answer", found.code)


@needs(PERM, office=of_counter)
@require_safe
def consent_sheet(request: HttpRequest, dossier: str) -> HttpResponse:
    """To be signed by a resident who agrees in writing. It names nobody but the officer."""
    by, found = officer(request), of_somebody(dossier)
    try:
        supplements.awaited(found)
        office = check_counter(found, by)
    except Refused as refused:
        return back_to(request, found.code, refused)
    title = "GIẤY ĐỒNG Ý ĐỂ CÁN BỘ NHẬN BỔ SUNG THAY"
    return sheet.served(title, READ_ALOUD, found.version, office=office, witness=by, dossier=found.code)


def of_somebody(code: str) -> Dossier:
    """Raises Http404 for one that was filed to try a form out."""
    found = page.of_code(code)
    if found.citizen is None:
        raise Http404
    return found


def asks(request: HttpRequest, dossier: Dossier, form: AgreedForm, status: int = HTTPStatus.OK) -> HttpResponse:
    """The sentence to read aloud and how the resident agreed; of the resident themselves nothing."""
    colleague = Draft.objects.filter(supplements=dossier).exclude(filed_by=None).select_related("filed_by").first()
    context = {
        "dossier": dossier, "form": form, "read_aloud": READ_ALOUD, "colleague": colleague.filed_by if colleague else None
    }  # fmt: skip
    return render(request, "procedures/assisted/agreed.html", context, status=status)


def lost(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    messages.error(request, str(LOST))
    return redirect("dossier_answer", dossier.code)
