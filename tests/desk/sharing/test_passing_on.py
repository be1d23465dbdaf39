"""What passing a report on, and the reporter's wish, do to who works on it: by the doors that officers and reporters use."""

from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from keng.desk.models import Assignment, HandoverItem, RegisterEntry
from keng.desk.sharing import services
from keng.mailbox.models import Thread
from keng.mailbox.services import erase_due
from tests.cast import Cast
from tests.desk.mailbox.conftest import Officer, Report, cast, dung, hoa, report
from tests.desk.mailbox.test_forward import handing_over, passed_on
from tests.desk.sharing.test_assigning import holder

__all__ = ["cast", "dung", "hoa", "passed_on", "report"]


def test_a_report_that_was_passed_on_is_nobodys_and_gets_its_number_above_when_opened_there(
    cast: Cast, passed_on: Thread, dung: Officer
) -> None:
    assert RegisterEntry.objects.get().box == cast.box
    dung.opens(passed_on)
    assert {entry.box.slug: entry.number for entry in passed_on.register.all()} == {"na-co-sa": 1, "ca-dien-bien": 1}
    services.assign(threads=[passed_on], to=cast.dung, by=cast.dung)
    assert holder(passed_on) == cast.dung


def test_passing_on_ends_the_assignment_and_the_offer_in_the_same_step(
    cast: Cast, report: Report, hoa: Officer
) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    hoa.post(f"threads/{thread.key}/state", {"to": "verifying", "version": 2})
    services.assign(threads=[thread], to=cast.hoa, by=cast.hoa)
    services.give(box=cast.box, threads=[thread], to=cast.nam, by=cast.hoa)
    refused = hoa.post(f"threads/{thread.key}/forward", {**handing_over(cast, thread, version=3), "headers": {}})
    assert refused[0] == 409
    assert (holder(thread), HandoverItem.objects.filter(open=True).count()) == (cast.hoa, 1)
    assert hoa.post(f"threads/{thread.key}/forward", handing_over(cast, thread, version=3))[0] == 200
    assert holder(thread) is None
    assert HandoverItem.objects.filter(open=True).count() == 0


def test_r1_an_erased_report_leaves_a_number_in_register_and_hand_over_and_nothing_by_which_to_find_it(
    cast: Cast, report: Report, hoa: Officer
) -> None:
    thread, reporter = report()
    hoa.opens(thread)
    handover = services.give(box=cast.box, threads=[thread], to=cast.nam, by=cast.hoa)
    services.take(handover=handover, by=cast.nam)
    assert sha256(reporter.keys.token).hexdigest() == thread.key
    Thread.objects.filter(pk=thread.pk).update(erase_on=timezone.localdate())
    with transaction.atomic():
        assert erase_due() == 1
    assert RegisterEntry.objects.get().thread is None
    assert not Assignment.objects.exists()
    assert [(line.item.label[:3], line.fate) for line in services.lines_of(handover)] == [("001", "erased")]
