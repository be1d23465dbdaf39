"""A real server for the browser tests: `manage.py serve` as operators run it, on a data folder and a port of its own."""

import atexit
import functools
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
# How long a start may take on a slow machine, in seconds.
PATIENCE = 60


def free_port() -> int:
    """Nobody has it, nor the next one, which is for e-identity. Both lie below what the system lends to outgoing connections: a browser's
    may have any of those, and for a minute after it was closed, by the time that the server asks for its port."""
    while True:
        port = 16_000 + secrets.randbelow(16_000)
        if _free(port) and _free(port + 1):
            return port


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass
class Server:
    """`var` is the data folder. `log` is all that the server has printed, the only place where it could have logged a request."""

    var: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def public(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def desk(self) -> str:
        return f"http://desk.localhost:{self.port}"

    @property
    def my(self) -> str:
        return f"http://my.localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.var.with_name(f"{self.var.name}.log")

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KENG_", "DJANGO_"))}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "KENG_DEMO": "1",
            "KENG_VAR": str(self.var),
            "KENG_PORT": str(self.port),
        }

    def manage(self, *arguments: str) -> str:
        """Runs a command of `manage.py` beside the server, on the same data; returns what it printed."""
        return self.run(sys.executable, "manage.py", *arguments)

    def run(self, *command: str) -> str:
        done = subprocess.run(command, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def python(self, source: str) -> str:
        """Runs Python with the server's settings and data, such as a query; returns what it printed."""
        return self.run(sys.executable, "-c", f"import django; django.setup(set_prefix=False)\n{source}")

    def prepare(self) -> Self:
        """Gives the folder an installation in which nobody has done anything yet."""
        shutil.copytree(_blank(), self.var)
        return self

    def copy(self, folder: Path) -> "Server":
        """Another server, not yet started, on a copy of this one's data; this one must be at rest or read only meanwhile."""
        self.python("from django.db import connection; connection.cursor().execute('PRAGMA wal_checkpoint(TRUNCATE)')")
        shutil.copytree(self.var, folder)
        return Server(folder)

    def start(self) -> "Server":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"], cwd=ROOT, env=self.environ, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert self.process.poll() is None, f"the server ended: {self.log.read_text()}"
            assert time.monotonic() < deadline, f"the server does not answer: {self.log.read_text()}"
            time.sleep(0.1)
        return self

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.public}/", timeout=5).close()
        except urllib.error.HTTPError as answer:
            answer.close()
            return True
        except OSError:
            return False
        return True

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=PATIENCE)
            self.process = None


@functools.cache
def _blank() -> Path:
    """Tables, calendar and static files, made once a run: that takes longer than most tests."""
    folder = Path(tempfile.mkdtemp(prefix="keng-blank-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = Server(folder / "var")
    server.var.mkdir()
    server.manage("migrate", "--verbosity", "0")
    server.manage("load_calendar", "--verbosity", "0")
    server.manage("collectstatic", "--noinput", "--verbosity", "0")
    return server.var
