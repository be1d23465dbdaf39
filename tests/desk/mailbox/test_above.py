"""What a former holder sees of a report that went on: where it is, its state, what was counted; also after it went on twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from keng.core.ids import this_hour
from keng.desk.models import Matter, Membership, Outcome
from keng.mailbox.models import Box, Passing, StateChange, Thread
from tests.cast import BoxKeys, Cast, grant, open_box
from tests.desk.mailbox.conftest import Officer
from tests.desk.mailbox.test_inbox import add, keys


@pytest.fixture
def ministry(cast: Cast) -> Box:
    """A third box, whose office nobody of the story works at."""
    return open_box("c02", cast.neighbour, BoxKeys("c02"))


@pytest.fixture
def twice(cast: Cast, ministry: Box) -> Thread:
    """From the post to the province's police, and on from there."""
    (thread,) = add(cast.box, 1, holder=ministry, state="verifying")
    Passing.objects.create(thread=thread, from_box=cast.box, to_box=cast.police, hour=this_hour() - timedelta(days=20))
    Passing.objects.create(thread=thread, from_box=cast.police, to_box=ministry, hour=this_hour() - timedelta(days=15))
    return thread


def counted(thread: Thread, box: Box, cast: Cast, quantity: str, days_ago: int = 0) -> Outcome:
    matter = Matter.objects.create() if not hasattr(thread, "membership") else thread.membership.matter
    Membership.objects.get_or_create(thread=thread, defaults={"matter": matter})
    return Outcome.objects.create(
        matter=matter, kind="arrest", quantity=Decimal(quantity), unit="person", day=timezone.localdate(),
        office=box.office, box=box, by=cast.dung, hour=this_hour() - timedelta(days=days_ago),
    )  # fmt: skip


@pytest.mark.parametrize("who", ["hoa", "dung"])
def test_each_former_holder_sees_where_it_is_its_state_and_what_was_counted(
    cast: Cast, twice: Thread, ministry: Box, who: str
) -> None:
    counted(twice, ministry, cast, "2")
    officer = Officer(getattr(cast, who))
    (row,) = officer.get("threads", state="sent")[1]["threads"]
    assert (row["thread"], row["title"], row["state"], row["held"]) == (twice.key, ministry.title, "verifying", False)
    assert row["outcomes"] == [{"kind": "arrest", "exhibit": "", "unit": "person", "quantity": "2"}]
    status, said = officer.get(f"threads/{twice.key}")
    assert status == 200
    assert [step["box"] for step in said["way"]] == ["ca-dien-bien", "c02"]
    assert not {"parts", "notes", "assessment"} & said.keys()
    assert officer.post(f"threads/{twice.key}/open")[0] == 404


def test_o2_an_office_that_never_held_it_sees_nothing_of_it(cast: Cast, ministry: Box, twice: Thread) -> None:
    third_keys = BoxKeys("khac")
    third = open_box("khac", cast.neighbour, third_keys)
    grant(third, third_keys, cast.lan, cast.lan, cast.pairs["lan"])
    lan = Officer(cast.lan)
    assert lan.get("threads", state="sent")[1]["threads"] == []
    assert lan.get(f"threads/{twice.key}")[0] == 404


def test_what_came_of_it_within_the_week_is_news_and_counted_on_the_tile(
    cast: Cast, hoa: Officer, twice: Thread, ministry: Box
) -> None:
    (still,) = add(cast.box, 1, first=30, holder=cast.police, state="verifying")
    StateChange.objects.create(thread=still, state="verifying", hour=this_hour() - timedelta(days=8))
    said = hoa.get("threads", state="sent")[1]
    assert ([row["news"] for row in said["threads"]], said["counts"]["news"]) == ([False, False], 0)
    counted(twice, ministry, cast, "1", days_ago=6)
    said = hoa.get("threads", state="sent", news="1")[1]
    assert (keys(said), said["threads"][0]["news"], said["counts"]["news"]) == ([twice.key], True, 1)


@pytest.mark.parametrize(
    ("days", "state", "news"), [(7, "acted_on", True), (8, "acted_on", False), (1, "forwarded", False)]
)
def test_a_new_state_above_is_news_for_a_week_but_not_our_own_passing_on(
    cast: Cast, hoa: Officer, twice: Thread, days: int, state: str, news: bool
) -> None:
    StateChange.objects.create(thread=twice, state=state, hour=this_hour() - timedelta(days=days))
    assert hoa.get("threads", state="sent")[1]["threads"][0]["news"] is news
    assert len(hoa.get("threads", news="1")[1]["threads"]) == news


def test_the_steps_this_office_took_before_it_passed_the_report_on_are_no_news_to_it(cast: Cast, hoa: Officer) -> None:
    (thread,) = add(cast.box, 1, holder=cast.police, state="forwarded")
    for hours, state in ((9, "received"), (8, "opened"), (7, "verifying"), (7, "forwarded")):
        StateChange.objects.create(thread=thread, state=state, hour=this_hour() - timedelta(hours=hours))
    Passing.objects.create(thread=thread, from_box=cast.box, to_box=cast.police, hour=this_hour() - timedelta(hours=7))
    assert hoa.get("threads")[1]["counts"]["news"] == 0
    StateChange.objects.create(thread=thread, state="verifying", hour=this_hour() - timedelta(hours=6))
    said = hoa.get("threads", state="sent")[1]
    assert (said["counts"]["news"], said["threads"][0]["news"]) == (1, True)


def test_what_this_office_counted_itself_is_no_news_to_it(cast: Cast, hoa: Officer, twice: Thread) -> None:
    counted(twice, cast.box, cast, "1")
    assert hoa.get("threads")[1]["counts"]["news"] == 0
