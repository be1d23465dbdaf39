"""A real server with one open box, for tests that only real sockets, processes and files can make."""

import contextlib
import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

from config.demo.client import Reporter
from tests.e2e.server import Server

MAKE = """
import json
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
from keng.core.calendar.load import load_calendar
load_calendar()
from tests.cast import Cast
cast = Cast()
box = cast.box
print(json.dumps({"recipient": cast.keys.recipient, "identity": cast.keys.identity, "root": cast.keys.root.fingerprint}))
"""


class Post:
    """A server that may be killed and started again, and its box /b/na-co-sa."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.server = Server(folder)
        self.keys: dict[str, str] = json.loads(self.server.python(MAKE).splitlines()[-1])
        self.server.start()

    def reporter(self) -> Reporter:
        return Reporter(slug="na-co-sa", recipient=self.keys["recipient"], root=self.keys["root"])

    def kill(self) -> None:
        """kill -9, workers and all."""
        process = self.server.process
        assert process is not None
        for pid in [*children_of(process.pid), process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        self.server.process = None

    def ask(self, raw: bytes, *, end: bool = False, timeout: float = 30) -> tuple[int, bytes]:
        """Sends bytes as they are; the status and the body of the first answer, (0, b"") when the line is closed without one.

        `end` says that nothing more comes: the way a dropped line looks to the server.
        """
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=timeout) as line:
            with contextlib.suppress(ConnectionError):
                line.sendall(raw)
            if end:
                line.shutdown(socket.SHUT_WR)
            return read_answer(line)

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        said = {"Host": f"127.0.0.1:{self.server.port}", "Content-Length": str(len(body)), **headers}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in said.items() if value)
        return self.ask(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body)


def read_answer(line: socket.socket) -> tuple[int, bytes]:
    answer = b""
    with contextlib.suppress(ConnectionError):
        while chunk := line.recv(65536):
            answer += chunk
            head, found, body = answer.partition(b"\r\n\r\n")
            if found and len(body) >= length_in(head):
                break
    if not answer:
        return 0, b""
    return int(answer.split(b" ", 2)[1]), answer.partition(b"\r\n\r\n")[2]


def length_in(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def children_of(pid: int) -> list[int]:
    tree = [pid]
    for parent in tree:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            tree.extend(int(child) for child in children.read_text().split())
    return tree[1:]


def said(body: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(body)
    return answer
