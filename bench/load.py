"""The load: phones at the other end of sockets, in a process of their own that spends little on each request.

Run as `python -m bench.load` with one JSON line on stdin that says what to do; prints one JSON line of what came of it.
"""

import json
import pickle
import selectors
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"


@dataclass
class Phone:
    """One keep-alive connection."""

    port: int
    selector: selectors.BaseSelector
    line: socket.socket = field(init=False)
    out: memoryview = field(default_factory=lambda: memoryview(b""))
    answer: bytes = b""
    started: float = 0.0
    busy: bool = False

    def __post_init__(self) -> None:
        self.connect()

    def connect(self) -> None:
        self.line = socket.create_connection((HOST, self.port), timeout=60)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.line.setblocking(False)
        self.selector.register(self.line, selectors.EVENT_READ, self)

    def send(self, request: bytes, started: float) -> None:
        self.out, self.answer, self.started, self.busy = memoryview(request), b"", started, True
        self.go_on()

    def go_on(self) -> None:
        try:
            while self.out:
                self.out = self.out[self.line.send(self.out) :]
        except BlockingIOError:
            pass
        except OSError:
            self.out = memoryview(b"")  # turned away in the midst of sending: what was answered is still to be read
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.out else 0)
        self.selector.modify(self.line, events, self)

    def take(self) -> int | None:
        """What has arrived; the status once the answer is whole, 0 if the line broke."""
        try:
            chunk = self.line.recv(65536)
        except OSError:
            chunk = b""
        self.answer += chunk
        status = _status(self.answer)
        if status is None and not chunk:
            status = 0
        if status is not None:
            self.busy = False
        if not chunk:
            self.again()
        return status

    def again(self) -> None:
        self.selector.unregister(self.line)
        self.line.close()
        self.connect()


def _status(answer: bytes) -> int | None:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return None
    at = head.lower().find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return int(head[9:12]) if len(body) >= length else None


def request_of(slug: str, body: bytes, host: str) -> bytes:
    head = f"POST /b/{slug}/parts HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


Results = list[tuple[float, int]]  # (seconds, status; 0 for a broken line)


def closed(port: int, phones: int, requests: Iterator[bytes], again_at: tuple[int, ...] = ()) -> Results:
    """Each phone sends its next request as soon as the last is answered. A status in `again_at` is tried again after a while."""
    selector = selectors.DefaultSelector()
    all_phones = [Phone(port, selector) for _ in range(phones)]
    results: Results = []
    sent = {id(phone): _send_next(phone, requests) for phone in all_phones}
    while any(phone.busy for phone in all_phones):
        for phone, status in _events(selector):
            if status in again_at:
                time.sleep(0.02)
                phone.send(sent[id(phone)] or b"", phone.started)
                continue
            results.append((time.perf_counter() - phone.started, status))
            sent[id(phone)] = _send_next(phone, requests)
    return results


def _send_next(phone: Phone, requests: Iterator[bytes]) -> bytes | None:
    request = next(requests, None)
    if request is not None:
        phone.send(request, time.perf_counter())
    return request


def _events(selector: selectors.BaseSelector, wait: float | None = 30) -> Iterator[tuple[Phone, int]]:
    for key, mask in selector.select(wait):
        phone: Phone = key.data
        if mask & selectors.EVENT_WRITE:
            phone.go_on()
        if mask & selectors.EVENT_READ and (status := phone.take()) is not None:
            yield phone, status


def paced(port: int, rate: float, requests: Iterator[bytes], phones: int) -> Results:
    """`rate` requests a second, whatever the answers: what a flood does. A request that finds no free phone is left out."""
    selector = selectors.DefaultSelector()
    all_phones = [Phone(port, selector) for _ in range(phones)]
    results: Results = []
    start = time.perf_counter()
    for sent, request in enumerate(requests):
        while (ahead := start + sent / rate - time.perf_counter()) > 0:
            _collect(selector, results, ahead)
        free = next((phone for phone in all_phones if not phone.busy), None)
        if free is not None:
            free.send(request, time.perf_counter())
        _collect(selector, results, 0)
    end = time.perf_counter() + 20
    while any(phone.busy for phone in all_phones) and time.perf_counter() < end:
        _collect(selector, results, 1)
    return results


def _collect(selector: selectors.BaseSelector, results: Results, wait: float) -> None:
    results.extend((time.perf_counter() - phone.started, status) for phone, status in _events(selector, wait))


def slow(port: int, phones: int, bytes_a_second: int, seconds: float, host: str) -> int:
    """Phones that upload at a crawl and never finish; returns how many the server kept to the end."""
    head = f"POST /b/na-co-sa/parts HTTP/1.1\r\nHost: {host}\r\nContent-Length: 200000\r\n\r\n".encode()
    lines = [socket.create_connection((HOST, port), timeout=60) for _ in range(phones)]
    for line in lines:
        line.sendall(head)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        lines = [line for line in lines if _drip(line, bytes_a_second)]
        time.sleep(1)
    return len(lines)


def _drip(line: socket.socket, number: int) -> bool:
    try:
        line.sendall(b"x" * number)
    except OSError:
        return False
    return True


def work(said: dict[str, Any]) -> dict[str, Any]:
    """What one line on stdin asks for."""
    if said["mode"] == "slow":
        return {"kept": slow(said["port"], said["phones"], said["bytes_a_second"], said["seconds"], said["host"])}
    with Path(said["bodies"]).open("rb") as file:
        bodies = pickle.load(file)[said["first"] : said["last"]]
    requests = (request_of(slug, body, said["host"]) for slug, body in bodies)
    modes: dict[str, Callable[[], Results]] = {
        "closed": lambda: closed(said["port"], said["phones"], requests, tuple(said.get("again_at", ()))),
        "paced": lambda: paced(said["port"], said["rate"], requests, said["phones"]),
    }
    start = time.perf_counter()
    results = modes[said["mode"]]()
    return {"seconds": time.perf_counter() - start, "results": results}


if __name__ == "__main__":
    print(json.dumps(work(json.loads(sys.stdin.readline()))))
