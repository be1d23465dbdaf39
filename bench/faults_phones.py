"""Phones in a fault run: they send what they have until it is answered, whatever happens to the server, and remember each answer."""

import base64
import hashlib
import http.client
import json
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from bench.reports import CHUNK, Report, Target, solve
from config.demo import client
from keng.mailbox import sealing

LATER = 0.3  # share of reports with a second part
REGRETTED = 0.08  # share that its reporter erases
FINAL = {200, 201}
AGAIN = {500, 503}


@dataclass
class Case:
    """One report as its phone knows it. `acknowledged` holds the indexes that were answered 200 or 201."""

    slug: str
    token: bytes
    log: bytes
    parts: list[Report]
    nonces: list[str] = field(default_factory=list)
    regretted: bool = False
    acknowledged: set[int] = field(default_factory=set)
    erasing: bool = False  # asked for; from then on nothing is promised but that it will be gone
    erased: bool = False

    @property
    def thread(self) -> str:
        return hashlib.sha256(self.token).hexdigest()


def _seal_case(target: Target, later: bool) -> Case:
    token, log, pin_key, secret = (secrets.token_bytes(32) for _ in range(4))
    thread, digests, parts = hashlib.sha256(token).hexdigest(), list[str](), list[Report]()
    for index in range(2 if later else 1):
        said = {
            "v": 1,
            "box": target.slug,
            "from": "reporter",
            "index": index,
            "kind": "report" if index == 0 else "message",
        }
        sealed = sealing.seal_part(
            json_part={**said, "hour": client.hour_text(), "secret": sealing.b64u(secret)}, name="text.txt",
            body="Đêm qua hai người lạ dắt trâu khỏi bản. ".encode() * 3, thread=thread, recipients=[target.recipient],
            secret=secret if index else None,
        )  # fmt: skip
        digests.append(sealing.digest(sealing.split(sealed)[1]))
        pin, pin_mac = sealing.pin_record(
            pin_key=pin_key, box=target.slug, root=target.root, seq=1, parts=digests, hour=client.hour_text()
        )
        line = {
            "v": 1, "thread": thread, "token": sealing.b64u(token) if index else None, "index": index, "pin": pin,
            "pin_mac": pin_mac, "hour": client.hour_text(),
        } | ({} if index else {"log": sealing.b64u(log)})  # fmt: skip
        parts.append(Report(target.slug, digests[-1], line, sealed))
    return Case(target.slug, token, log, parts)


def _seal_many(job: tuple[Sequence[Target], int, int]) -> list[Case]:
    targets, number, seed = job
    chance = random.Random(seed)
    return [_seal_case(target, chance.random() < LATER) for target in islice(cycle(targets), number)]


def make_cases(targets: Sequence[Target], number: int, *, solver: Path | None, chance: random.Random) -> list[Case]:
    """Reports, box by box in turn, sealed and with their proofs."""
    jobs = [(targets, min(CHUNK, number - at), chance.getrandbits(32)) for at in range(0, number, CHUNK)]
    with ProcessPoolExecutor(2) as pool:
        cases = [case for many in pool.map(_seal_many, jobs) for case in many]
    nonces = solve([part for case in cases for part in case.parts], solver, 16)
    for case in cases:
        case.nonces = [next(nonces) for _part in case.parts]
        case.regretted = chance.random() < REGRETTED
    return cases


class Crowd:
    """Phones at work, each in a thread, from the cases that are left. `statuses` counts every answer by status and code."""

    def __init__(self, port: int, cases: Iterator[Case], *, phones: int, solver: Path | None, pause: float = 0) -> None:
        """`pause`: how many seconds a phone waits between two reports."""
        self.port, self.cases, self.solver, self.pause = port, cases, solver, pause
        self.statuses: Counter[str] = Counter()
        self.seen: list[Case] = []  # begun, in order
        self.acknowledged = 0
        self.last = time.monotonic()  # of the last acknowledgement
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._phone, daemon=True) for _ in range(phones)]
        for thread in self._threads:
            thread.start()

    def leave(self) -> None:
        """Each phone gives up what it is sending; what was not answered is not acknowledged."""
        self._stop.set()
        for thread in self._threads:
            thread.join(90)
            if thread.is_alive():
                raise RuntimeError("a phone hangs")

    def _phone(self) -> None:
        with closing(Line(self.port)) as line:
            self._send_cases(line)

    def _send_cases(self, line: "Line") -> None:
        while not self._stop.is_set():
            with self._lock:
                case = next(self.cases, None)
                if case is None:
                    return
                self.seen.append(case)
            for index in range(len(case.parts)):
                if not self._send(line, case, index):
                    break
            else:
                if case.regretted:
                    self._erase(line, case)
            self._stop.wait(self.pause)

    def _send(self, line: "Line", case: Case, index: int) -> bool:
        report, hour = case.parts[index], ""
        body = report.body(case.nonces[index])
        while not self._stop.is_set():
            status, said = line.post(f"/b/{case.slug}/parts", body)
            self._count(status, said)
            if status in FINAL:
                with self._lock:
                    case.acknowledged.add(index)
                    self.acknowledged += 1
                    self.last = time.monotonic()
                return True
            if status == 409 and said.get("error") == "pow":
                hour = str(said["hour"])
                body = report.body(next(iter(solve([report], self.solver, int(str(said["bits"])), hour))), hour)
            elif status and status not in AGAIN:
                return False
            else:
                self._stop.wait(0.05)
        return False

    def _erase(self, line: "Line", case: Case) -> None:
        case.erasing = True
        body = json.dumps({"token": base64.urlsafe_b64encode(case.token).rstrip(b"=").decode()}).encode()
        while not self._stop.is_set():
            status, said = line.post("/r/delete", body)
            self._count(status, said)
            if status in (200, 404):  # 404: it was erased, and the answer to that was lost
                case.erased = True
                return
            self._stop.wait(0.05)

    def _count(self, status: int, said: dict[str, object]) -> None:
        with self._lock:
            self.statuses[f"{status} {said.get('error', '')}".strip() if status else "broken"] += 1


class Line:
    """A keep-alive connection that is made again when it breaks."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._line: http.client.HTTPConnection | None = None

    def post(self, path: str, body: bytes) -> tuple[int, dict[str, object]]:
        """Status and answer; (0, {}) when the line broke or nobody listens."""
        line = self._line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._line = None
        try:
            line.request("POST", path, body, {"Content-Type": "application/octet-stream"})
            answer = line.getresponse()
            said = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            line.close()
            return 0, {}
        self._line = line
        return answer.status, said

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
