"""What an erased report leaves in its matter: what was counted, and none of the officer's words about it."""

from datetime import timedelta

from django.utils import timezone

from keng.core.registry import chores
from keng.desk.models import Matter, Membership, Outcome
from keng.desk.outcomes.services import forget, link
from keng.mailbox.models import Thread
from keng.mailbox.services import erase_due
from tests.cast import Cast
from tests.desk.outcomes.conftest import Count, Make, sealed


def erase(thread: Thread) -> None:
    Thread.objects.filter(pk=thread.pk).update(erase_on=timezone.localdate())
    assert erase_due() == 1


def test_with_the_last_report_of_a_matter_its_remarks_go_and_its_lines_stay(
    cast: Cast, make: Make, count: Count
) -> None:
    report = make()
    line = count(report, 2, remarks=sealed(cast, "Bắt ở bến phà, đúng như tin."))
    erase(report)
    assert forget() == 1
    assert forget() == 0
    kept = Outcome.objects.get()
    assert (kept.pk, kept.quantity, kept.day, kept.by, kept.remarks) == (line.pk, 2, line.day, cast.hoa, None)


def test_while_another_report_tells_of_the_matter_the_remarks_are_that_ones_too(
    cast: Cast, make: Make, count: Count
) -> None:
    one, other = make(), make()
    count(one, remarks=sealed(cast, "Hai tin cùng một việc."))
    link(thread=other, to=one, role=Membership.Role.DUPLICATE, by=cast.hoa)
    erase(one)
    assert forget() == 0
    assert Outcome.objects.get().remarks is not None
    erase(other)
    assert forget() == 1


def test_a_matter_without_reports_and_without_lines_is_dropped_and_no_other(
    cast: Cast, make: Make, count: Count
) -> None:
    counted, bare, living = make(), make(), make()
    count(counted)
    for thread in (bare, living):
        Membership.objects.create(thread=thread, matter=Matter.objects.create())
    for thread in (counted, bare):
        erase(thread)
    forget()
    assert Matter.objects.count() == 2
    assert set(Matter.objects.values_list("members__thread", flat=True)) == {None, living.pk}


def test_it_is_an_hourly_chore() -> None:
    assert chores["desk.forget_remarks"].every == timedelta(hours=1)
    assert chores["desk.forget_remarks"].run is forget
