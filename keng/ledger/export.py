"""What an auditor takes along: the public files, and the entries with the salts that open them. A folder, or one zip.

Streams, whatever the log's length. Who may have it is asked where it is given (`keng.desk.ledger_export`). Its reader is
`tools/verify_ledger.py`, on another machine; the form of each file stands in docs/public-log.md.
"""

import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Protocol

from django.conf import settings

from keng.core.ids import this_hour
from keng.ledger import files, folder, keys, rows
from keng.ledger.rows import Row
from keng.ledger.verbs import ADOPTED

BLOCK = 1 << 20
LINES = 2000  # entries written at once
SUMS = "SHA256SUMS"
READ_ME = """\
Đây là bản trích toàn bộ sổ của {origin}, lập vào giờ {made} (UTC), gồm {size} dòng đã công bố và những việc chưa vào sổ.

  checkpoint, checkpoints/, days/, keys, tile/   sổ công khai, y như mọi người đọc được
  entries.jsonl   từng việc: ai làm, ở đơn vị nào, giờ nào, cùng muối để mở dòng của nó trong sổ; việc đã xoá chỉ còn mã vụ việc
  present.txt     mã băm của những phần tin còn trong cơ sở dữ liệu; không có nội dung tin nào
  SHA256SUMS      để biết tệp có bị hỏng trên đường đi: sha256sum --check SHA256SUMS

Trong này có tên đăng nhập của cán bộ và giờ họ làm việc: đó là dữ liệu cá nhân. Giữ trên máy có khoá, xoá khi kiểm xong.
Kiểm tra: verify_ledger.py tree THƯ-MỤC-NÀY --key KHOÁ, với khoá lấy từ nơi khác chứ không phải từ đây.

This is the whole ledger of {origin}, exported in the hour {made} (UTC): {size} published leaves, and the entries that still wait.
entries.jsonl holds each entry with the salt that opens its leaf, with logins of officers and hours: personal data. Keep it on an
encrypted disk and delete it after the audit. No report's content is in here. Check it: verify_ledger.py tree FOLDER --key KEY, with a
key that you have from somewhere else.
"""

Progress = Callable[[int, int], object]


class NotPublished(Exception):
    """There is no log yet that an export could be checked against."""


class Target(Protocol):
    def put(self, name: str, content: Iterable[bytes]) -> None: ...

    def close(self) -> None: ...


class Folder:
    """A new folder that nobody else may read."""

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700, parents=True)
        self.path = path

    def put(self, name: str, content: Iterable[bytes]) -> None:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for some in content:
                file.write(some)

    def close(self) -> None:
        files.sync_folder(self.path)


class Zip:
    """A new file that nobody else may read."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self.zip = zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED)

    def put(self, name: str, content: Iterable[bytes]) -> None:
        with self.zip.open(zipfile.ZipInfo(name), "w", force_zip64=True) as file:
            for some in content:
                file.write(some)

    def close(self) -> None:
        self.zip.close()
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()


def open_target(path: Path) -> Target:
    """A zip where the name says so, else a folder. Raises OSError, also for what is there already."""
    return Zip(path) if path.suffix == ".zip" else Folder(path)


class _Summed:
    """Writes into a target and remembers what each file but the tiles, which prove themselves, hashes to."""

    def __init__(self, target: Target) -> None:
        self.target, self.sums = target, list[str]()

    def put(self, name: str, content: Iterable[bytes]) -> None:
        if name.startswith("tile/"):
            self.target.put(name, content)
            return
        total = sha256()
        self.target.put(name, _through(total.update, content))
        self.sums.append(f"{total.hexdigest()}  {name}\n")


def write(target: Target, *, present: Iterable[str], progress: Progress = lambda done, of: None) -> int:
    """Writes everything into `target` and closes it; `present` are the digests of the parts that are there, in order.

    Returns the number of published entries. Nothing is published meanwhile. Raises NotPublished, OSError.
    """
    with files.alone():
        folder.follow()
        last = folder.latest()
        if last is None:
            raise NotPublished
        summed, made = _Summed(target), f"{this_hour():%Y-%m-%dT%H}"
        for name in _public():
            summed.put(name, _blocks(settings.LEDGER_FOLDER / name))
        summed.put("entries.jsonl", _lines(progress, last.size))
        summed.put("present.txt", (f"{digest}\n".encode() for digest in present))
        facts = {"v": "1", "origin": keys.origin(), "made": made, "size": last.size}
        summed.put("export.json", [json.dumps(facts).encode()])
        summed.put("README.txt", [READ_ME.format(origin=keys.origin(), made=made, size=last.size).encode()])
        target.put(SUMS, [line.encode() for line in summed.sums])
        target.close()
    return last.size


def _public() -> Iterator[str]:
    """The public files, without what only helps in writing them."""
    for path in sorted(settings.LEDGER_FOLDER.rglob("*")):
        name = path.relative_to(settings.LEDGER_FOLDER).as_posix()
        if path.is_file() and not name.startswith("."):
            yield name


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _lines(progress: Progress, size: int) -> Iterator[bytes]:
    some: list[bytes] = []
    for row in chain(rows.published(), rows.waiting()):
        some.append(_line(row))
        if len(some) == LINES:
            yield b"".join(some)
            some = []
            progress(row.place or size, size)
    yield b"".join(some)
    progress(size, size)


def _line(row: Row) -> bytes:
    """The entry's canonical bytes stand in the line as they are, so that they can be hashed without being written anew."""
    place = b"null" if row.place is None else b"%d" % row.place
    if row.verb == ADOPTED:
        return b'{"place":%s,"adopted":true}\n' % place
    if row.salt is None and row.canonical:
        return b'{"place":%s,"erased":%s}\n' % (place, json.dumps(row.case, ensure_ascii=False).encode())
    salt = (row.salt or b"").hex().encode()
    return b'{"place":%s,"salt":"%s","entry":%s}\n' % (place, salt, row.canonical or b"null")


def _through(tell: Callable[[bytes], object], content: Iterable[bytes]) -> Iterator[bytes]:
    for some in content:
        tell(some)
        yield some
