"""How long an auditor's check of a large export takes, beside hashing the same bytes alone. Conditions: docs/performance.md.

The check is `tools/verify_ledger.py tree` on an export of ENTRIES entries: each opened against its leaf, each tile and checkpoint made
anew. The floor makes, in a program that does nothing else, the SHA-256 calls that nobody can do without, over the same bytes from the
same files: for each entry its tag, its commitment, its leaf hash and a node of the tree, and once the sum of the entries' file. Both run
as programs of their own, in turn, several times; the least of each counts.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keng.ledger import notes
from keng.ledger.leaves import leaf_of
from keng.ledger.rows import canonical
from keng.ledger.tiles import WIDTH, Growth

ENTRIES = int(os.environ.get("BENCH_ENTRIES", str(4096 * WIDTH)))
TIMES = int(os.environ.get("BENCH_TIMES", "3"))
ORIGIN = "bao.example.vn/ledger"
ROOT = Path(__file__).parents[1]

FLOOR = r"""
import json, sys
from hashlib import sha256
from pathlib import Path

folder, entries = Path(sys.argv[1]), int(sys.argv[2])
path = lambda level, n: folder / f"tile/{level}" / (f"x{n // 1000:03}/{n % 1000:03}" if n > 999 else f"{n:03}")
with (folder / "entries.jsonl").open("rb") as lines:
    whole = sha256()
    for n in range(entries // 256):
        leaves = path("entries", n).read_bytes()
        path(0, n).read_bytes()
        some = b""
        for at in range(2, 12800, 50):
            line = lines.readline()
            salt = line[-32:]  # as many bytes as a salt, wherever they are
            sha256(b"keng/leaf/1\n" + salt).digest()
            sha256(salt + line[SKIPPED:]).digest()
            some += sha256(b"\0" + leaves[at : at + 48]).digest()
            whole.update(line)
        for at in range(0, 16320, 64):
            sha256(b"\1" + some[at : at + 64]).digest()
    whole.digest()
"""
# What stands in a line before its entry: place, salt, and the names of the fields.
SKIPPED = len('{"place":1000000,"salt":"' + "0" * 64 + '","entry":')


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-verify-") as temporary:
        folder = Path(temporary)
        key = make(folder, ENTRIES)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        checked, hashed = [], []
        for _time in range(TIMES):
            checked.append(timed([str(ROOT / "tools/verify_ledger.py"), "tree", str(folder), "--key", key]))
            hashed.append(timed(["-c", FLOOR.replace("SKIPPED", str(SKIPPED)), str(folder), str(ENTRIES)]))
    value, floor = min(checked), min(hashed)
    figure = {
        "name": "ledger.verify_hash_ratio",
        "value": round(value / floor, 2),
        "unit": "x",
        "ratio": round(value / floor, 2),
    }
    print(
        json.dumps(
            {**figure, "verify_s": round(value, 2), "hash_s": round(floor, 2), "entries": ENTRIES, "bytes": size}
        )
    )


def timed(arguments: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def make(folder: Path, entries: int) -> str:
    """An export as large as asked for; returns the key that signed it. Three of four entries are real ones, a third of these parts."""
    signer = notes.Signer(ORIGIN, Ed25519PrivateKey.generate())
    put(folder, "keys", b"[]")
    growth, present = Growth(), list[str]()
    with (folder / "entries.jsonl").open("wb") as lines:
        for at in range(0, entries, WIDTH):
            leaves = []
            for place, salt, text in told(at, present):
                leaves.append(leaf_of(salt, text))
                lines.write(b'{"place":%d,"salt":"%s","entry":%s}\n' % (place, salt.hex().encode(), text))
            for name, content in growth.add(leaves):
                put(folder, name, content)
            if growth.size in (entries // 2, entries):
                publish(folder, growth, signer)
    put(folder, "present.txt", "".join(f"{digest}\n" for digest in sorted(present)).encode())
    put(
        folder,
        "export.json",
        json.dumps({"v": "1", "origin": ORIGIN, "made": "2026-11-22T09", "size": entries}).encode(),
    )
    put(folder, "days/2026-11", json.dumps([["2026-11-20", entries // 2], ["2026-11-21", entries]]).encode())
    sums = [path for path in sorted(folder.rglob("*")) if path.is_file() and "tile/" not in path.as_posix()]
    listed = "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in sums)
    put(folder, "SHA256SUMS", listed.encode())
    return signer.verifier.vkey


def told(first: int, present: list[str]) -> Iterator[tuple[int, bytes, bytes]]:
    nothing = dict.fromkeys(("by", "case", "office", "purpose", "subject"), "") | {"verb": "ledger.padding"}
    for place in range(first, first + WIDTH):
        salt = sha256(b"salt %d" % place).digest()
        subject, case = sha256(b"s %d" % place).hexdigest(), sha256(b"c %d" % (place // 7)).hexdigest()
        if place % 4 == 0:
            texts = nothing
        elif place % 4 == 1:
            present.append(subject)
            texts = nothing | {
                "verb": "mailbox.part.received",
                "subject": subject,
                "case": case,
                "office": "bp-na-co-sa",
            }
        else:
            texts = nothing | {
                "verb": "desk.report.read",
                "subject": case,
                "case": case,
                "office": "bp-na-co-sa",
                "by": "hoa",
            }
        yield place, salt, canonical(texts, "2026-11-20T03")


def publish(folder: Path, growth: Growth, signer: notes.Signer) -> None:
    for name, content in growth.parts():
        put(folder, name, content)
    note = notes.sign(f"{ORIGIN}\n{growth.size}\n{b64encode(growth.root()).decode()}\n", signer)
    put(folder, f"checkpoints/{growth.size}", note.encode())
    put(folder, "checkpoint", note.encode())


def put(folder: Path, name: str, content: bytes) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
