"""The catalogue as files: out, and in again by way of a page that first says what would change."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from keng.accounts.permissions import needs
from keng.procedures.catalogue import handing_in, outgoing
from keng.procedures.catalogue.columns import Bad
from keng.procedures.catalogue.keeping import PERM
from keng.procedures.catalogue.publishing_views import DAY
from keng.procedures.catalogue.services import Incomplete
from keng.procedures.catalogue.telling import place_in_words
from keng.procedures.catalogue.views import by
from keng.procedures.errors import Refused
from keng.procedures.models import Field
from keng.procedures.scope import of_province

SHOWN = 200  # procedures and errors of a dry run that stand on its page
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(PERM, office=of_province)
@require_GET
def exchange(request: HttpRequest) -> HttpResponse:
    """Both ways in and out."""
    return _page(request)


@needs(PERM, office=of_province)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """What a file would change. Nothing is changed yet."""
    file = request.FILES.get("file")
    if file is None:
        large = int(request.META.get("CONTENT_LENGTH") or 0) > handing_in.MOST_BYTES
        return _page(request, 413 if large else 400, sentence=handing_in.LARGE if large else _("Chưa chọn tệp."))
    try:
        publish_from = _day(request)
        kept, made = handing_in.hand_in(
            name=file.name or "", body=file.read(), publish_from=publish_from, by=by(request)
        )
    except Bad as error:
        return _page(request, 400, sentence=error.sentence)
    except Refused as error:
        return _page(request, error.status, sentence=error.sentence)
    context = {
        "plan": made,
        "kept": kept,
        "name": file.name,
        "publish_from": publish_from,
        "new": made.new[:SHOWN],
        "changed": made.changed[:SHOWN],
        "errors": [(place_in_words(where, made.codes), where, says) for where, says in made.errors[:SHOWN]],
        "paths": handing_in.is_json(file.name or ""),
        "shown": SHOWN,
    }
    return render(request, "procedures/catalogue/look.html", context, status=400 if made.errors else 200)


@needs(PERM, office=of_province)
@require_POST
def bring_in(request: HttpRequest) -> HttpResponse:
    """The second word: what was shown is done."""
    number = request.POST.get("handed_in", "")
    try:
        made = handing_in.bring_in(handed_in=_number(number), by=by(request))
    except Incomplete as error:
        said = "; ".join(f"{problem.where}: {problem.sentence}" for problem in error.problems)
        return _page(request, error.status, sentence=f"{error.sentence} {said}")
    except Refused as error:
        return _page(request, error.status, sentence=error.sentence)
    counts = {"new": len(made.new), "changed": len(made.changed)}
    messages.success(request, _("Đã nhập: %(new)d thủ tục mới, %(changed)d thủ tục đổi.") % counts)
    return redirect("procedures")


@needs(PERM, office=of_province)
@require_GET
def export_json(request: HttpRequest) -> HttpResponse:
    return _file(outgoing.as_json(outgoing.everything(_field(request))), "application/json", "json", _field(request))


@needs(PERM, office=of_province)
@require_GET
def export_workbook(request: HttpRequest) -> HttpResponse:
    return _file(outgoing.as_workbook(outgoing.everything(_field(request))), WORKBOOK, "xlsx", _field(request))


@needs(PERM, office=of_province)
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """A workbook that says what goes into each column."""
    return _file(outgoing.template(), WORKBOOK, "xlsx", "mau")


def _field(request: HttpRequest) -> str:
    return Field.objects.filter(slug=request.GET.get("field", "")[:60]).values_list("slug", flat=True).first() or ""


def _file(body: bytes, kind: str, ending: str, part: str) -> HttpResponse:
    name = "-".join(word for word in ("thu-tuc", part, timezone.localdate().isoformat()) if word)
    return HttpResponse(
        body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    )


def _day(request: HttpRequest) -> date | None:
    """From which day what comes in is published; None: it stays a draft. Raises Bad."""
    return date.fromisoformat(DAY.read(request.POST.get("day", ""))) if request.POST.get("what") == "publish" else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1


def _page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    rows = {"fields": Field.objects.order_by("order", "name"), "today": timezone.localdate().isoformat()}
    return render(request, "procedures/catalogue/exchange.html", {**rows, **context}, status=status)
