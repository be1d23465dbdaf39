"""The office's side. The list shows no word of what was asked; to read it is a look, with the reason that belongs to it (C1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import cast

from django import forms as plain
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from keng.accounts.models import User
from keng.accounts.permissions import needs, offices
from keng.core import ids
from keng.procedures import forms
from keng.procedures.dossiers import services as dossiers
from keng.procedures.dossiers.deadlines import nearness
from keng.procedures.errors import Invalid, Refused
from keng.procedures.models import DataRequest, Dossier
from keng.procedures.requests import services
from keng.procedures.requests.waiting import WARNS, waiting

MOST = 200
RELATED = ("dossier__office", "dossier__version", "dossier__form", "citizen")


def of_request(asked: int, **_arguments: object) -> Iterable[int]:
    """The office that holds the dossier now; the one that was asked, once the data are gone."""
    found = DataRequest.objects.filter(pk=asked).select_related("dossier").first()
    return [found.dossier.office_id if found.dossier else found.office_id] if found else []


class AnswerForm(plain.Form):
    answer = plain.CharField(
        max_length=services.LONGEST,
        widget=plain.Textarea(attrs={"rows": 4}),
        label=gettext_lazy("Trả lời bà con"),
        error_messages={"required": gettext_lazy("Đồng chí chưa điền ô này.")},
    )


@dataclass(frozen=True)
class Row:
    """`due`: by when the next thing is to be done; `level`: how near that is."""

    asked: DataRequest
    due: datetime | None
    level: str


def row(asked: DataRequest) -> Row:
    due = {"filed": asked.answer_by, "agreed": asked.act_by}.get(asked.state)
    return Row(asked, due, nearness(due, ids.now()))


@needs("procedures.answer_requests")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What waits, the most pressing first; then what was settled. One office's residents, codes alone."""
    warn = request.GET.get("warn", "")
    warn = warn if warn in WARNS else ""
    rows = [row(one) for one in waiting(user(request), ids.now(), warn).select_related(*RELATED)[:MOST]]
    mine = DataRequest.objects.filter(dossier__office__in=offices(request.user, services.PERM)).select_related(*RELATED)
    settled = [] if warn else mine.exclude(state__in=services.UNDER_WAY).order_by("-filed_at")[:50]
    return render(request, "procedures/requests/listing.html", {"waiting": rows, "settled": settled, "warn": warn})


@needs("procedures.answer_requests", office=of_request)
@require_safe
def asked(request: HttpRequest, asked: int) -> HttpResponse:
    return show(request, found(asked))


def found(pk: int) -> DataRequest:
    return get_object_or_404(DataRequest.objects.select_related(*RELATED), pk=pk)


def show(
    request: HttpRequest, asked: DataRequest, *, form: AnswerForm | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    opened = asked.dossier is not None and dossiers.opened(dossier=asked.dossier, by=user(request))
    context = {"row": row(asked), "asked": asked, "opened": opened, "form": form or AnswerForm(), "problem": problem}
    return render(request, "procedures/requests/asked.html", context, status=status)


@needs("procedures.answer_requests", office=of_request)
@require_POST
def look(request: HttpRequest, asked: int) -> HttpResponse:
    one = found(asked)
    try:
        if one.dossier is not None:
            dossiers.look(dossier=one.dossier, by=user(request), reason="correction")
    except Refused as refused:
        return show(request, one, problem=refused.sentence, status=refused.status)
    return redirect("data_request", asked)


@needs("procedures.answer_requests", office=of_request)
@require_POST
def agree(request: HttpRequest, asked: int) -> HttpResponse:
    return answer(request, found(asked), agrees=True)


@needs("procedures.answer_requests", office=of_request)
@require_POST
def refuse(request: HttpRequest, asked: int) -> HttpResponse:
    return answer(request, found(asked), agrees=False)


def answer(request: HttpRequest, one: DataRequest, *, agrees: bool) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return show(request, one, form=form, status=HTTPStatus.BAD_REQUEST)
    try:
        (services.agree if agrees else services.refuse)(asked=one, answer=form.cleaned_data["answer"], by=user(request))
    except Refused as refused:
        return show(request, found(one.pk), form=form, problem=refused.sentence, status=refused.status)
    messages.success(request, _("Đã trả lời người dân."))
    return redirect("data_request", one.pk)


@needs("procedures.answer_requests", office=of_request)
@require_POST
def done(request: HttpRequest, asked: int) -> HttpResponse:
    """A correction where there is no form to correct: what was done, in words."""
    one, form = found(asked), AnswerForm(request.POST)
    if not form.is_valid():
        return show(request, one, form=form, status=HTTPStatus.BAD_REQUEST)
    try:
        services.done(asked=one, answer=form.cleaned_data["answer"], by=user(request))
    except Refused as refused:
        return show(request, found(asked), form=form, problem=refused.sentence, status=refused.status)
    messages.success(request, _("Đã ghi là làm xong, và đã báo người dân."))
    return redirect("data_request", asked)


@needs("procedures.answer_requests", office=of_request)
@require_POST
def erase(request: HttpRequest, asked: int) -> HttpResponse:
    one = found(asked)
    try:
        services.erase(asked=one, by=user(request))
    except Refused as refused:
        return show(request, found(asked), problem=refused.sentence, status=refused.status)
    messages.success(request, _("Đã xoá dữ liệu của hồ sơ. Sổ công khai giữ bằng chứng là đã xoá."))
    return redirect("data_requests")


@needs("procedures.answer_requests", office=of_request)
def correct(request: HttpRequest, asked: int) -> HttpResponse:
    """The whole form with what was filed in it, to be put right."""
    one = found(asked)
    if one.dossier is None or one.dossier.form is None or one.state != DataRequest.State.AGREED:
        return show(request, one, problem=str(services.NOT_NOW), status=HTTPStatus.CONFLICT)
    if not dossiers.opened(dossier=one.dossier, by=user(request)):
        return show(request, one)
    if request.method != "POST":
        return correcting(request, one, one.dossier, one.dossier.answers, [])
    answers = dict(one.dossier.answers)
    for page in forms.pages(one.dossier.form):
        answers |= forms.read_post(one.dossier.form, page, request.POST)
    if forms.stays(request.POST):
        return correcting(request, one, one.dossier, answers, [])
    try:
        services.correct(asked=one, answers=answers, by=user(request))
    except Invalid as invalid:
        return correcting(request, one, one.dossier, answers, invalid.problems, status=invalid.status)
    except Refused as refused:
        return show(request, found(asked), problem=refused.sentence, status=refused.status)
    messages.success(request, _("Đã sửa, và đã báo người dân."))
    return redirect("data_request", asked)


def correcting(
    request: HttpRequest,
    one: DataRequest,
    dossier: Dossier,
    answers: dict[str, object],
    problems: list[forms.Problem],
    status: int = 200,
) -> HttpResponse:
    form = dossier.form
    pages = forms.pages(form) if form else []
    shown = [
        (page.title, forms.render_page(form, page, answers, forms.of_page(page, problems))) for page in pages if form
    ]
    return render(request, "procedures/requests/correct.html", {"asked": one, "pages": shown}, status=status)


def user(request: HttpRequest) -> User:
    return cast(User, request.user)
