"""What officers do to a report: states, assessment, notes, answers; and two of them at once."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest

from config.demo.client import hour_text, seal
from keng.core.calendar import due
from keng.core.ids import this_hour
from keng.desk.mailbox import services
from keng.desk.models import Assessment, Note
from keng.ledger.models import Entry
from keng.mailbox import sealing
from keng.mailbox.models import Part, State, Thread
from tests.cast import Cast
from tests.desk.mailbox.conftest import Officer, Report

NOTHING = {"category": "", "value": "", "complex": False, "extended": False}


def b64(raw: bytes) -> str:
    return b64encode(raw).decode()


def an_answer(cast: Cast, reporter: Any, index: int = 0, text: str = "Vết bánh xe còn không?") -> str:
    json_part = {
        "v": 1, "box": "na-co-sa", "from": "officer", "index": index, "kind": "answer", "hour": hour_text(),
    }  # fmt: skip
    return b64(
        sealing.seal_part(
            json_part=json_part, name="text.txt", body=text.encode(), thread=reporter.keys.thread,
            recipients=[reporter.keys.reply, cast.keys.recipient], secret=reporter.keys.secret,
        )
    )  # fmt: skip


def verbs(thread: Thread, by: str) -> list[str]:
    return sorted(Entry.objects.filter(case=thread.key, by=by).values_list("verb", flat=True))


def test_a_report_goes_its_way_by_the_table_and_each_step_is_in_the_ledger(report: Report, hoa: Officer) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    for version, to in enumerate(["verifying", "not_enough", "verifying", "acted_on", "closed"], start=2):
        status, said = hoa.post(f"threads/{thread.key}/state", {"to": to, "version": version})
        assert (status, said["state"], said["version"]) == (200, to, version + 1)
    assert Entry.objects.filter(case=thread.key, verb__startswith="mailbox.state.", by="hoa").count() == 6


@pytest.mark.parametrize("to", ["received", "acted_on", "forwarded", "closed", "burning", ""])
def test_a_step_that_the_table_does_not_have_is_refused_and_changes_nothing(
    report: Report, hoa: Officer, to: str
) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    before = Entry.objects.count()
    status, said = hoa.post(f"threads/{thread.key}/state", {"to": to, "version": 2})
    assert (status, said["error"]) == (409, "not_allowed")
    thread.refresh_from_db()
    assert (thread.state, thread.version, Entry.objects.count()) == (State.OPENED, 2, before)


def test_an_assessment_is_kept_and_is_in_the_ledger_without_what_it_says(report: Report, hoa: Officer) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    chosen = {"category": "theft", "value": "valuable", "complex": False, "extended": False}
    assert hoa.post(f"threads/{thread.key}/assess", {**chosen, "version": 2})[0] == 200
    assert hoa.get(f"threads/{thread.key}")[1]["assessment"] == {**chosen, "reason": ""}
    row = hoa.get("threads")[1]["threads"][0]
    assert (row["category"], row["value"], row["version"]) == ("theft", "valuable", 3)
    assert services.ASSESSED in verbs(thread, "hoa")
    assert services.DEADLINE not in verbs(thread, "hoa")


def test_complexity_and_extension_move_the_deadline_by_the_legal_clock_and_back(report: Report, hoa: Officer) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    complex_due = due(thread.hour, "report.resolve_complex")
    for version, choice, expected in (
        (2, {"complex": True}, complex_due),
        (3, {"complex": True, "extended": True}, due(complex_due, "report.extension")),
        (4, {}, due(thread.hour, "report.resolve")),
    ):
        body = {**NOTHING, **choice, "version": version}
        assert hoa.post(f"threads/{thread.key}/assess", body)[0] == 200
        thread.refresh_from_db()
        assert thread.resolve_due == expected
        assert hoa.get(f"threads/{thread.key}")[1]["clock"]["due"] == thread.resolve_due.isoformat()
    moved = Entry.objects.filter(case=thread.key, verb=services.DEADLINE)
    assert moved.count() == 3
    assert all("Điều 147" in entry.purpose for entry in moved)


def test_only_a_complex_case_is_extended(report: Report, hoa: Officer) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    status, said = hoa.post(f"threads/{thread.key}/assess", {**NOTHING, "extended": True, "version": 2})
    assert (status, said["error"]) == (409, "not_allowed")
    assert not Assessment.objects.exists()


def test_two_officers_at_once_never_overwrite_each_other_and_the_second_is_told_who_did_what_and_when(
    report: Report, hoa: Officer, nam: Officer
) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    nam.opens(thread)
    assert nam.post(f"threads/{thread.key}/state", {"to": "verifying", "version": 2})[0] == 200
    status, said = hoa.post(
        f"threads/{thread.key}/assess",
        {"category": "drugs", "value": "", "complex": False, "extended": False, "version": 2},
    )
    assert (status, said["error"], said["version"]) == (409, "conflict", 3)
    assert said["message"].startswith("Đồng chí Lò Văn Nam đã bắt đầu xác minh, lúc ")
    assert not Assessment.objects.exists()
    assert services.ASSESSED not in verbs(thread, "hoa")


def test_a_conflict_with_oneself_in_another_window_names_nobody(report: Report, hoa: Officer) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    assert hoa.post(f"threads/{thread.key}/state", {"to": "verifying", "version": 2})[0] == 200
    status, said = hoa.post(f"threads/{thread.key}/assess", {**NOTHING, "version": 2})
    assert status == 409
    assert "Nam" not in said["message"]


def test_a_note_is_kept_sealed_for_the_box_and_only_colleagues_get_it(
    cast: Cast, report: Report, hoa: Officer, nam: Officer
) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    note = b64(seal(cast.keys.recipient, "Đáng tin, đã gặp trưởng bản.".encode()))
    assert hoa.post(f"threads/{thread.key}/notes", {"sealed": note})[0] == 201
    nam.opens(thread)
    (seen,) = nam.get(f"threads/{thread.key}")[1]["notes"]
    assert (seen["name"], seen["hour"], seen["sealed"]) == ("Giàng A Hoà", this_hour().isoformat(), note)
    assert services.NOTE in verbs(thread, "hoa")
    assert "trưởng bản" not in str(list(Entry.objects.values()))


@pytest.mark.parametrize(
    "sealed", ["", "Ghi chú viết rõ", b64(b"age-encryption.org/v1\n"), b64("Chữ rõ".encode() * 40)]
)
def test_a_note_that_is_not_sealed_is_refused(report: Report, hoa: Officer, sealed: str) -> None:
    thread, _reporter = report()
    hoa.opens(thread)
    status, said = hoa.post(f"threads/{thread.key}/notes", {"sealed": sealed})
    assert status == 400
    assert said["message"].endswith(".")
    assert not Note.objects.exists()


def test_a_note_that_is_too_long_or_one_too_many_is_refused(
    cast: Cast, report: Report, hoa: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread, _reporter = report()
    monkeypatch.setattr(services, "NOTE_MOST", 400)
    monkeypatch.setattr(services, "NOTES_MOST", 1)
    long, short = (b64(seal(cast.keys.recipient, b"a" * length)) for length in (400, 10))
    assert hoa.post(f"threads/{thread.key}/notes", {"sealed": long})[0] == 413
    assert hoa.post(f"threads/{thread.key}/notes", {"sealed": short})[0] == 201
    assert hoa.post(f"threads/{thread.key}/notes", {"sealed": short})[0] == 413
    assert Note.objects.count() == 1


def test_an_answer_reaches_the_reporter_and_the_same_one_sent_twice_is_one(
    cast: Cast, report: Report, hoa: Officer
) -> None:
    thread, reporter = report()
    hoa.opens(thread)
    sealed = an_answer(cast, reporter)
    for _try in range(2):
        assert hoa.post(f"threads/{thread.key}/answers", {"index": 0, "sealed": sealed})[0] == 201
    stored = Part.objects.get(thread=thread, direction="officer")
    opened = sealing.open_part(
        sealed=bytes(stored.header) + bytes(stored.payload), identity=reporter.keys.identity, thread=thread.key,
        sender="officer", index=0, secret=reporter.keys.secret,
    )  # fmt: skip
    assert (opened.body.decode(), opened.foreign) == ("Vết bánh xe còn không?", False)
    assert verbs(thread, "hoa").count("mailbox.answer.sent") == 1


def test_two_officers_who_answer_at_once_do_not_both_get_through_and_the_second_hears_of_the_first(
    cast: Cast, report: Report, hoa: Officer, nam: Officer
) -> None:
    thread, reporter = report()
    assert nam.post(f"threads/{thread.key}/answers", {"index": 0, "sealed": an_answer(cast, reporter)})[0] == 201
    status, said = hoa.post(f"threads/{thread.key}/answers", {"index": 0, "sealed": an_answer(cast, reporter)})
    assert (status, said["error"], said["next"]) == (409, "taken", 1)
    assert "Đồng chí Lò Văn Nam đã trả lời người báo" in said["message"]
    assert Part.objects.filter(thread=thread, direction="officer").count() == 1


def test_the_sentence_about_a_colleague_tells_of_the_last_hour_only_and_of_ones_own_office_only(
    report: Report, hoa: Officer, nam: Officer
) -> None:
    thread, _reporter = report()
    long_ago = this_hour() - timedelta(hours=30)
    for login, verb, office, hour in (
        ("nam", "mailbox.state.closed", "bp-na-co-sa", long_ago),
        ("lan", "mailbox.report.assessed", "ca-thanh-yen", this_hour()),
        ("nam", "mailbox.report.assessed", "bp-na-co-sa", this_hour() - timedelta(hours=1)),
    ):
        Entry.objects.create(verb=verb, subject=thread.key, case=thread.key, by=login, office=office, hour=hour)
    status, said = hoa.post(f"threads/{thread.key}/assess", {**NOTHING, "version": 9})
    assert status == 409
    assert said["message"].startswith("Đồng chí Lò Văn Nam đã đánh giá tin, lúc ")


@pytest.mark.parametrize("what", ["state", "assess", "answers", "notes", "forward"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"version": "2", "to": 3, "sealed": 4}', b'{"version": true}']
)  # fmt: skip
def test_s3_what_no_page_of_ours_sends_gets_one_sentence_and_changes_nothing(
    report: Report, hoa: Officer, what: str, body: bytes
) -> None:
    thread, _reporter = report()
    before = Entry.objects.count()
    response = hoa.client.post(f"/mailbox/api/threads/{thread.key}/{what}", body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["message"].endswith(".")
    assert Entry.objects.count() == before


def test_s3_a_slug_with_a_null_byte_or_half_a_surrogate_is_refused(report: Report, hoa: Officer) -> None:
    thread, _reporter = report()
    for to in ("\\u0000", "\\ud800"):
        body = f'{{"to": "{to}", "version": 1, "headers": {{}}}}'
        path = f"/mailbox/api/threads/{thread.key}/forward"
        assert hoa.client.post(path, body, content_type="application/json").status_code == 400
