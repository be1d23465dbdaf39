"""A report handed on: the payloads untouched, each with a header for the new box."""

import pyrage
import pytest
from django.utils import timezone

from config.demo.client import seal
from keng.ledger.models import Entry
from keng.mailbox import sealing
from keng.mailbox.models import Box, Part, Rewrap, State, Thread
from keng.mailbox.services import Conflict, Malformed, NotAllowed, forward
from tests.cast import Cast
from tests.mailbox.services.test_answers import a_report, sealed_answer
from tests.mailbox.services.test_parts import message, send


def some_header(recipient: str) -> bytes:
    """A header for `recipient`; that it holds the part's own file key is the browser's work, not the server's."""
    return sealing.split(seal(recipient, b"x"))[0]


def verifying(cast: Cast):
    reporter, thread = a_report(cast)
    Thread.objects.update(state=State.VERIFYING)
    return reporter, thread


def headers_for(cast: Cast, thread: Thread) -> dict[str, bytes]:
    return {part.digest: some_header(cast.police_keys.recipient) for part in Part.objects.filter(thread=thread)}


def test_forwarding_hands_the_thread_over_and_leaves_header_and_payload_as_they_were(cast: Cast) -> None:
    _reporter, thread = verifying(cast)
    before = Part.objects.values("header", "payload", "digest").get()
    headers = headers_for(cast, thread)
    moved = forward(thread=thread, to_box=cast.police, headers=headers, version=1, by="hoa")

    assert (moved.holder, moved.box, moved.state, moved.version) == (cast.police, cast.box, State.FORWARDED, 2)
    assert Thread.objects.get().holder == cast.police
    assert Part.objects.values("header", "payload", "digest").get() == before
    rewrap = Rewrap.objects.get()
    assert (rewrap.box, bytes(rewrap.header)) == (cast.police, headers[rewrap.part.digest])

    entry = Entry.objects.get(verb="mailbox.forwarded")
    assert (entry.subject, entry.office, entry.by, entry.purpose) == (thread.key, "bp-na-co-sa", "hoa", "ca-dien-bien")
    assert Entry.objects.get(verb="mailbox.state.forwarded").office == "bp-na-co-sa"


def test_the_part_that_vouches_for_the_new_box_is_stored_in_the_same_breath(cast: Cast) -> None:
    reporter, thread = verifying(cast)
    sealed = sealed_answer(cast, reporter, kind="forward", text="")
    digest = sealing.digest(sealing.split(sealed)[1])
    headers = {**headers_for(cast, thread), digest: some_header(cast.police_keys.recipient)}
    forward(thread=thread, to_box=cast.police, headers=headers, version=1, by="hoa", part=(0, sealed))
    vouching = Part.objects.get(direction="officer")
    assert (vouching.digest, vouching.box) == (digest, cast.box)
    assert Rewrap.objects.count() == 2


def refused(cast: Cast, thread: Thread, kind: type[Exception], **other: object) -> str:
    asked = {"thread": thread, "to_box": cast.police, "headers": headers_for(cast, thread), "version": 1, "by": "hoa"}
    with pytest.raises(kind) as error:
        forward(**{**asked, **other})
    assert Thread.objects.get(pk=thread.pk).holder == cast.box
    assert not Rewrap.objects.exists()
    assert not Part.objects.filter(direction="officer").exists()
    assert not Entry.objects.filter(verb="mailbox.forwarded").exists()
    return error.value.code


def test_a_part_that_arrived_meanwhile_stops_the_forwarding(cast: Cast) -> None:
    reporter, thread = verifying(cast)
    headers = headers_for(cast, thread)
    send("na-co-sa", message(reporter, 1))
    assert refused(cast, thread, Conflict, headers=headers) == "parts"


def test_a_header_for_a_part_that_is_not_the_threads_is_refused(cast: Cast) -> None:
    _reporter, thread = verifying(cast)
    headers = {**headers_for(cast, thread), "0" * 64: some_header(cast.police_keys.recipient)}
    assert refused(cast, thread, Conflict, headers=headers) == "parts"


@pytest.mark.parametrize(
    "bad", [b"", b"age-encryption.org/v1\n", b"age-encryption.org/v1\n-> scrypt a b\nabcd\n--- " + b"a" * 43 + b"\n"]
)
def test_headers_that_do_not_parse_are_refused(cast: Cast, bad: bytes) -> None:
    _reporter, thread = verifying(cast)
    assert refused(cast, thread, Malformed, headers=dict.fromkeys(headers_for(cast, thread), bad)) == "not_age"


def test_a_header_with_payload_behind_it_is_refused(cast: Cast) -> None:
    _reporter, thread = verifying(cast)
    whole = seal(cast.police_keys.recipient, b"payload")
    assert refused(cast, thread, Malformed, headers=dict.fromkeys(headers_for(cast, thread), whole)) == "not_age"


def test_an_older_version_is_refused(cast: Cast) -> None:
    _reporter, thread = verifying(cast)
    Thread.objects.update(version=5)
    assert refused(cast, thread, Conflict) == "conflict"


def test_a_report_is_forwarded_only_out_of_verifying(cast: Cast) -> None:
    _reporter, thread = verifying(cast)
    Thread.objects.update(state=State.OPENED)
    assert refused(cast, thread, NotAllowed) == "not_allowed"


def test_a_vouching_part_is_not_kept_when_the_forwarding_fails(cast: Cast) -> None:
    reporter, thread = verifying(cast)
    assert refused(cast, thread, Conflict, part=(0, sealed_answer(cast, reporter, kind="forward"))) == "parts"


def test_a_box_that_is_closed_unopened_or_the_same_is_refused(cast: Cast) -> None:
    _reporter, thread = verifying(cast)
    assert refused(cast, thread, NotAllowed, to_box=cast.box) == "not_allowed"
    Box.objects.filter(pk=cast.police.pk).update(closed_on=timezone.localdate())
    assert refused(cast, thread, NotAllowed, to_box=Box.objects.get(pk=cast.police.pk)) == "closed"
    Box.objects.filter(pk=cast.police.pk).update(closed_on=None, opened_on=None)
    assert refused(cast, thread, NotAllowed, to_box=Box.objects.get(pk=cast.police.pk)) == "closed"


def test_a_report_that_comes_back_gets_fresh_headers(cast: Cast) -> None:
    _reporter, thread = verifying(cast)
    forward(thread=thread, to_box=cast.police, headers=headers_for(cast, thread), version=1, by="hoa")
    for version, (holder, to) in enumerate([(cast.police, cast.box), (cast.box, cast.police)], start=2):
        Thread.objects.update(state=State.VERIFYING)
        assert Thread.objects.get().holder == holder
        forward(thread=thread, to_box=to, headers=headers_for(cast, thread), version=version, by="dung")
    assert Rewrap.objects.count() == 2


def test_r12_the_former_boxs_key_opens_the_part_still_and_the_new_header_is_the_only_other_way(cast: Cast) -> None:
    _reporter, thread = verifying(cast)
    forward(thread=thread, to_box=cast.police, headers=headers_for(cast, thread), version=1, by="hoa")
    part = Part.objects.get()
    sealing.open_part(
        sealed=bytes(part.header) + bytes(part.payload),
        identity=cast.keys.identity,
        thread=thread.key,
        sender="reporter",
        index=0,
    )
    stranger = str(pyrage.x25519.Identity.generate())
    for header in (part.header, Rewrap.objects.get().header):
        with pytest.raises(sealing.PartError):
            sealing.open_part(
                sealed=bytes(header) + bytes(part.payload),
                identity=stranger,
                thread=thread.key,
                sender="reporter",
                index=0,
            )
