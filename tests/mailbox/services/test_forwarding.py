"""A report handed on: the payloads untouched, each with a header for the new box."""

from base64 import b64decode
from typing import Any

import pyrage
import pytest
from django.utils import timezone

from config.demo.age import rewrap
from config.demo.client import BoxKeys, new_identity, seal
from keng.desk.mailbox.reading import first_parts
from keng.ledger.models import Entry
from keng.mailbox import sealing
from keng.mailbox.models import Box, KeyStatement, Part, Passing, Rewrap, State, Thread
from keng.mailbox.services import Conflict, Malformed, NotAllowed, answer, forward
from tests.cast import Cast
from tests.mailbox.services.test_answers import a_report, sealed_answer
from tests.mailbox.services.test_parts import message, send


def some_header(recipient: str) -> bytes:
    """A header for `recipient`; that it holds the part's own file key is the browser's work, not the server's."""
    identity, own = new_identity()
    return rewrap(sealing.split(seal(own, b"x"))[0], identity, [recipient])


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

    assert Passing.objects.values_list("thread", "from_box", "to_box").get() == (thread.pk, cast.box.pk, cast.police.pk)
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


def publish(of: Box, keys: BoxKeys, forward: list[tuple[str, str]], **other: Any) -> None:
    """One more key statement of the box, put straight into the database."""
    seq = 1 + KeyStatement.objects.filter(box=of).count()
    signed = keys.statement(**{"seq": seq, "forward": forward, **other})
    until = timezone.localdate() + timezone.timedelta(days=365)
    KeyStatement.objects.create(box=of, seq=seq, text=signed["statement"], signature=signed["signature"], until=until)


def test_r3_a_report_goes_only_to_a_box_that_the_holders_newest_statement_names_with_its_root(cast: Cast) -> None:
    _reporter, thread = verifying(cast)
    of_police, of_another = cast.police_keys.root.fingerprint, cast.keys.root.fingerprint
    for named in ([], [("ca-dien-bien", of_another)], [("ca-thanh-yen", of_police)]):
        publish(cast.box, cast.keys, named)
        assert refused(cast, thread, NotAllowed) == "not_named", named
    publish(cast.box, cast.keys, [("ca-dien-bien", of_police)])
    forward_to_police(cast, thread)


def test_r3_a_statement_that_a_server_made_up_or_that_has_expired_names_nobody(cast: Cast) -> None:
    _reporter, thread = verifying(cast)
    named = [("ca-dien-bien", cast.police_keys.root.fingerprint)]
    publish(cast.box, cast.keys, named, since=timezone.localdate() - timezone.timedelta(days=40), days=30)
    assert refused(cast, thread, NotAllowed) == "not_named"
    publish(cast.box, cast.police_keys, named, box="na-co-sa")
    assert refused(cast, thread, NotAllowed) == "not_named"
    KeyStatement.objects.all().delete()
    assert refused(cast, thread, NotAllowed) == "not_named"


def forward_to_police(cast: Cast, thread: Thread) -> None:
    forward(thread=thread, to_box=cast.police, headers=headers_for(cast, thread), version=1, by="hoa")


def test_r12_a_header_for_more_than_the_new_box_is_refused(cast: Cast) -> None:
    _reporter, thread = verifying(cast)
    identity, own = new_identity()
    two = rewrap(sealing.split(seal(own, b"x"))[0], identity, [cast.police_keys.recipient, new_identity()[1]])
    greased = two.replace(b"\n--- ", b"\n-> x-grease a\nYQ\n--- ")
    for header in (two, greased):
        assert refused(cast, thread, Malformed, headers=dict.fromkeys(headers_for(cast, thread), header)) == "not_age"


def test_a_part_that_the_holder_cannot_open_goes_on_with_the_header_it_has_and_stops_nobody(cast: Cast) -> None:
    reporter, thread = verifying(cast)
    sealed = sealed_answer(cast, reporter)
    answer(thread=thread, box=cast.box, index=0, sealed=sealed, by="hoa", office="bp-na-co-sa")
    own = sealing.split(sealed)[0]
    assert own.count(b"\n-> X25519") == 2
    headers = {**headers_for(cast, thread), sealing.digest(sealing.split(sealed)[1]): own}
    forward(thread=thread, to_box=cast.police, headers=headers, version=1, by="hoa")
    assert bytes(Rewrap.objects.get(part__direction="officer").header) == own


def test_r12_back_in_the_box_it_was_sealed_to_a_part_has_the_header_that_its_sender_wrote(cast: Cast) -> None:
    """A former holder could otherwise write one that opens to something else, or to nothing."""
    reporter, thread = verifying(cast)
    forward_to_police(cast, thread)
    reporter.follow(cast.police_keys)
    send("ca-dien-bien", message(reporter, 1))
    publish(cast.police, cast.police_keys, [("na-co-sa", cast.keys.root.fingerprint)])
    Thread.objects.update(state=State.VERIFYING)
    forward(thread=thread, to_box=cast.box, headers=headers_for(cast, thread), version=2, by="dung")
    assert not Rewrap.objects.filter(box=cast.box, part__index=0).exists()
    assert Rewrap.objects.filter(box=cast.box, part__index=1).exists(), "this one was sealed to the police"
    [first] = first_parts([thread.key], [cast.box]).values()
    sealing.open_part(
        sealed=b64decode(first["sealed"]), identity=cast.keys.identity, thread=thread.key, sender="reporter", index=0
    )


def test_a_report_that_comes_back_gets_fresh_headers(cast: Cast) -> None:
    _reporter, thread = verifying(cast)
    publish(cast.police, cast.police_keys, [("na-co-sa", cast.keys.root.fingerprint)])
    forward(thread=thread, to_box=cast.police, headers=headers_for(cast, thread), version=1, by="hoa")
    for version, (holder, to) in enumerate([(cast.police, cast.box), (cast.box, cast.police)], start=2):
        Thread.objects.update(state=State.VERIFYING)
        assert Thread.objects.get().holder == holder
        forward(thread=thread, to_box=to, headers=headers_for(cast, thread), version=version, by="dung")
    assert Rewrap.objects.get().box == cast.police


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
