"""Reads the published log as a stranger would: from its files alone, checking everything on the way."""

from dataclasses import dataclass

from django.conf import settings

from keng.ledger import merkle, notes
from keng.ledger.tiles import path_of, unbundle


@dataclass
class Log:
    head: notes.Head
    leaves: list[bytes]


def folder() -> dict[str, bytes]:
    """Every published file by its path."""
    root = settings.LEDGER_FOLDER
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def tree_of(leaves: list[bytes]) -> merkle.Nodes:
    return merkle.nodes_of([merkle.leaf_hash(leaf) for leaf in leaves])


def read_log() -> Log:
    """The newest checkpoint and its leaves; every tile of every level must be there and be right."""
    found = folder()
    note = notes.read(found["checkpoint"].decode())
    head = notes.read_head(note.text)
    leaves: list[bytes] = []
    for index in range(head.size // 256):
        leaves += unbundle(found[f"tile/entries/{index:03}"])
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    assert merkle.root(hashes) == head.root
    level = 0
    while hashes:
        for at in range(0, len(hashes), 256):
            some = hashes[at : at + 256]
            assert found[path_of(level, at // 256, len(some))] == b"".join(some)
        hashes = [merkle.root(hashes[at : at + 256]) for at in range(0, len(hashes) // 256 * 256, 256)]
        level += 1
    return Log(head, leaves)
