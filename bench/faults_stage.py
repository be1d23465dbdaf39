"""The real processes of a fault run, killed and started again: `manage.py serve`, `manage.py work`, and a loop that publishes the log.

Also what is done to them from outside: a disk that is full, a clock that is off, a power cut (`faults.c`), a lock that another holds.
"""

import contextlib
import http.client
import mmap
import os
import random
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.server import ROOT, environment

PATIENCE = 120.0  # seconds for a start on a busy machine
COMMANDS = {
    "server": ("manage.py", "serve"),
    "worker": ("manage.py", "work"),
    "publisher": ("-m", "bench.faults_publishing"),
}
WRITE, TRUNCATE, SYNC = 1, 2, 3
HEAD = struct.Struct("<6q")


def tree_of(pid: int) -> list[int]:
    """The process and all that it started."""
    tree = [pid]
    for parent in tree:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                tree.extend(int(child) for child in children.read_text().split())
    return tree


class Control:
    """What `faults.c` reads: it holds for all processes of the stage at once, from one moment to the next."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(16))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 16)

    def clock(self, seconds: int) -> None:
        self._map[:8] = struct.pack("<q", seconds)

    def full(self, yes: bool) -> None:
        self._map[8:12] = struct.pack("<i", yes)

    def record(self, yes: bool) -> None:
        self._map[12:16] = struct.pack("<i", yes)


class Stage:
    """Processes on a data folder that is ready. `shim` is the built `faults.c`, None where there is no compiler."""

    def __init__(self, folder: Path, *, port: int, shim: Path | None, beside: Path) -> None:
        """`beside` is a folder for what belongs to the run and not to the server."""
        self.folder, self.port, self.shim = folder, port, shim
        self.control = Control(beside / "control")
        self.journal, self.log, self.busy = beside / "journal", beside / "log", beside / "publishing"
        self.busy.write_bytes(b"\0")
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.env = environment(folder, port) | {
            "DJANGO_SETTINGS_MODULE": "config.settings", "FAULTS_BUSY": str(self.busy)
        }  # fmt: skip
        if shim is not None:
            self.env |= {
                "LD_PRELOAD": str(shim), "FAULTS_CONTROL": str(beside / "control"), "FAULTS_FOLDER": str(folder),
                "FAULTS_RECORD": str(self.journal),
            }  # fmt: skip

    def start(self, *names: str) -> None:
        """Starts what of `names` does not run, and waits until the server answers."""
        for name in names:
            if name not in self.processes:
                with self.log.open("ab") as log:
                    self.processes[name] = subprocess.Popen(
                        [sys.executable, *COMMANDS[name]], cwd=ROOT, env=self.env, stdout=log, stderr=log
                    )
        if "server" in names:
            self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self.answers():
            if self.processes["server"].poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the server does not answer: {self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def answers(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def kill(self, *names: str) -> None:
        """kill -9, children and all, at once."""
        running = [self.processes.pop(name) for name in names if name in self.processes]
        for pid in [pid for process in running for pid in tree_of(process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in running:
            process.wait()

    def kill_one_process_of_the_server(self) -> None:
        """The one that serves; its parent must see it and end, so that systemd starts both again."""
        server = self.processes.pop("server")
        os.kill(tree_of(server.pid)[-1], signal.SIGKILL)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
            raise RuntimeError("the server went on without the process that serves") from None

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        asked = [sys.executable, "manage.py", *arguments]
        return subprocess.run(asked, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)

    @property
    def database(self) -> Path:
        return self.folder / "keng.sqlite3"

    @property
    def publishing(self) -> bool:
        return self.busy.read_bytes() == b"\1"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Another program holds the write lock."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=60, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                other.execute("ROLLBACK")

    def empty_write_ahead_log(self) -> None:
        """So that the next write needs room."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=60, isolation_level=None)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def cut_power(stage: Stage, chance: random.Random) -> int:
    """With everything killed: takes back what was written and not synced; all of it, or what chance chooses. Returns how many writes.

    A disk may write in any order what was not yet synced, so any of it may be lost and the rest kept.
    """
    stage.control.record(False)
    lost, everything = 0, chance.random() < 0.4
    files = [path for path in stage.folder.rglob("*") if path.is_file() and not path.name.endswith("-shm")]
    inodes = {path.stat().st_ino: path for path in files}
    for inode, writes in unsynced(stage.journal).items():
        if inode in inodes:
            lost += _take_back(inodes[inode], [(one, everything or chance.random() < 0.5) for one in writes])
    stage.journal.unlink(missing_ok=True)
    stage.database.with_name("keng.sqlite3-shm").unlink(missing_ok=True)
    return lost


Write = tuple[int, int, int, bytes]  # offset, length, the file's size before, what lay there


def unsynced(journal: Path) -> dict[int, list[Write]]:
    """By inode, the writes after the last fsync, in order."""
    found: dict[int, list[Write]] = {}
    raw, at = journal.read_bytes() if journal.exists() else b"", 0
    while at + HEAD.size <= len(raw):
        kind, inode, offset, length, size, old = HEAD.unpack_from(raw, at)
        at += HEAD.size
        if kind == SYNC:
            found.pop(inode, None)
        else:
            found.setdefault(inode, []).append((offset, length, size, raw[at : at + old]))
        at += old
    return found


def _take_back(path: Path, writes: list[tuple[Write, bool]]) -> int:
    kept = [(offset, offset + length) for (offset, length, _size, _old), lost in writes if not lost]
    size = max([writes[0][0][2], *(end for _start, end in kept)])
    number = 0
    with path.open("r+b") as file:
        for (offset, length, _size, old), lost in reversed(writes):
            if lost and not any(start < offset + length and offset < end for start, end in kept):
                file.seek(offset)
                file.write(old + bytes(length - len(old)))
                number += 1
        file.truncate(size)
    return number
