"""Matters through the API: what the page gets, what it may send, and who is refused."""

import json
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.core.ids import this_hour
from keng.desk.models import REASONS, Assessment, Outcome, RegisterEntry
from keng.desk.outcomes import kinds, services
from keng.ledger.models import Entry
from keng.mailbox.models import Thread
from tests.cast import Cast
from tests.desk.mailbox.conftest import Officer, send
from tests.desk.outcomes.conftest import Count, Make, pass_on, sealed, today


def a_line(**other: Any) -> dict[str, Any]:
    return {
        "kind": "arrest", "exhibit": "", "quantity": "2", "unit": "person", "day": today().isoformat(), "remarks": None,
        "seen": 0, **other,
    }  # fmt: skip


def matter(officer: Officer, thread: Thread) -> dict[str, Any]:
    officer.opens(thread)
    status, said = officer.get(f"threads/{thread.key}")
    assert status == 200, said
    found: dict[str, Any] = said["matter"]
    return found


def test_an_officer_counts_and_sees_the_line_with_its_office_name_and_sealed_remarks(
    cast: Cast, make: Make, hoa: Officer
) -> None:
    thread = make()
    assert matter(hoa, thread) == {"members": [], "outcomes": [], "sums": []}
    remarks = b64encode(sealed(cast, "Bắt tại suối.")).decode()
    status, said = hoa.post(f"threads/{thread.key}/outcomes", a_line(remarks=remarks))
    assert status == 201
    found = matter(hoa, thread)
    assert found["outcomes"] == [
        {
            "id": said["id"], "kind": "arrest", "exhibit": "", "quantity": "2", "unit": "person",
            "day": today().isoformat(), "office": "Đồn Biên phòng Na Cô Sa", "by": "Giàng A Hoà",
            "hour": this_hour().isoformat(), "corrects": None, "reason": "", "remarks": remarks, "mine": True,
        }
    ]  # fmt: skip
    (member,) = found["members"]
    assert (member["thread"], member["box"], member["role"], member["held"]) == (thread.key, "na-co-sa", "main", True)


@pytest.mark.parametrize(("sent", "kept"), [("0,35", "0.35"), (" 12 ", "12"), ("100", "100"), ("0.500", "0.5")])
def test_a_number_may_be_written_as_one_writes_it_in_vietnam(make: Make, hoa: Officer, sent: str, kept: str) -> None:
    thread = make()
    body = a_line(kind="exhibit", exhibit="heroin", unit="gram", quantity=sent)
    assert hoa.post(f"threads/{thread.key}/outcomes", body)[0] == 201
    assert matter(hoa, thread)["outcomes"][0]["quantity"] == kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": ""}, {"quantity": "hai"}, {"quantity": "-2"}, {"quantity": "0"}, {"quantity": "NaN"}, {"quantity": "1e400"},
        {"quantity": "9" * 400}, {"quantity": 2}, {"quantity": "1_0"}, {"quantity": "10000"}, {"quantity": "1.5"},
        {"kind": "x"}, {"kind": None}, {"unit": "gram"}, {"exhibit": "heroin"}, {"exhibit": 3},
        {"day": ""}, {"day": "hôm qua"}, {"day": "9999-12-31"}, {"day": "0001-01-01"}, {"day": "2026-02-30"},
        {"remarks": "chữ rõ"}, {"remarks": "AAAA"}, {"remarks": 7}, {"seen": -1}, {"seen": "0"}, {"seen": True}, {"seen": 2**40},
    ],
    ids=str,
)  # fmt: skip
def test_s3_a_line_that_is_not_whole_gets_one_sentence_and_is_not_written(
    make: Make, hoa: Officer, wrong: dict[str, Any]
) -> None:
    thread = make()
    status, said = hoa.post(f"threads/{thread.key}/outcomes", a_line(**wrong))
    assert status == 400
    assert said["message"].endswith(".")
    assert not Outcome.objects.exists()


@pytest.mark.parametrize("what", ["outcomes", "link", "unlink", "correct"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"to": "\\u0000", "role": "\\ud800"}']
)
def test_s3_what_no_page_of_ours_sends_changes_nothing(
    make: Make, count: Count, hoa: Officer, what: str, body: bytes
) -> None:
    thread = make()
    line = count(thread)
    before = Entry.objects.count()
    path = f"outcomes/{line.pk}/correct" if what == "correct" else f"threads/{thread.key}/{what}"
    response = hoa.client.post(f"/mailbox/api/{path}", body, content_type="application/json")
    assert response.status_code == (409 if what == "unlink" else 400)  # parting asks for nothing but the report
    assert response.json()["message"].endswith(".")
    assert (Entry.objects.count(), Outcome.objects.count()) == (before, 1)


def test_a_correction_shows_with_the_line_that_it_takes_the_place_of(
    make: Make, count: Count, hoa: Officer, nam: Officer
) -> None:
    thread = make()
    line = count(thread, 2)
    status, said = nam.post(f"outcomes/{line.pk}/correct", {"quantity": "3", "reason": "found_later"})
    assert status == 201
    status, again = hoa.post(f"outcomes/{said['id']}/correct", {"quantity": "0", "reason": "double"})
    assert status == 201
    shown = [
        (one["id"], one["quantity"], one["corrects"], one["reason"], one["by"])
        for one in matter(hoa, thread)["outcomes"]
    ]
    assert shown == [
        (str(line.pk), "2", None, "", "Giàng A Hoà"),
        (said["id"], "3", str(line.pk), "found_later", "Lò Văn Nam"),
        (again["id"], "0", said["id"], "double", "Giàng A Hoà"),
    ]


def test_two_who_correct_at_once_get_a_conflict_that_names_the_colleague(
    make: Make, count: Count, hoa: Officer, nam: Officer
) -> None:
    line = count(make(), 2)
    assert nam.post(f"outcomes/{line.pk}/correct", {"quantity": "3", "reason": "typo"})[0] == 201
    status, said = hoa.post(f"outcomes/{line.pk}/correct", {"quantity": "4", "reason": "typo"})
    assert (status, said["error"]) == (409, "conflict")
    assert "Lò Văn Nam" in said["message"]


def test_who_did_not_see_the_newest_line_is_told_before_it_is_counted_twice(
    make: Make, hoa: Officer, nam: Officer
) -> None:
    thread = make()
    assert nam.post(f"threads/{thread.key}/outcomes", a_line())[0] == 201
    status, said = hoa.post(f"threads/{thread.key}/outcomes", a_line())
    assert (status, said["error"]) == (409, "conflict")
    assert said["message"].startswith("Đồng chí Lò Văn Nam vừa ghi")
    assert hoa.post(f"threads/{thread.key}/outcomes", a_line(seen=1))[0] == 201


@pytest.mark.parametrize("number", ["0", str(2**63 - 1), "9" * 19])
def test_a_line_that_does_not_exist_is_not_found(hoa: Officer, number: str) -> None:
    assert hoa.post(f"outcomes/{number}/correct", {"quantity": "3", "reason": "typo"})[0] == 404


def test_o2_the_office_above_counts_too_and_sees_what_the_first_counted_but_corrects_only_its_own(
    cast: Cast, make: Make, count: Count, dung: Officer, hoa: Officer
) -> None:
    thread = make()
    ours = count(thread, 2, remarks=sealed(cast, "Chỉ trong đồn."))
    pass_on(thread, cast.police)
    (seen,) = matter(dung, thread)["outcomes"]
    assert (seen["office"], seen["mine"], seen["remarks"]) == ("Đồn Biên phòng Na Cô Sa", False, None)
    assert dung.post(f"outcomes/{ours.pk}/correct", {"quantity": "1", "reason": "typo"})[0] == 404
    assert dung.post(f"threads/{thread.key}/outcomes", a_line(kind="victim", seen=1))[0] == 201
    # the post, which has passed it on, puts right what it had counted and counts no more
    status, said = hoa.get(f"threads/{thread.key}")
    assert (status, said["held"]) == (200, False)
    assert [line["id"] for line in said["matter"]["outcomes"]] == [str(ours.pk)]
    assert (said["matter"]["members"], said["matter"]["outcomes"][0]["remarks"]) == ([], None)
    assert said["matter"]["sums"] == [
        {"kind": "arrest", "exhibit": "", "unit": "person", "quantity": "2"},
        {"kind": "victim", "exhibit": "", "unit": "person", "quantity": "2"},
    ]
    assert hoa.post(f"outcomes/{ours.pk}/correct", {"quantity": "1", "reason": "typo"})[0] == 201
    assert hoa.post(f"threads/{thread.key}/outcomes", a_line())[0] == 404


def test_reports_are_linked_by_key_or_by_the_number_in_the_register(make: Make, count: Count, hoa: Officer) -> None:
    first, second, third = make(), make(), make()
    year = today().year
    for number, thread in ((7, first), (8, second)):
        RegisterEntry.objects.filter(thread=thread).delete()
        RegisterEntry.objects.create(box=first.box, year=year, number=number, thread=thread)
    count(first)
    double = count(second)
    status, said = hoa.post(f"threads/{second.key}/link", {"to": f"7/{year}", "role": "duplicate"})
    assert (status, said["to"]) == (200, first.key)
    assert len(said["alike"]) == 1
    assert str(double.pk) in said["alike"][0]
    assert hoa.post(f"threads/{third.key}/link", {"to": " 007 ", "role": "related"})[0] == 200
    found = matter(hoa, third)
    assert {(one["thread"], one["role"]) for one in found["members"]} == {
        (first.key, "main"), (second.key, "duplicate"), (third.key, "related"),
    }  # fmt: skip
    numbers = {one["thread"]: one["number"] for one in found["members"]}
    assert (numbers[first.key], numbers[second.key]) == (f"007/{year}", f"008/{year}")
    assert hoa.post(f"threads/{third.key}/unlink")[0] == 200
    assert matter(hoa, third) == {"members": [], "outcomes": [], "sums": []}


@pytest.mark.parametrize(
    "to", ["", "x", "7", "7/1999", "0", "999999999", "12345678901", "٣", "7/20261", "f" * 64, "F" * 64, "../1"]
)
def test_a_report_that_is_not_there_is_linked_to_nothing(make: Make, hoa: Officer, to: str) -> None:
    thread = make()
    status, said = hoa.post(f"threads/{thread.key}/link", {"to": to, "role": "duplicate"})
    assert status in (400, 404)
    assert said["message"].endswith(".")
    assert not Entry.objects.filter(verb="mailbox.report.linked").exists()


def test_the_register_number_of_an_erased_report_links_to_nothing(make: Make, hoa: Officer) -> None:
    thread, gone = make(), make()
    RegisterEntry.objects.create(box=thread.box, year=2020, number=3, thread=gone)
    gone.delete()
    assert hoa.post(f"threads/{thread.key}/link", {"to": "3/2020", "role": "duplicate"})[0] == 404


def test_o2_a_neighbour_finds_none_of_it(cast: Cast, make: Make, count: Count) -> None:
    thread, other = make(), make()
    line = count(thread)
    lan = Officer(cast.lan)
    for path, body in (
        (f"threads/{thread.key}/outcomes", a_line()),
        (f"threads/{thread.key}/link", {"to": other.key, "role": "related"}),
        (f"threads/{thread.key}/unlink", {}),
        (f"outcomes/{line.pk}/correct", {"quantity": "1", "reason": "typo"}),
    ):
        assert lan.post(path, body)[0] == 404


def test_a_matter_is_read_with_the_same_number_of_queries_whatever_is_in_it(
    make: Make, count: Count, hoa: Officer, cast: Cast
) -> None:
    thread = make()
    count(thread)
    queries(hoa, thread)  # the legal clocks are asked for once
    few = queries(hoa, thread)
    for number in range(12):
        count(thread, kind="victim")
        other = make(hour=this_hour() - timedelta(hours=number))
        services.link(thread=other, to=thread, role="duplicate", by=cast.hoa)
    assert len(matter(hoa, thread)["outcomes"]) == 13
    assert queries(hoa, thread) == few


def queries(officer: Officer, thread: Thread) -> int:
    officer.opens(thread)
    with CaptureQueriesContext(connection) as asked:
        officer.get(f"threads/{thread.key}")
    return len(asked)


@pytest.mark.parametrize(("value", "reason"), [(value, reason) for value, known in REASONS.items() for reason in known])
def test_each_reason_goes_with_its_value_alone(make: Make, hoa: Officer, value: str, reason: str) -> None:
    thread = make()
    body = {"category": "", "complex": False, "extended": False, "version": 1, "reason": reason}
    for wrong in {"", *REASONS} - {value}:
        status, said = hoa.post(f"threads/{thread.key}/assess", {**body, "value": wrong})
        assert (status, said["error"]) == (400, "malformed")
    assert hoa.post(f"threads/{thread.key}/assess", {**body, "value": value})[0] == 200
    hoa.opens(thread)
    kept = hoa.get(f"threads/{thread.key}")[1]["assessment"]
    assert (kept["value"], kept["reason"]) == (value, reason)


def test_a_prank_is_marked_and_its_sender_can_go_on_sending(cast: Cast, hoa: Officer) -> None:
    reporter = cast.reporter()
    send(reporter, reporter.first("Ma kêu ngoài suối."))
    thread = Thread.objects.get(key=reporter.keys.thread)
    hoa.opens(thread)
    body = {
        "category": "",
        "value": "not_valuable",
        "reason": "prank",
        "complex": False,
        "extended": False,
        "version": 2,
    }
    assert hoa.post(f"threads/{thread.key}/assess", body)[0] == 200
    assert Assessment.objects.get(thread=thread).reason == "prank"
    send(reporter, reporter.later(index=1, kind="message", name="text.txt", body=b"That ma."))
    assert thread.parts.count() == 2


def test_the_page_gets_the_tables_that_the_server_goes_by(hoa: Officer) -> None:
    page = hoa.client.get("/mailbox/").content.decode()
    start = page.index('<script id="settings" type="application/json">') + 46
    settings = json.loads(page[start : page.index("</script>", start)])
    assert settings["reasons"] == {value: list(known) for value, known in REASONS.items()}
    assert settings["outcomes"]["kinds"]["money"] == {"vnd": kinds.KINDS["money"]["vnd"]}
    assert settings["outcomes"]["exhibits"].keys() == kinds.EXHIBITS.keys()
    assert settings["outcomes"]["corrections"] == list(kinds.CORRECTIONS)
