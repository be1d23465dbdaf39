"""A mail server of our own on this machine, which misbehaves as told."""

import socket
import socketserver
import threading
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Manners:
    """How the server behaves. `answers` replaces its answer to a command (the first word, lower case); `refuses` addresses with a code."""

    answers: dict[str, str] = field(default_factory=dict)
    refuses: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    drips: bool = False
    hangs_up_after: int = 10**6
    offers: tuple[str, ...] = ()


class Line(socketserver.StreamRequestHandler):
    """One connection."""

    server: Any

    def handle(self) -> None:
        manners: Manners = self.server.manners
        self.server.connections += 1
        if manners.silent:
            self.server.stopped.wait(30)
            return
        if manners.drips:
            self._drip()
            return
        self._say("220 here")
        taken: list[str] = []
        while command := self.rfile.readline().decode("utf-8", "replace").strip():
            self.server.commands.append(command)
            if not self._answer(manners, command, taken):
                return

    def _answer(self, manners: Manners, command: str, taken: list[str]) -> bool:
        word = command.split()[0].lower()
        address = command.partition("<")[2].partition(">")[0]
        if word in manners.answers:
            self._say(manners.answers[word])
        elif word == "ehlo":
            self._say("\r\n".join([*(f"250-{offer}" for offer in manners.offers), "250 fine"]))
        elif word == "rcpt" and address in manners.refuses:
            self._say(manners.refuses[address])
        elif word == "data":
            self._say("354 go on")
            self.server.received.append((taken[-1], self._data()))
            if len(self.server.received) >= manners.hangs_up_after:
                return False
            self._say("250 taken")
        elif word == "quit":
            self._say("221 bye")
            return False
        else:
            if word == "rcpt":
                taken.append(address)
            self._say("250 fine")
        return True

    def _data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def _drip(self) -> None:
        """A byte now and then: no single answer is ever too late."""
        for byte in b"220-" + b"x" * 2000:
            if self.server.stopped.wait(0.05):
                return
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                return

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    """Runs while in its `with` block. `received` is (address, message) in order."""

    allow_reuse_address = daemon_threads = True
    block_on_close = False

    def __init__(self, manners: Manners | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Line)
        self.manners = manners or Manners()
        self.received: list[tuple[str, bytes]] = []
        self.commands: list[str] = []
        self.connections = 0
        self.stopped = threading.Event()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "MailServer":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopped.set()
        self.shutdown()
        self.server_close()


def unused_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def took(work: Any) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start
