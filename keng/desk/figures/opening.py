"""What a figure was counted from (O5): lines as the register has them, never a word of a report, no time finer than a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from keng.core.indicators import Asked, Indicator, Sort
from keng.desk.models import Counted, Membership, Outcome, OutcomeUnit, RegisterEntry
from keng.desk.outcomes import standing
from keng.desk.outcomes.kinds import CORRECTIONS


@dataclass(frozen=True)
class ReportLine:
    """A report. `number` and `registered` are empty until an officer first opened it; `month` is the month in which it arrived."""

    number: str
    registered: date | None
    month: date
    box: str
    category: str
    state: str
    value: str
    outcomes: int


@dataclass(frozen=True)
class Was:
    """What a line said before it was put right, and why it was."""

    quantity: Decimal
    on: date
    reason: str


@dataclass(frozen=True)
class OutcomeLine:
    """A standing line, the numbers in the register of the reports that it came of, and what it said before, last first."""

    day: date
    office: str
    quantity: Decimal
    unit: str
    numbers: list[str]
    was: list[Was]


def rows(indicator: Indicator, asked: Asked) -> QuerySet[Counted] | QuerySet[Outcome]:
    """In an order that tells nothing of arrival within a quarter."""
    found = indicator.open(asked)
    if indicator.sort is Sort.REPORTS:
        return found.select_related("box", "thread", "thread__assessment").order_by("-quarter", "pk")
    return found.select_related("office").order_by("-day", "pk")


def report_lines(page: Sequence[Counted]) -> list[ReportLine]:
    """Two queries."""
    threads = [row.thread_id for row in page]
    entries = {(one.thread_id, one.box_id): one for one in RegisterEntry.objects.filter(thread__in=threads)}
    outcomes = _outcomes_of(threads)
    return [_report_line(row, entries.get((row.thread_id, row.box_id)), outcomes.get(row.thread_id, 0)) for row in page]


def _report_line(row: Counted, entry: RegisterEntry | None, outcomes: int) -> ReportLine:
    assessment = getattr(row.thread, "assessment", None)
    return ReportLine(
        number=str(entry) if entry else "",
        registered=timezone.localdate(entry.hour) if entry else None,
        month=timezone.localdate(row.thread.hour).replace(day=1),
        box=row.box.title,
        category=assessment.get_category_display() if assessment else "",
        state=row.thread.get_state_display(),
        value=assessment.get_value_display() if assessment else "",
        outcomes=outcomes,
    )


def _outcomes_of(threads: Iterable[int]) -> dict[int, int]:
    """How many standing lines the matter of each report has."""
    found: dict[int, int] = defaultdict(int)
    lines = standing().filter(matter__members__thread__in=list(threads))
    for thread in lines.values_list("matter__members__thread", flat=True):
        found[thread] += 1
    return found


def outcome_lines(page: Sequence[Outcome]) -> list[OutcomeLine]:
    """Two queries."""
    matters = {row.matter_id for row in page}
    all_lines = {one.pk: one for one in Outcome.objects.filter(matter__in=matters).defer("remarks")}
    numbers = _numbers_of(matters)
    return [
        OutcomeLine(
            day=row.day,
            office=row.office.name,
            quantity=row.quantity,
            unit=OutcomeUnit(row.unit).beside(row.quantity),
            numbers=numbers.get(row.matter_id, []),
            was=list(_before(row, all_lines)),
        )
        for row in page
    ]


def _before(row: Outcome, lines: dict[int, Outcome]) -> Iterable[Was]:
    while row.corrects_id is not None:
        before = lines[row.corrects_id]
        yield Was(before.quantity, timezone.localdate(row.hour), str(CORRECTIONS.get(row.reason, row.reason)))
        row = before


def _numbers_of(matters: Iterable[int]) -> dict[int, list[str]]:
    """The register numbers of a matter's reports, each in the box where it arrived."""
    found: dict[int, list[str]] = defaultdict(list)
    members = Membership.objects.filter(matter__in=list(matters)).values_list(
        "matter", "thread__box", "thread__register__box", "thread__register__number", "thread__register__year"
    )
    for matter, received, box, number, year in members.order_by("thread__register__year", "thread__register__number"):
        if box == received and number is not None:
            found[matter].append(f"{number:03d}/{year}")
    return found
