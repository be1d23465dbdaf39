"""An officer's sealed answer."""

import pytest

from config.demo.client import hour_text
from keng.ledger.models import Entry
from keng.mailbox import sealing
from keng.mailbox.models import Part, Thread
from keng.mailbox.services import Conflict, Malformed, NotAllowed, Refused, answer, next_index
from tests.cast import Cast
from tests.mailbox.services.test_parts import send


def sealed_answer(
    cast: Cast, reporter, index: int = 0, text: str = "Cảm ơn bà con.", kind: str = "answer", hour: str = ""
) -> bytes:
    hour = hour or hour_text()
    part = {"v": 1, "box": "na-co-sa", "from": "officer", "index": index, "kind": kind, "hour": hour}
    return sealing.seal_part(
        json_part=part, name="text.txt", body=text.encode(), thread=reporter.keys.thread,
        recipients=[reporter.keys.reply, cast.keys.recipient], secret=reporter.keys.secret,
    )  # fmt: skip


def a_report(cast: Cast):
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    return reporter, Thread.objects.get(key=reporter.keys.thread)


def say(cast: Cast, thread: Thread, sealed: bytes, index: int = 0, **other: object) -> Part:
    asked = {"thread": thread, "box": cast.box, "index": index, "sealed": sealed, "by": "hoa", "office": "bp-na-co-sa"}
    return answer(**{**asked, **other})


def test_an_answer_is_stored_with_its_entry_and_opens_with_the_receipt(cast: Cast) -> None:
    reporter, thread = a_report(cast)
    part = say(cast, thread, sealed_answer(cast, reporter))
    opened = sealing.open_part(
        sealed=bytes(part.header) + bytes(part.payload), identity=reporter.keys.identity, thread=thread.key,
        sender="officer", index=0, secret=reporter.keys.secret,
    )  # fmt: skip
    assert (opened.body.decode(), opened.foreign) == ("Cảm ơn bà con.", False)
    assert (part.direction, part.index, part.box) == ("officer", 0, cast.box)
    entry = Entry.objects.get(verb="mailbox.answer.sent")
    assert (entry.subject, entry.case, entry.office, entry.by) == (part.digest, thread.key, "bp-na-co-sa", "hoa")


def test_the_same_answer_twice_is_one_answer(cast: Cast) -> None:
    reporter, thread = a_report(cast)
    sealed = sealed_answer(cast, reporter)
    assert say(cast, thread, sealed) == say(cast, thread, sealed)
    assert Entry.objects.filter(verb="mailbox.answer.sent").count() == 1
    assert next_index(thread) == 1


def test_two_officers_answering_at_once_do_not_overwrite_each_other(cast: Cast) -> None:
    reporter, thread = a_report(cast)
    say(cast, thread, sealed_answer(cast, reporter))
    with pytest.raises(Conflict) as conflict:
        say(cast, thread, sealed_answer(cast, reporter, text="Câu khác."))
    assert (conflict.value.code, conflict.value.extra) == ("taken", {"next": 1})
    assert Part.objects.filter(direction="officer").count() == 1


def test_only_the_box_that_holds_the_thread_answers(cast: Cast) -> None:
    reporter, thread = a_report(cast)
    with pytest.raises(NotAllowed) as refused:
        say(cast, thread, sealed_answer(cast, reporter), box=cast.police)
    assert refused.value.code == "not_held"
    assert not Entry.objects.filter(verb="mailbox.answer.sent").exists()


def test_a_part_of_another_thread_is_refused_as_replayed(cast: Cast) -> None:
    one, first = a_report(cast)
    _two, second = a_report(cast)
    sealed = sealed_answer(cast, one)
    say(cast, first, sealed)
    with pytest.raises(Malformed) as refused:
        say(cast, second, sealed)
    assert refused.value.code == "replayed"


@pytest.mark.parametrize(("index", "code"), [(64, "too_large"), (-1, "too_large")])
def test_an_index_out_of_range_is_refused(cast: Cast, index: int, code: str) -> None:
    reporter, thread = a_report(cast)
    with pytest.raises(Refused) as refused:
        say(cast, thread, sealed_answer(cast, reporter), index=index)
    assert refused.value.code == code


def test_an_answer_that_is_too_large_or_no_age_file_is_refused(cast: Cast) -> None:
    reporter, thread = a_report(cast)
    with pytest.raises(Refused) as refused:
        say(cast, thread, sealed_answer(cast, reporter, text="a" * 300_000))
    assert refused.value.code == "too_large"
    with pytest.raises(Malformed) as malformed:
        say(cast, thread, "Viết thường, không khoá.".encode())
    assert malformed.value.code == "not_age"
    assert not Part.objects.filter(direction="officer").exists()


def test_an_answer_to_a_thread_erased_meanwhile_is_refused(cast: Cast) -> None:
    reporter, thread = a_report(cast)
    Thread.objects.get().delete()
    with pytest.raises(Refused) as refused:
        say(cast, thread, sealed_answer(cast, reporter))
    assert refused.value.code == "no_thread"
