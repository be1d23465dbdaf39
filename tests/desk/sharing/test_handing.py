"""Hand-over: offered, taken, refused, withdrawn; and what decides when something crosses it."""

import pytest
from django.db import IntegrityError, transaction

from keng.accounts.models import User
from keng.desk.models import Assignment, Grant, HandedOver, Handover, HandoverItem
from keng.desk.sharing import handing, services
from keng.ledger.models import Entry
from keng.mailbox.errors import Conflict, Malformed, NotAllowed, Refused
from keng.mailbox.models import State, Thread
from tests.cast import Cast
from tests.desk.register.conftest import Made, make
from tests.desk.sharing.test_assigning import holder


def sentence(told: pytest.ExceptionInfo[Refused]) -> str:
    return str(told.value.sentence)


def offer(cast: Cast, *threads: Thread, to: User | None = None, by: User | None = None) -> Handover:
    return services.give(box=cast.box, threads=threads, to=to or cast.nam, by=by or cast.hoa)


def test_what_is_taken_is_the_takers_from_then_on(cast: Cast, report: Made) -> None:
    mine, nobodys = report(), report("verifying")
    services.assign(threads=[mine], to=cast.hoa, by=cast.hoa)
    handover = offer(cast, mine, nobodys)
    assert [holder(mine), holder(nobodys)] == [cast.hoa, None]
    taken = services.take(handover=handover, by=cast.nam)
    assert taken.taken is not None
    assert [holder(mine), holder(nobodys)] == [cast.nam, cast.nam]
    assert not HandoverItem.objects.filter(open=True).exists()
    assert list(HandedOver.objects.order_by("item__label").values_list("item__label", "fate", "state")) == [
        ("001/2026", "taken", "opened"),
        ("002/2026", "taken", "verifying"),
    ]
    verbs = Entry.objects.filter(subject=str(handover.pk)).values_list("verb", "by", "purpose")
    assert set(verbs) == {(handing.GIVEN, "hoa", "2 nam"), (handing.TAKEN, "nam", "2 hoa")}


def test_a_whole_shift_is_what_is_open_and_ones_own_or_nobodys(cast: Cast, report: Made, mai: User) -> None:
    mine, nobodys, unopened = report(), report("verifying"), report(State.RECEIVED, number=False)
    theirs, done, above = report(), report(State.ACTED_ON), report(box=cast.police, number=False)
    services.assign(threads=[mine], to=cast.hoa, by=cast.hoa)
    services.assign(threads=[theirs], to=mai, by=mai)
    handover = services.give(box=cast.box, threads=None, to=cast.nam, by=cast.hoa)
    assert {item.thread for item in handover.items.all()} == {mine, nobodys, unopened}
    assert done.pk != above.pk
    assert sorted(handover.items.values_list("label", flat=True)) == ["", "001/2026", "002/2026"]


def test_a_refused_hand_over_changes_nothing_and_frees_the_reports(cast: Cast, report: Made, mai: User) -> None:
    thread = report()
    services.assign(threads=[thread], to=cast.hoa, by=cast.hoa)
    refused = services.refuse(handover=offer(cast, thread), by=cast.nam)
    assert (refused.ending, holder(thread)) == ("refused", cast.hoa)
    assert offer(cast, thread, to=mai).on_offer


def test_a_withdrawn_hand_over_can_be_taken_no_more(cast: Cast, report: Made) -> None:
    handover = offer(cast, report())
    services.withdraw(handover=handover, by=cast.hoa)
    with pytest.raises(Conflict) as told:
        services.take(handover=handover, by=cast.nam)
    assert "đã được rút lại" in sentence(told)
    assert Assignment.objects.count() == 0


@pytest.mark.parametrize(
    ("verb", "who"),
    [("take", "hoa"), ("take", "mai"), ("refuse", "hoa"), ("refuse", "mai"), ("withdraw", "mai"), ("withdraw", "lan")],
)
def test_o2_each_side_does_its_own_part_only(cast: Cast, report: Made, mai: User, verb: str, who: str) -> None:
    handover = offer(cast, report())
    somebody = mai if who == "mai" else getattr(cast, who)
    with pytest.raises(NotAllowed):
        getattr(services, verb)(handover=handover, by=somebody)
    handover.refresh_from_db()
    assert handover.on_offer


def test_the_custodian_takes_back_an_offer_whose_two_are_gone(cast: Cast, report: Made, mai: User) -> None:
    thread = report()
    handover = offer(cast, thread, to=mai)
    Grant.objects.filter(key__user__in=[cast.hoa, mai]).update(until=handing.this_hour())
    assert services.withdraw(handover=handover, by=cast.nam).ending == "withdrawn"
    services.assign(threads=[thread], to=cast.nam, by=cast.nam)


def test_two_hand_overs_that_cross_between_two_officers_are_both_taken(cast: Cast, report: Made) -> None:
    """A gives to B what is A's, B to A what is B's."""
    first, second = report(), report()
    services.assign(threads=[first], to=cast.hoa, by=cast.hoa)
    services.assign(threads=[second], to=cast.nam, by=cast.nam)
    there, back = offer(cast, first), offer(cast, second, to=cast.hoa, by=cast.nam)
    services.take(handover=there, by=cast.nam)
    services.take(handover=back, by=cast.hoa)
    assert [holder(first), holder(second)] == [cast.nam, cast.hoa]


def test_a_report_cannot_be_offered_back_before_it_is_taken(cast: Cast, report: Made) -> None:
    thread = report()
    offer(cast, thread)
    with pytest.raises(Conflict) as told:
        offer(cast, thread, to=cast.hoa, by=cast.nam)
    assert sentence(told) == (
        "Tin 001/2026 đang được đồng chí Giàng A Hoà (hoa) bàn giao cho đồng chí Lò Văn Nam (nam)."
    )


def test_a_report_is_offered_to_one_colleague_at_a_time(cast: Cast, report: Made, mai: User) -> None:
    """A gives to B and to C: the first stands; the second gives nothing, not even what it could."""
    thread, other = report(), report()
    offer(cast, thread)
    with pytest.raises(Conflict):
        offer(cast, thread, other, to=mai)
    assert HandoverItem.objects.filter(open=True).count() == 1


def test_the_database_itself_lets_no_report_be_on_offer_twice(cast: Cast, report: Made, mai: User) -> None:
    thread = report()
    offer(cast, thread)
    second = Handover.objects.create(box=cast.box, giver=cast.hoa, taker=mai)
    with pytest.raises(IntegrityError), transaction.atomic():
        HandoverItem.objects.create(handover=second, thread=thread, label="")


def test_a_hand_over_taken_twice_is_told_who_took_it(cast: Cast, report: Made) -> None:
    handover = offer(cast, report())
    services.take(handover=handover, by=cast.nam)
    with pytest.raises(Conflict) as told:
        services.take(handover=handover, by=cast.nam)
    assert "Lò Văn Nam (nam) đã nhận bàn giao này rồi" in sentence(told)
    assert Assignment.objects.count() == 1


def change(how: str, thread: Thread, cast: Cast, mai: User) -> None:
    """What happens to a report while it is on offer."""
    if how == "reassigned":
        services.assign(threads=[thread], to=mai, by=mai)
    elif how == "erased":
        Thread.objects.get(pk=thread.pk).delete()
    elif how == "closed":
        Thread.objects.filter(pk=thread.pk).update(state=State.CLOSED)
    else:
        services.let_go(thread=thread, by=cast.hoa)
        Thread.objects.filter(pk=thread.pk).update(holder=cast.police, state=State.FORWARDED)


WHY = {
    "reassigned": "001/2026: đã giao cho đồng chí Vàng Thị Mai (mai)",
    "erased": "001/2026: đã xoá theo ý người báo",
    "closed": "001/2026: đã đóng",
    "passed_on": "001/2026: đã chuyển đơn vị khác",
}


@pytest.mark.parametrize("how", list(WHY))
def test_what_happened_since_the_page_was_opened_is_said_before_anything_is_taken(
    cast: Cast, report: Made, mai: User, how: str
) -> None:
    thread, other = report(), report()
    handover = offer(cast, thread, other)
    seen = services.mark(services.lines_of(handover))
    change(how, thread, cast, mai)
    with pytest.raises(Conflict) as told:
        services.take(handover=handover, by=cast.nam, seen=seen)
    assert WHY[how] in sentence(told)
    assert holder(other) is None
    handover.refresh_from_db()
    assert handover.on_offer


@pytest.mark.parametrize("how", list(WHY))
def test_what_can_no_longer_be_taken_stays_where_it_is(cast: Cast, report: Made, mai: User, how: str) -> None:
    thread, other = report(), report()
    handover = offer(cast, thread, other)
    change(how, thread, cast, mai)
    services.take(handover=handover, by=cast.nam, seen=services.mark(services.lines_of(handover)))
    assert holder(other) == cast.nam
    fates = {line.item.label: line.fate for line in services.lines_of(handover)}
    assert fates == {"001/2026": how, "002/2026": "taken"}
    assert holder(thread) == (mai if how == "reassigned" else None)


def test_a_hand_over_of_which_nothing_is_left_can_only_be_refused(cast: Cast, report: Made, mai: User) -> None:
    thread = report()
    handover = offer(cast, thread)
    change("erased", thread, cast, mai)
    with pytest.raises(Conflict) as told:
        services.take(handover=handover, by=cast.nam)
    assert told.value.code == "nothing_left"
    assert services.refuse(handover=handover, by=cast.nam).ended


def test_a_report_that_went_away_and_came_back_is_not_taken_by_the_old_offer(
    cast: Cast, report: Made, mai: User
) -> None:
    thread, other = report(), report()
    handover = offer(cast, thread, other)
    change("passed_on", thread, cast, mai)
    Thread.objects.filter(pk=thread.pk).update(holder=cast.box)
    offer(cast, thread, to=mai)
    services.take(handover=handover, by=cast.nam)
    assert holder(thread) is None


@pytest.mark.parametrize("whose", ["giver", "taker"])
def test_nothing_is_offered_by_or_to_somebody_whose_grant_has_ended(cast: Cast, report: Made, whose: str) -> None:
    thread = report()
    Grant.objects.filter(key__user=cast.hoa if whose == "giver" else cast.nam).update(until=handing.this_hour())
    with pytest.raises(NotAllowed) as told:
        offer(cast, thread)
    assert told.value.code == "cannot_open"


def test_a_taker_whose_grant_ended_meanwhile_takes_nothing(cast: Cast, report: Made) -> None:
    thread = report()
    handover = offer(cast, thread)
    Grant.objects.filter(key__user=cast.nam).update(until=handing.this_hour())
    with pytest.raises(NotAllowed) as told:
        services.take(handover=handover, by=cast.nam)
    assert "không mở được hộp thư" in sentence(told)
    assert holder(thread) is None


def test_what_a_giver_offered_before_their_grant_ended_can_still_be_taken(cast: Cast, report: Made) -> None:
    thread = report()
    handover = offer(cast, thread)
    Grant.objects.filter(key__user=cast.hoa).update(until=handing.this_hour())
    services.take(handover=handover, by=cast.nam)
    assert holder(thread) == cast.nam


def test_nobody_hands_over_to_oneself_or_nothing_or_a_colleagues_or_a_closed_report(
    cast: Cast, report: Made, mai: User
) -> None:
    theirs, closed = report(), report(State.CLOSED)
    services.assign(threads=[theirs], to=mai, by=mai)
    with pytest.raises(Malformed):
        offer(cast, theirs, to=cast.hoa)
    with pytest.raises(NotAllowed, match="nothing"):
        offer(cast)
    with pytest.raises(Conflict) as told:
        offer(cast, theirs)
    assert "Tin 001/2026 do đồng chí Vàng Thị Mai (mai) làm" in sentence(told)
    with pytest.raises(NotAllowed, match="closed"):
        offer(cast, closed)
    assert not Handover.objects.exists()


def test_a_report_that_was_passed_on_or_erased_cannot_be_offered(cast: Cast, report: Made) -> None:
    above, gone = make(cast.police), report()
    with pytest.raises(Conflict, match="passed_on"):
        offer(cast, above)
    Thread.objects.get(pk=gone.pk).delete()
    with pytest.raises(Refused, match="no_thread"):
        offer(cast, gone)


def test_an_erased_report_leaves_its_number_in_the_hand_over_and_not_how_it_stood(cast: Cast, report: Made) -> None:
    thread = report("verifying")
    handover = offer(cast, thread)
    services.take(handover=handover, by=cast.nam)
    Thread.objects.get(pk=thread.pk).delete()
    assert not HandedOver.objects.exists()
    assert [(line.item.label, line.fate) for line in services.lines_of(handover)] == [("001/2026", "erased")]
