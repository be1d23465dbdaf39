"""Pages of deeds that need two people: what waits, asking, the word of the second. The rules are in `keng.accounts.approvals`."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keng.accounts import approvals, passkeys
from keng.accounts.approvals import KINDS
from keng.accounts.models import Approval, User
from keng.accounts.passkey_views import answered
from keng.accounts.permissions import may, needs, offices
from keng.desk.approvals.comparing import compare
from keng.desk.approvals.forms import ApproveForm, AskForm
from keng.desk.scope import of_approval
from keng.mailbox.models import Box
from keng.units.models import Office

PERM = approvals.PERM
A_PAGE = 20


@needs(PERM)
@require_GET
def approvals_list(request: HttpRequest) -> HttpResponse:
    """What waits for this person's word, what they asked for, and what was before, at the offices in reach."""
    me = _me(request)
    all_of_them = Approval.objects.select_related("asked_by", "approved_by", "closed_by", "office")
    mine = all_of_them.filter(approvals.waiting() | approvals.usable(), asked_by=me)
    over = all_of_them.filter(office__in=offices(me, PERM)).exclude(approvals.waiting() | approvals.usable())
    context = {
        "waiting": _named(
            approvals.for_approval(me).select_related("asked_by", "office").order_by("asked_at", "pk")[:50]
        ),
        "mine": _named(mine.order_by("asked_at", "pk")),
        "page": _page_of(request, over.order_by("-asked_at", "-pk")),
        "asks": [KINDS[kind].title for kind in _kinds(me)],
    }
    return render(request, "desk/approvals/list.html", context)


@needs(PERM)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    me, kinds = _me(request), _kinds(_me(request))
    boxes = Box.objects.filter(office__in=offices(me, "desk.grant_box"), training=False).order_by("title", "slug")
    first = {"kind": request.GET.get("kind", ""), "box": request.GET.get("subject", "")}
    form = AskForm(request.POST or None, kinds=kinds, boxes=boxes, initial=first)
    if request.method == "POST" and form.is_valid():
        box = form.cleaned_data.get("box")
        subject, office = (box.slug, box.office) if box else ("ledger", _topmost(me))
        try:
            made = approvals.ask(
                kind=form.cleaned_data["kind"],
                subject=subject,
                office=office,
                reason=form.cleaned_data["reason"],
                by=me,
            )
        except approvals.NotApproved as error:
            form.add_error(None, str(error.sentence))
        else:
            messages.success(request, _("Đã gửi đề nghị. Đồng chí báo cho một người duyệt được."))
            return redirect("approval", made.pk)
    context = {"form": form, "kinds": kinds}
    return render(request, "desk/approvals/ask.html", context, status=400 if form.errors else 200)


@needs(PERM, office=of_approval)
@require_GET
def approval_page(request: HttpRequest, approval: int) -> HttpResponse:
    return _page(request, _found(approval))


@needs(PERM, office=of_approval)
@require_POST
def approve(request: HttpRequest, approval: int) -> HttpResponse:
    """Yes, with the second factor given anew in this very request: a session left open approves nothing."""
    one, me = _found(approval), _me(request)
    form = ApproveForm(request.POST, user=me) if "code" in request.POST else None
    try:
        if form is None:
            answered(request, me, request.POST.get("credential", ""))
        elif not form.is_valid():
            return _page(request, one, form)
        else:
            form.save()
    except passkeys.Refused as error:
        messages.error(request, str(error.sentence))
        return redirect("approval", approval)
    return _done(request, one, approvals.approve, _("Đã duyệt. Người đề nghị làm được việc này một lần."))


@needs(PERM, office=of_approval)
@require_POST
def refuse(request: HttpRequest, approval: int) -> HttpResponse:
    return _done(request, _found(approval), approvals.refuse, _("Đã không duyệt."))


@needs(PERM, office=of_approval)
@require_POST
def withdraw(request: HttpRequest, approval: int) -> HttpResponse:
    return _done(request, _found(approval), approvals.withdraw, _("Đã rút đề nghị."))


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)


def _found(approval: int) -> Approval:
    found = Approval.objects.select_related("asked_by", "approved_by", "closed_by", "office")
    return get_object_or_404(found, pk=approval)


def _kinds(user: User) -> list[str]:
    """What the person may ask for."""
    return [name for name, kind in KINDS.items() if may(user, kind.asks)]


def _topmost(user: User) -> Office:
    """The office that answers for what concerns every office; any of the person's where none is, and then it is refused."""
    mine = offices(user, PERM)
    return mine.filter(above=None).order_by("code").first() or mine.order_by("code")[0]


def _page_of(request: HttpRequest, rows: QuerySet[Approval]) -> Any:
    page: Any = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    page.object_list = _named(page.object_list)
    return page


def _named(rows: Iterable[Approval]) -> list[dict[str, object]]:
    """Approvals as a list shows them, each under the title of its box; an export concerns no box, so its kind alone names it."""
    found = list(rows)
    slugs = {one.subject for one in found if one.kind != "ledger.export"}
    titles = dict(Box.objects.filter(slug__in=slugs).values_list("slug", "title")) if slugs else {}
    return [
        {
            **_told(one),
            "name": f"{KINDS[one.kind].title}: {titles.get(one.subject, one.subject)}"
            if one.subject in slugs
            else KINDS[one.kind].title,
        }
        for one in found
    ]


def _told(one: Approval) -> dict[str, object]:
    """An approval as a template shows it."""
    answerer = one.closed_by or one.approved_by
    return {
        "it": one,
        "kind": KINDS[one.kind],
        "expires": approvals.expires(one),
        "state": approvals.state(one),
        "answerer": answerer.name if answerer else "–",
    }


def _page(request: HttpRequest, one: Approval, form: ApproveForm | None = None) -> HttpResponse:
    me, told = _me(request), _told(one)
    waits = told["state"] == "waiting" and one.asked_by_id != me.pk
    context = {
        **told,
        "comparison": compare(one),
        "mine": one.asked_by_id == me.pk,
        "against": approvals.hindrance(one, me) if waits else None,
        "form": form or ApproveForm(user=me),
        "has_passkey": passkeys.of(me).exists(),
        "could": approvals.who_may_approve(one) if told["state"] == "waiting" else [],
    }
    return render(request, "desk/approvals/approval.html", context, status=400 if form else 200)


def _done(request: HttpRequest, one: Approval, service: Callable[..., object], sentence: str) -> HttpResponse:
    """Runs a service that either does it or refuses, and goes back to the page with a sentence."""
    try:
        service(approval=one, by=_me(request))
    except approvals.NotApproved as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, sentence)
    return redirect("approval", one.pk)
