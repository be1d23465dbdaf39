"""/keys/all/: every key on one page, what is at risk first. For custodians, leaders and administrators; it shows nothing secret."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from keng.accounts.permissions import needs, offices
from keng.desk.keys.lines import KINDS, ORDER, Line, collect
from keng.desk.keys.scopes import user_of
from keng.units.models import Office

PER_PAGE = 50
WORST = 3


@dataclass(frozen=True)
class Tile:
    """One kind of key: how many there are, how many of them are at risk, and the worst of these."""

    kind: str
    name: str
    all: int
    at_risk: int
    level: str


@needs("desk.see_keys")
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    mine = list(offices(user, "desk.see_keys").order_by("name"))
    chosen = next((office for office in mine if office.code == request.GET.get("office")), None)
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in KINDS else ""
    lines = collect([chosen] if chosen else mine)
    shown = [line for line in lines if not kind or line.kind == kind]
    context = {
        "offices": mine,
        "chosen": chosen,
        "kind": kind,
        # What the links to other pages of the list keep.
        "asked": "".join(
            f"&{name}={value}" for name, value in (("office", chosen and chosen.code), ("kind", kind)) if value
        ),
        "tiles": tiles(lines),
        "at_risk": sum(line.level != "good" for line in lines),
        "worst": [line for line in lines if line.level != "good"][:WORST],
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "reached": _reached(user, lines),
    }
    return render(request, "desk/keys/all.html", context)


def tiles(lines: Sequence[Line]) -> list[Tile]:
    found = []
    for kind, name in KINDS.items():
        levels = [line.level for line in lines if line.kind == kind]
        at_risk = sum(level != "good" for level in levels)
        there = sum(line.kind == kind and not line.absent for line in lines)
        found.append(Tile(kind, str(name), there, at_risk, min(levels, key=ORDER.__getitem__, default="good")))
    return found


def _reached(user: object, lines: Sequence[Line]) -> set[int]:
    """Ids of the boxes whose own page this user may open: those of their offices and, since they keep the root, those right below."""
    reading: set[Office] = set(offices(user, "desk.read_box"))  # type: ignore[arg-type]
    boxes = [line.box for line in lines if line.box]
    return {box.pk for box in boxes if box.office in reading or (box.above and box.above.office in reading)}
