"""The server stores no key statement that a reader would refuse."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from config.demo.client import BoxKeys, Root, new_identity
from keng.ledger.models import Entry
from keng.mailbox import sealing
from keng.mailbox.models import Box, KeyStatement
from keng.mailbox.services import Malformed, NotAllowed, Refused, publish_statement
from tests.cast import Cast


@pytest.fixture
def box(cast: Cast) -> Box:
    return Box.objects.create(slug="na-co-sa", office=cast.post, title="Đồn Biên phòng Na Cô Sa", languages=["vi"])


@pytest.fixture
def keys() -> BoxKeys:
    return BoxKeys("na-co-sa")


def refusal(box: Box, signed: dict[str, object]) -> str:
    before = Box.objects.values().get(pk=box.pk)
    stored = KeyStatement.objects.count()
    with pytest.raises(Refused) as refused:
        publish_statement(box=box, signed=signed, by="nam")
    assert Box.objects.values().get(pk=box.pk) == before
    assert KeyStatement.objects.count() == stored
    return refused.value.code


def test_the_first_statement_opens_the_box(box: Box, keys: BoxKeys) -> None:
    signed = keys.statement()
    stored = publish_statement(box=box, signed=signed, by="nam")
    assert (box.root, box.recipient, box.opened_on) == (signed["root"], keys.recipient, timezone.localdate())
    assert box.version == 2
    assert (stored.seq, stored.text, stored.signature) == (1, signed["statement"], signed["signature"])
    entry = Entry.objects.get(verb="mailbox.statement.published")
    assert (entry.subject, entry.office, entry.by) == ("na-co-sa/1", "bp-na-co-sa", "nam")


def test_a_later_statement_brings_a_new_recipient_under_the_same_root(box: Box, keys: BoxKeys) -> None:
    publish_statement(box=box, signed=keys.statement(), by="nam")
    opened_on = date(2026, 1, 1)
    Box.objects.update(opened_on=opened_on)
    recipient = new_identity()[1]
    publish_statement(box=box, signed=keys.statement(seq=2, recipient=recipient), by="nam")
    assert (box.recipient, box.opened_on, box.version) == (recipient, opened_on, 3)


@pytest.mark.parametrize("seq", [1, 2])
def test_a_statement_that_is_not_newer_is_refused_as_replayed(box: Box, keys: BoxKeys, seq: int) -> None:
    publish_statement(box=box, signed=keys.statement(seq=2), by="nam")
    assert refusal(box, keys.statement(seq=seq)) == "seq"


def test_another_root_is_refused(box: Box, keys: BoxKeys) -> None:
    publish_statement(box=box, signed=keys.statement(), by="nam")
    assert refusal(box, BoxKeys("na-co-sa").statement(seq=2)) == "root"


def test_another_boxs_statement_is_refused(box: Box) -> None:
    assert refusal(box, BoxKeys("ca-dien-bien").statement()) == "box"


def test_a_signature_by_another_key_or_over_another_text_is_refused(box: Box, keys: BoxKeys) -> None:
    signed = keys.statement()
    assert refusal(box, {**signed, "root": sealing.b64u(Root().raw)}) == "signature"
    assert refusal(box, {**signed, "statement": signed["statement"].replace('"seq":1', '"seq":2')}) == "signature"
    assert refusal(box, {**signed, "signature": keys.statement(seq=9)["signature"]}) == "signature"


@pytest.mark.parametrize(
    "signature", ["", "AA", "!!", "A" * 86, "A" * 5000, sealing.b64u(bytes(64)), sealing.b64u(b"\xff" * 64)]
)
def test_what_is_no_signature_is_refused(box: Box, keys: BoxKeys, signature: str) -> None:
    assert refusal(box, {**keys.statement(), "signature": signature}) in ("signature", "statement")


@pytest.mark.parametrize("root", ["", "AA", "ế", sealing.b64u(b"\x04" + bytes(64)), sealing.b64u(b"\x05" * 65)])
def test_what_is_no_root_is_refused(box: Box, keys: BoxKeys, root: str) -> None:
    assert refusal(box, {**keys.statement(), "root": root}) in ("signature", "statement")


@pytest.mark.parametrize(
    "signed", [{}, {"statement": 1, "signature": 2, "root": 3}, {"statement": None, "signature": "", "root": []}]
)
def test_what_is_no_signed_statement_is_refused(box: Box, signed: dict[str, object]) -> None:
    assert refusal(box, signed) == "statement"


@pytest.mark.parametrize(
    ("since", "days"),
    [(3, 300), (-400, 300), (-103, 100), (0, 401), (0, -1)],
    ids=["not yet", "long ago", "three days past", "longer than thirteen months", "backwards"],
)
def test_dates_that_do_not_hold_are_refused(box: Box, keys: BoxKeys, since: int, days: int) -> None:
    signed = keys.statement(since=timezone.localdate() + timedelta(days=since), days=days)
    assert refusal(box, signed) == "expired"


@pytest.mark.parametrize(
    ("since", "days"), [(2, 300), (-102, 100), (0, 400)], ids=["clock behind", "clock ahead", "longest"]
)
def test_two_days_forgive_a_wrong_clock_and_thirteen_months_are_enough(
    box: Box, keys: BoxKeys, since: int, days: int
) -> None:
    signed = keys.statement(since=timezone.localdate() + timedelta(days=since), days=days)
    assert publish_statement(box=box, signed=signed, by="nam").seq == 1


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"v": 2}, "statement"),
        ({"type": "officer-key"}, "statement"),
        ({"seq": 0}, "statement"),
        ({"seq": 2**31}, "statement"),
        ({"seq": "1"}, "statement"),
        ({"seq": True}, "statement"),
        ({"from": "hôm nay"}, "statement"),
        ({"until": None}, "statement"),
        ({"until": "9999-12-31"}, "expired"),
        ({"from": "0001-01-01"}, "expired"),
        ({"from": "0001-01-01", "until": "0001-01-01"}, "expired"),
        ({"forward": "ca-dien-bien"}, "statement"),
        ({"forward": [["ca-dien-bien", "ngắn"]]}, "statement"),
        ({"forward": [["ca-dien-bien"]]}, "statement"),
        ({"recipient": "age1khongphai"}, "recipient"),
        ({"recipient": None}, "recipient"),
        ({"recipient": "age1" + "q" * 58}, "recipient"),
        ({"box": "khac"}, "box"),
        ({"note": "a" * 9000}, "statement"),
    ],
)
def test_a_signed_text_of_another_form_is_refused(box: Box, keys: BoxKeys, other: dict[str, object], code: str) -> None:
    assert refusal(box, keys.statement(**other)) == code


def test_a_signed_text_that_is_no_json_object_is_refused(box: Box, keys: BoxKeys) -> None:
    assert refusal(box, keys.root.sign([1, 2])) == "malformed"  # type: ignore[arg-type]


def test_refusals_say_one_sentence() -> None:
    for kind in (Malformed("Một câu."), NotAllowed("Một câu.")):
        assert kind.as_json()["message"] == "Một câu."


# what somebody with the database, or a page left open, may try


def test_an_older_truly_signed_statement_put_forward_again_is_refused_and_the_newest_stands(
    box: Box, keys: BoxKeys
) -> None:
    first = keys.statement()
    publish_statement(box=box, signed=first, by="nam")
    newer = BoxKeys(box.slug, root=keys.root)
    publish_statement(box=box, signed=newer.statement(seq=2), by="nam")
    for new_root in (False, True):
        with pytest.raises(NotAllowed):
            publish_statement(box=box, signed=first, by="nam", new_root=new_root)
    box.refresh_from_db()
    assert (box.recipient, box.statements.count()) == (newer.recipient, 2)


def test_a_new_root_takes_the_box_over_only_when_the_caller_says_so_and_only_once(box: Box, keys: BoxKeys) -> None:
    publish_statement(box=box, signed=keys.statement(), by="nam")
    other = BoxKeys(box.slug)
    with pytest.raises(NotAllowed) as caught:
        publish_statement(box=box, signed=other.statement(seq=2), by="nam")
    assert caught.value.code == "root"
    publish_statement(box=box, signed=other.statement(seq=2), by="nam", new_root=True)
    box.refresh_from_db()
    assert (box.root, box.recipient) == (other.statement()["root"], other.recipient)
    for seq, former in ((3, keys), (4, other)):
        with pytest.raises(NotAllowed) as caught:
            publish_statement(box=box, signed=former.statement(seq=seq), by="nam", new_root=True)
        assert caught.value.code == "root"
    assert [one.root for one in box.statements.order_by("seq")] == [keys.statement()["root"], other.statement()["root"]]


def test_a_new_root_does_not_begin_the_count_again(box: Box, keys: BoxKeys) -> None:
    publish_statement(box=box, signed=keys.statement(seq=5), by="nam")
    with pytest.raises(NotAllowed) as caught:
        publish_statement(box=box, signed=BoxKeys(box.slug).statement(seq=1), by="nam", new_root=True)
    assert caught.value.code == "seq"


@pytest.mark.parametrize("new_root", [False, True])
def test_a_statement_expired_or_for_another_box_is_refused_under_a_new_root_too(
    box: Box, keys: BoxKeys, new_root: bool
) -> None:
    publish_statement(box=box, signed=keys.statement(), by="nam")
    signer = BoxKeys(box.slug) if new_root else keys
    expired = signer.statement(seq=2, since=timezone.localdate() - timedelta(days=300), days=200)
    foreign = signer.statement(seq=2, box="another-box")
    for signed, code in ((expired, "expired"), (foreign, "box")):
        with pytest.raises(Malformed) as caught:
            publish_statement(box=box, signed=signed, by="nam", new_root=new_root)
        assert caught.value.code == code
    assert box.statements.count() == 1
