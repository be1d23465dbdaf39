"""How many reports each box of the demo had, when, and what came of them. The figures that were published of two provinces' border posts
come out of this exactly: Lai Châu 2025: 75 reports, 31 of value, 2 major and 4 other cases, 7 people arrested; Na Cô Sa: 48 reports,
2 thefts cleared up, 6 people without papers, 2 guns given up.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from config.demo.inventing import FRAGMENTS, HERE, Desk, Inventor, Story, Told, days_between
from config.demo.province import VILLAGES
from config.demo.telling import Act

TOLD = FRAGMENTS["told"]
FOUNDED = datetime(2025, 7, 1, 8, tzinfo=HERE)
DIEN_BIEN, LAI_CHAU = ("ca-dien-bien", "dung"), ("ca-lai-chau", "hai")
COMMUNES = ("Xã Mường Nhé", "Phường Mường Thanh", "Phường Điện Biên Phủ", "Xã Nà Tấu", "Xã Thanh Yên", "Xã Si Pa Phìn")

NA_CO_SA = Desk("na-co-sa", VILLAGES["03164"], ("hoa", "thu"), "nam", DIEN_BIEN)
KA_LANG = Desk("ka-lang", VILLAGES["03439"], ("sinh", "vinh"), "vinh", LAI_CHAU)
PA_U = Desk("pa-u", VILLAGES["03442"], ("tuan",), "tuan", LAI_CHAU)
# Desk -> how many reports were invented for it from FOUNDED to now.
OTHERS = (
    (Desk("ca-dien-bien", COMMUNES, ("son", "dung"), "dung"), 22),
    (Desk("a-pa-chai", VILLAGES["03158"], ("phu",), "phu", DIEN_BIEN), 25),
    (Desk("ca-thanh-yen", VILLAGES["03349"], ("lan", "kien"), "kien", DIEN_BIEN), 22),
    (Desk("ca-muong-nhe", VILLAGES["03160"], ("thao",), "thao", DIEN_BIEN), 27),
    (Desk("gop-y-quang-lam", VILLAGES["03164"], ("hanh",), "hanh", kind="democracy"), 16),
    (Desk("thanh-tra-dien-bien", COMMUNES, ("binh",), "binh", kind="complaint"), 10),
)
LAI_CHAU_SINCE = (
    (KA_LANG, 20),
    (PA_U, 14),
    (Desk("ca-lai-chau", ("Xã Thu Lũm", "Xã Pa Ủ", "Phường Tân Phong"), ("hai",), "hai"), 8),
)
NA_CO_SA_INVENTED = 29  # the other 19 are hand-written


def counted(kind: str, quantity: float, unit: str, exhibit: str = "") -> Act:
    return {"do": "count", "kind": kind, "quantity": quantity, "unit": unit, "exhibit": exhibit}


def exhibit(kind: str, quantity: float, unit: str) -> Act:
    return counted("exhibit", quantity, unit, kind)


MAJOR, CASE = counted("major_case", 1, "case"), counted("other_case", 1, "case")


def arrested(people: int) -> Act:
    return counted("arrest", people, "person")


# What was counted in Lai Châu in 2025: third and fourth quarter.
THIRD = [
    Told(
        TOLD["gang"], "drugs", called="gang",
        acts=[MAJOR, arrested(4), exhibit("heroin", 1.25, "kilogram"), exhibit("vehicle", 2, "piece"),
              {"do": "correct", "line": 1, "quantity": 3, "reason": "double"}],
    ),
    Told(TOLD["gang_again"], "drugs", acts=[{"do": "link", "to": "gang"}]),
    Told(TOLD["motorbikes"], "theft", acts=[CASE, arrested(1), exhibit("vehicle", 2, "piece")]),
    Told(TOLD["goods"], "border", acts=[CASE, exhibit("goods", 420, "kilogram")], photos=["road.jpg"]),
]  # fmt: skip
FOURTH = [
    Told(TOLD["wedding"], "trafficking", acts=[MAJOR, arrested(2), counted("victim", 2, "person")]),
    Told(TOLD["fertiliser"], "fraud", acts=[CASE, counted("money", 18_500_000, "vnd")], photos=["sack.jpg"]),
    Told(TOLD["opium"], "drugs", acts=[CASE, arrested(1), exhibit("opium", 180, "gram")]),
    Told(TOLD["guns"], "other", acts=[counted("weapon", 1, "piece")]),
]
# Quarter -> its days, how many reports, how many of value, and what was told in full.
LAI_CHAU_2025: tuple[tuple[date, date, int, int, Sequence[Told]], ...] = (
    (date(2025, 7, 3), date(2025, 9, 28), 34, 14, THIRD),
    (date(2025, 10, 1), date(2025, 12, 28), 41, 17, FOURTH),
)
AT_NA_CO_SA = [
    Told(TOLD["calves"], "theft", acts=[CASE, exhibit("cattle", 2, "animal")]),
    Told(TOLD["lodgers"], "border", acts=[counted("illegal_resident", 4, "person")]),
    Told(TOLD["guns"], "other", acts=[counted("weapon", 1, "piece")]),
    Told(TOLD["couple"], "border", acts=[counted("illegal_resident", 2, "person")]),
    Told(TOLD["gun_found"], "other", acts=[counted("weapon", 1, "piece")]),
]


def invented(now: datetime) -> list[Story]:
    """Every invented report up to `now`, in no order."""
    inventor = Inventor(2025)
    return [
        *_lai_chau_2025(inventor),
        *_at(inventor, NA_CO_SA, NA_CO_SA_INVENTED, FOUNDED, now, AT_NA_CO_SA),
        *(story for desk, number in OTHERS for story in _at(inventor, desk, number, FOUNDED, now)),
        *(
            story
            for desk, number in LAI_CHAU_SINCE
            for story in _at(inventor, desk, number, datetime(2026, 1, 4, 8, tzinfo=HERE), now)
        ),
    ]


def _lai_chau_2025(inventor: Inventor) -> Iterator[Story]:
    """Anonymous, all of them; three of five at Ka Lăng. Every fifth result came late."""
    for first, last, number, valuable, told in LAI_CHAU_2025:
        begin, end = (datetime(day.year, day.month, day.day, 8, tzinfo=HERE) for day in (first, last))
        values = [True] * (valuable - len(told)) + [False] * (number - valuable)
        inventor.random.shuffle(values)
        # The told ones stand early in their quarter, so that what came of them falls into it.
        plain: list[Told | None] = [None] * len(values)
        stories = [*told, *plain]
        days = days_between(inventor.random, begin, end, number)
        for place, (day, one) in enumerate(zip(days, stories, strict=True)):
            desk = KA_LANG if one or place % 5 < 3 else PA_U
            good = one is not None or values[place - len(told)]
            yield inventor.report(desk, day, valuable=good, told=one, late=one is None and place % 5 == 2)


def _at(
    inventor: Inventor, desk: Desk, number: int, first: datetime, now: datetime, told: Sequence[Told] = ()
) -> Iterator[Story]:
    """Every ninth was entered by an officer; of those, half by people who gave a name."""
    days = list(days_between(inventor.random, first + timedelta(days=1), now - timedelta(hours=30), number))
    every = max(1, len(days) // (len(told) + 1)) if told else 0
    for place, day in enumerate(days):
        one = told[place // every] if told and place % every == 0 and place // every < len(told) else None
        story = inventor.report(desk, day, valuable=one is not None or inventor.random.random() < 0.5, told=one)
        if one is None and place % 9 == 4:
            channel = inventor.random.choice(("in_person", "phone", "zalo", "facebook", "vneid"))
            named = channel == "vneid" or inventor.random.random() < 0.4
            inventor.entered(story, desk, channel=channel, named=named)
        yield story
