"""Vectors of section 14: leaves, and proof files of every kind with what a checker says of each. `tools.make_vectors` writes them down."""

import base64
import json
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keng.ledger import merkle, notes
from keng.ledger.leaves import leaf_of, tag_of
from keng.ledger.notes import WITNESS, Head, Signer
from keng.mailbox import sealing

ORIGIN = "bao.dienbien.gov.vn/ledger"
TIME = 1795287600  # 2026-11-22, 09:00 in Viet Nam
PLACE, SIZE = 300, 1024


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _signer(name: str, type_: int = notes.LOG) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(sha256(f"test key of {name}".encode()).digest()), type_)


def _entry(keys: sealing.ReceiptKeys, **other: str) -> dict[str, str]:
    return {
        "by": "", "case": keys.thread, "hour": "2026-11-22T03", "office": "bp-na-co-sa", "purpose": "",
        "subject": sha256(b"payload").hexdigest(), "v": "1", "verb": "mailbox.part.received", **other,
    }  # fmt: skip


def _canonical(entry: dict[str, str]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def leaf(receipt: str) -> dict[str, Any]:
    keys = sealing.derive(receipt)
    cases = []
    for entry in (_entry(keys), _entry(keys, office='Đồn "Na Cô Sa" \\\n\u2028\x7f', purpose="\U0001f98a")):
        raw = _canonical(entry)
        cases.append({"entry": entry, "canonical": raw.decode(), "leaf": leaf_of(keys.log_tag, raw).hex()})
    return {
        "receipt": receipt,
        "log_tag": keys.log_tag.hex(),
        "thread": keys.thread,
        "tag": tag_of(keys.log_tag).hex(),
        "cases": cases,
    }


def proof(receipt: str) -> dict[str, Any]:
    keys = sealing.derive(receipt)
    log, witness = _signer(ORIGIN), _signer("nhan-chung.example.vn/keng", WITNESS)
    old, forged = (Signer(ORIGIN, _signer(which).key) for which in ("old", "forged"))
    second, stranger = (_signer(f"{name}.example.vn/keng", WITNESS) for name in ("nhan-chung-hai", "ai-do"))
    own = leaf_of(keys.log_tag, _canonical(_entry(keys)))
    leaves = [sha256(f"{i}".encode()).digest() + bytes(16) for i in range(SIZE)]
    leaves[PLACE] = own
    nodes = merkle.nodes_of([merkle.leaf_hash(one) for one in leaves])
    hashes = merkle.inclusion(PLACE, SIZE, nodes)
    text = Head(ORIGIN, SIZE, merkle.root_of(SIZE, nodes)).text
    signed = notes.sign(text, log)
    seen = signed + witness.line(text, time=TIME)
    good: dict[str, Any] = {
        "v": 1, "type": "keng-proof", "origin": ORIGIN, "tag": _b64(own[:16]), "leaf": _b64(own), "index": PLACE, "size": SIZE,
        "proof": [_b64(one) for one in hashes], "checkpoint": seen, "sent": None, "made": "2026-11-24", "found": "proven",
        "keys": {"log": [old.verifier.vkey, log.verifier.vkey], "witnesses": [witness.verifier.vkey, second.verifier.vkey]},
    }  # fmt: skip
    nowhere = {"index": None, "size": None, "proof": None, "checkpoint": None}
    other = Head(ORIGIN, SIZE, sha256(b"another tree").digest()).text
    at = {"index": PLACE, "size": SIZE, "tag": own[:16].hex()}
    proven = {"kind": "proven", "time": TIME, "witnesses": [witness.name], **at}
    flipped = bytes([hashes[3][0] ^ 1]) + hashes[3][1:]
    broken = [flipped if i == 3 else one for i, one in enumerate(hashes)]
    cases: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("proven", {}, proven),
        ("signed by a key of the log that is retired now", {"checkpoint": notes.sign(text, old) + witness.line(text, time=TIME)}, proven),
        ("two witnesses, the later line first", {"checkpoint": seen + second.line(text, time=TIME - 3600)},
         {**proven, "time": TIME - 3600, "witnesses": [witness.name, second.name]}),
        ("keys that it does not know", {"hint": [1]}, proven),
        ("no witness signed", {"checkpoint": signed}, {"kind": "unseen", **at}),
        ("only a witness that nobody pinned", {"checkpoint": signed + stranger.line(text, time=TIME)}, {"kind": "unseen", **at}),
        ("no leaf: not in the log", {**nowhere, "leaf": None, "sent": "2026-11-22", "found": "missing"},
         {"kind": "absent", "tag": at["tag"], "sent": "2026-11-22"}),
        ("a leaf without a place", {**nowhere, "found": "missing"}, {"kind": "absent", "tag": at["tag"], "sent": None}),
        ("another version", {"v": 2}, _bad("malformed")),
        ("another type", {"type": "proof"}, _bad("malformed")),
        ("a short tag", {"tag": _b64(own[:15])}, _bad("malformed")),
        ("half of the place", {"index": None}, _bad("malformed")),
        ("another leaf than the tag's", {"tag": _b64(bytes(16))}, _bad("leaf")),
        ("another log's file", {"origin": "ke-gian.example/ledger"}, _bad("origin")),
        ("another log's checkpoint", {"checkpoint": _other_origin(text, log)}, _bad("origin")),
        ("another size than the checkpoint's", {"size": SIZE + 256}, _bad("size")),
        ("signed by a forged key of the same name", {"checkpoint": notes.sign(text, forged)}, _bad("signature")),
        ("an altered checkpoint", {"checkpoint": seen.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n"), "size": SIZE + 1}, _bad("signature")),
        ("another tree, signed by the log", {"checkpoint": notes.sign(other, log) + witness.line(other, time=TIME)}, _bad("inclusion")),
        ("a flipped bit in the proof", {"proof": [_b64(one) for one in broken]}, _bad("inclusion")),
        ("a proof cut short", {"proof": good["proof"][:-1]}, _bad("inclusion")),
        ("a proof too long", {"proof": [*good["proof"], good["proof"][0]]}, _bad("inclusion")),
        ("another place", {"index": PLACE + 1}, _bad("inclusion")),
        ("a place beyond the tree", {"index": SIZE}, _bad("inclusion")),
        ("a witness's line over another tree", {"checkpoint": signed + witness.line(other, time=TIME)}, _bad("cosignature")),
        ("a witness's line with another time", {"checkpoint": signed + _later(witness, text)}, _bad("cosignature")),
        ("base64 that is not canonical", {"proof": [one.rstrip("=") for one in good["proof"]]}, _bad("malformed")),
        ("a note without signatures", {"checkpoint": text}, _bad("malformed")),
    ]  # fmt: skip
    return {
        "pinned": {"origin": ORIGIN, **good["keys"]},
        "cases": [{"about": about, "file": {**good, **change}, "verdict": verdict} for about, change, verdict in cases],
    }


def _bad(fault: str) -> dict[str, Any]:
    return {"kind": "bad", "fault": fault}


def _other_origin(text: str, log: Signer) -> str:
    return notes.sign(text.replace(ORIGIN, "ke-gian.example/ledger", 1), log)


def _later(witness: Signer, text: str) -> str:
    """A cosignature whose time was put forward by a second afterwards."""
    line = witness.line(text, time=TIME)
    start, _gap, code = line.rstrip("\n").rpartition(" ")
    raw = base64.b64decode(code)
    return f"{start} {_b64(raw[:4] + (TIME + 1).to_bytes(8) + raw[12:])}\n"
