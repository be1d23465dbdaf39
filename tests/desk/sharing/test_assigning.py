"""Who works on a report: one at a time, only somebody who can open it, and every turn kept."""

from datetime import timedelta

import pytest

from keng.accounts.models import User
from keng.core.ids import this_hour
from keng.desk.models import Assignment, Grant, HandoverItem, RegisterEntry
from keng.desk.sharing import assigning, services
from keng.ledger.models import Entry
from keng.mailbox.errors import Conflict, NotAllowed, Refused
from keng.mailbox.models import State, Thread
from tests.cast import Cast
from tests.desk.register.conftest import Made

HOUR = "keng.desk.sharing.assigning.this_hour"


def holder(thread: Thread) -> User | None:
    return assigning.live([thread]).get(thread.pk)


def test_a_report_has_one_officer_and_its_history_is_kept(cast: Cast, report: Made, mai: User) -> None:
    thread = report()
    for to in (cast.hoa, mai, None, mai):
        services.assign(threads=[thread], to=to, by=cast.nam)
    assert holder(thread) == mai
    assert Assignment.objects.filter(thread=thread).count() == 3
    assert Assignment.objects.filter(thread=thread, until=None).count() == 1
    said = Entry.objects.filter(case=thread.key, by="nam")
    assert said.filter(verb=assigning.ASSIGNED).count() == 3
    assert said.filter(verb=assigning.UNASSIGNED).count() == 1


def test_assigning_what_is_theirs_already_writes_nothing(cast: Cast, report: Made) -> None:
    thread = report()
    for _twice in range(2):
        services.assign(threads=[thread], to=cast.hoa, by=cast.hoa)
    assert Assignment.objects.count() == Entry.objects.filter(verb=assigning.ASSIGNED).count() == 1


def test_fifty_reports_are_assigned_in_one_go(cast: Cast, report: Made) -> None:
    reports = [report(number=False) for _one in range(50)]
    assert services.assign(threads=reports, to=cast.hoa, by=cast.nam) == reports
    assert Assignment.objects.filter(officer=cast.hoa, until=None).count() == 50


def test_more_than_five_hundred_at_once_are_refused(cast: Cast, report: Made) -> None:
    with pytest.raises(NotAllowed):
        services.assign(threads=[report()] * 501, to=cast.hoa, by=cast.nam)


@pytest.mark.parametrize("who", ["lan", "minh", "quan", "dung"])
def test_o2_a_report_is_given_to_nobody_who_cannot_open_its_box(cast: Cast, report: Made, who: str) -> None:
    thread = report()
    with pytest.raises(NotAllowed, match="cannot_open"):
        services.assign(threads=[thread], to=getattr(cast, who), by=cast.hoa)
    assert holder(thread) is None


@pytest.mark.parametrize("ends", ["grant", "role", "account"])
def test_o2_nor_to_somebody_whose_grant_role_or_account_has_ended(
    cast: Cast, report: Made, mai: User, ends: str
) -> None:
    thread = report()
    hour = assigning.this_hour()
    if ends == "grant":
        Grant.objects.filter(key__user=mai).update(until=hour)
    elif ends == "role":
        mai.appointments.update(until=hour)
    else:
        User.objects.filter(pk=mai.pk).update(is_active=False)
    assert mai not in services.who_open([cast.box])[cast.box.pk]
    with pytest.raises(NotAllowed):
        services.assign(threads=[thread], to=mai, by=cast.hoa)


def test_o2_a_neighbour_gives_nobody_our_reports(cast: Cast, report: Made) -> None:
    thread = report()
    with pytest.raises(Conflict):
        services.assign(threads=[thread], to=cast.hoa, by=cast.lan)
    assert holder(thread) is None


def test_a_colleague_who_was_quicker_is_named(cast: Cast, report: Made, mai: User) -> None:
    thread = report()
    services.assign(threads=[thread], to=mai, by=cast.nam)
    with pytest.raises(Conflict) as told:
        services.assign(threads=[thread], to=cast.hoa, by=cast.hoa, seen={thread.key: ""})
    assert "Tin 001/2026 giờ do đồng chí Vàng Thị Mai (mai) làm" in str(told.value.sentence)
    assert holder(thread) == mai
    services.assign(threads=[thread], to=cast.hoa, by=cast.hoa, seen={thread.key: "mai"})
    assert holder(thread) == cast.hoa


def test_one_report_that_cannot_be_given_keeps_all_of_them_where_they_are(cast: Cast, report: Made) -> None:
    fine, closed = report(), report(State.CLOSED)
    with pytest.raises(NotAllowed) as told:
        services.assign(threads=[fine, closed], to=cast.hoa, by=cast.nam)
    assert "Tin 002/2026 đã đóng" in str(told.value.sentence)
    assert Assignment.objects.count() == 0


def test_an_erased_report_among_them_is_said(cast: Cast, report: Made) -> None:
    thread, gone = report(), report()
    Thread.objects.get(pk=gone.pk).delete()
    with pytest.raises(Refused) as told:
        services.assign(threads=[thread, gone], to=cast.hoa, by=cast.nam)
    assert told.value.status == 404
    assert holder(thread) is None


def test_a_report_that_leaves_the_office_is_nobodys_there_and_on_offer_no_more(
    cast: Cast, report: Made, mai: User
) -> None:
    thread = report("verifying")
    services.assign(threads=[thread], to=cast.hoa, by=cast.nam)
    handover = services.give(box=cast.box, threads=[thread], to=mai, by=cast.hoa)
    services.let_go(thread=thread, by=cast.hoa)
    assert holder(thread) is None
    assert not HandoverItem.objects.filter(open=True).exists()
    assert services.lines_of(handover)[0].fate == "passed_on"


def test_the_number_of_another_box_names_no_report_here(cast: Cast, report: Made) -> None:
    thread = report(number=False)
    RegisterEntry.objects.create(box=cast.police, year=2026, number=77, thread=thread)
    assert assigning.label(thread) == "chưa vào sổ"


def test_s2_a_clock_that_was_set_back_holds_no_report_up(cast: Cast, report: Made) -> None:
    thread = report()
    services.assign(threads=[thread], to=cast.hoa, by=cast.hoa)
    begun = this_hour() + timedelta(hours=30)
    Assignment.objects.update(since=begun)
    services.assign(threads=[thread], to=cast.nam, by=cast.hoa)
    assert holder(thread) == cast.nam
    assert Assignment.objects.get(officer=cast.hoa).until == begun
