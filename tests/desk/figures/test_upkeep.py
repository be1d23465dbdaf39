"""The row that the figures are summed from changes with the report, by whatever way the report is changed."""

import itertools
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keng.core import tallies
from keng.core.ids import random_id, this_hour
from keng.core.registry import chores
from keng.desk.figures import upkeep
from keng.desk.mailbox.services import open_report
from keng.desk.models import Assessment, Counted, Intake, Tally
from keng.mailbox.models import RESULTS, State, StateChange, Thread
from tests.cast import Cast
from tests.desk.figures.cast import DAY, at, enter, outcome, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.box, made.police
    return made


def facts(thread: Thread) -> tuple[bool | None, bool | None, bool | None]:
    row = Counted.objects.get(thread=thread)
    return row.opened_in_time, row.valuable, row.resolved_in_time


def test_a_new_report_counts_at_once_where_and_when_it_arrived(cast):
    row = report(cast.box, "2026-08-15").counted
    assert (row.box, row.quarter, row.named) == (cast.box, 20263, False)
    assert (row.opened_in_time, row.valuable, row.resolved_in_time) == (None, None, None)


@pytest.mark.parametrize(
    ("day", "hour", "quarter"),
    [("2025-12-31", 16, 20254), ("2025-12-31", 17, 20261), ("2026-03-31", 17, 20262), ("2026-01-01", 0, 20261)],
)
def test_the_quarter_is_that_of_vietnam_not_of_greenwich(cast, day, hour, quarter):
    assert report(cast.box, day, hour=hour).counted.quarter == quarter


@pytest.mark.parametrize(("after", "in_time"), [(0, True), (24, True), (25, False)])
def test_the_last_hour_is_still_in_time(cast, after, in_time):
    assert facts(report(cast.box, "2026-08-15", opened=after))[0] is in_time


@pytest.mark.parametrize(("after", "in_time"), [(480, True), (481, False)])
def test_a_result_within_its_time_counts_as_such_and_a_later_one_does_not(cast, after, in_time):
    assert facts(report(cast.box, "2026-08-15", opened=1, resolved=after))[2] is in_time


def test_a_report_that_is_taken_up_again_has_no_result_and_a_moved_deadline_counts(cast):
    thread = report(cast.box, "2026-08-15", opened=1, resolved=500)
    assert facts(thread)[2] is False
    Thread.objects.filter(pk=thread.pk).update(resolve_due=at("2026-08-15") + 60 * DAY)
    assert facts(thread)[2] is True
    Thread.objects.filter(pk=thread.pk).update(state=State.VERIFYING)
    assert facts(thread)[2] is None


def test_an_assessment_counts_as_it_stands_now(cast):
    thread = report(cast.box, "2026-08-15", opened=1, value="valuable")
    assert facts(thread)[1] is True
    Assessment.objects.update(value="not_valuable")
    assert facts(thread)[1] is False
    Assessment.objects.update(value="")
    assert facts(thread)[1] is None


def test_whom_an_officer_entered_by_name_counts_apart(cast):
    named, unnamed = report(cast.box, "2026-08-15"), report(cast.box, "2026-08-15")
    enter(named, cast, named=True)
    enter(unnamed, cast, named=False)
    assert list(Counted.objects.filter(named=True).values_list("thread", flat=True)) == [named.pk]
    Intake.objects.filter(thread=named).update(named=False)
    assert not Counted.objects.filter(named=True).exists()


def test_the_desks_own_services_move_it(cast):
    thread = report(cast.box, "2026-08-15")
    Thread.objects.update(hour=this_hour(), open_due=this_hour() + DAY)
    open_report(thread=thread, by=cast.hoa)
    assert facts(thread)[0] is True


def test_forwarding_leaves_it_where_it_arrived(cast):
    thread = report(cast.box, "2026-08-15", opened=1)
    Thread.objects.filter(pk=thread.pk).update(holder=cast.police, state=State.FORWARDED)
    assert Counted.objects.get(thread=thread).box == cast.box


def test_an_erased_report_no_longer_counts_and_leaves_nothing_behind(cast):
    thread = report(cast.box, "2026-08-15", opened=1, value="valuable")
    outcome(cast, cast.box, "2026-08-16", "arrest", unit="person", thread=thread)
    thread.delete()
    assert not Counted.objects.exists()


def sums() -> dict[tuple[int, int, bool], list[int]]:
    """What the running sums say of each box, quarter and way of counting."""
    names = ("received", "opened", "valuable", "resolved")
    rows = Tally.objects.values_list("box", "quarter", "named").annotate(**{f"all_{name}": Sum(name) for name in names})
    return {(box, quarter, named): numbers for box, quarter, named, *numbers in rows if any(numbers)}


def counted() -> dict[tuple[int, int, bool], list[int]]:
    """The same, counted report by report."""
    found: dict[tuple[int, int, bool], list[int]] = {}
    for row in Counted.objects.all():
        numbers = found.setdefault((row.box_id, row.quarter, row.named), [0] * 4)
        for at_, fact in enumerate((True, row.opened_in_time, row.valuable, row.resolved_in_time)):
            numbers[at_] += bool(fact)
    return found


def busy(cast: Cast) -> None:
    made = [report(cast.box, "2026-08-15", opened=hours, value="valuable", resolved=500) for hours in (1, 20, 40)]
    made += [report(cast.police, "2026-11-15"), report(cast.box, "2026-11-15")]
    enter(made[0], cast, named=True)
    Assessment.objects.filter(thread=made[1]).update(value="not_valuable")
    Thread.objects.filter(pk=made[2].pk).update(state=State.VERIFYING)
    made[3].delete()


def test_the_sums_are_those_of_the_reports_at_every_moment_before_and_after_they_are_made_compact(cast):
    busy(cast)
    right = sums()
    assert right == counted()
    assert upkeep.tally.compact() > 0
    assert sums() == right
    assert Tally.objects.count() == len(right)
    assert upkeep.tally.compact() == 0
    report(cast.box, "2026-08-15")
    assert sums() == counted() != right


def test_what_others_count_while_it_is_made_compact_is_not_lost(cast, monkeypatch):
    busy(cast)
    once = iter([True])

    def meanwhile() -> int:
        if next(once, False):
            report(cast.box, "2026-08-15", opened=1)
        return random_id()

    monkeypatch.setattr(tallies, "random_id", meanwhile)
    upkeep.tally.compact()
    assert sums() == counted()


def test_erasing_every_report_leaves_nothing_to_count(cast):
    busy(cast)
    for thread in Thread.objects.all():
        thread.delete()
    assert sums() == {}
    upkeep.tally.compact()
    assert not Tally.objects.exists()


def test_a_row_of_the_sums_tells_neither_a_time_nor_an_order(cast):
    for _number in range(20):
        report(cast.box, "2026-08-15")
    assert {field.name for field in Tally._meta.fields} == {
        "id", "box", "quarter", "named", "received", "opened", "valuable", "resolved"
    }  # fmt: skip
    ids = list(Tally.objects.order_by("pk").values_list("pk", flat=True))
    assert min(ids) >= 0
    assert max(right - left for left, right in itertools.pairwise(ids)) > 2**50


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_an_emptied_database_begins_with_empty_sums(time):
    assert not Tally.objects.exists()
    made = Cast()
    report(made.box, "2026-08-15", opened=1)
    assert Tally.objects.exists()


def test_the_chore_is_registered():
    assert chores["desk.compact_figures"].run == upkeep.tally.compact


STEP = st.tuples(
    st.sampled_from(["opened", "verifying", "acted_on", "not_enough", "closed"]),
    st.integers(min_value=0, max_value=600),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(steps=st.lists(STEP, max_size=5), value=st.sampled_from(["", "valuable", "not_valuable"]))
def test_counting_all_anew_gives_what_the_triggers_kept(cast, steps, value):
    thread = report(cast.box, "2026-08-15", value=value)
    for state, after in steps:
        StateChange.objects.create(thread=thread, state=state, hour=thread.hour + timedelta(hours=after))
        Thread.objects.filter(pk=thread.pk).update(state=state)
    assert sums() == counted()
    kept = list(Counted.objects.order_by("pk").values())
    assert upkeep.tally.count_all() == len(kept)
    assert list(Counted.objects.order_by("pk").values()) == kept
    assert sums() == counted()


def test_migrating_takes_the_triggers_away_and_brings_them_back_with_every_report_counted(cast):
    upkeep.tally.before_migrating()
    assert upkeep.tally.missing(connection) > set(upkeep.ON)
    thread = report(cast.box, "2026-08-15", opened=30, value="valuable")
    assert not Counted.objects.exists()
    upkeep.tally.after_migrating()
    assert upkeep.tally.missing(connection) == set()
    assert facts(thread) == (False, True, None)
    assert sums() == counted()


def test_counting_anew_while_the_triggers_stand_counts_once_what_had_never_been_counted(cast):
    busy(cast)
    upkeep.tally.drop(connection)
    report(cast.box, "2026-08-15", opened=30, value="valuable")
    upkeep.tally.create(connection)
    assert upkeep.tally.count_all() == Thread.objects.count() == Counted.objects.count()
    assert sums() == counted()


def test_what_counts_as_a_result_is_what_the_mailbox_says():
    assert set(upkeep.RESULTS) == RESULTS
