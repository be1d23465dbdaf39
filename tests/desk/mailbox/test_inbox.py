"""The list: what is in it, in what order, how it is filtered, and that it costs the same with one report as with many."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.core.ids import this_hour
from keng.desk.models import Assessment
from keng.mailbox.models import Box, Part, State, Thread
from tests.cast import BoxKeys, Cast, grant, open_box
from tests.desk.mailbox.conftest import Officer


def add(box: Box, number: int, *, holder: Box | None = None, first: int = 0, **fields: Any) -> list[Thread]:
    """Bare rows, one an hour back in time, each with one part; nothing in them opens."""
    hour = this_hour()
    threads = Thread.objects.bulk_create(
        Thread(
            **{
                "key": f"{box.pk:032x}{first + i:032x}", "box": box, "holder": holder or box, "pin": "{}", "pin_mac": "",
                "hour": hour - timedelta(hours=i), "open_due": hour + timedelta(hours=24 - i),
                "resolve_due": hour + timedelta(days=20, hours=-i), **fields,
            }
        )
        for i in range(number)
    )  # fmt: skip
    Part.objects.bulk_create(
        Part(thread=one, box=box, direction="reporter", index=0, digest=one.key, header=b"", payload=b"")
        for one in threads
    )
    return threads


def keys(said: dict[str, Any]) -> list[str]:
    return [row["thread"] for row in said["threads"]]


def newest_first(threads: Iterable[Thread]) -> list[str]:
    return [one.key for one in sorted(threads, key=lambda one: (-one.hour.timestamp(), one.pk))]


def test_pages_of_fifty_follow_each_other_without_gap_or_repeat_also_within_one_hour(cast: Cast, hoa: Officer) -> None:
    threads = add(cast.box, 60) + add(cast.box, 65, first=100, hour=this_hour() - timedelta(hours=5))
    seen, before = [], ""
    while True:
        _status, said = hoa.get("threads", before=before)
        seen += keys(said)
        before = said["next"]
        if not before:
            break
        assert len(said["threads"]) == 50
    assert seen == newest_first(threads)


DONE = {"acted_on", "partly", "unfounded", "not_enough", "adopted", "answered", "closed"}


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("", {"received", "opened", "verifying", *DONE}),
        ("open", {"received", "opened", "verifying"}),
        ("done", DONE),
        ("verifying", {"verifying"}),
        ("sent", set()),
    ],
)
def test_the_filter_by_state_shows_these_and_no_others(cast: Cast, hoa: Officer, state: str, found: set[str]) -> None:
    for number, one in enumerate(set(State.values) - {"forwarded"}):
        add(cast.box, 2, first=10 * number, state=one)
    rows = hoa.get("threads", state=state)[1]["threads"]
    assert {row["state"] for row in rows} == found
    assert len(rows) == 2 * len(found)


@pytest.mark.parametrize(
    ("state", "due", "late"),
    [
        ("received", {"open_due": -1}, True),
        ("received", {"open_due": 0}, False),
        ("received", {"open_due": 3, "resolve_due": -1}, False),
        ("opened", {"open_due": -30, "resolve_due": 1}, False),
        ("opened", {"resolve_due": -1}, True),
        ("verifying", {"resolve_due": 0}, False),
        ("verifying", {"resolve_due": -1}, True),
        ("acted_on", {"open_due": -30, "resolve_due": -30}, False),
        ("closed", {"open_due": -30, "resolve_due": -30}, False),
    ],
)
def test_late_is_what_is_not_done_when_the_due_hour_is_over(
    cast: Cast, hoa: Officer, state: str, due: dict[str, int], late: bool
) -> None:
    add(cast.box, 1, state=state, **{name: this_hour() + timedelta(hours=hours) for name, hours in due.items()})
    _status, said = hoa.get("threads")
    assert said["threads"][0]["late"] is late
    assert said["counts"]["late"] == late
    assert len(hoa.get("threads", late="1")[1]["threads"]) == late
    assert len(hoa.get("threads", late="1", state=state)[1]["threads"]) == late


def test_a_report_that_was_passed_on_shows_its_state_and_nothing_more(cast: Cast, hoa: Officer) -> None:
    (thread,) = add(cast.box, 1, holder=cast.police, state="verifying")
    Assessment.objects.create(thread=thread, category="theft", value="valuable")
    row = {
        "thread": thread.key,
        "box": "ca-dien-bien",
        "origin": "na-co-sa",
        "kind": "crime",
        "state": "verifying",
        "hour": thread.hour.isoformat(),
        "held": False,
        "number": "",
        "title": "Công an tỉnh Điện Biên",
        "news": False,
        "outcomes": [],
    }
    assert hoa.get("threads")[1]["threads"] == [row]
    assert hoa.get("threads", state="sent")[1]["threads"] == [row]
    assert hoa.get("threads", state="open")[1]["threads"] == []
    assert hoa.get("threads")[1]["counts"]["verifying"] == 0


def test_an_officer_of_two_boxes_sees_both_and_chooses_one(cast: Cast, hoa: Officer) -> None:
    keys_of_second = BoxKeys("gop-y")
    second = open_box("gop-y", cast.post, keys_of_second)
    grant(second, keys_of_second, cast.hoa, cast.nam, cast.pairs["hoa"])
    threads = add(cast.box, 30) + add(second, 30)
    assert keys(hoa.get("threads")[1]) == newest_first(threads)[:50]
    assert {row["box"] for row in hoa.get("threads", box="gop-y")[1]["threads"]} == {"gop-y"}


def test_the_list_takes_the_same_few_queries_whatever_the_number_of_reports(cast: Cast, hoa: Officer) -> None:
    def queries(**asked: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert hoa.get("threads", **asked)[1]["threads"]
        return len(captured)

    def fill(number: int, first: int) -> None:
        for place, state in enumerate(State.values):
            add(cast.box, number, first=first + 1000 * place, state=state, resolve_due=this_hour() - timedelta(days=1))
            add(cast.box, number, first=first + 1000 * place + 500, state=state, holder=cast.police)

    asked: list[dict[str, str]] = [
        {}, {"state": "open"}, {"state": "sent"}, {"late": "1"}, {"due": "today"}, {"whose": "nobody"}, {"channel": "box"},
    ]  # fmt: skip
    fill(1, 0)
    hoa.get("threads")  # the first request of a session writes to it
    few = [queries(**one) for one in asked]
    fill(40, 100)
    assert [queries(**one) for one in asked] == few
    assert max(few) <= 22


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "burning"},
        {"due": "tomorrow"},
        {"whose": "hoa"},
        {"channel": "pigeon"},
        {"box": "khong-co"},
        {"before": "hom-qua"},
        {"before": "2026-11-22T03"},
        {"before": "2026-11-22T03_x"},
        {"before": f"2026-11-22T03_{2**70}"},
        {"before": "2026-99-22T03_1"},
    ],
)
def test_a_filter_that_no_page_of_ours_has_is_refused_in_a_sentence(hoa: Officer, asked: dict[str, str]) -> None:
    status, said = hoa.get("threads", **asked)
    assert status == 400
    assert said["error"] == "malformed"
    assert said["message"].endswith(".")
