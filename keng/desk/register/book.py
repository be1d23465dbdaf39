"""The register as one reads it: a box's lines of a year or month, each with what the office knows in the clear. Nothing sealed is read.

The number of queries is the same for one line and for fifty; a line whose report was erased keeps its number and its day alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from keng.desk.mailbox.inbox import GROUPS
from keng.desk.models import (
    Assignment,
    Channel,
    ExhibitKind,
    Membership,
    OutcomeKind,
    OutcomeUnit,
    RegisterEntry,
)
from keng.desk.outcomes import standing
from keng.mailbox.errors import Malformed
from keng.mailbox.models import Box, Passing, Thread

FIRST_YEAR, LAST_YEAR = 2025, 2100
CHUNK = 500
NUMBERS = 1_000_000  # more than a year has: year and number as one, in 32 bits


@dataclass(frozen=True)
class Period:
    """A year of the register, or one month of it (1..12; 0: the whole year)."""

    year: int
    month: int = 0

    @property
    def title(self) -> str:
        return _("Tháng %(month)s năm %(year)s") % vars(self) if self.month else _("Năm %(year)s") % vars(self)


@dataclass(frozen=True)
class Line:
    """One report in the register. All but `number` and `day` is empty where `erased`; `outcomes` are sentences such as "Súng: 2 cái"."""

    number: str
    day: date
    erased: bool = False
    key: str = ""
    channel: str = ""
    named: bool = False
    category: str = ""
    state: str = ""
    ended: bool = False
    value: str = ""
    reason: str = ""
    officer: str = ""
    due: date | None = None
    late: bool = False
    came_from: list[str] = field(default_factory=list)
    passed_to: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Summary:
    """How many lines, and of what sort; anonymous tips and named denunciations apart."""

    all: int
    erased: int
    named: int
    valuable: int

    @property
    def anonymous(self) -> int:
        return self.all - self.erased - self.named


def read_period(year: str, month: str) -> Period:
    """The period in an address, this year if it names none. Raises Malformed."""
    try:
        period = Period(int(year or timezone.localdate().year), int(month or 0))
    except ValueError as error:
        raise Malformed(_("Không có năm hoặc tháng này trong sổ.")) from error
    if not (FIRST_YEAR <= period.year <= LAST_YEAR and 0 <= period.month <= 12):
        raise Malformed(_("Không có năm hoặc tháng này trong sổ."))
    return period


def entries(box: Box, period: Period) -> QuerySet[RegisterEntry]:
    """In the order of numbers."""
    found = RegisterEntry.objects.filter(box=box, year=period.year).order_by("number")
    return found.filter(_within(period)) if period.month else found


def _within(month: Period) -> Q:
    """The hours of a month of local time."""
    local = timezone.get_default_timezone()
    after = (month.year + month.month // 12, month.month % 12 + 1)
    return Q(hour__gte=datetime(month.year, month.month, 1, tzinfo=local), hour__lt=datetime(*after, 1, tzinfo=local))


def summary(box: Box, period: Period) -> Summary:
    """One query."""
    return Summary(
        **entries(box, period).aggregate(
            all=Count("pk"),
            erased=Count("pk", filter=Q(thread=None)),
            named=Count("pk", filter=Q(thread__intake__named=True)),
            valuable=Count("pk", filter=Q(thread__assessment__value="valuable")),
        )
    )


def by_month(box: Box, year: int) -> list[int]:
    """How many lines each month of the year has. One query, by bounds: asked the month of each hour, SQLite is slow."""
    months = {f"in_{month}": Count("pk", filter=_within(Period(year, month))) for month in range(1, 13)}
    counted = RegisterEntry.objects.filter(box=box, year=year).aggregate(**months)
    return [counted[name] for name in months]


def years(box: Box) -> list[int]:
    """The years that the register has, and this one, newest first. One query."""
    found = RegisterEntry.objects.filter(box=box).order_by().values_list("year", flat=True).distinct()
    return sorted({*found, timezone.localdate().year}, reverse=True)


def all_lines(box: Box, period: Period) -> Iterator[Line]:
    """For print: read by five hundred, so that a long year is never in memory as rows."""
    numbers = list(entries(box, period).values_list("pk", flat=True))
    for first in range(0, len(numbers), CHUNK):
        some = RegisterEntry.objects.filter(pk__in=numbers[first : first + CHUNK]).order_by("number")
        yield from lines(box, some)


def lines(box: Box, some: QuerySet[RegisterEntry]) -> list[Line]:
    """The entries as lines, in their order. Five queries."""
    told = ("assessment", "intake", "membership", "holder", "box")
    rows = list(some.select_related(*(f"thread__{name}" for name in told)))
    threads = [row.thread for row in rows if row.thread]
    around = _Around(box, threads)
    return [
        around.line(row, row.thread) if row.thread else Line(str(row), _local_day(row.hour), erased=True)
        for row in rows
    ]


class _Around:
    """What is asked at once for all reports of a page: who works on them, where they came from and went, what came of them."""

    def __init__(self, box: Box, threads: Sequence[Thread]) -> None:
        self.box, self.now = box, timezone.now()
        ids = [thread.pk for thread in threads]
        matters = {one.matter_id for one in map(_membership, threads) if one}
        live = Assignment.objects.filter(thread__in=ids, until=None).values_list("thread", "officer__name")
        self.officers = dict(live)
        self.came, self.went = _passings(box, ids)
        self.outcomes = _outcomes(matters, training=box.training)
        self.firsts = _first_lines(box, matters)

    def line(self, row: RegisterEntry, thread: Thread) -> Line:
        """A report that the box holds no more shows its state and no officer: the work is another's."""
        assessment, intake = getattr(thread, "assessment", None), getattr(thread, "intake", None)
        held = thread.holder_id == self.box.pk
        return Line(
            number=str(row),
            day=_local_day(row.hour),
            key=thread.key,
            channel=str(Channel(intake.channel).label) if intake else _("Hộp thư kín"),
            named=bool(intake and intake.named),
            category=_(assessment.get_category_display()) if assessment and assessment.category else "",
            state=_(thread.get_state_display()),
            ended=thread.state not in GROUPS["open"],
            value=_(assessment.get_value_display()) if assessment and assessment.value else "",
            reason=_(assessment.get_reason_display()) if assessment and assessment.reason else "",
            officer=self.officers.get(thread.pk, "") if held else "",
            due=_local_day(thread.resolve_due),
            late=held and thread.state in GROUPS["open"] and thread.resolve_due < self.now,
            came_from=self.came.get(thread.pk, []),
            passed_to=self.went.get(thread.pk, []),
            outcomes=self._told(row, thread),
        )

    def _told(self, row: RegisterEntry, thread: Thread) -> list[str]:
        """Outcomes hang on the matter: they stand at its first line in this book, and the others point there."""
        membership = _membership(thread)
        if membership is None:
            return []
        first = self.firsts.get(membership.matter_id, (row.year, row.number))
        if first != (row.year, row.number):
            return [_("Cùng vụ với số %(number)s") % {"number": RegisterEntry(year=first[0], number=first[1])}]
        return self.outcomes.get(membership.matter_id, [])


def _membership(thread: Thread) -> Membership | None:
    return getattr(thread, "membership", None)


def _passings(box: Box, ids: Sequence[int]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Titles of the boxes from which reports came to this one and to which it passed them on, in order, by report."""
    came: dict[int, list[str]] = {}
    went: dict[int, list[str]] = {}
    found = Passing.objects.filter(Q(from_box=box) | Q(to_box=box), thread__in=ids).order_by("hour", "pk")
    for thread, source, source_title, target_title in found.values_list(
        "thread", "from_box", "from_box__title", "to_box__title"
    ):
        side, title = (went, target_title) if source == box.pk else (came, source_title)
        if title not in side.setdefault(thread, []):
            side[thread].append(title)
    return came, went


def _outcomes(matters: Iterable[int], *, training: bool) -> dict[int, list[str]]:
    """What stands of each matter, added up by kind and unit, in the order of the kinds."""
    order = list(OutcomeKind)
    found = standing(training=training).filter(matter__in=list(matters)).order_by()
    sums = found.values_list("matter", "kind", "exhibit", "unit").annotate(Sum("quantity"))
    told: dict[int, list[str]] = {}
    for matter, kind, exhibit, unit, quantity in sorted(sums, key=lambda one: (order.index(one[1]), one[2], one[3])):
        what = ExhibitKind(exhibit).label if exhibit else OutcomeKind(kind).label
        told.setdefault(matter, []).append(f"{what}: {plain(quantity)} {OutcomeUnit(unit).beside(quantity)}")
    return told


def _first_lines(box: Box, matters: Iterable[int]) -> dict[int, tuple[int, int]]:
    """(year, number) of the line at which each matter begins in this register."""
    found = RegisterEntry.objects.filter(box=box, thread__membership__matter__in=list(matters)).order_by()
    firsts = found.values_list("thread__membership__matter").annotate(at=Min(F("year") * NUMBERS + F("number")))
    return {matter: divmod(at, NUMBERS) for matter, at in firsts}


def plain(quantity: Decimal) -> str:
    """As it is written in Vietnamese, "1.200" and "0,35", or in the reader's language; without zeros that say nothing."""
    text = f"{quantity:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    # Django knows no grouping for Vietnamese.
    return text.translate(str.maketrans(",.", ".,")) if get_format("DECIMAL_SEPARATOR") == "," else text


def _local_day(hour: datetime) -> date:
    return timezone.localtime(hour).date()
