"""R11: an entry's proof leads to a signed root, soonest to one that a witness signed; it reads a handful of files."""

from typing import Any
from unittest import mock

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from keng.ledger import files, folder, merkle, notes, proofs
from keng.ledger.models import Checkpoint, Cosignature, Entry
from keng.ledger.proofs import Proof, inclusion_of
from keng.ledger.publication import publish
from keng.ledger.services import append
from keng.ledger.verbs import verbs
from tests.ledger.published import WITNESS

pytestmark = pytest.mark.django_db
VERB = "test.done"


@pytest.fixture(autouse=True)
def _verb(settings: Any) -> None:
    settings.WITNESSES = [WITNESS.verifier.vkey]
    verbs.register(VERB, "đã làm (thử)")


def do(number: int) -> None:
    with transaction.atomic():
        for at in range(number):
            append(verb=VERB, subject=str(at))


def checked(proof: Proof | None, entry: Entry) -> Proof:
    assert proof is not None
    head = notes.read_head(notes.read(proof.note).text)
    assert head.size == proof.size
    leaf = merkle.leaf_hash(bytes(entry.leaf))
    merkle.verify_inclusion(leaf=leaf, index=proof.place, size=proof.size, proof=proof.hashes, root=head.root)
    return proof


def test_r11_every_entry_of_every_publication_is_proven() -> None:
    for number in (3, 700, 10):
        do(number)
        publish(force=True)
    for entry in Entry.objects.order_by("?")[:60]:
        proof = checked(inclusion_of(entry), entry)
        first = Checkpoint.objects.filter(size__gt=entry.place).order_by("size").first()
        assert proof.size == first.size


def test_an_entry_that_is_not_published_yet_has_no_proof() -> None:
    publish(force=True)
    do(1)
    assert inclusion_of(Entry.objects.get(verb=VERB)) is None


def test_a_checkpoint_that_a_witness_signed_goes_before_an_earlier_one_without() -> None:
    do(1)
    sizes = [publish(force=True).size for _ in range(3)]
    entry = Entry.objects.get(verb=VERB)
    assert checked(inclusion_of(entry), entry).size == sizes[0]
    line = WITNESS.line(notes.read(Checkpoint.objects.get(size=sizes[1]).note).text, time=1_790_000_000)
    Cosignature.objects.create(size=sizes[1], name=WITNESS.name, line=line)
    folder.write_note(Checkpoint.objects.get(size=sizes[1]))
    proof = checked(inclusion_of(entry), entry)
    assert proof.size == sizes[1]
    assert proof.note.endswith(line)
    assert files.read(f"checkpoints/{sizes[1]}").decode() == proof.note
    assert WITNESS.name not in files.read("checkpoint").decode()
    later = Entry.objects.filter(place__gte=sizes[1]).first()
    assert checked(inclusion_of(later), later).size == sizes[2]


@pytest.mark.parametrize("former", ["nhan-chung-cu.test", WITNESS.name])
def test_r11_a_witness_that_is_no_longer_pinned_or_its_former_key_does_not_go_before_one_that_is(former: str) -> None:
    """Otherwise every reporter of its days would be told, loudly, that no witness has seen the log."""
    do(1)
    sizes = [publish(force=True).size for _ in range(2)]
    entry = Entry.objects.get(verb=VERB)
    gone = notes.Signer(former, Ed25519PrivateKey.from_private_bytes(b"\x08" * 32), notes.WITNESS)
    for size, witness in zip(sizes, (gone, WITNESS), strict=True):
        text = notes.read(Checkpoint.objects.get(size=size).note).text
        Cosignature.objects.create(size=size, name=witness.name, line=witness.line(text, time=1_790_000_000))
    assert checked(inclusion_of(entry), entry).size == sizes[1]


def test_a_proof_asks_three_things_and_reads_few_files(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    do(1000)
    publish(force=True)
    entry = Entry.objects.filter(verb=VERB).first()
    with mock.patch.object(files, "read", side_effect=files.read) as read, django_assert_num_queries(3):
        inclusion_of(entry)
    assert read.call_count <= 3


def test_a_part_that_was_thrown_away_once_its_tile_was_full_is_read_from_that() -> None:
    publish(force=True)
    entry = Entry.objects.order_by("?").first()
    with mock.patch("keng.ledger.publication._padding", return_value=65_536 - 256):  # by entries it would take minutes
        publish(force=True)
    (settings.LEDGER_FOLDER / "tile/1/000.p/1").unlink()
    assert checked(inclusion_of(entry), entry).size == 256


@pytest.mark.parametrize("damage", [b"", bytes(8192), None])
def test_damaged_files_prove_nothing_wrong_and_the_journal_says_so(
    damage: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    do(3)
    publish(force=True)
    entry = Entry.objects.filter(verb=VERB).first()
    tile = settings.LEDGER_FOLDER / "tile/0/000"
    tile.unlink() if damage is None else tile.write_bytes(damage)
    with caplog.at_level("ERROR", "keng.ledger"):
        assert inclusion_of(entry) is None
    assert "ledger_publish --anew" in caplog.text
    folder.write_out(anew=True)
    checked(proofs.inclusion_of(entry), entry)
