"""Opening and reading through the API: what is sealed stays sealed, and a reading leaves its entry."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from keng.core.ids import this_hour
from keng.desk.mailbox import services
from keng.ledger.models import Entry
from keng.mailbox import sealing
from keng.mailbox.models import State, Thread
from tests.cast import Cast
from tests.desk.mailbox.conftest import Officer, Report, send


def read(cast: Cast, sealed: bytes, thread: Thread, index: int = 0, secret: bytes | None = None) -> sealing.OpenedPart:
    return sealing.open_part(
        sealed=sealed, identity=cast.keys.identity, thread=thread.key, sender="reporter", index=index, secret=secret
    )


def test_the_list_says_state_hour_due_times_and_parts_and_nothing_of_what_was_written(
    report: Report, hoa: Officer
) -> None:
    thread, _reporter = report("Mất trâu.", photos=2)
    status, said = hoa.get("threads")
    assert status == 200
    assert said["threads"] == [
        {
            "thread": thread.key,
            "box": "na-co-sa",
            "origin": "na-co-sa",
            "kind": "crime",
            "state": "received",
            "hour": thread.hour.isoformat(),
            "held": True,
            "number": "",
            "open_due": thread.open_due.isoformat(),
            "resolve_due": thread.resolve_due.isoformat(),
            "late": False,
            "version": 1,
            "category": "",
            "value": "",
            "prank": False,
            "parts": 3,
            "answers": 0,
            "unread": False,
            "channel": "",
            "tell_due": "",
            "assigned": None,
            "from": "",
            "linked": 0,
        }
    ]
    assert said["counts"]["received"] == 1
    assert said["next"] == ""


def test_first_parts_open_with_the_box_key_and_who_asks_stands_in_the_ledger_once_an_hour(
    cast: Cast, report: Report, hoa: Officer
) -> None:
    thread, _reporter = report("Mất trâu.")
    for _again in range(2):
        _status, said = hoa.post("first-parts", {"threads": [thread.key]})
    opened = read(cast, base64.b64decode(said["parts"][thread.key]["sealed"]), thread)
    assert opened.body.decode() == "Mất trâu."
    assert not opened.foreign
    listed = Entry.objects.filter(verb="mailbox.report.listed").values_list("subject", "by", "office")
    assert list(listed) == [(thread.key, "hoa", "bp-na-co-sa")]


def test_a_first_part_that_is_very_large_comes_only_when_its_report_is_opened(report: Report, hoa: Officer) -> None:
    thread, _reporter = report("a" * 200_000)
    _status, said = hoa.post("first-parts", {"threads": [thread.key]})
    assert said["parts"][thread.key].keys() == {"size"}
    assert said["parts"][thread.key]["size"] > 200_000


def test_opening_a_new_report_brings_it_to_opened_and_leaves_its_entries(report: Report, hoa: Officer) -> None:
    thread, _reporter = report()
    assert hoa.post(f"threads/{thread.key}/open") == (200, {"thread": thread.key, "state": "opened", "version": 2})
    thread.refresh_from_db()
    assert thread.state == State.OPENED
    written = Entry.objects.filter(case=thread.key, by="hoa")
    assert sorted(written.values_list("verb", "subject", "office")) == [
        ("mailbox.report.read", thread.key, "bp-na-co-sa"),
        ("mailbox.report.registered", f"na-co-sa 001/{timezone.localtime().year}", "bp-na-co-sa"),
        ("mailbox.state.opened", thread.key, "bp-na-co-sa"),
    ]


def test_an_officer_who_reads_the_same_report_again_in_the_same_hour_leaves_one_entry(
    report: Report, hoa: Officer, nam: Officer
) -> None:
    thread, _reporter = report()
    for officer in (hoa, hoa, nam, hoa):
        officer.opens(thread)
    readings = Entry.objects.filter(case=thread.key, verb=services.READ)
    assert sorted(readings.values_list("by", flat=True)) == ["hoa", "nam"]


def test_nothing_sealed_is_given_to_an_officer_whose_reading_is_not_in_the_ledger(
    cast: Cast, report: Report, hoa: Officer, nam: Officer
) -> None:
    thread, reporter = report()
    nam.opens(thread)
    assert hoa.get(f"threads/{thread.key}")[0] == 409
    assert hoa.get(f"parts/{reporter.digests[0]}") == (
        409, {"error": "open_first", "message": "Đồng chí mở tin này trước đã."},
    )  # fmt: skip
    hoa.opens(thread)
    assert hoa.get(f"threads/{thread.key}")[0] == 200
    sealed = hoa.client.get(f"/mailbox/api/parts/{reporter.digests[0]}")
    assert sealed["Content-Type"] == "application/octet-stream"
    assert sealed["Cache-Control"] == "no-store"
    assert not read(cast, sealed.content, thread).foreign


@pytest.mark.parametrize(("hours", "status"), [(0, 200), (1, 200), (2, 409)])
def test_a_reading_holds_until_the_end_of_the_next_hour(report: Report, hoa: Officer, hours: int, status: int) -> None:
    thread, _reporter = report()
    Entry.objects.create(
        verb=services.READ, subject=thread.key, case=thread.key, by="hoa", hour=this_hour() - timedelta(hours=hours)
    )
    assert hoa.get(f"threads/{thread.key}")[0] == status


def test_the_report_lists_its_parts_with_headers_that_open_and_what_may_follow(
    cast: Cast, report: Report, hoa: Officer
) -> None:
    thread, reporter = report(photos=1)
    hoa.opens(thread)
    _status, said = hoa.get(f"threads/{thread.key}")
    assert [(part["direction"], part["index"], part["digest"]) for part in said["parts"]] == [
        ("reporter", 0, reporter.digests[0]),
        ("reporter", 1, reporter.digests[1]),
    ]
    header = base64.b64decode(said["parts"][1]["header"])
    sealed = hoa.client.get(f"/mailbox/api/parts/{reporter.digests[1]}").content
    assert sealed.startswith(header)
    assert read(cast, sealed, thread, 1, reporter.keys.secret).json["kind"] == "photo"
    assert said["allowed"] == ["verifying"]
    assert [change["state"] for change in said["changes"]] == ["received", "opened"]
    assert said["assessment"] == {"category": "", "value": "", "reason": "", "complex": False, "extended": False}
    assert said["erase_on"] is None
    assert said["notes"] == []


def test_a_report_to_which_the_villager_has_added_is_marked_until_somebody_looks(report: Report, hoa: Officer) -> None:
    thread, reporter = report()
    hoa.opens(thread)
    assert hoa.get("threads")[1]["threads"][0]["unread"] is False
    send(reporter, reporter.later(index=1, kind="message", name="text.txt", body=b"Con trau da ve."))
    assert hoa.get("threads")[1]["threads"][0]["unread"] is True
    hoa.opens(thread)
    assert hoa.get("threads")[1]["threads"][0]["unread"] is False


def test_the_clock_tells_what_runs_until_when_and_by_which_law(report: Report, hoa: Officer) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    clock = hoa.get(f"threads/{thread.key}")[1]["clock"]
    assert (clock["code"], clock["amount"], clock["unit"]) == ("report.resolve", 20, "days")
    assert clock["due"] == thread.resolve_due.isoformat()
    assert "Điều 147" in clock["basis"]
    assert 0 <= clock["used"] < 0.2
    assert 10 <= clock["left"] <= 16
    assert this_hour() < thread.resolve_due
