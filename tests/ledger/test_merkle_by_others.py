"""R11: that our proofs are right is said by code that is not ours: sigstore's check of inclusion, and the auditor's file, written apart."""

from hashlib import sha256
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore.errors import VerificationError

from keng.ledger import merkle
from keng.ledger.models import Checkpoint, Entry
from keng.ledger.notes import read, read_head
from keng.ledger.proofs import inclusion_of
from keng.ledger.tiles import Growth, TiledTree
from tests.ledger.published import WITNESS, published_ledger
from tools import verify_ledger

SIZES = st.integers(1, 700)


def leaves_of(size: int) -> list[bytes]:
    return [sha256(b"%d" % number).digest() for number in range(size)]


def by_sigstore(leaf: bytes, index: int, size: int, hashes: list[bytes], root: bytes) -> None:
    """Raises VerificationError."""
    proof = SimpleNamespace(log_index=index, tree_size=size, hashes=hashes, root_hash=root)
    verify_merkle_inclusion(SimpleNamespace(_inner=SimpleNamespace(inclusion_proof=proof, canonicalized_body=leaf)))  # type: ignore[arg-type]


@given(size=SIZES, data=st.data())
def test_r11_our_proofs_of_inclusion_hold_before_both(size: int, data: st.DataObject) -> None:
    leaves, index = leaves_of(size), data.draw(st.integers(0, size - 1))
    nodes = merkle.nodes_of([merkle.leaf_hash(leaf) for leaf in leaves])
    root, hashes = merkle.root_of(size, nodes), merkle.inclusion(index, size, nodes)
    by_sigstore(leaves[index], index, size, hashes, root)
    assert verify_ledger.root_of_proof(leaves[index], index, size, hashes) == root


@given(size=st.integers(2, 700), data=st.data())
def test_r11_a_proof_with_a_flipped_bit_holds_before_neither(size: int, data: st.DataObject) -> None:
    leaves, index = leaves_of(size), data.draw(st.integers(0, size - 1))
    nodes = merkle.nodes_of([merkle.leaf_hash(leaf) for leaf in leaves])
    root, hashes = merkle.root_of(size, nodes), merkle.inclusion(index, size, nodes)
    at, bit = data.draw(st.integers(0, len(hashes) - 1)), data.draw(st.integers(0, 255))
    hashes[at] = bytes(one ^ (1 << bit % 8 if n == bit // 8 else 0) for n, one in enumerate(hashes[at]))
    with pytest.raises(VerificationError):
        by_sigstore(leaves[index], index, size, hashes, root)
    assert verify_ledger.root_of_proof(leaves[index], index, size, hashes) != root


@given(size=SIZES, data=st.data())
def test_a_proof_of_another_length_is_refused_by_both(size: int, data: st.DataObject) -> None:
    leaves, index = leaves_of(size), data.draw(st.integers(0, size - 1))
    nodes = merkle.nodes_of([merkle.leaf_hash(leaf) for leaf in leaves])
    root, hashes = merkle.root_of(size, nodes), merkle.inclusion(index, size, nodes)
    for wrong in [[*hashes, bytes(32)], *([hashes[:-1]] if hashes else [])]:
        with pytest.raises(VerificationError):
            by_sigstore(leaves[index], index, size, wrong, root)
        with pytest.raises(ValueError, match="the proof is"):
            verify_ledger.root_of_proof(leaves[index], index, size, wrong)


@given(first=st.integers(1, 12), more=st.integers(0, 300))
def test_the_auditors_consistency_agrees_with_our_proofs(first: int, more: int) -> None:
    """In steps of 256 leaves, through tiles, as both read them."""
    growth, tiles = Growth(), dict[str, bytes]()
    sizes = (first * 256, (first + more % 14) * 256)
    roots = {}
    for at in range(sizes[1] // 256):
        tiles |= dict(growth.add([bytes(16) + sha256(b"%d %d" % (at, n)).digest() for n in range(256)]))
        tiles |= dict(growth.parts())
        roots[growth.size] = growth.root()
    proof = merkle.consistency(*sizes, TiledTree(sizes[1], tiles.__getitem__).node)
    merkle.verify_consistency(
        first=sizes[0], second=sizes[1], proof=proof, first_root=roots[sizes[0]], second_root=roots[sizes[1]]
    )
    files = SimpleNamespace(get=tiles.get)
    assert verify_ledger.Tiles(files, sizes[1]).both(0, sizes[1], sizes[0]) == (roots[sizes[0]], roots[sizes[1]])


@pytest.mark.django_db
def test_r11_every_entrys_proof_from_the_published_files_holds_before_sigstore(settings) -> None:
    settings.WITNESSES = [WITNESS.verifier.vkey]
    published_ledger()
    for entry in Entry.objects.exclude(place=None).order_by("place")[::17]:
        proof = inclusion_of(entry)
        assert proof is not None
        head = read_head(read(proof.note).text)
        by_sigstore(bytes(entry.leaf), proof.place, proof.size, proof.hashes, head.root)
        assert (head.size, proof.place) == (proof.size, entry.place)
    assert Checkpoint.objects.count() == 3
