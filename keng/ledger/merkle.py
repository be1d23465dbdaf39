"""The tree over the leaves (RFC 6962, section 2.1): hashes, roots, proofs and their verification. Pure functions; knows no database.

A tree is read through a `Nodes` function: `node(level, index)` is the hash over the leaves [index * 2^level, (index + 1) * 2^level), so a
proof needs about 25 hashes of a tree of 10 million leaves, wherever they are kept.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY = sha256(b"").digest()

Nodes = Callable[[int, int], bytes]


class ProofFailed(ValueError):
    """The proof does not lead to the root: the leaf is not there, the tree is another one, or the proof was damaged."""


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """The level above; a hash left over at the end has no parent yet."""
    pairs = iter(hashes)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]


def nodes_of(hashes: Sequence[bytes]) -> Nodes:
    """Reads a tree that is held in memory as its leaf hashes."""
    levels = [list(hashes)]

    def node(level: int, index: int) -> bytes:
        while len(levels) <= level:
            levels.append(parents(levels[-1]))
        return levels[level][index]

    return node


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    return root_of(len(hashes), nodes_of(hashes))


def root_of(size: int, node: Nodes) -> bytes:
    """The root of the tree's first `size` leaves."""
    if size < 0:
        raise ValueError("a tree has no negative size")
    return _range(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Nodes) -> list[bytes]:
    """The proof that leaf `index` stands in the tree of the first `size` leaves: hashes from the leaf's sibling up to the root's child."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    start, end, path = 0, size, list[bytes]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range(middle, end, node))
            end = middle
        else:
            path.append(_range(start, middle, node))
            start = middle
    return path[::-1]


def consistency(first: int, second: int, node: Nodes) -> list[bytes]:
    """The proof that the tree of `second` leaves begins with the tree of `first`: no hash where they are one.

    None either where the first is empty, since every tree begins with that.
    """
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {second} does not begin with one of {first}")
    if first in (0, second):
        return []
    start, end, path, whole = 0, second, list[bytes](), True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_range(middle, end, node))
            end = middle
        else:
            path.append(_range(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(_range(start, end, node))
    return path[::-1]


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Checks that the leaf hash `leaf` stands at `index` in the tree of `size` leaves with this root (RFC 9162, 2.1.3.2).

    Raises ProofFailed.
    """
    if not 0 <= index < size:
        raise ProofFailed(f"there is no leaf {index} in a tree of {size}")
    found = leaf
    for hash_, on_the_left in _climb(index, size - 1, proof):
        found = node_hash(hash_, found) if on_the_left else node_hash(found, hash_)
    if found != root:
        raise ProofFailed(f"the proof of leaf {index} leads to another root")


def verify_consistency(
    *, first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """Checks that the tree of `second` leaves begins with the tree of `first` (RFC 9162, 2.1.4.2). Raises ProofFailed."""
    if not 0 <= first <= second:
        raise ProofFailed(f"a tree of {second} does not begin with one of {first}")
    if first in (0, second):
        _verify_trivial(first, second, first_root, second_root, proof)
        return
    hashes = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not hashes:
        raise ProofFailed("the proof is shorter than the tree is high")
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    older = newer = hashes[0]
    for hash_, on_the_left in _climb(at, last, hashes[1:]):
        if on_the_left:
            older, newer = node_hash(hash_, older), node_hash(hash_, newer)
        else:
            newer = node_hash(newer, hash_)
    if older != first_root or newer != second_root:
        raise ProofFailed(f"the tree of {second} leaves does not begin with the tree of {first}")


def _climb(at: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """From node `at` of a level whose last node is `last` up to the root: each hash of the proof, and whether it stands on the left."""
    for hash_ in proof:
        if len(hash_) != HASH_BYTES:
            raise ProofFailed(f"a hash of the proof has not {HASH_BYTES} bytes")
        if last == 0:
            raise ProofFailed("the proof is longer than the tree is high")
        on_the_left = bool(at & 1) or at == last
        yield hash_, on_the_left
        # At the right edge a node without a sibling stands on several levels.
        while on_the_left and at and not at & 1:
            at, last = at >> 1, last >> 1
        at, last = at >> 1, last >> 1
    if last != 0:
        raise ProofFailed("the proof is shorter than the tree is high")


def _verify_trivial(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise ProofFailed("the proof is longer than the tree is high")
    if first == second and first_root != second_root:
        raise ProofFailed(f"two different trees of {first} leaves")
    if first == 0 and first_root != EMPTY:
        raise ProofFailed("the empty tree has another root")


def _split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def _range(start: int, end: int, node: Nodes) -> bytes:
    """The hash over the leaves [start, end), a subtree of the RFC's tree."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(size)
    return node_hash(_range(start, middle, node), _range(middle, end, node))
