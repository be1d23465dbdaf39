"""An officer enters a report for somebody: stored by the one door, its channel in the clear, its reporter's name sealed."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.demo.client import Reporter
from keng.desk.models import Channel, Intake
from keng.ledger.models import Entry
from keng.mailbox import sealing
from keng.mailbox.models import Part, Thread
from tests.cast import Cast
from tests.desk.intake.conftest import ASKED, NAMED, put, thread_of
from tests.desk.mailbox.conftest import Officer, Report, send

Enter = Callable[..., tuple[int, Any]]


def test_what_an_officer_enters_is_a_report_like_any_other_with_its_channel_beside_it(
    cast: Cast, hoa: Officer, enter: Enter
) -> None:
    reporter = cast.reporter()
    assert enter(hoa, reporter)[0] == 201
    thread = thread_of(reporter)
    intake = thread.intake
    assert (thread.state, thread.holder, intake.channel, intake.named, intake.secrecy) == (
        "received", cast.box, Channel.IN_PERSON, True, False,
    )  # fmt: skip
    assert (intake.by, intake.tell_due, intake.told) == (cast.hoa, None, None)
    entry = Entry.objects.get(verb="desk.report.entered")
    assert (entry.by, entry.case, entry.purpose, entry.office) == ("hoa", thread.key, "in_person", cast.post.code)


def test_the_name_is_in_the_sealed_report_and_nowhere_else_that_is_stored(
    cast: Cast, hoa: Officer, enter: Enter
) -> None:
    reporter = cast.reporter()
    enter(hoa, reporter)
    part = Part.objects.get(thread__key=reporter.keys.thread)
    opened = sealing.open_part(
        sealed=bytes(part.header) + bytes(part.payload), identity=cast.keys.identity, thread=reporter.keys.thread,
        sender="reporter", index=0, secret=None,
    )  # fmt: skip
    assert opened.json["named"] == NAMED
    assert (opened.json["channel"], opened.json["secrecy"]) == ("in_person", False)
    hoa.opens(thread_of(reporter))
    said = json.dumps(hoa.get(f"threads/{reporter.keys.thread}")[1], ensure_ascii=False)
    rows = [str(row) for row in [*Entry.objects.values(), *Intake.objects.values(), *Thread.objects.values()]]
    for word in NAMED.values():
        assert word not in said
        assert not any(word in row for row in rows)


def test_the_receipt_opens_it_at_the_return_page(cast: Cast, hoa: Officer, enter: Enter) -> None:
    from keng.mailbox.returning import look_up

    reporter = cast.reporter()
    enter(hoa, reporter)
    said = look_up(reporter.keys.token)
    assert (said["state"], said["kind"], len(said["sent"])) == ("received", "crime", 1)


def test_sent_again_it_is_the_same_report(cast: Cast, hoa: Officer, nam: Officer, enter: Enter) -> None:
    reporter = cast.reporter()
    body = reporter.first("Mất trâu.")
    assert put(hoa, "na-co-sa", body, **ASKED)[0] == 201
    assert put(hoa, "na-co-sa", body, **ASKED)[0] == 201
    assert put(nam, "na-co-sa", body, **{**ASKED, "channel": "zalo"})[0] == 201
    assert (Thread.objects.count(), Part.objects.count()) == (1, 1)
    assert Intake.objects.get().channel == "in_person"
    assert Entry.objects.filter(verb="desk.report.entered").count() == 1


def test_another_report_with_the_same_receipt_is_refused(cast: Cast, hoa: Officer, enter: Enter) -> None:
    reporter = cast.reporter()
    enter(hoa, reporter)
    status, said = enter(hoa, reporter, "Chuyện khác.")
    assert (status, said["error"]) == (409, "taken")
    assert Part.objects.count() == 1


def test_what_a_villager_sent_from_a_phone_does_not_become_an_officers(cast: Cast, hoa: Officer) -> None:
    reporter = cast.reporter()
    body = reporter.first("Mất trâu.")
    send(reporter, body)
    status, said = put(hoa, "na-co-sa", body, **ASKED)
    assert (status, said["error"]) == (409, "replayed")
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    "asked",
    [
        {"channel": "fax"},
        {"channel": ""},
        {"channel": "zalo\u202e"},
        {"named": "0", "secrecy": "1"},
        {"channel": "x" * 5000},
    ],
)
def test_an_unknown_channel_or_secrecy_for_nobody_is_refused_in_one_sentence(
    cast: Cast, hoa: Officer, asked: dict[str, str]
) -> None:
    status, said = put(hoa, "na-co-sa", cast.reporter().first("Mất trâu."), **{**ASKED, **asked})
    assert status == 400
    assert said["message"]
    assert not Thread.objects.exists()


def test_a_box_without_a_grant_or_of_another_office_is_as_if_it_were_not_there(
    cast: Cast, hoa: Officer, dung: Officer
) -> None:
    lan = Officer(cast.lan)
    body = cast.reporter().first("Mất trâu.")
    for officer, slug in ((lan, "na-co-sa"), (hoa, "ca-dien-bien"), (hoa, "khong-co"), (dung, "na-co-sa")):
        address = f"/mailbox/api/boxes/{slug}/parts?channel=zalo"
        assert officer.client.post(address, body, content_type="application/octet-stream").status_code == 404
    assert not Thread.objects.exists()


def test_a_closed_box_takes_nothing_and_is_not_offered(cast: Cast, hoa: Officer) -> None:
    reporter = cast.reporter()
    cast.box.closed_on = timezone.localdate() - timedelta(days=1)
    cast.box.save()
    status, said = put(hoa, "na-co-sa", reporter.first("Mất trâu."), **ASKED)
    assert (status, said["error"]) == (410, "closed")
    assert "chưa có hộp thư nào đang nhận tin" in hoa.client.get("/mailbox/new").content.decode()


@pytest.mark.parametrize(
    "body", [b"", b"{}\n", b"{}\nage", b"\xff\xfe\n" * 50, b'{"v":1}\n' + b"age-encryption.org/v1\n" * 40]
)
def test_garbage_is_a_4xx_with_one_sentence(cast: Cast, hoa: Officer, body: bytes) -> None:
    status, said = put(hoa, "na-co-sa", body, **ASKED)
    assert 400 <= status < 500
    assert said["message"]


def test_sealed_garbage_that_looks_like_age_is_stored_like_any_and_refused_when_it_does_not(
    cast: Cast, hoa: Officer
) -> None:
    reporter = cast.reporter()
    line = reporter.first("Mất trâu.").split(b"\n", 1)[0]
    assert put(hoa, "na-co-sa", line + b"\n" + b"x" * 4000, **ASKED)[1]["error"] == "not_age"
    assert not Thread.objects.exists()


def test_what_is_too_large_is_told_so_before_it_is_read(cast: Cast, hoa: Officer) -> None:
    line = cast.reporter().first("Mất trâu.").split(b"\n", 1)[0]
    status, said = put(hoa, "na-co-sa", line + b"\n" + b"x" * (8 * 1024 * 1024 + 70_000), **ASKED)
    assert (status, said["error"]) == (413, "too_large")


def test_photos_follow_the_text_and_only_into_a_report_that_was_entered(
    cast: Cast, hoa: Officer, enter: Enter, report: Report
) -> None:
    reporter = cast.reporter()
    enter(hoa, reporter)
    photo = reporter.later(index=1, kind="photo", name="photo.jpg", body=b"\xff\xd8\xff" * 500)
    assert put(hoa, "na-co-sa", photo)[0] == 201
    assert put(hoa, "na-co-sa", photo)[0] == 200
    assert thread_of(reporter).parts.count() == 2
    thread, stranger = report()
    status, said = put(hoa, "na-co-sa", stranger.later(index=1, kind="message", name="text.txt", body=b"chen"))
    assert (status, said["error"]) == (404, "no_thread")
    assert thread.parts.count() == 1


def test_a_later_part_as_the_first_is_refused(cast: Cast, hoa: Officer) -> None:
    reporter: Reporter = cast.reporter()
    part = reporter.later(index=1, kind="message", name="text.txt", body=b"a")
    assert put(hoa, "na-co-sa", part, **ASKED)[0] == 404


@pytest.mark.parametrize("text", ["a" * 5000, "\u202egnưh\u202c \x00 \u200f hết", "🐃" * 2000])
def test_long_texts_and_marks_that_turn_lines_round_go_in_sealed(
    cast: Cast, hoa: Officer, enter: Enter, text: str
) -> None:
    reporter = cast.reporter()
    assert enter(hoa, reporter, text)[0] == 201


def test_the_page_offers_the_boxes_that_the_officer_can_open_with_their_signed_keys(cast: Cast, hoa: Officer) -> None:
    page = hoa.client.get("/mailbox/new")
    said = json.loads(page.content.decode().split('id="settings" type="application/json">')[1].split("</script>")[0])
    assert [box["slug"] for box in said["boxes"]] == ["na-co-sa"]
    assert said["boxes"][0]["signed"]["root"] == cast.box.root
    assert said["boxes"][0]["villages"] == ["Bản Na Cô Sa 1", "Bản Na Cô Sa 2"]
    assert set(said["kinds"]) == {"crime"}


def test_a_training_box_is_offered_and_marked(cast: Cast, hoa: Officer) -> None:
    cast.box.training = True
    cast.box.save()
    assert '"training": true' in hoa.client.get("/mailbox/new").content.decode()
