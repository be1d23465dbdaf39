"""The pages of absences: the month as a picture, adding one, taking one back."""

from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keng.accounts.absences import KEEP
from keng.accounts.errors import answer
from keng.accounts.models import Absence, User
from keng.accounts.permissions import needs, offices
from keng.desk.sharing import calendar, services
from keng.desk.sharing.absences import AHEAD, absences_at, people_at, without_stand_in
from keng.desk.sharing.forms import AbsenceForm
from keng.desk.sharing.people import named
from keng.desk.sharing.scope import of_absence
from keng.mailbox.errors import Malformed, Refused

OFFICES = "desk.grant_box"  # whose holders keep everybody's of the office


@needs(KEEP)
@require_GET
def absences(request: HttpRequest) -> HttpResponse:
    """Everybody of the officer's offices in one month, and what one may still change."""
    try:
        month = calendar.read_month(request.GET.get("month", ""))
    except Malformed as refused:
        told = ("malformed", _("Không mở được lịch này"), str(refused.sentence))
        return answer(request, HTTPStatus.BAD_REQUEST, told)
    me, places, today = _by(request), offices(request.user, KEEP), timezone.localdate()
    found = list(absences_at(places, first=month.first, last=month.last))
    columns = calendar.heads(month)
    coming = absences_at(places, first=today, last=today + AHEAD).order_by("first", "officer__name")
    mine = set(_keeps(me).values_list("pk", flat=True))
    context = {
        "month": month,
        "columns": columns,
        "rows": calendar.rows(people_at(places, KEEP), found, columns),
        "coming": [(absence, absence.officer_id in mine) for absence in coming[:50]],
        "for_others": sorted(one.name for one in services.working_for(me, today) - {me}),
        "today": today,
    }
    return render(request, "desk/sharing/absences.html", context)


@needs(KEEP)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    me = _by(request)
    colleagues = people_at(offices(request.user, KEEP), KEEP)
    form = AbsenceForm(
        request.POST if request.method == "POST" else None,
        officers=_keeps(me),
        colleagues=colleagues,
        initial={"officer": me.pk, "first": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            absence = services.add_absence(by=me, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
        else:
            _warn(request, absence)
            messages.success(request, _("Đã ghi lịch vắng."))
            return redirect(f"/absences/?month={absence.first:%Y-%m}")
    return render(request, "desk/sharing/absence_add.html", {"form": form}, status=400 if form.errors else 200)


@needs(KEEP, office=of_absence)
@require_POST
def end(request: HttpRequest, absence: int) -> HttpResponse:
    found = get_object_or_404(Absence, pk=absence)
    try:
        services.end_absence(absence=found, by=_by(request))
    except Refused as refused:
        told = ("refused", _("Chưa bỏ được kỳ vắng"), str(refused.sentence))
        return answer(request, HTTPStatus(refused.status), told)
    messages.success(request, _("Đã bỏ kỳ vắng từ hôm nay."))
    return redirect("absences")


def _warn(request: HttpRequest, absence: Absence) -> None:
    """What the absence leaves undone: boxes that the stand-in can't open, people for whom the absent one stood in."""
    stand_in, officer = absence.stand_in, absence.officer
    if stand_in is None:
        messages.warning(
            request, _("Chưa có người trực thay: việc giao cho đồng chí %(name)s sẽ chờ.") % {"name": named(officer)}
        )
        _warn_others(request, absence)
        return
    closed = services.cannot_open(officer=officer, stand_in=stand_in)
    if closed:
        said = {"name": named(stand_in), "boxes": ", ".join(box.title for box in closed)}
        messages.warning(
            request,
            _(
                "Đồng chí %(name)s chưa có khoá của: %(boxes)s. Đề nghị người giữ khoá cấp, nếu không tin ở đó không ai đọc."
            )
            % said,
        )
    _warn_others(request, absence)


def _warn_others(request: HttpRequest, absence: Absence) -> None:
    left = without_stand_in(officer=absence.officer, first=absence.first, last=absence.last)
    if left:
        said = {"name": named(absence.officer), "others": ", ".join(named(one.officer) for one in left)}
        messages.warning(
            request, _("%(name)s đang nhận trực thay cho %(others)s trong những ngày này. Chọn người khác thay.") % said
        )


def _keeps(me: User) -> QuerySet[User]:
    """Whose absences this person may write: their own; a custodian's, everybody's of the office."""
    return User.objects.filter(Q(pk__in=people_at(offices(me, OFFICES), KEEP)) | Q(pk=me.pk)).order_by(
        "name", "username"
    )


def _by(request: HttpRequest) -> User:
    return cast(User, request.user)
