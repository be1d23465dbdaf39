"""What a leader sees: how many reports each box received and in which state they are. Counts alone, never a report; published nowhere."""

from collections import Counter
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from keng.accounts.permissions import needs, offices
from keng.mailbox.models import Box, State, Thread


@needs("desk.see_figures")
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """One row a box of the leader's offices, training boxes apart: a report counts where it first arrived, so rows add up."""
    boxes = Box.objects.filter(office__in=offices(request.user, "desk.see_figures"), training=False)
    counted = Thread.objects.filter(box__in=boxes).values_list("box", "state").annotate(number=Count("pk"))
    counts = Counter({(box, state): number for box, state, number in counted})
    rows: list[dict[str, Any]] = []
    boxes = boxes.select_related("office").order_by("title", "slug")
    for box in boxes:
        by_state = [counts[box.pk, state] for state in State]
        rows.append({"box": box, "counts": list(zip(State.labels, by_state, strict=True)), "all": sum(by_state)})
    totals = [sum(counts[box.pk, state] for box in boxes) for state in State]
    context = {
        "states": State.labels,
        "rows": rows,
        "totals": list(zip(State.labels, totals, strict=True)),
        "all": sum(totals),
    }
    return render(request, "desk/figures.html", context)
