"""Writes docs/vectors/log.json, the vectors of docs/public-log.md: a small log, its notes, files and proofs. Nothing in it is random.

.venv/bin/python -m tools.log_vectors
"""

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keng.ledger import merkle, notes
from keng.ledger.leaves import leaf_of, tag_of
from keng.ledger.tiles import Growth, entries_path, path_of

FILE = Path(__file__).resolve().parent.parent / "docs/vectors/log.json"
ORIGIN = "bao.example.vn/ledger"
SIZES = (256, 512, 1024)
NUMBERS = (0, 5, 999, 1000, 1234067)
TEXTS = ("Mất trâu", 'a"b\\c\n\x1f/ă', "")


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def key(seed: int, name: str, kind: int) -> notes.Signer:
    return notes.Signer(name, Ed25519PrivateKey.from_private_bytes(sha256(bytes([seed])).digest()), kind)


def canonical(at: int) -> bytes:
    fields = {
        "by": "", "case": f"{at:064x}", "hour": "2026-11-22T03", "office": "bp-na-co-sa", "purpose": TEXTS[at % 3],
        "subject": f"{at}", "v": "1", "verb": "mailbox.part.received",
    }  # fmt: skip
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def log() -> dict[str, Any]:
    salts = [sha256(b"salt %d" % at).digest() for at in range(SIZES[-1])]
    leaves = [leaf_of(salt, canonical(at)) for at, salt in enumerate(salts)]
    node = merkle.nodes_of([merkle.leaf_hash(leaf) for leaf in leaves])
    log_key, newer = key(1, ORIGIN, notes.LOG), key(2, ORIGIN, notes.LOG)
    witness = key(3, "witness.example.vn", notes.WITNESS)
    growth, files, checkpoints = Growth(), dict[str, bytes](), []
    for at in range(0, len(leaves), 256):
        files |= dict(growth.add(leaves[at : at + 256]))
        if growth.size in SIZES:
            files |= dict(growth.parts())
            text = notes.Head(ORIGIN, growth.size, growth.root()).text
            note = notes.sign(text, log_key, newer) + witness.line(text, time=1_795_000_000 + growth.size)
            checkpoints.append({"size": growth.size, "root": b64(growth.root()), "note": note})
    return {
        "entries": [
            {"salt": b64(salts[at]), "canonical": canonical(at).decode(), "tag": b64(tag_of(salts[at])), "leaf": b64(leaves[at])}
            for at in range(3)
        ],
        "leaves": [b64(leaf) for leaf in leaves],
        "keys": {"log": [log_key.verifier.vkey, newer.verifier.vkey], "witness": witness.verifier.vkey},
        "checkpoints": checkpoints,
        "paths": [{"number": at, "tile": path_of(1, at), "part": path_of(1, at, 7), "entries": entries_path(at)} for at in NUMBERS],
        "files": {path: sha256(content).hexdigest() for path, content in sorted(files.items())},
        "inclusion": [
            {"index": index, "size": size, "proof": [b64(one) for one in merkle.inclusion(index, size, node)]}
            for index, size in ((0, 256), (255, 512), (300, 512), (1023, 1024))
        ],
        "consistency": [
            {"first": first, "second": second, "proof": [b64(one) for one in merkle.consistency(first, second, node)]}
            for first, second in ((256, 512), (512, 1024), (256, 1024))
        ],
    }  # fmt: skip


if __name__ == "__main__":
    FILE.write_text(json.dumps(log(), ensure_ascii=False, indent=1) + "\n")
