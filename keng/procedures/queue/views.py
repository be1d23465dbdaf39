"""The queue: whose work there is, most pressing first; and taking in many at once."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from keng.accounts.permissions import needs
from keng.core import ids
from keng.procedures.errors import Refused
from keng.procedures.models import Channel, Dossier, Pile, State
from keng.procedures.queue import filters, listing, words
from keng.procedures.queue.accepting import accept_all
from keng.procedures.queue.reach import reach_of, user_of, works_at
from keng.procedures.requests.waiting import waiting

TABS = {
    "mine": pgettext_lazy("dossiers", "Việc của tôi"),
    "office": pgettext_lazy("dossiers", "Cả đơn vị"),
    "waiting": pgettext_lazy("dossiers", "Chờ bổ sung"),
    "done": pgettext_lazy("dossiers", "Chờ trả kết quả"),
    "closed": pgettext_lazy("dossiers", "Đã xong"),
}


@needs("procedures.see_queue")
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    return show(request)


def show(
    request: HttpRequest, *, problem: str = "", chosen: frozenset[str] = frozenset(), status: int = 200
) -> HttpResponse:
    """The page of the queue that the address asks for. A filter that can't be read gives its sentence and the unfiltered list."""
    user, moment = user_of(request), ids.now()
    reach, here = reach_of(user), works_at(user)
    working = bool(here)
    first = "mine" if working else "office"
    try:
        asked = filters.read(request.GET, tab=first)
    except Refused as refused:
        asked, problem, status = filters.Asked(tab=first), str(refused.sentence), refused.status
    page, spans = listing.page(asked, reach, moment), listing.bounds(moment)
    requests = {"requests": waiting(user, moment), "late:requests": waiting(user, moment, "late")} if working else {}
    counted = listing.counts(asked, reach, moment, requests)
    acceptable = {one.pk for one in page.rows if can_accept(one, reach, here)}
    context = {
        "asked": asked,
        "tabs": tabs(asked, counted, working),
        "rows": [row(dossier, moment, spans, chosen, acceptable) for dossier in page.rows],
        "passed_on": any(dossier.office_id not in reach.offices for dossier in page.rows),
        "page": page,
        "next": asked.address(after=page.next) if page.next else "",
        "first": asked.address(after=None) if asked.after else "",
        "cleared": filters.Asked(tab=asked.tab).address(),
        "choices": choices(asked, reach, page, moment),
        "many_offices": len(reach.offices) > 1,
        "late": counted.get(f"late:{asked.tab}", 0),
        "requests": {"count": counted.get("requests", 0), "late": counted.get("late:requests", 0)},
        "most": listing.MANY,
        "works": working,
        "problem": problem,
        "back": asked.address(),
        "accepts": bool(acceptable),
        "acceptable": len(acceptable),
    }
    return render(request, "procedures/queue/queue.html", context, status=status)


def tabs(asked: filters.Asked, counted: dict[str, int], working: bool) -> list[dict[str, Any]]:
    """A leader has no work of their own here."""
    return [
        {
            "name": name,
            "title": title,
            "address": filters.Asked(tab=name, office=asked.office).address(),
            "current": name == asked.tab and not asked.q,
            "count": counted.get(name, 0),
            "late": counted.get(f"late:{name}", 0),
        }
        for name, title in TABS.items()
        if working or name != "mine"
    ]


def can_accept(dossier: Dossier, reach: listing.Reach, here: frozenset[int]) -> bool:
    """Whether this person could accept it now, so that nothing is offered that would be refused. No query."""
    free = dossier.owner_id is None or dossier.owner_id in reach.whose
    return dossier.state == State.SUBMITTED and dossier.pile != Pile.TEST and free and dossier.office_id in here


def row(
    dossier: Dossier, moment: datetime, spans: listing.Bounds, chosen: frozenset[str], acceptable: set[int]
) -> dict[str, Any]:
    return {
        "dossier": dossier,
        "due": words.due_of(dossier, moment, spans),
        "step": words.step_of(dossier),
        "step_due": words.step_due_of(dossier, moment, spans),
        "acceptable": dossier.pk in acceptable,
        "chosen": dossier.code in chosen,
    }


def choices(asked: filters.Asked, reach: listing.Reach, page: listing.Page, moment: datetime) -> dict[str, Any]:
    """What the filters offer: of procedures those on this page, by name."""
    procedures = {one.procedure.code: one.version.name for one in page.rows}
    if asked.procedure:
        procedures.setdefault(asked.procedure, asked.procedure)
    return {
        "procedures": sorted(procedures.items(), key=lambda one: one[1]),
        "states": [(state, State(state).label) for state in filters.STATES[asked.pile]],
        "channels": Channel.choices,
        "owners": listing.owners(reach.named(asked.office) if asked.office else reach, moment),
        "offices": sorted(reach.offices.values(), key=lambda office: office.name),
        "warns": [("late", _("Quá hạn")), ("today", _("Đến hạn hôm nay")), ("soon", _("Sắp đến hạn"))],
        "step_warns": [("late", _("Bước đã quá hạn")), ("soon", _("Bước sắp hết hạn"))],
        "steps": range(1, 7),
    }


@needs("procedures.work")
@require_POST
def accept_many(request: HttpRequest) -> HttpResponse:
    """All of those chosen, or none."""
    codes = list(dict.fromkeys(request.POST.getlist("dossier")))
    try:
        done = accept_all(codes, user_of(request))
    except Refused as refused:
        return show(request, problem=refused.sentence, chosen=frozenset(codes), status=refused.status)
    said = ngettext("Đã tiếp nhận %(count)s hồ sơ.", "Đã tiếp nhận %(count)s hồ sơ.", done) % {"count": done}
    messages.success(request, said)
    return redirect(f"{reverse('dossiers')}?{request.GET.urlencode()}")
