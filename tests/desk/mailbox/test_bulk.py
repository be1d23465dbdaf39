"""Several reports at once: all of them, or none and a sentence that says which one stood in the way."""

from collections.abc import Callable
from typing import Any

import pytest

from keng.desk.mailbox import together
from keng.desk.models import Assessment, Assignment, Handover, Membership
from keng.ledger.models import Entry
from keng.mailbox.errors import Refused
from keng.mailbox.models import State, Thread
from tests.cast import BoxKeys, Cast, grant, open_box
from tests.desk.mailbox.conftest import Officer, Report
from tests.desk.mailbox.test_inbox import add
from tests.desk.register.test_services import at_once

VERBS = ("assign", "prank", "duplicates", "verify", "close", "handover")


def bulk(asker: Officer, verb: str, threads: list[Thread], /, **more: Any) -> tuple[int, Any]:
    return asker.post(f"bulk/{verb}", {"threads": [one.key for one in threads], **more})


def states(threads: list[Thread]) -> list[str]:
    return [Thread.objects.get(pk=one.pk).state for one in threads]


def test_several_reports_begin_to_be_verified_and_each_leaves_its_entry(cast: Cast, hoa: Officer) -> None:
    threads = add(cast.box, 3, state="opened")
    assert bulk(hoa, "verify", threads) == (200, {"done": 3})
    assert states(threads) == ["verifying"] * 3
    assert Entry.objects.filter(verb="mailbox.state.verifying", by="hoa").count() == 3


def test_one_report_that_cant_follow_stops_all_and_is_named_by_its_number(report: Report, hoa: Officer) -> None:
    first, second = report("Một.")[0], report("Hai.")[0]
    for one in (first, second):
        hoa.opens(one)
    assert bulk(hoa, "verify", [second]) == (200, {"done": 1})
    status, said = bulk(hoa, "verify", [first, second])
    assert status == 409
    assert said["thread"] == second.key
    assert said["message"].startswith("Tin số 002/")
    assert said["message"].endswith("Chưa có tin nào thay đổi.")
    assert states([first]) == ["opened"]


def test_a_report_without_a_number_is_named_by_its_place_and_day(cast: Cast, hoa: Officer) -> None:
    opened, closed = add(cast.box, 1, state="acted_on"), add(cast.box, 1, first=5, state="received")
    status, said = bulk(hoa, "close", [*opened, *closed])
    assert status == 409
    assert said["message"].startswith("Tin thứ 2 đã chọn (nhận ngày ")
    assert states([*opened, *closed]) == ["acted_on", "received"]


def test_pranks_are_marked_and_keep_what_else_was_made_of_them(cast: Cast, hoa: Officer) -> None:
    threads = add(cast.box, 2, state="opened")
    Assessment.objects.create(thread=threads[0], category="theft", value="valuable", reason="new_fact", complex=True)
    assert bulk(hoa, "prank", threads)[0] == 200
    kept = Assessment.objects.get(thread=threads[0])
    assert (kept.category, kept.value, kept.reason, kept.complex) == ("theft", "not_valuable", "prank", True)
    assert hoa.get("threads")[1]["threads"] == []
    assert [row["prank"] for row in hoa.get("threads", pranks="1")[1]["threads"]] == [True, True]


def test_pranks_are_closed_at_once_by_every_step_that_the_table_of_states_has(cast: Cast, hoa: Officer) -> None:
    opened, verifying, done = add(cast.box, 3, state="opened")
    Thread.objects.filter(pk=verifying.pk).update(state="verifying")
    Thread.objects.filter(pk=done.pk).update(state="acted_on")
    assert bulk(hoa, "prank", [opened, verifying, done], close=True) == (200, {"done": 3})
    assert states([opened, verifying, done]) == ["closed"] * 3
    assert {one.state for one in opened.changes.all()} == {"verifying", "unfounded", "closed"}
    assert {one.state for one in done.changes.all()} == {"closed"}
    assert Assessment.objects.filter(reason="prank").count() == 3
    assert Entry.objects.filter(verb="mailbox.state.closed", by="hoa").count() == 3


def test_a_prank_that_nobody_has_opened_is_not_closed_and_none_of_those_chosen_with_it_is(
    cast: Cast, hoa: Officer
) -> None:
    opened, received = add(cast.box, 2, state="opened")
    Thread.objects.filter(pk=received.pk).update(state="received")
    code, said = bulk(hoa, "prank", [opened, received], close=True)
    assert code == 409
    assert said["thread"] == received.key
    assert states([opened, received]) == ["opened", "received"]
    assert not Assessment.objects.exists()


def test_duplicates_tell_of_what_the_first_chosen_tells_of(cast: Cast, hoa: Officer) -> None:
    first, second, third = add(cast.box, 3, state="opened")
    assert bulk(hoa, "duplicates", [second, first, third])[0] == 200
    roles = dict(Membership.objects.values_list("thread", "role"))
    assert roles == {second.pk: "main", first.pk: "duplicate", third.pk: "duplicate"}
    assert Membership.objects.values("matter").distinct().count() == 1
    assert {row["linked"] for row in hoa.get("threads")[1]["threads"]} == {2}
    assert bulk(hoa, "duplicates", [first])[0] == 400


def test_reports_are_assigned_to_a_colleague_and_given_back_to_the_office(cast: Cast, hoa: Officer) -> None:
    threads = add(cast.box, 2, state="opened")
    assert bulk(hoa, "assign", threads, officer="nam")[0] == 200
    rows = hoa.get("threads")[1]["threads"]
    assert [row["assigned"]["name"] for row in rows] == ["Lò Văn Nam"] * 2
    assert bulk(hoa, "assign", threads[:1], officer=None)[0] == 200
    assert Assignment.objects.filter(until=None).count() == 1


@pytest.mark.parametrize("verb", ["assign", "handover"])
@pytest.mark.parametrize("who", ["lan", "khong-co-ai"])
def test_nobody_gets_a_report_that_they_cant_open(cast: Cast, hoa: Officer, verb: str, who: str) -> None:
    _ = cast.lan
    threads = add(cast.box, 2, state="opened")
    status, said = bulk(hoa, verb, threads, officer=who)
    assert status == 409
    assert said["message"].endswith(".")
    assert not Assignment.objects.exists()
    assert not Handover.objects.exists()


def test_reports_are_handed_over_and_wait_on_the_takers_tile(cast: Cast, hoa: Officer, nam: Officer) -> None:
    threads = add(cast.box, 2, state="opened")
    assert bulk(hoa, "handover", threads, officer="nam")[0] == 200
    assert nam.get("threads")[1]["counts"]["offered"] == 2
    assert len(nam.get("threads", whose="offered")[1]["threads"]) == 2
    assert hoa.get("threads")[1]["counts"]["offered"] == 0


def test_a_hand_over_is_of_one_box(cast: Cast, hoa: Officer) -> None:
    second_keys = BoxKeys("gop-y")
    second = open_box("gop-y", cast.post, second_keys)
    grant(second, second_keys, cast.hoa, cast.nam, cast.pairs["hoa"])
    other = add(second, 1, state="opened")
    status, said = bulk(hoa, "handover", [*add(cast.box, 1, state="opened"), *other], officer="nam")
    assert (status, said["thread"]) == (409, other[0].key)
    assert not Handover.objects.exists()


@pytest.mark.parametrize("verb", VERBS)
def test_o2_one_report_of_another_office_among_the_chosen_stops_all(cast: Cast, hoa: Officer, verb: str) -> None:
    ours, theirs = add(cast.box, 1, state="opened"), add(cast.box, 1, first=9, holder=cast.police, state="opened")
    before = Entry.objects.count()
    status, said = bulk(hoa, verb, [*ours, *theirs], officer="nam")
    assert (status, said["error"], said["thread"]) == (409, "gone", theirs[0].key)
    assert Entry.objects.count() == before


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "body",
    [{}, [], {"threads": "x"}, {"threads": []}, {"threads": [1]}, {"threads": ["ab" * 32] * 51}, {"threads": ["\0"]}],
)
def test_s3_what_no_page_of_ours_sends_is_refused_in_a_sentence(hoa: Officer, verb: str, body: object) -> None:
    status, said = hoa.post(f"bulk/{verb}", body)
    assert status == 400
    assert said["message"].endswith(".")


@pytest.mark.parametrize(("who", "status"), [("lan", 409), ("dung", 409), ("minh", 403), ("quan", 403)])
def test_o2_who_cant_open_the_box_does_nothing_with_its_reports(cast: Cast, who: str, status: int) -> None:
    threads = add(cast.box, 2, state="opened")
    officer = Officer(getattr(cast, who))
    for verb in VERBS:
        assert bulk(officer, verb, threads, officer="lan")[0] == status
    assert states(threads) == [State.OPENED] * 2


def test_o4_who_marked_a_prank_stands_in_the_ledger_whatever_is_made_of_it_later(
    cast: Cast, hoa: Officer, nam: Officer
) -> None:
    (thread,) = add(cast.box, 1, state="opened")
    assert bulk(hoa, "prank", [thread])[0] == 200
    thread.refresh_from_db()
    changed = {"category": "", "value": "valuable", "reason": "new_fact", "complex": False, "extended": False}
    assert nam.post(f"threads/{thread.key}/assess", {**changed, "version": thread.version})[0] == 200
    entries = Entry.objects.filter(verb="mailbox.report.assessed", case=thread.key)
    assert sorted(entries.values_list("by", "purpose")) == [("hoa", "prank"), ("nam", "")]


@pytest.mark.parametrize("verb", ["assign", "handover"])
def test_o2_no_login_of_another_office_can_be_tried_for_its_name(cast: Cast, hoa: Officer, verb: str) -> None:
    _ = cast.police
    (thread,) = add(cast.box, 1, state="opened")
    answers = [bulk(hoa, verb, [thread], officer=login) for login in (cast.dung.username, "khong-co-ai")]
    assert answers[0] == answers[1]
    assert (answers[0][0], answers[0][1]["error"]) == (409, "no_officer")


@pytest.mark.django_db(transaction=True)
def test_two_who_chose_the_same_reports_in_another_order_wait_for_each_other_and_nothing_breaks(cast: Cast) -> None:
    raised = []
    for _try in range(4):
        reports = add(cast.box, 8, first=_try * 8, state="verifying")
        fresh = [Thread.objects.select_related("holder__office", "box").get(pk=one.pk) for one in reports]
        jobs: list[Callable[[], object]] = [
            lambda some=fresh: together.mark_pranks(threads=some, by=cast.hoa),  # type: ignore[misc]
            lambda some=fresh[::-1]: together.mark_pranks(threads=some, by=cast.nam),  # type: ignore[misc]
            lambda some=fresh: together.link_duplicates(threads=some, by=cast.hoa),  # type: ignore[misc]
            lambda some=fresh[::-1]: together.link_duplicates(threads=some, by=cast.nam),  # type: ignore[misc]
        ]
        raised += at_once(jobs, together=4)
    # The second of each pair is told that somebody was quicker; the database never has to break a tie.
    assert all(isinstance(error, Refused) for error in raised)
    assert len(raised) == 8
    assert Entry.objects.filter(verb="mailbox.report.assessed").count() == 32
