"""Whatever officers do one after the other, the figures are what a simple book would say."""

from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keng.desk.models import Outcome
from keng.desk.outcomes import services, standing
from keng.mailbox.errors import NotAllowed
from tests.cast import Cast
from tests.desk.outcomes.conftest import Make, today

REPORTS = 4
KINDS = [("arrest", "", "person"), ("exhibit", "heroin", "gram"), ("money", "", "vnd")]
place = st.integers(0, REPORTS - 1)
step = st.one_of(
    st.tuples(st.just("record"), place, st.integers(0, 2), st.integers(1, 300)),
    st.tuples(st.just("correct"), st.integers(0, 30), st.integers(0, 300), st.just(0)),
    st.tuples(st.just("link"), place, place, st.sampled_from(["duplicate", "related"])),
    st.tuples(st.just("unlink"), place, st.just(0), st.just(0)),
)


@dataclass
class Book:
    """Lines by their ids, and which reports stand together: linking and parting never change a number."""

    lines: dict[int, list[Any]] = field(default_factory=dict)

    def sums(self) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for kind, quantity in self.lines.values():
            if quantity:
                found[kind] = found.get(kind, Decimal(0)) + quantity
        return found


def figures() -> dict[str, Decimal]:
    sums = standing().order_by().values_list("kind").annotate(Sum("quantity"))
    return dict(sums)


def take(step: tuple[Any, ...], reports: list[Any], book: Book, cast: Cast) -> None:
    what, one, other, more = step
    if what == "record":
        kind, exhibit, unit = KINDS[other]
        line = services.record(
            thread=reports[one], kind=kind, exhibit=exhibit, unit=unit, quantity=Decimal(more), day=today(), by=cast.hoa
        )
        book.lines[line.pk] = [kind, Decimal(more)]
    elif what == "correct" and book.lines:
        pk = list(book.lines)[one % len(book.lines)]
        line = Outcome.objects.get(pk=pk)
        after = services.correct(outcome=line, quantity=Decimal(other), reason="typo", by=cast.nam)
        book.lines[after.pk] = [line.kind, Decimal(other)]
        del book.lines[pk]
    elif what == "link":
        services.link(thread=reports[one], to=reports[other], role=more, by=cast.hoa)
    elif what == "unlink":
        services.unlink(thread=reports[one], by=cast.hoa)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, max_size=14))
def test_the_figures_equal_a_simple_book_after_any_sequence_of_counting_correcting_linking_and_parting(
    cast: Cast, make: Make, steps: list[tuple[Any, ...]]
) -> None:
    while Outcome.objects.filter(corrected_by=None).delete()[0]:
        pass  # the lines of the example before: each correction keeps the line that it took the place of
    reports, book = [make() for _number in range(REPORTS)], Book()
    for one in steps:
        with suppress(NotAllowed):  # linked to itself, parted from nothing: refused, and nothing is changed
            take(one, reports, book, cast)
        assert figures() == book.sums()
    for line in Outcome.objects.select_related("matter"):
        assert line.matter.members.filter(role="main").count() == 1
