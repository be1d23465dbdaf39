"""A server of its own for a measurement: `manage.py serve` and `manage.py work` on a throw-away folder, watched from outside."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")


def environment(folder: Path, port: int, preload: Path | None = None, slow_us: int = 0) -> dict[str, str]:
    """The demo's settings, with the data in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KENG_")}
    said = {"KENG_DEMO": "1", "KENG_VAR": str(folder), "KENG_PORT": str(port)}
    slowed = {"LD_PRELOAD": str(preload), "SLOW_FSYNC_US": str(slow_us)} if preload else {}
    return {**kept, **said, **slowed}


class Server:
    """Runs while in its `with` block. `database` is copied in; `preload` slows every fsync by `slow_us`."""

    def __init__(
        self, folder: Path, database: Path, *, port: int, preload: Path | None = None, slow_us: int = 0
    ) -> None:
        self.folder, self.port = folder, port
        self.env = environment(folder, port, preload, slow_us)
        self.database = database
        self.processes: list[subprocess.Popen[bytes]] = []
        self.peak_kb = 0
        self._stop = threading.Event()

    def __enter__(self) -> "Server":
        self.folder.mkdir(parents=True)
        shutil.copy(self.database, self.folder / "keng.sqlite3")
        static = self.database.parent / "static"
        if static.exists():
            (self.folder / "static").symlink_to(static)
        log = (self.folder / "log").open("wb")
        for command in ("serve", "work"):
            started = subprocess.Popen(
                [sys.executable, "manage.py", command], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
            self.processes.append(started)
        self._wait_for_port()
        threading.Thread(target=self._watch_memory, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def _wait_for_port(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.processes[0].poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                time.sleep(1)
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("the server did not come up")

    def serving(self) -> list[int]:
        """Process ids of `serve` and its workers."""
        tree = [self.processes[0].pid]
        for pid in tree:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                tree.extend(int(child) for child in children.read_text().split())
        return tree

    def cpu_ms(self) -> float:
        """User and system time that serving has taken so far, in milliseconds."""
        ticks = 0
        for pid in self.serving():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks * 1000 / TICK

    def rss_kb(self) -> int:
        """Resident memory of serving, pages that its processes share counted once."""
        return sum(_pss_kb(pid) for pid in self.serving())

    def _watch_memory(self) -> None:
        while not self._stop.wait(0.2):
            try:
                self.peak_kb = max(self.peak_kb, self.rss_kb())
            except OSError:
                continue


def _pss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
