"""Answering a suggestion for all to read, and taking such an answer back."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from keng.accounts.models import User
from keng.accounts.permissions import needs
from keng.desk.mailbox.access import held_thread, office_holding
from keng.desk.scope import of_box
from keng.desk.sent import Sent, told_as_json
from keng.mailbox import public_answers as services
from keng.mailbox.kinds import KINDS
from keng.mailbox.models import Box, PublicAnswer

A_PAGE = 50


@needs("desk.read_box", office=office_holding)
@told_as_json
@require_POST
def publish(request: HttpRequest, key: str) -> JsonResponse:
    """`{asked, answered, allowed}`; `allowed` is what the officer's browser read in the sealed report."""
    sent = Sent.by(request)
    made = services.publish(
        thread=held_thread(request.user, key),
        asked=sent.text("asked"),
        answered=sent.text("answered"),
        allowed=sent.yes("allowed"),
        by=_login(request),
    )
    return JsonResponse({"day": made.published_on.isoformat()}, status=201)


@needs("desk.read_box", office=of_box)
@require_GET
def answers(request: HttpRequest, slug: str) -> HttpResponse:
    """All that the box answered publicly, newest first, what was withdrawn too; of another kind of box, why there is nothing."""
    box = get_object_or_404(Box, slug=slug)
    found = box.public_answers.order_by("-published_on", "pk")
    context = {
        "box": box,
        "allowed": KINDS[box.kind].allows_public_answer,
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "address": f"{settings.PUBLIC_ORIGIN}/b/{box.slug}/answers",
    }
    return render(request, "desk/public_answers.html", context)


@needs("desk.read_box", office=of_box)
@require_POST
def withdraw(request: HttpRequest, slug: str, answer: int) -> HttpResponse:
    found = get_object_or_404(PublicAnswer, pk=answer, box__slug=slug)
    services.withdraw(answer=found, by=_login(request))
    messages.success(request, _("Đã rút câu trả lời: trang công khai không còn hiện nữa."))
    return redirect("public-answers", slug)


def _login(request: HttpRequest) -> str:
    if not isinstance(request.user, User):
        raise Http404
    return request.user.username
