"""`accept()`: what comes in by the one door, on either database."""

import json

import pytest
from django.utils import timezone

from config.demo.client import Reporter
from keng.core.calendar import forget, report_dues
from keng.core.ids import this_hour
from keng.core.models import Clock
from keng.ledger.models import Entry
from keng.mailbox import sealing
from keng.mailbox.envelope import read_body
from keng.mailbox.models import Box, Part, State, StateChange, Thread
from keng.mailbox.services import Accepted, Refused, accept
from tests.cast import Cast, open_box


def send(slug: str, body: bytes) -> Accepted:
    line, sealed = read_body(body)
    return accept(slug=slug, line=line, sealed=sealed)


def refusal(slug: str, body: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        send(slug, body)
    return refused.value


def message(reporter: Reporter, index: int, text: str = "Thêm một việc.") -> bytes:
    return reporter.later(index=index, kind="message", name="text.txt", body=text.encode())


def test_a_first_part_becomes_a_report_with_its_due_times_its_change_and_its_entry(cast: Cast) -> None:
    reporter = cast.reporter()
    accepted = send("na-co-sa", reporter.first("Mất trâu."))

    thread = Thread.objects.get()
    assert accepted == Accepted(True, 0, reporter.digests[0])
    assert (thread.key, thread.box, thread.holder) == (reporter.keys.thread, cast.box, cast.box)
    assert (thread.state, thread.version, thread.erase_on) == (State.RECEIVED, 1, None)
    assert (thread.open_due, thread.resolve_due) == report_dues(thread.hour)
    assert json.loads(thread.pin)["parts"] == reporter.digests

    change = StateChange.objects.get()
    assert (change.thread, change.state) == (thread, State.RECEIVED)

    entry = Entry.objects.get(verb="mailbox.part.received")
    assert (entry.subject, entry.case, entry.office, entry.by) == (accepted.digest, thread.key, "bp-na-co-sa", "")
    assert bytes(entry.salt or b"") == reporter.keys.log_tag


def test_what_is_stored_opens_with_the_box_key_and_is_the_report(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Mất trâu ở bản Na Cô Sa 1."))
    part = Part.objects.get()
    opened = sealing.open_part(
        sealed=bytes(part.header) + bytes(part.payload), identity=cast.keys.identity, thread=reporter.keys.thread,
        sender="reporter", index=0,
    )  # fmt: skip
    assert opened.body.decode() == "Mất trâu ở bản Na Cô Sa 1."
    assert not opened.foreign


def test_r9_every_time_that_is_kept_is_a_full_hour_and_every_id_is_random(cast: Cast) -> None:
    for _report in range(3):
        reporter = cast.reporter()
        send("na-co-sa", reporter.first("Tin."))
        send("na-co-sa", message(reporter, 1))
    kept = {Thread: ("hour", "open_due", "resolve_due"), Part: ("hour",), StateChange: ("hour",), Entry: ("hour",)}
    times = [moment for model, fields in kept.items() for row in model.objects.values_list(*fields) for moment in row]
    assert times
    assert all((moment.second, moment.microsecond) == (0, 0) for moment in times)
    assert {hour for (hour,) in Part.objects.values_list("hour")} == {this_hour()}
    for model in (Thread, Part, StateChange, Entry):
        ids = list(model.objects.values_list("pk", flat=True))
        assert max(ids) - min(ids) > 2**40, model


def test_r10_the_same_part_twice_is_one_part(cast: Cast) -> None:
    reporter = cast.reporter()
    body, later = reporter.first("Mất trâu."), None
    assert send("na-co-sa", body).created
    assert send("na-co-sa", body) == Accepted(False, 0, reporter.digests[0])
    later = message(reporter, 1)
    assert send("na-co-sa", later).created
    assert not send("na-co-sa", later).created
    assert not send("na-co-sa", body).created
    assert (Thread.objects.count(), Part.objects.count(), Entry.objects.count()) == (1, 2, 2)


def test_r10_a_part_is_the_same_part_even_when_the_box_has_closed_or_the_report_has_gone_on(cast: Cast) -> None:
    reporter = cast.reporter()
    body = reporter.first("Mất trâu.")
    send("na-co-sa", body)
    Thread.objects.update(holder=cast.police)
    assert not send("na-co-sa", body).created
    Box.objects.filter(pk=cast.box.pk).update(closed_on=timezone.localdate())
    assert not send("na-co-sa", body).created


def test_another_first_part_for_a_thread_is_told_the_free_index(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    send("na-co-sa", message(reporter, 1))
    refused = refusal("na-co-sa", reporter.first("Tin khác, cùng mã."))
    assert (refused.code, refused.status, refused.extra) == ("taken", 409, {"next": 2})


def test_another_part_with_an_index_that_is_taken_is_told_the_free_one(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    send("na-co-sa", message(reporter, 1))
    refused = refusal("na-co-sa", message(reporter, 1, "Phần khác."))
    assert (refused.code, refused.status, refused.extra) == ("taken", 409, {"next": 2})
    assert Part.objects.count() == 2


def test_parts_may_arrive_in_any_order(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    one, two = message(reporter, 1), message(reporter, 2)
    assert send("na-co-sa", two).created
    assert send("na-co-sa", one).created
    assert json.loads(Thread.objects.get().pin)["parts"] == reporter.digests, "the longest pin record wins"


def test_a_payload_sent_in_another_thread_is_refused_as_replayed(cast: Cast) -> None:
    victim, thief = cast.reporter(), cast.reporter()
    body = victim.first("Tin.")
    send("na-co-sa", body)
    stolen = body.split(b"\n", 1)[1]
    refused = refusal("na-co-sa", thief.envelope(stolen, index=0))
    assert (refused.code, refused.status) == ("replayed", 409)
    assert Thread.objects.count() == 1


def test_r12_a_part_with_the_token_but_without_the_thread_secret_is_stored_yet_opens_as_foreign(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    body = reporter.later(index=1, kind="message", name="text.txt", body=b"khong phai toi", secret=bytes(32))
    assert send("na-co-sa", body).created
    part = Part.objects.get(index=1)
    opened = sealing.open_part(
        sealed=bytes(part.header) + bytes(part.payload), identity=cast.keys.identity, thread=reporter.keys.thread,
        sender="reporter", index=1, secret=reporter.keys.secret,
    )  # fmt: skip
    assert opened.foreign


def test_a_token_that_is_not_the_threads_is_refused(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    body = message(reporter, 1)
    sealed = body.split(b"\n", 1)[1]
    refused = refusal("na-co-sa", reporter.envelope(sealed, index=1, token=sealing.b64u(bytes(32))))
    assert (refused.code, refused.status) == ("token", 403)
    assert Part.objects.count() == 1


def test_a_later_part_of_no_thread_is_refused(cast: Cast) -> None:
    refused = refusal("na-co-sa", message(cast.reporter(), 1))
    assert (refused.code, refused.status) == ("no_thread", 404)
    assert not Entry.objects.exists()


def test_a_later_part_goes_to_the_box_that_holds_the_thread_now(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    Thread.objects.update(holder=cast.police)
    body = message(reporter, 1)
    assert refusal("na-co-sa", body).code == "no_thread"
    assert send("ca-dien-bien", body).created
    assert Part.objects.get(index=1).box == cast.police


def test_a_box_that_is_unknown_or_never_opened_is_no_box(cast: Cast) -> None:
    body = cast.reporter().first("Tin.")
    assert refusal("khong-co", body).code == "no_box"
    Box.objects.filter(pk=cast.box.pk).update(opened_on=None)
    refused = refusal("na-co-sa", body)
    assert (refused.code, refused.status) == ("no_box", 404)


def test_a_closed_box_takes_nothing_from_its_last_day_on(cast: Cast) -> None:
    body = cast.reporter().first("Tin.")
    Box.objects.filter(pk=cast.box.pk).update(closed_on=timezone.localdate())
    refused = refusal("na-co-sa", body)
    assert (refused.code, refused.status) == ("closed", 410)
    Box.objects.filter(pk=cast.box.pk).update(closed_on=timezone.localdate() + timezone.timedelta(days=1))
    assert send("na-co-sa", body).created


def test_r10_a_broken_calendar_refuses_no_report_but_shows_it_as_due_at_once(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    Clock.objects.all().delete()
    forget()
    assert send("na-co-sa", cast.reporter().first("Tin.")).created
    thread = Thread.objects.get()
    assert thread.open_due == thread.resolve_due == thread.hour
    assert "Lịch làm việc hỏng" in caplog.text


def test_a_refused_part_leaves_no_row_behind(cast: Cast) -> None:
    other = open_box("thanh-yen", cast.neighbour, cast.police_keys)
    Box.objects.filter(pk=other.pk).update(closed_on=timezone.localdate())
    refusal("thanh-yen", cast.reporter().first("Tin."))
    assert {model.objects.count() for model in (Thread, Part, StateChange, Entry)} == {0}
