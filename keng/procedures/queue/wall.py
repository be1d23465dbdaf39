"""The wall view of a counter: which results wait to be fetched, who is asked to come; the code's last digits and nothing more.

It hangs where everybody walks by, so nobody may be signed in on its screen: an officer opens a signed address of the office there, which
shows this one page and leads nowhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from keng.accounts.errors import answer
from keng.accounts.permissions import needs, offices, open_to_all
from keng.core import ids
from keng.procedures.models import Dossier, Pile
from keng.procedures.queue.reach import user_of
from keng.units.models import Office

EVERY = 30  # seconds between two looks
SHOWN = 24
DIGITS = 4
NEW = timedelta(minutes=15)
KEPT = timedelta(days=30)  # who has not come by then is not in the room; the queue still has it
LASTS = timedelta(days=366)  # then whoever works there opens it anew
ENDED = (
    "wall_ended",
    _("Bảng gọi này không mở được nữa"),
    _("Địa chỉ của bảng dùng được một năm. Cán bộ đăng nhập, vào “Hồ sơ”, bấm “Bảng gọi ở quầy” để mở bảng mới."),
)
signer = TimestampSigner(salt="keng.procedures.wall")


@dataclass(frozen=True)
class Call:
    """`day` and `digits` are of the code: enough to know one's own by."""

    day: str
    digits: str
    new: bool


@needs("procedures.work")
@require_safe
def walls(request: HttpRequest) -> HttpResponse:
    """The officer's offices, each with the address of its wall."""
    here = offices(user_of(request), "procedures.work").order_by("name").only("code", "name")
    signed = [(office, signer.sign(office.code)) for office in here]
    return render(request, "procedures/queue/walls.html", {"walls": signed})


@open_to_all
@require_safe
def wall(request: HttpRequest, sign: str) -> HttpResponse:
    """Refreshes itself; what became ready last stands first. Three queries."""
    try:
        code = signer.unsign(sign, max_age=LASTS)
    except BadSignature:
        return answer(request, HTTPStatus.NOT_FOUND, ENDED)
    now, office = ids.now(), get_object_or_404(Office.objects.only("name"), code=code)
    lately = Dossier.objects.filter(office=office, queue_at__gte=now - KEPT).order_by("-queue_at", "-id")
    ready, asked = lately.filter(pile=Pile.DONE), lately.filter(pile=Pile.WAITING)
    context = {
        "office": office,
        "ready": calls(list(ready.only("code", "queue_at")[: SHOWN + 1]), now),
        "waiting": calls(list(asked.only("code", "queue_at")[: SHOWN + 1]), now),
        "shown": SHOWN,
        "now": now,
    }
    response = render(request, "procedures/queue/wall.html", context)
    response["Refresh"] = str(EVERY)  # browsers know it without a script
    response["Cache-Control"] = "no-store"
    return response


def calls(dossiers: list[Dossier], now: datetime) -> list[Call]:
    return [Call(*ends(one.code), new=now - NEW < one.queue_at <= now) for one in dossiers]


def ends(code: str) -> tuple[str, str]:
    """Day and number of a code: "03349-261122-0007" is ("22/11", "0007")."""
    _unit, day, number = code.rsplit("-", 2)
    return f"{day[4:6]}/{day[2:4]}", number[-DIGITS:]
