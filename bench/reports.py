"""Sealed reports as a load needs them: thousands, made and solved beforehand, each as a phone would send it."""

import json
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path

from config.demo import client
from keng.mailbox import sealing

CHUNK = 200


@dataclass(frozen=True)
class Target:
    """A box, as its page tells it."""

    slug: str
    recipient: str
    root: str


@dataclass(frozen=True)
class Report:
    """A body without its proof: `first_line` has an empty nonce."""

    slug: str
    digest: str
    first_line: dict[str, object]
    sealed: bytes

    def body(self, nonce: str, hour: str = "") -> bytes:
        line = {**self.first_line, "nonce": nonce, "hour": hour or self.first_line["hour"]}
        return json.dumps(line).encode() + b"\n" + self.sealed

    def prefix(self, hour: str = "") -> str:
        return f"keng/pow/1\n{self.slug}\n{hour or self.first_line['hour']}\n{self.digest}\n"


def seal_report(target: Target, text: str, attachment: bytes = b"") -> Report:
    """A first part; random keys instead of a receipt's, which cost a fifth of a second each. With `attachment` it is that large."""
    token = secrets.token_bytes(32)
    thread = sha256(token).hexdigest()
    part = {
        "v": 1, "box": target.slug, "from": "reporter", "index": 0, "kind": "report", "hour": client.hour_text(),
        "secret": sealing.b64u(secrets.token_bytes(32)), "reply": target.recipient, "what": "theft", "village": "Bản Na Cô Sa 1",
        "place": "", "gps": None, "when": "today", "when_text": "", "forward": True, "pinned": "qr", "path": "sealed", "media": 0,
        "lang": "vi", "root": target.root, "statement": 1,
    }  # fmt: skip
    name, body = ("photo.jpg", attachment) if attachment else ("text.txt", text.encode())
    sealed = sealing.seal_part(json_part=part, name=name, body=body, thread=thread, recipients=[target.recipient])
    digest = sealing.digest(sealing.split(sealed)[1])
    pin, pin_mac = sealing.pin_record(
        pin_key=secrets.token_bytes(32), box=target.slug, root=target.root, seq=1, parts=[digest], hour=part["hour"]
    )
    line = {
        "v": 1, "thread": thread, "token": None, "index": 0, "log": sealing.b64u(secrets.token_bytes(32)), "pin": pin,
        "pin_mac": pin_mac, "hour": client.hour_text(), "nonce": "",
    }  # fmt: skip
    return Report(target.slug, digest, line, sealed)


def _seal_many(job: tuple[Sequence[Target], int, int]) -> list[Report]:
    targets, number, attachment = job
    text = "Đêm qua hai người lạ dắt trâu khỏi bản, đi về phía suối. " * 3
    return [
        seal_report(target, text, secrets.token_bytes(attachment) if attachment else b"")
        for target in islice(cycle(targets), number)
    ]


def make(
    targets: Sequence[Target], number: int, *, solver: Path | None, attachment: int = 0, bits: int = 16
) -> list[tuple[str, bytes]]:
    """`number` reports, box by box in turn, sealed and solved: (slug, body)."""
    with ProcessPoolExecutor() as pool:
        sizes = [min(CHUNK, number - at) for at in range(0, number, CHUNK)]
        made = [one for many in pool.map(_seal_many, [(targets, size, attachment) for size in sizes]) for one in many]
    return [(one.slug, one.body(nonce)) for one, nonce in zip(made, solve(made, solver, bits), strict=True)]


def solve(reports: Sequence[Report], solver: Path | None, bits: int, hour: str = "") -> Iterator[str]:
    """A nonce for each; without the compiled solver in Python, ten times slower."""
    if solver is None:
        with ProcessPoolExecutor() as pool:
            yield from pool.map(_solve_here, [(one, bits, hour) for one in reports], chunksize=8)
        return
    chunks = [reports[at : at + CHUNK] for at in range(0, len(reports), CHUNK)]
    with ThreadPoolExecutor(2) as pool:
        for nonces in pool.map(lambda chunk: _solve_natively(solver, chunk, bits, hour), chunks):
            yield from nonces


def _solve_natively(solver: Path, reports: Sequence[Report], bits: int, hour: str) -> list[str]:
    asked = "".join(one.prefix(hour).replace("\n", "|") + "\n" for one in reports)
    return subprocess.run([solver, str(bits)], input=asked, capture_output=True, text=True, check=True).stdout.split()


def _solve_here(job: tuple[Report, int, str]) -> str:
    one, bits, hour = job
    return client.solve(slug=one.slug, hour=hour or str(one.first_line["hour"]), digest=one.digest, bits=bits)
