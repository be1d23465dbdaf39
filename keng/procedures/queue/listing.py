"""One page of the queue, at the same cost whatever lies behind it: by keyset, from the covering indexes of `Dossier`.

A filter that few rows meet would make the database read a whole pile. So a page looks at no more than a stretch of the list (`WINDOW`
rows); where that fills no page, the next begins after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet, Subquery
from django.db.models.lookups import Exact
from django.utils import timezone

from keng.accounts.models import User
from keng.core.calendar import add_working_days
from keng.core.calendar.rules import rules
from keng.procedures.dossiers import deadlines
from keng.procedures.models import Dossier, Pile, Procedure
from keng.procedures.queue.filters import NOBODY, TABS, Asked, Place
from keng.units.models import Office

PAGE = 50
WINDOW = 10_000
# Codes with the same last digits lie apart, so that each costs a look in the table.
WINDOW_OF_DIGITS = 2_000
LAST_ID = 2**63 - 1
MANY = 1_000  # a count goes no further
COLUMNS = (
    "code", "state", "step", "step_due", "due", "submitted_at", "closed_at", "channel", "pile", "queue_at", "row_version",
    "procedure__code", "version__name", "version__steps", "owner__name", "office__name",
)  # fmt: skip


@dataclass(frozen=True)
class Reach:
    """What somebody may see in the queue: the dossiers of `offices`, by id; `whose` are the ids of those whose work is theirs today."""

    offices: dict[int, Office]
    whose: tuple[int, ...]

    @property
    def single(self) -> bool:
        return len(self.offices) == 1

    def named(self, code: str) -> "Reach":
        """Only that office of these; none, if it is none of these."""
        return Reach({pk: office for pk, office in self.offices.items() if office.code == code}, self.whose)


@dataclass(frozen=True)
class Stretch:
    """A list in order: `walked` are the rows that are looked at, `met` which of them are shown, `by` the column of the order."""

    walked: QuerySet[Dossier]
    met: Q
    by: str
    newest_first: bool
    window: int = 0  # 0: every row walked is shown, or they are few

    def after(self, place: Place, *, inclusive: bool = False) -> Q:
        """What comes after it; `inclusive`: of rows at the same moment, all."""
        beyond = "lt" if self.newest_first else "gt"
        if inclusive:
            return Q(**{f"{self.by}__{beyond}e": place.at})
        # Said twice, for the databases find a place in an index by the first.
        exact = Q(**{f"{self.by}__{beyond}": place.at}) | Q(**{self.by: place.at, f"id__{beyond}": place.id})
        return Q(**{f"{self.by}__{beyond}e": place.at}) & exact

    @property
    def order(self) -> tuple[str, str]:
        sign = "-" if self.newest_first else ""
        return f"{sign}{self.by}", f"{sign}id"


@dataclass(frozen=True)
class Page:
    """`next` is where the next begins; `cut`: a stretch ended here, not the list, and there may be more beyond."""

    rows: list[Dossier]
    next: Place | None = None
    cut: bool = False


def page(asked: Asked, reach: Reach, now: datetime) -> Page:
    """Two queries."""
    if not reach.offices:
        return Page([])
    stretch = by_digits(asked.q, reach) if asked.q else by_time(asked, reach, now)
    walked = stretch.walked.filter(stretch.after(asked.after)) if asked.after else stretch.walked
    end = window_end(stretch, walked)
    met = walked.filter(stretch.met)
    if end:
        flipped = "gte" if stretch.newest_first else "lte"
        met = met.filter(**{f"{stretch.by}__{flipped}": end})
    rows = list(shown(met).order_by(*stretch.order)[: PAGE + 1])
    if len(rows) > PAGE:
        last = rows[PAGE - 1]
        return Page(rows[:PAGE], Place(getattr(last, stretch.by), last.pk))
    if end:
        return Page(rows, Place(end, 0 if stretch.newest_first else LAST_ID), cut=True)
    return Page(rows)


def shown(rows: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """With what a line tells, and not a byte of what was answered."""
    return rows.select_related("procedure", "version", "owner", "office").only(*COLUMNS)


def window_end(stretch: Stretch, walked: QuerySet[Dossier]) -> datetime | None:
    """The moment at which the stretch of a page ends, read from the index alone; None: before that, the list does."""
    if not stretch.window:
        return None
    moments = walked.order_by(stretch.order[0]).values_list(stretch.by, flat=True)
    return next(iter(moments[stretch.window : stretch.window + 1]), None)


def by_time(asked: Asked, reach: Reach, now: datetime) -> Stretch:
    """Overdue first, then by how soon; what is closed, newest first."""
    reach = reach.named(asked.office) if asked.office else reach
    closed, by = asked.pile is Pile.CLOSED, "step_due" if asked.step_warn else "queue_at"
    pile = Dossier.objects.filter(pile=asked.pile).filter(within(asked, now))
    if asked.tab == "mine":
        return Stretch(pile.filter(owner__in=reach.whose), conditions(asked), by, closed)
    if reach.single:
        one = pile.filter(office=next(iter(reach.offices)))
        return Stretch(one, conditions(asked), by, closed, WINDOW if asked.filtered else 0)
    return Stretch(pile, conditions(asked) & Q(office__in=list(reach.offices)), by, closed, WINDOW)


def by_digits(q: str, reach: Reach) -> Stretch:
    """In all piles, newest first: what ends so; or the whole code, by which a counter finds also what it took in and passed on."""
    whole = Dossier.objects.filter(code=q)
    if q.count("-") == 2:
        ours = Q(office__in=list(reach.offices)) | Q(received_by__in=list(reach.offices))
        return Stretch(whole.filter(ours), Q(), "submitted_at", True)
    met = Q(code__endswith=q) & ~Q(pile=Pile.TEST)
    rows = Dossier.objects.filter(last4=q[-4:])
    if reach.single:
        return Stretch(rows.filter(office=next(iter(reach.offices))), met, "submitted_at", True, WINDOW_OF_DIGITS)
    return Stretch(rows, met & Q(office__in=list(reach.offices)), "submitted_at", True, WINDOW_OF_DIGITS)


def conditions(asked: Asked) -> Q:
    """The filters that do not lie on the order."""
    met = Q()
    for name in ("state", "channel"):
        if getattr(asked, name):
            met &= Q(**{name: getattr(asked, name)})
    if asked.step is not None:
        met &= Q(step=asked.step - 1)
    if asked.procedure:
        # Plus nothing, or SQLite would take all dossiers of a common procedure by its own index, and sort them.
        named = Subquery(Procedure.objects.filter(code=asked.procedure).values("pk")[:1])
        met &= Q(Exact(F("procedure_id") + 0, named))
    if asked.owner:
        whose = Subquery(User.objects.filter(username=asked.owner).values("pk")[:1])
        met &= Q(owner=None) if asked.owner == NOBODY else Q(owner=whose)
    return met


def within(asked: Asked, now: datetime) -> Q:
    """The filters that do: days, and how late the dossier or its step is."""
    span = Q()
    if asked.since:
        span &= Q(queue_at__gte=_midnight(asked.since))
    if asked.until:
        span &= Q(queue_at__lt=_midnight(asked.until + timedelta(days=1)))
    if asked.warn:
        first, last = bounds(now)[asked.warn]
        span &= Q(queue_at__lt=last) & (Q(queue_at__gte=first) if first else Q())
    if asked.step_warn:
        soon = Q(step_due__gte=now, step_due__lt=bounds(now)["soon"][1])
        span &= Q(step_due__lt=now) if asked.step_warn == "late" else soon
    return span


Bounds = dict[str, tuple[datetime | None, datetime]]


def bounds(now: datetime) -> Bounds:
    """warn level -> from, until before: what `deadlines.warn` says of one dossier, as spans to ask a database for."""
    today = timezone.localdate(now)
    tomorrow = _midnight(today + timedelta(days=1))
    far = add_working_days(today, rules().clock(deadlines.SOON, today).amount + 1)
    return {"late": (None, now), "today": (now, tomorrow), "soon": (tomorrow, max(_midnight(far), tomorrow))}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def counts(
    asked: Asked, reach: Reach, now: datetime, besides: Mapping[str, QuerySet[Any]] | None = None
) -> dict[str, int]:
    """How many each tab has, and how many of them are late (`late:mine`, `late:office`), and how many rows there are of each of
    `besides`: up to MANY, in one query."""
    if not reach.offices:
        return {}
    chosen = reach.named(asked.office) if asked.office else reach
    asks: dict[str, QuerySet[Any]] = {
        tab: Dossier.objects.filter(pile=pile)
        & Dossier.objects.filter(Q(owner__in=reach.whose) if tab == "mine" else Q(office__in=list(chosen.offices)))
        for tab, pile in TABS.items()
        if chosen.offices
    }
    asks |= {f"late:{tab}": asks[tab].filter(queue_at__lt=now) for tab in ("mine", "office") if tab in asks}
    return capped({**asks, **(besides or {})})


def capped(asks: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """The number of rows of each, up to MANY. One query: of each but a capped stretch of an index is read."""
    parts: list[str] = []
    values: list[Any] = []
    for rows in asks.values():
        sql, params = rows.order_by().values_list("id")[:MANY].query.sql_with_params()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608 - the text is Django's own, values apart
        values += params
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), values)
        return dict(zip(asks, cursor.fetchone(), strict=True))


def owners(reach: Reach, now: datetime) -> Sequence[User]:
    """Who works on dossiers at that office now, for the filter; of many offices nobody could choose. One query, or none."""
    if not reach.single:
        return []
    held = Q(appointments__until=None) | Q(appointments__until__gt=now)
    there = Q(appointments__office__in=list(reach.offices), appointments__role="caseworker")
    return list(User.objects.filter(held & there).distinct().order_by("name").only("username", "name")[:300])
