"""The server against docs/vectors/log.json, which clients of others are held to."""

import json
from base64 import b64decode
from hashlib import sha256
from typing import Any

import pytest

from keng.ledger import merkle, notes
from keng.ledger.leaves import leaf_of, tag_of
from keng.ledger.notes import Verifier
from keng.ledger.tiles import Growth, TiledTree, entries_path, path_of
from tools.log_vectors import FILE, log

VECTORS: dict[str, Any] = json.loads(FILE.read_text())
LEAVES = [b64decode(leaf) for leaf in VECTORS["leaves"]]
ROOTS = {one["size"]: b64decode(one["root"]) for one in VECTORS["checkpoints"]}


def test_the_file_is_what_the_code_makes() -> None:
    assert log() == VECTORS


@pytest.mark.parametrize("at", range(3))
def test_an_entrys_leaf(at: int) -> None:
    entry = VECTORS["entries"][at]
    salt = b64decode(entry["salt"])
    assert leaf_of(salt, entry["canonical"].encode()) == b64decode(entry["leaf"]) == LEAVES[at]
    assert tag_of(salt) == b64decode(entry["tag"]) == LEAVES[at][:16]


@pytest.mark.parametrize("one", VECTORS["checkpoints"])
def test_checkpoints_are_signed_by_both_keys_and_the_witness(one: dict[str, Any]) -> None:
    note = notes.read(one["note"])
    assert notes.read_head(note.text) == notes.Head("bao.example.vn/ledger", one["size"], ROOTS[one["size"]])
    assert merkle.root([merkle.leaf_hash(leaf) for leaf in LEAVES[: one["size"]]]) == ROOTS[one["size"]]
    for vkey in VECTORS["keys"]["log"]:
        assert notes.verify(note, Verifier.read(vkey)) == 0
    assert notes.verify(note, Verifier.read(VECTORS["keys"]["witness"])) == 1_795_000_000 + one["size"]


def test_names_of_files() -> None:
    for one in VECTORS["paths"]:
        number = one["number"]
        assert (path_of(1, number), path_of(1, number, 7), entries_path(number)) == (
            one["tile"],
            one["part"],
            one["entries"],
        )
    assert VECTORS["paths"][-1]["tile"] == "tile/1/x001/x234/067"


def test_files_byte_for_byte_and_proofs_read_from_them() -> None:
    growth, files = Growth(), dict[str, bytes]()
    for at in range(0, len(LEAVES), 256):
        files |= dict(growth.add(LEAVES[at : at + 256]))
        files |= dict(growth.parts()) if growth.size in ROOTS else {}
    assert {path: sha256(content).hexdigest() for path, content in files.items()} == VECTORS["files"]
    for one in VECTORS["inclusion"]:
        proof = [b64decode(text) for text in one["proof"]]
        assert merkle.inclusion(one["index"], one["size"], TiledTree(one["size"], files.__getitem__).node) == proof
        leaf = merkle.leaf_hash(LEAVES[one["index"]])
        merkle.verify_inclusion(leaf=leaf, index=one["index"], size=one["size"], proof=proof, root=ROOTS[one["size"]])
    for one in VECTORS["consistency"]:
        proof, first, second = [b64decode(text) for text in one["proof"]], one["first"], one["second"]
        assert merkle.consistency(first, second, TiledTree(second, files.__getitem__).node) == proof
        merkle.verify_consistency(
            first=first, second=second, first_root=ROOTS[first], second_root=ROOTS[second], proof=proof
        )
