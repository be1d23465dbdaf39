"""Which dossiers were filed in the demo, when, how and what became of each: made to look like a year and a half of four communes' work.

Thanh Yên had more than 500 in 2025, as was published; the other numbers are nobody's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from random import Random

from config.demo.inventing import HERE, days_between
from config.demo.services.residents import Resident, invent, known
from keng.core import calendar

FOUNDED, NEW_YEAR = datetime(2025, 7, 1, tzinfo=HERE), datetime(2026, 1, 1, tzinfo=HERE)
THANH_YEN = "03349"
# Commune -> (dossiers of 2025, dossiers since).
COUNTS = {THANH_YEN: (548, 640), "03328": (130, 170), "03352": (120, 160), "03356": (100, 140)}
KNOWN_EVERY = 37
OPEN_EACH = 3
LATELY = timedelta(days=25)
OLD = 1956  # born before: rather comes to the counter, or is come to
# Which procedures, by the slug of their form; the more often one stands here the more often it is filed.
MIX = (
    ("tam-tru",) * 7 + ("thuong-tru",) * 4 + ("tam-vang",) * 3 + ("xoa-tam-tru",) + ("can-cuoc",) * 5 + ("khai-sinh",) * 4
    + ("ket-hon",) * 2 + ("tro-cap",) * 2
)  # fmt: skip
# What became of a dossier; the rest went its way.
FATES = (
    ("done",) * 84 + ("supplemented",) * 8 + ("refused",) * 3 + ("withdrawn",) * 2 + ("stopped",) * 2 + ("extended",)
)
REASONS = {
    "refused": "Việc này không thuộc thẩm quyền của xã, đã hướng dẫn nộp tại nơi có thẩm quyền.",
    "stopped": "Quá hạn bổ sung mà chưa nhận được giấy tờ đã yêu cầu.",
    "extended": "Phải xác minh thêm với nơi cư trú trước đây, cơ quan nơi đó chưa trả lời.",
}
LACKING = {
    "title": "Ảnh chụp giấy tờ kèm theo tờ khai",
    "why": "Ảnh chụp mờ, không đọc được họ tên và địa chỉ.",
    "field": "",
}


@dataclass(frozen=True)
class Planned:
    """One dossier to be. `filed` in local time; `pace` is the part of the promised time that the office needs, above 1 is late."""

    resident: Resident
    slug: str
    filed: datetime
    channel: str
    fate: str
    pace: float


def dossiers(now: datetime, *, most: int | None = None) -> list[Planned]:
    """All of them up to now, in the order in which they were filed; the same every time. `most`: an even sample of so many."""
    random = Random(20250701)  # noqa: S311 - the same demo each time
    taken: set[str] = set()
    planned = [
        one
        for commune, counts in COUNTS.items()
        for one in _commune(random, commune, counts, taken, now.astimezone(HERE))
        if one.filed < now
    ]
    planned.sort(key=lambda one: one.filed)
    # Those who sign in have something under way, too, and not only a past.
    lately = [number for number, one in enumerate(planned) if one.resident.commune == THANH_YEN][
        -OPEN_EACH * len(known()) :
    ]
    for number, resident in zip(lately, cycle(known()), strict=False):
        planned[number] = replace(planned[number], resident=resident)
    if most is None or most >= len(planned):
        return planned
    # Those who sign in find theirs in the smallest demo.
    kept, every = known(), -(-len(planned) // most)
    return [one for number, one in enumerate(planned) if number % every == 0 or one.resident in kept]


def _commune(random: Random, commune: str, counts: Sequence[int], taken: set[str], now: datetime) -> Iterator[Planned]:
    invented = cycle(list(islice(invent(random, commune, taken), sum(counts) // 2)))
    people = _mixed(invented, cycle(known())) if commune == THANH_YEN else invented
    for count, first, last in ((counts[0], FOUNDED, NEW_YEAR), (counts[1], NEW_YEAR, now)):
        for moment in days_between(random, first, last, count):
            one = _one(random, next(people), moment.date())
            # So that today's queue has something of everything.
            lately = now - one.filed < LATELY and random.random() < 0.35
            yield replace(one, pace=random.uniform(1.2, 5)) if lately else one


def _mixed(invented: Iterator[Resident], known: Iterator[Resident]) -> Iterator[Resident]:
    """Now and then somebody who can sign in and see what became of it."""
    for number, one in enumerate(invented):
        yield next(known) if number % KNOWN_EVERY == 0 else one


def _one(random: Random, resident: Resident, day: date) -> Planned:
    shares = (5, 70, 25) if resident.born.year < OLD else (60, 38, 2)
    channel = random.choices(("online", "counter", "home"), shares)[0]
    hour = random.choice((7, 11, 12, 19, 20, 21)) if channel == "online" else random.choice((8, 9, 10, 14, 15))
    if channel != "online":
        day = calendar.next_working_day(day)
    filed = datetime(day.year, day.month, day.day, hour, random.randrange(60), tzinfo=HERE)
    late = random.random() < 0.06
    pace = random.uniform(1.05, 1.6) if late else random.choice((random.uniform(0.25, 0.8), random.uniform(0.8, 0.99)))
    return Planned(resident, random.choice(MIX), filed, channel, random.choice(FATES), pace)
