"""The pages of hand-overs: what waits, giving, taking, and the minutes to sign."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keng.accounts.models import User
from keng.accounts.permissions import needs, offices
from keng.desk.mailbox.access import open_boxes
from keng.desk.models import Handover, RegisterEntry
from keng.desk.register.book import FIRST_YEAR, LAST_YEAR
from keng.desk.register.views import as_file
from keng.desk.scope import of_box
from keng.desk.sharing import minutes, services
from keng.desk.sharing.forms import CHOSEN, GiveForm
from keng.desk.sharing.scope import of_handover
from keng.mailbox.errors import Conflict, Refused
from keng.mailbox.models import Box, Thread

WORK = "desk.share_work"
A_PAGE = 20
KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
MOST_TICKED = 1000  # more than the page shows


@needs(WORK)
@require_GET
def handovers(request: HttpRequest) -> HttpResponse:
    """What waits for this officer, what they offered, what was handed over before; and what was passed on to other offices."""
    me, mine = _by(request), Box.objects.filter(office__in=offices(request.user, WORK))
    all_of_ours = Handover.objects.filter(box__in=mine).annotate(number=Count("items"))
    told = all_of_ours.select_related("box", "giver", "taker").order_by("-hour", "pk")
    open_now = told.filter(taken=None, ended=None)
    over = told.exclude(pk__in=open_now.filter(Q(giver=me) | Q(taker=me)).values("pk"))
    context = {
        "boxes": sorted(open_boxes(me), key=lambda box: box.training),
        "to_me": open_now.filter(taker=me),
        "from_me": open_now.filter(giver=me),
        "page": Paginator(over, A_PAGE).get_page(request.GET.get("page")),
        "passings": minutes.passings_by_day(mine),
    }
    return render(request, "desk/sharing/handovers.html", context)


@needs(WORK, office=of_box)
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, slug: str) -> HttpResponse:
    """Offers a whole shift with one click, or the reports that are ticked."""
    box = get_object_or_404(Box.objects.select_related("office"), slug=slug)
    me = _by(request)
    people = User.objects.filter(pk__in=[one.pk for one in services.who_open([box]).get(box.pk, [])])
    form = GiveForm(
        request.POST if request.method == "POST" else None, people=people.exclude(pk=me.pk).order_by("name", "username")
    )
    ticked = request.POST.getlist("threads")
    if request.method == "POST" and form.is_valid():
        try:
            chosen = _chosen(box, ticked) if form.cleaned_data["what"] == CHOSEN else None
            handover = services.give(box=box, threads=chosen, to=form.cleaned_data["to"], by=me)
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
        else:
            messages.success(request, _("Đã đề nghị bàn giao. Tin vẫn của đồng chí cho đến khi bên nhận bấm nhận."))
            return redirect("handover", handover.pk)
    mine = box in open_boxes(me)
    rows = _rows(box, services.shift(box=box, of=me)) if mine else []
    context = {"box": box, "form": form, "rows": rows, "ticked": ticked, "mine": mine}
    return render(request, "desk/sharing/give.html", context, status=400 if request.method == "POST" else 200)


@needs(WORK, office=of_handover)
@require_GET
def handover(request: HttpRequest, handover: int) -> HttpResponse:
    return _page(request, _found(handover))


@needs(WORK, office=of_handover)
@require_POST
def take(request: HttpRequest, handover: int) -> HttpResponse:
    # Without a mark nobody has seen what they would sign for.
    seen = request.POST.get("seen") or "?"
    return _step(
        request, handover, lambda one, me: services.take(handover=one, by=me, seen=seen),
        _("Đã nhận bàn giao. In biên bản để hai bên ký."),
    )  # fmt: skip


@needs(WORK, office=of_handover)
@require_POST
def refuse(request: HttpRequest, handover: int) -> HttpResponse:
    return _step(
        request, handover, lambda one, me: services.refuse(handover=one, by=me), _("Đã báo không nhận bàn giao này.")
    )


@needs(WORK, office=of_handover)
@require_POST
def withdraw(request: HttpRequest, handover: int) -> HttpResponse:
    return _step(request, handover, lambda one, me: services.withdraw(handover=one, by=me), _("Đã rút lại bàn giao."))


@needs(WORK, office=of_handover)
@require_GET
def handover_minutes(request: HttpRequest, handover: int) -> HttpResponse:
    found = _found(handover)
    made = minutes.printed(minutes.handover_values(found))
    return as_file(made, f"bien-ban-ban-giao-{found.box.slug}-{localtime(found.hour):%Y-%m-%d}.pdf")


@needs(WORK, office=of_box)
@require_GET
def passings_minutes(request: HttpRequest, slug: str, to: str, day: str) -> HttpResponse:
    """404 for a day that is none and for a box to which nothing was passed on then."""
    try:
        on = date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    if not FIRST_YEAR <= on.year <= LAST_YEAR:  # the calendar's ends have no hour before or after them
        raise Http404
    told = Box.objects.select_related("office__above", "office__province")
    box, target = get_object_or_404(told, slug=slug), get_object_or_404(told, slug=to)
    values = minutes.passings_values(box, target, on)
    if not values["rows"]:
        raise Http404
    return as_file(minutes.printed(values), f"bien-ban-chuyen-tin-{box.slug}-{target.slug}-{on:%Y-%m-%d}.pdf")


def _page(request: HttpRequest, found: Handover, error: str = "", status: int = 200) -> HttpResponse:
    lines, me = services.lines_of(found), _by(request)
    told = minutes.said
    context = {
        "handover": found,
        "lines": [(line, told(line)) for line in lines],
        "mark": services.mark(lines),
        "along": sum(line.goes_along for line in lines),
        "taker": found.taker == me,
        "giver": found.giver == me,
        "custodian": offices(me, "desk.grant_box").filter(pk=found.box.office_id).exists(),
        "error": error,
    }
    return render(request, "desk/sharing/handover.html", context, status=status)


def _step(request: HttpRequest, handover: int, step: Callable[[Handover, User], Handover], done: str) -> HttpResponse:
    """Takes the step; refused, the page is shown as things stand now, with the sentence."""
    found = _found(handover)
    try:
        step(found, _by(request))
    except Refused as refused:
        return _page(request, _found(handover), str(refused.sentence), refused.status)
    messages.success(request, done)
    return redirect("handover", handover)


def _found(handover: int) -> Handover:
    told = ("box__office__above", "box__office__province", "giver", "taker")
    return get_object_or_404(Handover.objects.select_related(*told), pk=handover)


def _chosen(box: Box, keys: list[str]) -> list[Thread]:
    wanted = {key for key in keys if KEY.fullmatch(key)}
    found = list(Thread.objects.filter(key__in=wanted, holder=box)) if len(wanted) <= MOST_TICKED else []
    if len(found) < len(set(keys)):
        raise Conflict(_("Có tin đã đánh dấu vừa được chuyển đi hoặc xoá. Xem lại rồi làm lại."))
    return found


def _rows(box: Box, threads: list[Thread]) -> list[dict[str, Any]]:
    """Reports as the list to tick shows them. Two queries."""
    numbers = {entry.thread_id: str(entry) for entry in RegisterEntry.objects.filter(box=box, thread__in=threads)}
    mine = services.live(threads)
    return [
        {"thread": thread, "number": numbers.get(thread.pk, ""), "officer": mine.get(thread.pk)} for thread in threads
    ]


def _by(request: HttpRequest) -> User:
    return cast(User, request.user)
