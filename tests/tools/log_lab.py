"""A log as files, written with Kẻng's own tree and notes, and a server for it that can be told to lie.

`tools/witness.py` shares no code with it."""

import subprocess
import sys
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keng.ledger import merkle, notes

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "bao.dienbien.test/ledger"
KEY = notes.Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
Lie = Callable[["Answering"], bool]


def leaf(number: int, branch: str = "") -> bytes:
    return sha256(f"{branch}{number}".encode()).digest() + bytes(16)


def leaves(many: int, branch: str = "") -> list[bytes]:
    return [leaf(number, branch) for number in range(many)]


def note_of(leaves: list[bytes], key: notes.Signer = KEY, origin: str = ORIGIN) -> str:
    root = merkle.root([merkle.leaf_hash(one) for one in leaves])
    return notes.sign(notes.Head(origin, len(leaves), root).text, key)


def tile_name(level: int, number: int) -> str:
    text = f"{number:03}"
    groups = [text[max(0, end - 3) : end] for end in range(len(text), 0, -3)][::-1]
    return f"tile/{level}/" + "/".join([*(f"x{one.zfill(3)}" for one in groups[:-1]), groups[-1]])


def files_of(leaves: list[bytes], key: notes.Signer = KEY) -> dict[str, bytes]:
    """Everything that such a log serves."""
    files = {"checkpoint": note_of(leaves, key).encode()}
    level, row = 0, [merkle.leaf_hash(one) for one in leaves]
    while row:
        for number in range(-(-len(row) // 256)):
            tile = row[256 * number : 256 * number + 256]
            part = "" if len(tile) == 256 else f".p/{len(tile)}"
            files[tile_name(level, number) + part] = b"".join(tile)
        row = [merkle.root(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)]
        level += 1
    return files


class Answering(BaseHTTPRequestHandler):
    server: "LogServer"

    def do_GET(self) -> None:
        if self.server.lie and self.server.lie(self):
            return
        name = self.path.removeprefix("/ledger/")
        self.server.log.asked.append(name)
        body = self.server.log.files.get(name)
        self.say(200 if body is not None else 404, body or b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.log.posted.append(body.decode())
        self.say(self.server.log.answers, self.server.log.sentence)

    def say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Log:
    """What is served now; `posted` are the cosigned notes that came, `asked` the files that were fetched."""

    files: dict[str, bytes]
    answers: int = 200
    sentence: bytes = b""
    posted: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    address: str = ""
    lie: Lie | None = None

    def show(self, leaves: list[bytes], key: notes.Signer = KEY) -> None:
        self.files = files_of(leaves, key)


class LogServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, log: Log) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.log = log
        log.address = f"http://127.0.0.1:{self.server_port}/ledger"

    @property
    def lie(self) -> Lie | None:
        return self.log.lie


@contextmanager
def serving(shown: list[bytes], key: notes.Signer = KEY) -> Iterator[Log]:
    log = Log(files_of(shown, key))
    server = LogServer(log)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield log
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Witness:
    """The command, with a memory of its own, as another machine runs it."""

    memory: Path
    name: str = "nhan-chung.test"
    vkey: str = ""

    def __post_init__(self) -> None:
        done = self.call("init", "--memory", str(self.memory), "--name", self.name)
        assert done.returncode == 0, done.stderr
        self.vkey = done.stdout.strip()

    @property
    def signer(self) -> notes.Signer:
        name, seed = (self.memory / "key").read_text().split()
        return notes.Signer(name, Ed25519PrivateKey.from_private_bytes(b64decode(seed)), notes.WITNESS)

    @staticmethod
    def call(*arguments: str, stub: str = "") -> subprocess.CompletedProcess[str]:
        """`stub`: Python that runs before the witness does, in its process."""
        start = f"import runpy, sys; sys.argv = sys.argv[1:]\n{stub}\nrunpy.run_path(sys.argv[0], run_name='__main__')"
        command = [sys.executable, "-c", start, str(ROOT / "tools/witness.py"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    def visit(
        self, log: Log, *more: str, keys: tuple[str, ...] = (KEY.verifier.vkey,), stub: str = ""
    ) -> subprocess.CompletedProcess[str]:
        trusted = [word for key in keys for word in ("--log-key", key)]
        return self.call("run", "--log", log.address, *trusted, "--memory", str(self.memory), *more, stub=stub)

    def notes(self) -> list[str]:
        return sorted((path.name for path in self.memory.glob("checkpoints/[0-9]*")), key=int)

    def evidence(self) -> list[Path]:
        return sorted(self.memory.glob("evidence/*/"))
