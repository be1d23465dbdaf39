#!/usr/bin/env python3
"""A witness of Kẻng's public log, for another machine: this one file, Python 3.11 and `cryptography`, nothing else of Kẻng.

It remembers what the log showed, checks that the log only ever grew, and only then signs what it saw (C2SP tlog-tiles, signed-note,
cosignature/v1; RFC 6962 hashes). docs/operating/witness.md. Ends with 0: all well; 1: ALARM, the log was altered; 2: wrong call, or
`compare` can't tell; 3: trouble that says nothing about the log (network, clock, disk).
"""

import argparse
import base64
import binascii
import fcntl
import http.client
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = 1, 4  # signature types of C2SP signed-note
TILE = 256
STEP, WHOLE = 15.0, 60.0  # seconds for one step of a connection, and for all of one request
NOTE_MOST = 16 * 1024  # bytes
CLOCK_SINCE = 1767225600  # 2026-01-01: a clock before this was never set
KEY_NAME = re.compile(r"[^\s+]{1,120}")
Tiles = dict[str, bytes]
Read = Callable[[str, int], bytes]  # (path of a tile, its bytes) -> the tile


class Said(Exception):
    """One sentence in Vietnamese, the same in English."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(f"{vi}\n{en}")


class Trouble(Said):
    """Nothing was found out about the log."""


class Alarm(Said):
    """The log shows something that can't follow from what it showed before."""


class Unproven(Alarm):
    """The tiles don't lead to the root that was signed over them."""


# Notes


@dataclass(frozen=True)
class Key:
    """A verifier key `name+id+base64`."""

    name: str
    id: bytes
    public: Ed25519PublicKey

    @classmethod
    def read(cls, vkey: str) -> "Key":
        name, _, rest = vkey.strip().partition("+")
        number, _, encoded = rest.partition("+")
        try:
            raw = base64.b64decode(encoded, validate=True)
            public = Ed25519PublicKey.from_public_bytes(raw[1:])
        except ValueError:
            raw = b""
        if not raw or raw[0] != ED25519 or number != key_id(name, raw).hex() or not KEY_NAME.fullmatch(name):
            raise Trouble(
                "Khoá của sổ (--log-key) không đọc được: chép lại đúng cả dòng.",
                "The log's key (--log-key) can't be read: copy the whole line again.",
            )
        return cls(name, bytes.fromhex(number), public)

    def signed(self, note: "Note") -> list[str]:
        return [
            line
            for line, name, blob in note.lines
            if (name, blob[:4]) == (self.name, self.id) and self._fits(note, blob)
        ]

    def _fits(self, note: "Note", blob: bytes) -> bool:
        try:
            self.public.verify(blob[4:], note.text.encode())
        except InvalidSignature:
            return False
        return True


def key_id(name: str, raw: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + raw).digest()[:4]


@dataclass(frozen=True)
class Note:
    """A checkpoint: origin, number of leaves, root; `lines` are its signatures: (whole line, name, key id and signature)."""

    text: str
    lines: tuple[tuple[str, str, bytes], ...]
    origin: str
    size: int
    root: bytes

    @classmethod
    def read(cls, raw: bytes) -> "Note":
        """Raises ValueError."""
        whole = raw.decode()
        text, gap, signatures = whole.rpartition("\n\n")
        if not gap or len(raw) > NOTE_MOST or not whole.endswith("\n") or not whole.replace("\n", "").isprintable():
            raise ValueError("no signed note")
        origin, size, root, *_more = text.split("\n")
        if not origin or not re.fullmatch(r"0|[1-9][0-9]{0,17}", size, re.ASCII):
            raise ValueError("no checkpoint")
        hashed = base64.b64decode(root, validate=True)
        if len(hashed) != 32:
            raise ValueError("no root")
        return cls(text + "\n", tuple(cls._line(line) for line in signatures.splitlines()), origin, int(size), hashed)

    @staticmethod
    def _line(line: str) -> tuple[str, str, bytes]:
        dash, name, blob = line.split(" ")
        if dash != "—":
            raise ValueError("no signature line")
        return line, name, base64.b64decode(blob, validate=True)

    def with_lines(self, lines: Iterable[str]) -> bytes:
        return f"{self.text}\n{''.join(line + chr(10) for line in lines)}".encode()

    @property
    def short(self) -> str:
        return f"{self.size} · {self.root.hex()[:16]}"


def read_note(raw: bytes, whence: str) -> Note:
    try:
        return Note.read(raw)
    except (ValueError, binascii.Error):
        raise Trouble(
            f"{whence} không phải một trang chốt có chữ ký (lỗi, hoặc là trang khác).",
            f"{whence} is no signed checkpoint (damaged, or something else).",
        ) from None


def checked(note: Note, keys: list[Key]) -> bytes:
    """The note with the log's own signatures alone. Raises Trouble where none of `keys` signed it."""
    lines = [line for key in keys if key.name == note.origin for line in key.signed(note)]
    if not lines:
        raise Trouble(
            "Trang chốt không có chữ ký đúng của sổ này: kiểm tra --log và --log-key. Chưa ký gì.",
            "The checkpoint bears no right signature of this log: check --log and --log-key. Nothing was signed.",
        )
    return note.with_lines(dict.fromkeys(lines))


# The tree (RFC 6962), read from tiles (C2SP tlog-tiles)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def tile_path(level: int, number: int, width: int) -> str:
    groups = [f"{number:03}"[-3:]]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < TILE else "")


class Tree:
    """A tree of `size` leaves of which any perfect subtree can be read; `tiles` are those that were needed."""

    def __init__(self, size: int, read: Read) -> None:
        self.size, self.read, self.tiles = size, read, Tiles()

    def node(self, height: int, index: int) -> bytes:
        level, rest = divmod(height, 8)
        first = index << rest
        width = min(TILE, (self.size >> (8 * level)) - first // TILE * TILE)
        path = tile_path(level, first // TILE, width)
        if path not in self.tiles:
            self.tiles[path] = self.read(path, 32 * width)
        at = first % TILE
        row = [self.tiles[path][32 * i : 32 * i + 32] for i in range(at, at + (1 << rest))]
        while len(row) > 1:
            row = [node_hash(*row[i : i + 2]) for i in range(0, len(row), 2)]
        return row[0]

    def root(self, low: int, high: int) -> bytes:
        """Of the leaves low..high-1."""
        many = high - low
        if many & (many - 1) == 0:
            return self.node(many.bit_length() - 1, low // many)
        half = 1 << ((many - 1).bit_length() - 1)
        return node_hash(self.root(low, low + half), self.root(low + half, high))

    def both(self, old: int, low: int, high: int) -> tuple[bytes, bytes]:
        """The root of the first `old` leaves of low..high-1 and of all, from the same nodes: if both are right, one log grew."""
        if old == high - low:
            return (whole := self.root(low, high)), whole
        half = 1 << ((high - low - 1).bit_length() - 1)
        if old <= half:
            before, now = self.both(old, low, low + half)
            return before, node_hash(now, self.root(low + half, high))
        left = self.root(low, low + half)
        before, now = self.both(old - half, low + half, high)
        return node_hash(left, before), node_hash(left, now)


FORK = ("HAI BẢN KHÁC NHAU của cùng một sổ", "TWO DIFFERENT VERSIONS of one log")
BACK = ("sổ LÙI LẠI, mất những trang đã công bố", "the log WENT BACK and lost pages that it had published")
REWRITTEN = (
    "sổ bị VIẾT LẠI: trang cũ không còn nguyên trong sổ mới",
    "the log was REWRITTEN: what it was is not in what it is now",
)
UNPROVEN = ("sổ không khớp với chính trang chốt mà nó ký", "the log's pages don't fit the checkpoint that it signed")


def grown(old: Note | None, new: Note, tree: Tree) -> None:
    """Raises Alarm unless `new` is what `old` was, and perhaps more. Without `old`: unless the tiles fit `new`."""
    if old is not None and new.size < old.size:
        raise Alarm(*BACK)
    if new.size == 0:
        fits = (sha256().digest(),) * 2
    elif old is None or old.size == 0:
        fits = (b"", tree.root(0, new.size))
    elif new.size == old.size:
        fits = (new.root, new.root)
    else:
        fits = tree.both(old.size, 0, new.size)
    if fits[1] != new.root:
        raise Unproven(*UNPROVEN)
    if old and old.size and fits[0] != old.root:
        raise Alarm(*(FORK if old.size == new.size else REWRITTEN))


# The network


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises TimeoutError after so long, however busily a server drips."""

    def late(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def ask(url: str, most: int, body: bytes | None = None) -> bytes:
    """At most `most` bytes of what is there, or Trouble. With `body`: hands it over."""
    headers = {"User-Agent": "keng-witness", "Content-Type": "text/plain; charset=utf-8"}
    try:
        with within(WHOLE):
            return _fetch(urllib.request.Request(url, data=body, headers=headers), most)
    except (OSError, http.client.HTTPException, ValueError) as error:
        slow = "imed out" in str(error) or isinstance(error, TimeoutError)
        why = "quá lâu / too slow" if slow else type(error).__name__
    raise _not_had(url, why)


def _fetch(request: urllib.request.Request, most: int) -> bytes:
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=STEP) as answer:
            got = bytes(answer.read(most + 1))
    except urllib.error.HTTPError as error:
        with error:
            words = error.read(600).decode("utf-8", "replace") if request.data else ""
        shown = "".join(each if each.isprintable() else " " for each in words).strip()
        raise _not_had(request.full_url, f"{error.code} {shown}".strip()) from None
    if len(got) > most:
        raise _not_had(request.full_url, f"> {most} B")
    return got


def _not_had(url: str, why: str) -> Trouble:
    return Trouble(f"Không được ở {url}: {why}.", f"No success at {url}: {why}.")


def log_address(text: str) -> str:
    with suppress(ValueError):
        parts = urllib.parse.urlsplit(text)
        near = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if parts.hostname and not parts.query and parts.scheme in (("http", "https") if near else ("https",)):
            return text.rstrip("/")
    raise Trouble("--log phải là https://…/ledger.", "--log must be https://…/ledger.")


def tiles_of(log: str) -> Read:
    def read(path: str, size: int) -> bytes:
        if len(got := ask(f"{log}/{path}", size)) != size:
            raise Trouble(
                f"{path} thiếu: {len(got)} thay vì {size} byte.", f"{path} is short: {len(got)} of {size} bytes."
            )
        return got

    return read


# The memory


class Memory:
    """A folder to which is only added: `checkpoints/`, `cosigned/`, `tile/`, `evidence/`, and the witness's `key`.

    Each file is written whole, synced and then named, so a witness that is killed leaves a memory that can be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, name: str, data: bytes, mode: int = 0o644) -> None:
        """What is there already stays as it is."""
        path = self.folder / name
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        with open(part, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def notes(self) -> list[Note]:
        """Every checkpoint that was seen to follow from those before, the smallest first."""
        files = [path for path in self.folder.glob("checkpoints/*") if not path.name.startswith(".")]
        return sorted((read_note(path.read_bytes(), str(path)) for path in files), key=lambda note: note.size)

    def cosigned(self, note: Note) -> bytes | None:
        path = self.folder / "cosigned" / str(note.size)
        return path.read_bytes() if path.is_file() else None

    def stamps(self) -> list[int]:
        """When the newest was signed, by this witness's clock: seconds since 1970."""
        newest = sorted((path for path in self.folder.glob("cosigned/[0-9]*")), key=lambda path: int(path.name))[-1:]
        return [int.from_bytes(read_note(path.read_bytes(), str(path)).lines[-1][2][4:12], "big") for path in newest]

    def remember(self, note: Note, raw: bytes, tiles: Tiles) -> None:
        for path, tile in tiles.items():
            self.keep(path, tile)
        self.keep(f"checkpoints/{note.size}", raw)

    def prove(self, old: Note | None, new: bytes, tiles: Tiles, why: str) -> Path:
        """Keeps what speaks against the log, apart from what it is trusted for."""
        name = f"evidence/{sha256(new).hexdigest()[:16]}"
        for path, tile in tiles.items():
            self.keep(f"{name}/{path}", tile)
        self.keep(f"{name}/shown", new)
        if old is not None:
            self.keep(f"{name}/remembered", (self.folder / "checkpoints" / str(old.size)).read_bytes())
        self.keep(f"{name}/why", why.encode())
        return self.folder / name

    def key(self) -> tuple[str, Ed25519PrivateKey]:
        try:
            name, seed = (self.folder / "key").read_text().split()
            return name, Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed, validate=True))
        except (OSError, ValueError):
            raise Trouble(
                f"Chưa có khoá trong {self.folder}: chạy witness.py init trước.",
                f"There is no key in {self.folder}: run witness.py init first.",
            ) from None

    @contextmanager
    def alone(self) -> Iterator[None]:
        with open(self.folder / ".lock", "a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Trouble(
                    f"{self.folder} đang có một nhân chứng khác dùng.", f"Another witness is using {self.folder}."
                ) from None
            yield


# What it does


def init(args: argparse.Namespace) -> int:
    """Makes the key, unless there is one, and prints the verifier key that the log's operator enters."""
    if not KEY_NAME.fullmatch(args.name):
        raise Trouble("--name: viết liền, không dấu +.", "--name: no blanks, no +.")
    memory = Memory(args.memory)
    seed = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
    memory.keep("key", f"{args.name}\n{seed}\n".encode(), 0o600)
    name, key = memory.key()
    raw = bytes([COSIGNATURE]) + key.public_key().public_bytes_raw()
    print(f"{name}+{key_id(name, raw).hex()}+{base64.b64encode(raw).decode()}")
    return 0


def cosignature(memory: Memory, note: Note) -> str:
    """This witness's line under a note that it has remembered. Raises Trouble where the clock can't be right."""
    name, key = memory.key()
    stamp = int(time.time())
    if stamp < max([CLOCK_SINCE, *memory.stamps()]) - 60:
        raise Trouble(
            "Đồng hồ máy này chạy lùi: chỉnh giờ rồi chạy lại. Chưa ký gì.",
            "This machine's clock went back: set it, then run again. Nothing was signed.",
        )
    message = f"cosignature/v1\ntime {stamp}\n{note.text}".encode()
    raw = bytes([COSIGNATURE]) + key.public_key().public_bytes_raw()
    blob = key_id(name, raw) + stamp.to_bytes(8, "big") + key.sign(message)
    return f"— {name} {base64.b64encode(blob).decode()}"


def look(log: str, keys: list[Key], memory: Memory) -> str:
    """One visit: fetch, compare with the memory, remember, sign, hand over. Returns what was seen. Raises Trouble, Alarm."""
    note = read_note(ask(f"{log}/checkpoint", NOTE_MOST), f"{log}/checkpoint")
    raw = checked(note, keys)
    old = (memory.notes() or [None])[-1]  # type: ignore[list-item]
    if old is not None and old.origin != note.origin:
        raise Trouble(f"Bộ nhớ này là của {old.origin}.", f"This memory is of {old.origin}.")
    tree = Tree(note.size, tiles_of(log))
    try:
        grown(old, note, tree)
    except Alarm as alarm:
        where = memory.prove(old, raw, tree.tiles, f"{alarm}\n")
        raise Alarm(*(f"{line} [{where}]" for line in str(alarm).split("\n"))) from None
    memory.remember(note, raw, tree.tiles)  # before it signs: it never signs what it could forget
    if (cosigned := memory.cosigned(note)) is None:
        cosigned = note.with_lines([*raw.decode().rpartition("\n\n")[2].splitlines(), cosignature(memory, note)])
        memory.keep(f"cosigned/{note.size}", cosigned)
    if not {line for line, *_ in read_note(cosigned, "cosigned").lines} <= {line for line, *_ in note.lines}:
        ask(f"{log}/cosignatures", NOTE_MOST, cosigned)
    return note.short


WHAT_TO_DO = """!!! {0}
!!! Đã KHÔNG ký. Giữ nguyên thư mục bộ nhớ, chép nó sang máy khác; đừng xoá, đừng bắt đầu bộ nhớ mới.
!!! Báo ngay cho cơ quan giữ sổ và cấp trên của họ, gửi kèm hai trang chốt trong thư mục trên. So với nhân chứng khác: witness.py compare
!!! ALARM. Nothing was signed. Keep the memory folder as it is and copy it elsewhere; don't delete it, don't begin a new one.
!!! Tell the office that keeps the log and the one above it now, with both checkpoints of that folder. Compare: witness.py compare
"""


def shout(alarm: Alarm, command: str) -> None:
    words = WHAT_TO_DO.format(str(alarm).replace("\n", "\n!!! "))
    print(words, file=sys.stderr, flush=True)
    if command:
        try:
            subprocess.run(shlex.split(command), input=words.encode(), timeout=WHOLE, check=True)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            print(f"--shout: {type(error).__name__}", file=sys.stderr)


def run(args: argparse.Namespace) -> int:
    """One visit, or one after another: then trouble is said once and tried again, and only an alarm ends it."""
    log, keys, memory = log_address(args.log), [Key.read(key) for key in args.log_key], Memory(args.memory)
    memory.key()
    said = ""
    with memory.alone():
        while True:
            try:
                now = f"{look(log, keys, memory)}: đã ký / cosigned"
            except Alarm as alarm:
                shout(alarm, args.shout)
                return 1
            except Trouble as trouble:
                if not args.every:
                    raise
                now = str(trouble)
            if now != said:
                print(said := now, flush=True)
            if not args.every:
                return 0
            time.sleep(args.every)


def gather(path: Path) -> list[Note]:
    notes = Memory(path).notes() if path.is_dir() else [read_note(path.read_bytes()[: NOTE_MOST + 1], str(path))]
    if not notes:
        raise Trouble(f"{path} chưa nhớ gì.", f"{path} remembers nothing yet.")
    return notes


def compare(args: argparse.Namespace) -> int:
    """Whether two memories, or notes, can be of one log: 0 yes, 1 no, 2 if what was kept does not tell."""
    first, second = gather(args.a), gather(args.b)
    for note in [*first, *second] if args.log_key else []:
        checked(note, [Key.read(key) for key in args.log_key])
    if first[0].origin != second[0].origin:
        raise Trouble(f"Hai sổ khác nhau: {first[0].origin}, {second[0].origin}.", "These are two different logs.")
    old, new = sorted((first[-1], second[-1]), key=lambda note: note.size)

    def read(path: str, size: int) -> bytes:
        kept: list[bytes] = [(folder / path).read_bytes() for folder in (args.a, args.b) if (folder / path).is_file()]
        if not kept or len(kept[0]) != size:
            raise LookupError(path)
        return kept[0]

    try:
        for a, b in ((a, b) for a in first for b in second if a.size == b.size):
            grown(a, b, Tree(b.size, read))
        grown(old, new, Tree(new.size, read))
    except (LookupError, Unproven):
        print("Những gì đã giữ chưa đủ để biết.\nWhat was kept does not tell.")
        return 2
    except Alarm as alarm:
        shout(alarm, "")
        return 1
    print(f"{old.short}\n{new.short}\nCùng một sổ, chỉ dài thêm.\nOne log, which only grew.")
    return 0


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Nhân chứng của sổ công khai. / A witness of the public log. docs/operating/witness.md"
    )
    commands = parser.add_subparsers(required=True, metavar="init | run | compare")
    one = commands.add_parser("init", help="Tạo khoá, in ra phần công khai. / Makes a key, prints its public half.")
    one.add_argument("--memory", type=Path, required=True)
    one.add_argument("--name", required=True, help="nhan-chung.example.vn")
    one.set_defaults(does=init)
    one = commands.add_parser("run", help="Xem sổ, nhớ, rồi ký. / Looks at the log, remembers, then signs.")
    one.add_argument("--log", required=True, help="https://bao.tinh.gov.vn/ledger")
    one.add_argument(
        "--log-key", action="append", required=True, help="name+id+base64; hai lần khi sổ đổi khoá / twice"
    )
    one.add_argument("--memory", type=Path, required=True)
    one.add_argument("--every", type=float, default=0, metavar="SECONDS")
    one.add_argument("--shout", default="", metavar="COMMAND", help="chạy khi báo động / run on an alarm")
    one.set_defaults(does=run)
    one = commands.add_parser("compare", help="Hai bộ nhớ có cùng một sổ? / Are two memories of one log?")
    one.add_argument("a", type=Path)
    one.add_argument("b", type=Path)
    one.add_argument("--log-key", action="append", default=[])
    one.set_defaults(does=compare)
    return parser


def main() -> int:
    args = arguments().parse_args()
    try:
        return int(args.does(args))
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
    except OSError as error:
        print(f"{error.strerror}: {error.filename}", file=sys.stderr)
    except (ValueError, LookupError) as error:  # Python's own end would be 1, which is an alarm
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 3


if __name__ == "__main__":
    sys.exit(main())
