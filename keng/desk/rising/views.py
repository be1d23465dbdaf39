"""/figures/late/: what is late at the offices below."""

from datetime import UTC, datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from keng.accounts.permissions import needs, offices
from keng.desk.rising import late

PERM = "desk.see_late_below"
A_PAGE = 50


@needs(PERM)
@require_GET
def late_below(request: HttpRequest) -> HttpResponse:
    """A row an office in reach, the one with most late first; training boxes apart."""
    mine, now = offices(request.user, PERM), datetime.now(UTC)
    rows, practice = late.by_office(mine, now), late.by_office(mine, now, training=True)
    context = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "total": late.total(rows),
        "most": max((row.late.all for row in rows), default=0),
        "punctual": sum(not row.late.all for row in rows),
        "offices": len(rows),
        "practice": late.total(practice) if practice else None,
    }
    return render(request, "desk/late.html", context)
