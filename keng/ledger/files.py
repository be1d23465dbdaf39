"""The folder of what is published: files that appear whole or not at all, and one writer at a time.

Plain files, not a storage of Django's: nginx serves the folder, and a file must be synced and renamed into place (docs/adr/0021).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path

from django.conf import settings
from django.utils import timezone

NEW = ".new"  # what is being written; one writer, so one name
LOCK = ".lock"
FOLDER_MODE, FILE_MODE = 0o755, 0o644  # public: nginx reads them as another user, whatever the umask


def read(path: str) -> bytes:
    """Raises OSError."""
    return (settings.LEDGER_FOLDER / path).read_bytes()


@contextmanager
def alone() -> Iterator[None]:
    """Waits until no other process or thread writes here."""
    _make(settings.LEDGER_FOLDER)
    with (settings.LEDGER_FOLDER / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Writing:
    """Writes files of one publication and syncs the folders they went into."""

    def __init__(self, day: date) -> None:
        # The same for all files of a day: when exactly they were written is nobody's business.
        hour = datetime.combine(day, time(int(settings.LEDGER_HOUR)), timezone.get_default_timezone())
        self.seconds = int(hour.timestamp())
        self.touched: set[Path] = set()

    def put(self, path: str, content: bytes) -> bool:
        """Writes a file unless it is there with these very bytes. Returns whether it wrote."""
        target: Path = settings.LEDGER_FOLDER / path
        if _content(target) == content:
            return False
        _make(target.parent)
        new = settings.LEDGER_FOLDER / NEW
        with new.open("wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), FILE_MODE)
            file.flush()
            os.utime(file.fileno(), (self.seconds, self.seconds))
            os.fsync(file.fileno())
        new.replace(target)
        self.touched.add(target.parent)
        return True

    def sync(self) -> None:
        """Afterwards all that was put is there even if the power fails."""
        for folder in sorted(self.touched):
            sync_folder(folder)
        self.touched.clear()


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _make(folder: Path) -> None:
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(FOLDER_MODE)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Afterwards the names in the folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
