"""Passing a report on: the new box opens everything from then on, the former one sees its state and no more."""

from base64 import b64decode, b64encode
from typing import Any

import pyrage
import pytest

from config.demo.client import seal
from config.demo.officer import Opened
from keng.ledger.models import Entry
from keng.mailbox.models import State, Thread
from tests.cast import Cast
from tests.desk.mailbox.conftest import Officer, Report, send


def handing_over(cast: Cast, thread: Thread, *, version: int, **other: Any) -> dict[str, Any]:
    """What the officer's browser posts: a new header round each part's own key."""
    made = Opened(thread, cast.keys).headers_for(cast.police_keys, None)
    headers = {digest: b64encode(header).decode() for digest, header in made.items()}
    return {"to": "ca-dien-bien", "version": version, "headers": headers, "part": None, **other}


@pytest.fixture
def passed_on(cast: Cast, report: Report, hoa: Officer) -> Thread:
    thread, _reporter = report(photos=1)
    hoa.opens(thread)
    assert hoa.post(f"threads/{thread.key}/state", {"to": "verifying", "version": 2})[0] == 200
    body = handing_over(cast, thread, version=3)
    assert hoa.post(f"threads/{thread.key}/forward", body)[0] == 200
    thread.refresh_from_db()
    return thread


def test_the_new_box_gets_headers_of_its_own_around_the_same_payloads(
    cast: Cast, passed_on: Thread, dung: Officer
) -> None:
    assert (passed_on.state, passed_on.holder, passed_on.box) == (State.FORWARDED, cast.police, cast.box)
    dung.opens(passed_on)
    _status, said = dung.get(f"threads/{passed_on.key}")
    assert said["allowed"] == ["verifying", "closed"]
    for part, stored in zip(said["parts"], passed_on.parts.order_by("index"), strict=True):
        assert part["digest"] == stored.digest
        assert part["header"] == b64encode(bytes(stored.rewraps.get().header)).decode()
        sealed = dung.client.get(f"/mailbox/api/parts/{part['digest']}").content
        assert sealed == b64decode(part["header"]) + bytes(stored.payload)
        assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(cast.police_keys.identity)])
    _status, first = dung.post("first-parts", {"threads": [passed_on.key]})
    assert first["parts"][passed_on.key]["digest"] == said["parts"][0]["digest"]


def test_r12_the_former_office_sees_the_state_and_can_neither_read_nor_write(
    cast: Cast, passed_on: Thread, hoa: Officer
) -> None:
    status, said = hoa.get(f"threads/{passed_on.key}")
    assert status == 200
    assert said.keys() == {
        "thread",
        "box",
        "title",
        "origin",
        "kind",
        "held",
        "state",
        "hour",
        "changes",
        "way",
        "matter",
    }
    assert (said["held"], said["state"], said["title"]) == (False, "forwarded", "Công an tỉnh Điện Biên")
    assert hoa.post("first-parts", {"threads": [passed_on.key]}) == (200, {"parts": {}})
    before = Entry.objects.count()
    for part in passed_on.parts.all():
        assert hoa.get(f"parts/{part.digest}")[0] == 404
    for what in ("open", "state", "assess", "answers", "notes", "forward"):
        assert hoa.post(f"threads/{passed_on.key}/{what}", {"to": "verifying", "version": passed_on.version})[0] == 404
    assert hoa.get(f"threads/{passed_on.key}/targets")[0] == 404
    assert Entry.objects.count() == before


def test_r12_what_the_villager_adds_afterwards_is_for_the_new_box_alone(
    cast: Cast, report: Report, hoa: Officer, dung: Officer
) -> None:
    thread, reporter = report()
    hoa.opens(thread)
    hoa.post(f"threads/{thread.key}/state", {"to": "verifying", "version": 2})
    assert hoa.post(f"threads/{thread.key}/forward", handing_over(cast, thread, version=3))[0] == 200
    reporter.slug, reporter.recipient = "ca-dien-bien", cast.police_keys.recipient
    send(reporter, reporter.later(index=1, kind="message", name="text.txt", body=b"Toi nho ra roi."))
    digest = reporter.digests[1]
    assert hoa.get(f"parts/{digest}")[0] == 404
    dung.opens(thread)
    sealed = dung.client.get(f"/mailbox/api/parts/{digest}").content
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(cast.keys.identity)])
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(cast.police_keys.identity)])


def test_notes_stay_with_the_office_that_wrote_them(cast: Cast, report: Report, hoa: Officer, dung: Officer) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    note = b64encode(seal(cast.keys.recipient, b"Chi trong don.")).decode()
    assert hoa.post(f"threads/{thread.key}/notes", {"sealed": note})[0] == 201
    hoa.post(f"threads/{thread.key}/state", {"to": "verifying", "version": 2})
    assert hoa.post(f"threads/{thread.key}/forward", handing_over(cast, thread, version=3))[0] == 200
    dung.opens(thread)
    assert dung.get(f"threads/{thread.key}")[1]["notes"] == []


def test_a_report_to_which_a_part_came_meanwhile_is_looked_at_again_before_it_goes(
    cast: Cast, report: Report, hoa: Officer
) -> None:
    thread, reporter = report()
    hoa.opens(thread)
    hoa.post(f"threads/{thread.key}/state", {"to": "verifying", "version": 2})
    body = handing_over(cast, thread, version=3)
    send(reporter, reporter.later(index=1, kind="message", name="text.txt", body=b"Them."))
    status, said = hoa.post(f"threads/{thread.key}/forward", body)
    assert (status, said["error"]) == (409, "parts")
    thread.refresh_from_db()
    assert (thread.holder, thread.version) == (cast.box, 3)


def test_a_colleague_who_writes_while_the_report_is_passed_on_is_told(
    cast: Cast, report: Report, hoa: Officer, nam: Officer
) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    hoa.post(f"threads/{thread.key}/state", {"to": "verifying", "version": 2})
    assert hoa.post(f"threads/{thread.key}/forward", handing_over(cast, thread, version=3))[0] == 200
    assert nam.post(f"threads/{thread.key}/state", {"to": "acted_on", "version": 3})[0] == 404


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"to": "na-co-sa"}, 409),
        ({"to": "khong-co"}, 404),
        ({"headers": {}}, 409),
        ({"headers": {"0" * 64: "AAAA"}}, 409),
        ({"headers": {"x": 3}}, 400),
        ({"headers": []}, 400),
        ({"part": []}, 400),
        ({"part": {"index": 0, "sealed": "AAAA"}}, 400),
        ({"version": 99}, 409),
    ],
)
def test_a_handing_over_that_is_not_whole_is_refused_and_the_report_stays(
    cast: Cast, report: Report, hoa: Officer, other: dict[str, Any], status: int
) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    hoa.post(f"threads/{thread.key}/state", {"to": "verifying", "version": 2})
    before = Entry.objects.count()
    body = handing_over(cast, thread, **{"version": 3, **other})
    answered, said = hoa.post(f"threads/{thread.key}/forward", body)
    assert answered == status
    assert said["message"].endswith(".")
    thread.refresh_from_db()
    assert (thread.holder, thread.state, thread.version) == (cast.box, State.VERIFYING, 3)
    assert Entry.objects.count() == before


def test_the_targets_are_the_boxes_that_the_key_statement_names_with_their_own_statements(
    cast: Cast, report: Report, hoa: Officer, dung: Officer
) -> None:
    thread, _reporter = report()
    _status, said = hoa.get(f"threads/{thread.key}/targets")
    assert said["own"]["root"] == cast.box.root
    assert said["targets"].keys() == {"ca-dien-bien"}
    assert said["targets"]["ca-dien-bien"]["title"] == "Công an tỉnh Điện Biên"
    assert said["targets"]["ca-dien-bien"]["signed"]["root"] == cast.police.root
