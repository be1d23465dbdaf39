"""Asking another person for what needs two: a recovery from paper, a new root. Approving is `keng.accounts`'."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keng.accounts import approvals
from keng.accounts.models import Approval, User
from keng.accounts.permissions import needs
from keng.desk.keys.scopes import user_of
from keng.desk.scope import of_box
from keng.mailbox.models import Box

RECOVERY, ROOT = "box.recovery", "box.root"


def papers(kind: str, box: Box, user: User) -> dict[str, Approval | None]:
    """The user's own request for a deed with this box: the one that waits, and the one that can be used."""
    asked = Approval.objects.filter(kind=kind, subject=box.slug, asked_by=user).select_related("approved_by")
    waiting, usable = asked.filter(approvals.waiting()).first(), asked.filter(approvals.usable()).first()
    return {"waiting": waiting, "approved": usable}


@needs("desk.grant_box", office=of_box)
@require_POST
def ask_recovery(request: HttpRequest, slug: str) -> HttpResponse:
    return _ask(request, slug, RECOVERY, "recover_box")


@needs("desk.grant_box", office=of_box)
@require_POST
def ask_root(request: HttpRequest, slug: str) -> HttpResponse:
    return _ask(request, slug, ROOT, "root_box")


def _ask(request: HttpRequest, slug: str, kind: str, back: str) -> HttpResponse:
    box = get_object_or_404(Box.objects.select_related("office"), slug=slug)
    try:
        approvals.ask(
            kind=kind, subject=box.slug, office=box.office, reason=request.POST.get("reason", ""), by=user_of(request)
        )
    except approvals.NotApproved as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, _("Đã gửi đề nghị. Khi có người duyệt, đồng chí mở lại trang này để làm tiếp."))
    return redirect(back, slug)
