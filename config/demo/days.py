"""What happens at the demo's offices besides reports: posters hung, keys renewed, hand-overs, absences, a quarter's figures published."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from config.demo import boxes, log
from config.demo.client import BoxKeys
from config.demo.inventing import HERE
from config.demo.plans import FOUNDED
from config.demo.telling import Event
from keng.accounts.models import User
from keng.core.ids import hour_of
from keng.desk.figures.periods import quarter_of, quarters
from keng.desk.figures.publication import day_of, publish_due
from keng.desk.models import Handover, Place
from keng.desk.posters import services as posters
from keng.desk.sharing import services as sharing
from keng.mailbox.models import Box

MORNING = 6
# Box -> who keeps its posters, and where they hang.
PLACES: dict[str, tuple[str, list[str]]] = {
    "na-co-sa": (
        "nam",
        ["Trạm y tế xã Quảng Lâm", "Trường phổ thông nội trú Na Cô Sa", "Nhà văn hoá bản Na Cô Sa 1", "Nhà văn hoá bản Huổi Thủng 2",
         "Quán nước ngã ba Trạm Púng", "Chợ phiên Quảng Lâm"],
    ),
    "ca-thanh-yen": ("kien", ["Trạm y tế xã Thanh Yên", "Trường tiểu học Noong Nhai", "Nhà văn hoá bản Na Lao", "Trụ sở xã Thanh Yên"]),
    "ka-lang": ("vinh", ["Trạm y tế xã Thu Lũm", "Nhà văn hoá bản Ka Lăng", "Chợ phiên Thu Lũm", "Trường mầm non bản U Ma"]),
}  # fmt: skip


def all_of(keys: dict[str, BoxKeys], *, now: datetime) -> Iterator[Event]:
    for moment, renew in boxes.renewals(keys, founded=FOUNDED, now=now):
        yield Event(hour_of(moment), renew)
    yield from _posters(now)
    yield from _publications(now)
    yield from _hand_overs(now)
    yield from _absences(now)
    yield from log.nights(now)


def _posters(now: datetime) -> Iterator[Event]:
    """Hung when the box was new; looked at in spring, most of them; one sheet was gone."""
    for slug, (keeper, _places) in PLACES.items():
        yield Event(hour_of(FOUNDED + timedelta(days=1)), partial(_hang, slug, keeper))
        yield Event(hour_of(now - timedelta(days=60)), partial(_look_at, slug, keeper))


def _hang(slug: str, keeper: str) -> None:
    box, by = Box.objects.select_related("office").get(slug=slug), User.objects.get(username=keeper)
    made = posters.import_places(office=box.office, text="\n".join(PLACES[slug][1]), by=by)
    chosen = [place.pk for place in made.new]
    posters.hang(box=box, places=chosen, format="a4", copies=1, day=timezone.localdate(), by=by)
    posters.hang(box=box, places=chosen[:2], format="stickers", copies=2, day=timezone.localdate(), by=by)


def _look_at(slug: str, keeper: str) -> None:
    box, by = Box.objects.select_related("office").get(slug=slug), User.objects.get(username=keeper)
    chosen = list(Place.objects.filter(office=box.office, gone_on=None).order_by("name").values_list("pk", flat=True))
    posters.check(box=box, places=chosen[1:-1], by=by)
    posters.take_down(box=box, places=chosen[:1], by=by)


def _publications(now: datetime) -> Iterator[Event]:
    """The daily chore, on the days on which it had something to do."""
    for period in quarters(quarter_of(FOUNDED.date()), quarter_of(now.date())):
        day = day_of(period)
        moment = datetime(day.year, day.month, day.day, MORNING, tzinfo=HERE)
        if moment < now:
            yield Event(hour_of(moment), publish_due)


def _hand_overs(now: datetime) -> Iterator[Event]:
    """At Na Cô Sa before each holiday; one is on offer at the moment."""
    for ago in (200, 96, 31):
        moment = hour_of(now - timedelta(days=ago))
        yield Event(moment, partial(_give, "hoa", "thu"))
        yield Event(moment + timedelta(hours=1), partial(_take, "thu"))
    yield Event(hour_of(now - timedelta(hours=3)), partial(_give, "thu", "hoa"))


def _give(giver: str, taker: str) -> None:
    box, by = Box.objects.get(slug="na-co-sa"), User.objects.get(username=giver)
    if sharing.shift(box=box, of=by):
        sharing.give(box=box, threads=None, to=User.objects.get(username=taker), by=by)


def _take(taker: str) -> None:
    by = User.objects.get(username=taker)
    for handover in Handover.objects.filter(taker=by, taken=None, ended=None):
        sharing.take(handover=handover, by=by)


def _absences(now: datetime) -> Iterator[Event]:
    """Leave and courses; nam is away today, and hoa stands in."""
    for officer, stand_in, ago, days in (
        ("thu", "hoa", 150, 6),
        ("hoa", "thu", 75, 4),
        ("nam", "hoa", 3, 8),
        ("lan", "kien", 40, 2),
    ):
        yield Event(hour_of(now - timedelta(days=ago)), partial(_leave, officer, stand_in, days))


def _leave(officer: str, stand_in: str, days: int) -> None:
    away = User.objects.get(username=officer)
    today = timezone.localdate()
    sharing.add_absence(
        officer=away,
        first=today,
        last=today + timedelta(days=days),
        stand_in=User.objects.get(username=stand_in),
        by=away,
    )
