"""The tree: the RFC's own vectors, every small tree against the definition taken literally, and proofs that were tampered with."""

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.ledger import merkle
from keng.ledger.merkle import ProofFailed

# The eight leaves, roots and proofs that implementations of RFC 6962 are tested with (Certificate Transparency's reference tests).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = [  # index, size, proof
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCIES = [  # first, second, proof
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def hexes(hashes: list[bytes]) -> list[str]:
    return [one.hex() for one in hashes]


def plain_root(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, taken literally."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = max(power for power in (2**n for n in range(20)) if power < len(hashes))
    return sha256(b"\x01" + plain_root(hashes[:k]) + plain_root(hashes[k:])).digest()


def plain_path(m: int, hashes: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if len(hashes) == 1:
        return []
    k = max(power for power in (2**n for n in range(20)) if power < len(hashes))
    if m < k:
        return [*plain_path(m, hashes[:k]), plain_root(hashes[k:])]
    return [*plain_path(m - k, hashes[k:]), plain_root(hashes[:k])]


def plain_proof(m: int, hashes: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2."""
    if m == len(hashes):
        return [] if whole else [plain_root(hashes)]
    k = max(power for power in (2**n for n in range(20)) if power < len(hashes))
    if m <= k:
        return [*plain_proof(m, hashes[:k], whole), plain_root(hashes[k:])]
    return [*plain_proof(m - k, hashes[k:], False), plain_root(hashes[:k])]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_rfcs(size: int) -> None:
    assert merkle.root(HASHES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSIONS)
def test_inclusion_proofs_are_the_rfcs(index: int, size: int, proof: list[str]) -> None:
    assert hexes(merkle.inclusion(index, size, merkle.nodes_of(HASHES))) == proof


@pytest.mark.parametrize(("first", "second", "proof"), CONSISTENCIES)
def test_consistency_proofs_are_the_rfcs(first: int, second: int, proof: list[str]) -> None:
    assert hexes(merkle.consistency(first, second, merkle.nodes_of(HASHES))) == proof


def tree(size: int) -> list[bytes]:
    return [merkle.leaf_hash(number.to_bytes(2)) for number in range(size)]


@given(st.integers(1, 300), st.data())
def test_every_tree_is_the_one_that_the_rfc_defines(size: int, data: st.DataObject) -> None:
    hashes, index, first = tree(size), data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    node = merkle.nodes_of(hashes)
    assert merkle.root(hashes) == plain_root(hashes)
    assert merkle.inclusion(index, size, node) == plain_path(index, hashes)
    assert merkle.consistency(first, size, node) == plain_proof(first, hashes)


@given(st.integers(1, 300), st.data())
def test_a_proof_of_a_part_of_a_larger_tree_reads_nothing_beyond_that_part(size: int, data: st.DataObject) -> None:
    larger, index = tree(size + data.draw(st.integers(0, 200))), data.draw(st.integers(0, size - 1))
    assert merkle.inclusion(index, size, merkle.nodes_of(larger)) == plain_path(index, larger[:size])


@given(st.integers(1, 200), st.data())
def test_a_proof_verifies_and_a_changed_one_does_not(size: int, data: st.DataObject) -> None:
    hashes, index = tree(size), data.draw(st.integers(0, size - 1))
    proof, top = merkle.inclusion(index, size, merkle.nodes_of(hashes)), merkle.root(hashes)
    merkle.verify_inclusion(leaf=hashes[index], index=index, size=size, proof=proof, root=top)

    other = (index + data.draw(st.integers(1, size))) % (size + 1)
    broken: list[dict[str, Any]] = [
        {"leaf": flip(hashes[index], data)},
        {"root": flip(top, data)},
        {"proof": [*proof, hashes[0]]},
        {"index": other},
        {"proof": [*proof[:-1], proof[-1][:31]] if proof else [b""]},
        {"proof": proof[:-1]} if proof else {"index": -1},
        {"proof": flipped(proof, data)} if proof else {"size": 0},
    ]
    for change in broken:
        said = {"leaf": hashes[index], "index": index, "size": size, "proof": proof, "root": top, **change}
        with pytest.raises(ProofFailed):
            merkle.verify_inclusion(**said)


@given(st.integers(1, 200), st.data())
def test_a_consistency_proof_verifies_and_a_fork_does_not(size: int, data: st.DataObject) -> None:
    hashes, first = tree(size), data.draw(st.integers(1, size))
    proof = merkle.consistency(first, size, merkle.nodes_of(hashes))
    older, newer = merkle.root(hashes[:first]), merkle.root(hashes)
    said = {"first": first, "second": size, "first_root": older, "second_root": newer, "proof": proof}
    merkle.verify_consistency(**said)

    changed = data.draw(st.integers(0, first - 1))
    fork = merkle.root([*hashes[:changed], bytes(32), *hashes[changed + 1 :]])
    broken: list[dict[str, Any]] = [
        {"second_root": fork},
        {"first_root": flip(older, data)},
        {"proof": [*proof, older]},
        {"first": size + 1},
        {"proof": flipped(proof, data)} if proof else {"first_root": bytes(32)},
        {"proof": proof[:-1]} if proof else {"proof": [newer]},
    ]
    for change in broken:
        with pytest.raises(ProofFailed):
            merkle.verify_consistency(**{**said, **change})


def test_every_tree_begins_with_the_empty_one_and_only_with_that() -> None:
    top = merkle.root(tree(5))
    merkle.verify_consistency(first=0, second=5, first_root=merkle.EMPTY, second_root=top, proof=[])
    with pytest.raises(ProofFailed, match="empty"):
        merkle.verify_consistency(first=0, second=5, first_root=bytes(32), second_root=top, proof=[])


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="there is no leaf"):
        merkle.inclusion(index, size, merkle.nodes_of(tree(4)))


def test_there_is_no_proof_towards_the_past() -> None:
    with pytest.raises(ValueError, match="does not begin"):
        merkle.consistency(5, 4, merkle.nodes_of(tree(5)))


def flip(value: bytes, data: st.DataObject) -> bytes:
    bit = data.draw(st.integers(0, 255))
    return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(value))


def flipped(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    at = data.draw(st.integers(0, len(proof) - 1))
    return [*proof[:at], flip(proof[at], data), *proof[at + 1 :]]
