"""Hand-overs at the same moment: threads that really meet, on both databases."""

from collections.abc import Callable

import pytest

from keng.accounts.models import Absence, User
from keng.desk.models import Assignment, Handover, HandoverItem
from keng.desk.sharing import services
from keng.desk.sharing.absences import localdate
from keng.mailbox.errors import Conflict, Refused
from tests.cast import Cast
from tests.desk.register.conftest import Made
from tests.desk.register.test_services import at_once

pytestmark = pytest.mark.django_db(transaction=True)
Jobs = list[Callable[[], object]]


def test_a_hand_over_is_taken_once(cast: Cast, report: Made) -> None:
    handover = services.give(box=cast.box, threads=[report(), report()], to=cast.nam, by=cast.hoa)
    raised = at_once([lambda: services.take(handover=handover, by=cast.nam)] * 8, together=8)
    assert [type(error) for error in raised] == [Conflict] * 7
    assert Assignment.objects.count() == 2


def test_taken_or_withdrawn_but_never_both(cast: Cast, report: Made) -> None:
    for _try in range(5):
        handover = services.give(box=cast.box, threads=[report()], to=cast.nam, by=cast.hoa)
        jobs: Jobs = [
            lambda one=handover: services.take(handover=one, by=cast.nam),  # type: ignore[misc]
            lambda one=handover: services.withdraw(handover=one, by=cast.hoa),  # type: ignore[misc]
        ]
        assert [type(error) for error in at_once(jobs, together=2)] == [Conflict]
    over = Handover.objects.all()
    assert Assignment.objects.filter(until=None).count() == over.exclude(taken=None).count()
    assert over.filter(taken=None, ended=None).count() == 0


def test_of_offers_of_one_report_to_several_at_once_one_stands(cast: Cast, report: Made, mai: User) -> None:
    threads = [report() for _one in range(6)]
    jobs: Jobs = [
        lambda to=to: services.give(box=cast.box, threads=threads, to=to, by=cast.hoa)  # type: ignore[misc]
        for to in (cast.nam, mai) * 3
    ]
    jobs += [lambda: services.give(box=cast.box, threads=threads[::-1], to=cast.hoa, by=cast.nam)] * 2
    raised = at_once(jobs, together=8)
    assert [type(error) for error in raised] == [Conflict] * 7
    assert Handover.objects.count() == 1
    assert HandoverItem.objects.filter(open=True).count() == 6


def test_two_who_assign_one_report_at_once_leave_one_officer(cast: Cast, report: Made, mai: User) -> None:
    thread = report()
    jobs: Jobs = [
        lambda to=to: services.assign(threads=[thread], to=to, by=cast.nam, seen={thread.key: ""})  # type: ignore[misc]
        for to in (cast.hoa, mai)
    ]
    raised = at_once(jobs, together=2)
    assert [type(error) for error in raised] == [Conflict]
    assert Assignment.objects.filter(until=None).count() == Assignment.objects.count() == 1


def test_two_who_enter_each_other_as_stand_in_at_once_are_not_both_believed(cast: Cast) -> None:
    _, day = cast.box, localdate()
    pairs = [(cast.hoa, cast.nam), (cast.nam, cast.hoa)]
    jobs: Jobs = [
        lambda one=one, other=other: services.add_absence(officer=one, first=day, last=day, stand_in=other, by=one)  # type: ignore[misc]
        for one, other in pairs
    ]
    raised = at_once(jobs, together=2)
    assert [isinstance(error, Refused) for error in raised] == [True]
    assert Absence.objects.count() == 1
