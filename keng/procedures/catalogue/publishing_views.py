"""What becomes of a draft and of a procedure: published, thrown away, retired; and every version that there was."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from keng.accounts.permissions import needs
from keng.procedures.catalogue import services
from keng.procedures.catalogue.columns import Bad, Column, Kind
from keng.procedures.catalogue.differences import differences
from keng.procedures.catalogue.keeping import PERM
from keng.procedures.catalogue.sections import content_of, lacks
from keng.procedures.catalogue.views import by, draft_of, page_of, public_address, standing_of, untied
from keng.procedures.errors import Refused
from keng.procedures.models import ProcedureVersion
from keng.procedures.scope import of_province

DAY = Column("day", "", Kind.DAY, required=True)


@needs(PERM, office=of_province)
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, procedure: str) -> HttpResponse:
    """What changes for people, from which day; then it does."""
    row, state, draft = draft_of(procedure)
    former = state.coming or state.posted
    sentence = ""
    if request.method == "POST":
        sentence = _done(request, lambda on: services.publish(version=draft, valid_from=on, by=by(request)))
        if not sentence:
            messages.success(request, _("Đã công bố. Từ ngày có hiệu lực, bà con thấy bản này."))
            return redirect("procedure", procedure)
    online = draft.online != ProcedureVersion.Online.NONE and row.form is not None
    no_field, lost_field = untied(row, draft) if online else ([], [])
    context = {
        "no_field": no_field,
        "lost_field": lost_field,
        "procedure": row,
        "state": state,
        "changes": differences(content_of(former), content_of(draft)) if former else [],
        "former": former,
        "missing": lacks(content_of(draft)),
        "form": services.newest_form(row),
        "day": request.POST.get("day")
        or max(timezone.localdate(), former.valid_from if former else date.min).isoformat(),
        "sentence": sentence,
        "public": public_address(row),
    }
    return page_of(request, "publish", context, bool(sentence))


@needs(PERM, office=of_province)
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, procedure: str) -> HttpResponse:
    """Asks, then throws the draft away."""
    row, state, draft = draft_of(procedure)
    if request.method == "POST":
        try:
            services.discard(version=draft, by=by(request))
        except Refused as error:
            messages.error(request, str(error.sentence))
            return redirect("procedure", procedure)
        messages.success(request, _("Đã bỏ bản thảo."))
        return redirect("procedure", procedure) if draft.number > 1 else redirect("procedures")
    return render(request, "procedures/catalogue/discard.html", {"procedure": row, "state": state})


@needs(PERM, office=of_province)
@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, procedure: str) -> HttpResponse:
    """From which day it is posted no more; its code typed again, for there is no way back."""
    row, state = standing_of(procedure)
    sentence = ""
    if request.method == "POST":
        if request.POST.get("code", "").strip() != row.code:
            sentence = _("Mã gõ lại không khớp, nên chưa bãi bỏ.")
        else:
            sentence = _done(request, lambda on: services.retire(procedure=row, on=on, by=by(request)))
        if not sentence:
            messages.success(request, _("Đã bãi bỏ. Hồ sơ đã nhận vẫn giải quyết tiếp."))
            return redirect("procedure", procedure)
    context = {
        "procedure": row,
        "state": state,
        "day": request.POST.get("day") or timezone.localdate().isoformat(),
        "sentence": sentence,
    }
    return page_of(request, "retire", context, bool(sentence))


@needs(PERM, office=of_province)
@require_GET
def history(request: HttpRequest, procedure: str) -> HttpResponse:
    """Every version, the newest first, each with what it changed of the one before."""
    row, state = standing_of(procedure)
    versions = list(ProcedureVersion.objects.filter(procedure=row).select_related("published_by").order_by("number"))
    former: list[ProcedureVersion | None] = [None, *versions]
    told = [
        (version, differences(content_of(before), content_of(version)) if before else None)
        for before, version in zip(former, versions, strict=False)
    ]
    return render(request, "procedures/catalogue/history.html", {"procedure": row, "state": state, "told": told[::-1]})


def _done(request: HttpRequest, deed: Callable[[date], object]) -> str:
    """Does the deed on the day that was written; what hindered it, or nothing."""
    try:
        deed(date.fromisoformat(DAY.read(request.POST.get("day", ""))))
    except Bad as error:
        return error.sentence
    except services.Incomplete as error:
        return " ".join([str(error.sentence), *(f"{problem.where}: {problem.sentence}" for problem in error.problems)])
    except Refused as error:
        return str(error.sentence)
    return ""
