#!/usr/bin/env python3
"""Kiểm tra sổ công khai của Kẻng. / Checks Kẻng's public log.

    verify_ledger.py tree FROM --key VKEY        every leaf, tile and checkpoint; in an export also every entry and part
    verify_ledger.py range FROM --places 512:768 --key VKEY
    verify_ledger.py consistency FROM --known NOTE --key VKEY
    verify_ledger.py proof FILE --key VKEY       what a reporter's page gave out

FROM is an export (folder or .zip) or the address of a public log (https://…/ledger). --key: the log's key, got from somewhere
else than FROM; --witness: a witness's; --known: a checkpoint kept earlier. Each may be given several times.
Ends with 0 when all is well, 1 and one sentence about the first bad thing, 2 and one sentence when it could not check.

One file, Python's own library and `cryptography`, nothing of Kẻng: written apart from it, so that both being wrong alike is unlikely.
RFC 6962 (hashing), C2SP signed-note, tlog-checkpoint, cosignature/v1 and tlog-tiles (layout); docs/public-log.md for the rest.
"""

import argparse
import base64
import json
import os
import re
import sys
import urllib.error
import urllib.request
import zipfile
import zlib
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from http.client import HTTPException
from itertools import islice
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FULL, ROW = 256, 50  # leaves of a tile; bytes of a leaf in a bundle, its length before it
LENGTH = b"\x00\x30"
STARTS = range(2, FULL * ROW, ROW)
NOTE_MOST, SMALL_MOST, LINE_MOST, BLOCK = 1 << 16, 1 << 20, 1 << 16, 1 << 20
UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, MemoryError, HTTPException, zipfile.BadZipFile, zlib.error)
LOG, WITNESS = 1, 4  # kinds of key
WAIT, AHEAD = timedelta(days=2), timedelta(hours=2)
GONE = b'.deleted"'  # how the verb of an entry ends that tells of a deletion
PARTS = frozenset((b'"mailbox.part.received"', b'"mailbox.answer.sent"'))
PADDING = b'"ledger.padding"'
RESTORED = b'"ledger.restored"'
NUMBER, MANY = re.compile(rb'"\d{1,9}"'), 10**9
RANGE = re.compile(rb'"(\d{1,15})-(\d{1,15})"')  # places [from, to), whose content was lost with a database
TOLD = PARTS | {
    PADDING,
    RESTORED,
}  # besides deletions, the entries of which more is kept than that they open their leaves
TEXT = rb'"[^"\\\x00-\x1f]*(?:\\(?:["\\bfnrt]|u00[01][0-9a-f])[^"\\\x00-\x1f]*)*"'
ENTRY = re.compile(
    rb'(?m)^\{"place":(\d{1,15}|null),(?:"salt":"([0-9a-f]{64})","entry":(\{"by":TEXT,"case":(TEXT),'
    rb'"hour":"(\d{4}-\d\d-\d\dT\d\d)","office":TEXT,"purpose":(TEXT),"subject":(TEXT),"v":"1","verb":(TEXT)\})'
    rb'|"erased":(TEXT)|"adopted":(true))\}\n'.replace(b"TEXT", TEXT)
)


# What can be amiss, in Vietnamese and in English.
SAYS = {
    "unsigned": "{0} (cỡ {1}) không có chữ ký đúng của khoá đã cho. / {0} (size {1}) bears no valid signature of the keys given.",
    "no_note": "{0} không phải một trang chốt của sổ. / {0} is not a checkpoint.",
    "no_key": "Khoá không đúng dạng: {0}. / Not a key: {0}.",
    "forged": "{0} (cỡ {1}): chữ ký mang tên {2} không đúng. / {0} (size {1}): the signature in the name of {2} is not valid.",
    "no_source": "Không đọc được bản trích {0}. / Cannot read the export {0}.",
    "no_json": "{0} không phải JSON đúng. / {0} is not valid JSON.",
    "missing": "Thiếu tệp {0}. / The file {0} is missing.",
    "differs": "Tệp {0} không khớp với sổ. / The file {0} does not match the log.",
    "differs_at": "Tệp {0} (chỗ {1}) không khớp với sổ. / The file {0} (places {1}) does not match the log.",
    "size": "Cỡ sổ {0} không phải bội của 256. / {0} is no multiple of 256.",
    "no_log": "Không thấy sổ ở đây. / There is no log here.",
    "days": "Trang chốt cỡ {0} và lịch công bố không khớp. / Checkpoint {0} and the days differ.",
    "unseen": "Không trang chốt nào có chữ ký của {0}. / {0} signed no checkpoint.",
    "back": "Sổ bị lùi: {0} có {1} dòng, sổ này chỉ còn {2}. / The log was rolled back: {0} has {1} leaves, this log only {2}.",
    "other_root": "{0} (cỡ {1}) ký cho một sổ khác: gốc không khớp với các dòng."
    " / {0} (size {1}) was signed over another log: its root does not match the leaves.",
    "damaged": "Tệp {0} đã bị sửa hoặc hỏng. / The file {0} was changed or damaged.",
    "entry": "Việc ở chỗ {0} không khớp với sổ. / The entry at place {0} does not match the log.",
    "line": "Dòng {0} của entries.jsonl sai. / Line {0} of entries.jsonl is wrong.",
    "lacks": "entries.jsonl thiếu việc ở chỗ {0}. / entries.jsonl lacks the entry at place {0}.",
    "strange": "Phần tin {0} không có trong sổ. / The part {0} has no entry.",
    "end": "Cuối entries.jsonl có dòng sai. / There is a wrong line at the end of entries.jsonl.",
    "waits": "Có việc từ {0} quá hai ngày vẫn chưa vào sổ. / An entry of {0} waits for more than two days.",
    "early": "Có việc chưa vào sổ mang giờ chưa tới, {0}. / An entry that waits bears an hour yet to come, {0}.",
    "erased": "Việc ở chỗ {0} đã bị xoá mà không có việc xoá nào được ghi."
    " / The entry at place {0} was erased, and no entry tells of a deletion.",
    "erased_new": "Một việc chưa vào sổ đã bị xoá mà không có việc xoá nào được ghi."
    " / An entry that waits for its place was erased, and no entry tells of a deletion.",
    "erased_more": "Vụ {0} nói đã xoá {1} việc, nhưng có {2} việc đã bị xoá. / The case {0} tells of {1} entries erased, and {2} are.",
    "adopted": "Việc ở chỗ {0} không còn nội dung mà không có việc khôi phục nào được ghi."
    " / The entry at place {0} has lost its content, and no entry tells of a restored database.",
    "gone": "Phần tin của việc ở chỗ {0} đã mất mà không có việc xoá nào được ghi."
    " / The part of the entry at place {0} is gone, and no entry tells of a deletion.",
    "gone_new": "Phần tin của một việc chưa vào sổ đã mất mà không có việc xoá nào được ghi."
    " / The part of an entry that waits for its place is gone, and no entry tells of a deletion.",
    "no_places": "Khoảng {0} không có trong sổ. / There are no places {0}.",
    "places": "Các chỗ {0}-{1} không dẫn tới trang chốt đã ký. / The places {0}-{1} do not lead to the signed checkpoint.",
    "no_known": "Hãy cho ít nhất một trang chốt: --known. / Give at least one checkpoint: --known.",
    "proof_unseen": "Chưa nhân chứng nào ký trang chốt của tệp này. / No witness has signed this file's checkpoint.",
    "no_proof": "Tệp này không phải tệp chứng minh. / This is not a proof file.",
    "proof_wrong": "Tệp không chứng minh được: dòng của tin không dẫn tới trang chốt. / The file proves nothing.",
    "proof_absent": "Tệp này chưa chứng minh gì; thêm --in để tìm trong sổ. / It proves nothing yet; add --in to look.",
    "proof_not_there": "Tin này không có trong sổ. / This report is not in the log.",
    "bad_known": "Trang chốt giữ riêng {0} không dùng được. / Cannot use the kept checkpoint {0}.",
}


class Said(Exception):
    """What ends the run: one of the sentences above."""

    code = 1

    def __init__(self, key, *about):
        shown = ["".join(one if one.isprintable() else "?" for one in str(value)[:120]) for value in about]
        super().__init__("\n".join(says.format(*shown) for says in SAYS[key].split(" / ")))


class Unusable(Said):
    """Nothing can be said of the log: what was given cannot be read."""

    code = 2


class Checkpoint:
    """A signed note: `size`, `root`, and which of the keys signed it."""

    def __init__(self, raw, what):
        try:
            text = raw.decode()
            body, lines = text.rsplit("\n\n", 1)
            self.body = body + "\n"
            self.origin, size, root = body.split("\n")[:3]
            self.root = unb64(root)
            self.lines = [signature_line(line) for line in lines.removesuffix("\n").split("\n")]
        except ValueError:
            raise bad_note(what) from None
        if not re.fullmatch("0|[1-9][0-9]{0,15}", size) or len(self.root) != 32 or not text.endswith("\n"):
            raise bad_note(what)
        self.size, self.what = int(size), what

    def need(self, keys):
        """Raises unless one of the log's keys signed it, as its own origin."""
        if any(key.signed(self) for key in keys if key.name == self.origin):
            return
        raise Said("unsigned", self.what, self.size)


def bad_note(what):
    return Said("no_note", what)


def unb64(text):
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError(text)  # two texts for the same bytes: a flipped bit would pass
    return raw


def signature_line(line):
    name, encoded = line.removeprefix("— ").split(" ")
    raw = unb64(encoded)
    if not line.startswith("— ") or len(raw) < 5:
        raise ValueError(line)
    return name, raw[:4], raw[4:]


class Key:
    """A C2SP verifier key: `name+id+base64(kind || Ed25519 key)`."""

    def __init__(self, vkey, kind):
        try:
            self.name, tag, encoded = vkey.strip().split("+", 2)
            raw = unb64(encoded)
            self.id = sha256(self.name.encode() + b"\n" + raw).digest()[:4]
            if raw[0] != kind or self.id.hex() != tag.lower():
                raise ValueError(vkey)
            self.kind, self.public = kind, Ed25519PublicKey.from_public_bytes(raw[1:])
        except (ValueError, IndexError):
            raise Unusable("no_key", vkey[:120]) from None

    def signed(self, note):
        """Whether a line of this key stands under the note. Raises for one that is not this key's doing though it says so."""
        mine = [raw for name, tag, raw in note.lines if (name, tag) == (self.name, self.id)]
        for raw in mine:
            try:
                self.public.verify(raw[-64:], self._message(note, raw))
            except InvalidSignature:
                raise Said("forged", note.what, note.size, self.name) from None
        return bool(mine)

    def _message(self, note, raw):
        if self.kind == LOG:
            return note.body.encode() if len(raw) == 64 else b""
        time = int.from_bytes(raw[:8], "big") if len(raw) == 72 else 0
        return f"cosignature/v1\ntime {time}\n{note.body}".encode()


# Where the files come from


class Folder:
    def __init__(self, path):
        self.path = path

    def open(self, name):
        path = self.path / name
        return path.open("rb") if path.is_file() else None  # a device or a pipe might never end

    def get(self, name, most=SMALL_MOST):
        """The file's bytes, at most one more than `most`; None where there is none."""
        file = self.open(name)
        if file is None:
            return None
        with file:
            return file.read(most + 1)

    def under(self, folder):
        return sorted(os.listdir(self.path / folder)) if (self.path / folder).is_dir() else []


class Zip(Folder):
    def __init__(self, file):
        self.zip = zipfile.ZipFile(file)
        self.names = frozenset(self.zip.namelist())

    def open(self, name):
        return self.zip.open(name) if name in self.names else None

    def under(self, folder):
        return sorted(name.rpartition("/")[2] for name in self.names if name.rpartition("/")[0] == folder)


class Address(Folder):
    def __init__(self, url):
        self.url = url.rstrip("/")

    def open(self, name):
        try:
            return urllib.request.urlopen(f"{self.url}/{name}", timeout=30)
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                return None
            raise

    def under(self, folder):
        """Months and checkpoints are not listed anywhere: months are tried backwards, checkpoints are those that they name."""
        if folder == "checkpoints":
            return list(map(str, self.sizes))
        names: list[str] = []
        missing, month = 0, datetime.now(UTC).date().replace(day=1)
        while missing < 3:
            found = self.get(f"days/{month:%Y-%m}") is not None
            names, missing = ([f"{month:%Y-%m}", *names], 0) if found else (names, missing + 1)
            month = (month - timedelta(days=1)).replace(day=1)
        return names


def source(asked):
    if re.match("https?://", asked.source):
        return Address(asked.source)
    path = Path(asked.source)
    if path.is_dir():
        return Folder(path)
    if zipfile.is_zipfile(path):
        return Zip(asked.closing.enter_context(path.open("rb")))
    raise Unusable("no_source", asked.source)


def read_json(raw, what):
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Said("no_json", what) from None


# Hashing and tiles


def node(left, right):
    return sha256(b"\x01" + left + right).digest()


def fold(row):
    """The root over a power of two of hashes, one after another in `row`."""
    while len(row) > 32:
        row = b"".join([sha256(b"\x01" + row[at : at + 64]).digest() for at in range(0, len(row), 64)])
    return row


def tile_path(level, number, width=FULL):
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + ("" if width == FULL else f".p/{width}")


def missing(name):
    return Said("missing", name)


def differs(name, places=""):
    return Said("differs_at" if places else "differs", name, places)


def bundle(files, number):
    """256 leaves, each after its length, as they are in the file."""
    name = tile_path("entries", number)
    raw = files.get(name, FULL * ROW)
    if raw is None:
        raise missing(name)
    if len(raw) != FULL * ROW or raw[0::ROW] + raw[1::ROW] != LENGTH[:1] * FULL + LENGTH[1:] * FULL:
        raise differs(name, f"{number * FULL}-{number * FULL + FULL - 1}")
    return raw


def leaf_hashes(raw):
    return b"".join([sha256(b"\x00" + raw[at : at + 48]).digest() for at in STARTS])


class Tiles:
    """Hashes of whole subtrees, read from the tiles of a log of `size`: believed only once they lead to a signed root."""

    def __init__(self, files, size):
        self.files, self.size, self.kept = files, size, {}

    def tile(self, level, number):
        if (level, number) not in self.kept:
            width = min(FULL, (self.size >> 8 * level) - FULL * number)
            name = tile_path(level, number, width)
            raw = self.files.get(name)
            if raw is None:
                raise missing(name)
            if len(raw) != 32 * width:
                raise differs(name)
            self.kept[level, number] = raw
        return self.kept[level, number]

    def hash(self, low, high):
        """The hash over the leaves [low, high)."""
        count = high - low
        if count & (count - 1) == 0:
            level, rest = divmod(count.bit_length() - 1, 8)
            at = low >> 8 * level
            raw = self.tile(level, at // FULL)[at % FULL * 32 : (at % FULL + (1 << rest)) * 32]
            return fold(raw)
        middle = low + split(count)
        return node(self.hash(low, middle), self.hash(middle, high))

    def both(self, low, high, old):
        """The hashes over [low, old) and [low, high), of the same subtrees: what makes the one the beginning of the other."""
        if old == high:
            return (self.hash(low, high),) * 2
        middle = low + split(high - low)
        if old <= middle:
            before, left = self.both(low, middle, old)
            return before, node(left, self.hash(middle, high))
        left, (before, right) = self.hash(low, middle), self.both(middle, high, old)
        return node(left, before), node(left, right)

    def with_tile(self, low, high, first, its):
        """The hash over [low, high) with `its` as the hash over the 256 leaves from `first`."""
        if high - low == FULL:
            return its
        middle = low + split(high - low)
        if first < middle:
            return node(self.with_tile(low, middle, first, its), self.hash(middle, high))
        return node(self.hash(low, middle), self.with_tile(middle, high, first, its))


def split(count):
    return 1 << (count - 1).bit_length() - 1


def root_of_proof(leaf, index, size, hashes):
    """RFC 9162 section 2.1.3.2. Raises ValueError for a proof of another length."""
    if not 0 <= index < size:
        raise ValueError("there is no such place")
    at, last, result = index, size - 1, sha256(b"\x00" + leaf).digest()
    for other in hashes:
        if last == 0:
            raise ValueError("the proof is longer than the tree is high")
        if at & 1 or at == last:
            result = node(other, result)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            result = node(result, other)
        at, last = at >> 1, last >> 1
    if last:
        raise ValueError("the proof is shorter than the tree is high")
    return result


# What is said of the log


class Audit:
    """Reads a log once from its first leaf to its last; constant memory, but for what an export tells of its parts."""

    def __init__(self, files, keys, witnesses):
        self.files, self.keys, self.witnesses = files, keys, witnesses
        self.seen: dict[str, int] = {}  # a witness's name -> leaves of the newest checkpoint that it signed
        self.last = self._checkpoint("checkpoint")
        if self.last.size % FULL or not self.last.size:
            raise Said("size", self.last.size)

    def _checkpoint(self, name):
        raw = self.files.get(name, NOTE_MOST)
        if raw is None:
            raise missing(name) if name != "checkpoint" else Unusable("no_log")
        note = Checkpoint(raw, name)
        note.need(self.keys)
        return note

    def days(self):
        """The sizes of all publications, smallest first, as the months list them. A clock that was wrong leaves days out of order."""
        sizes: list[int] = []
        for month in self.files.under("days"):
            name, before = f"days/{month}", 0
            try:
                for day, size in read_json(self.files.get(name) or b"", name):
                    if f"{date.fromisoformat(day):%Y-%m}" != month or not before < int(size) == size:
                        raise ValueError(day)
                    sizes.append(before := size)
            except (ValueError, TypeError, OverflowError):
                raise differs(name) from None
        self.files.sizes = sorted(sizes)
        return self.files.sizes

    def checkpoints(self):
        """size -> checkpoint, of every publication; each signed, with the witnesses that were seen under it."""
        sizes = self.days()
        kept = self.files.under("checkpoints")
        if sorted(map(str, sizes)) != sorted(kept):
            odd = sorted(set(map(str, sizes)) ^ set(kept), key=lambda size: (len(size), size)) or ["?"]
            raise Said("days", odd[0][:40])
        notes = {size: self._checkpoint(f"checkpoints/{size}") for size in sizes}
        for size, note in notes.items():
            if note.size != size or size % FULL:
                raise differs(f"checkpoints/{size}")
        if not sizes or (self.last.size, self.last.root) != (sizes[-1], notes[sizes[-1]].root):
            raise differs("checkpoint")
        self._witnessed(notes)
        return notes

    def _witnessed(self, notes):
        for witness in self.witnesses:
            seen = [size for size, note in notes.items() if witness.signed(note)]
            if not seen:
                raise Said("unseen", witness.name)
            self.seen[witness.name] = max(seen)

    def tree(self, known, entries=None, progress=None):
        """Every leaf, tile and root. `entries`, if given, is shown each bundle. Returns the number of checkpoints."""
        notes = self.checkpoints()
        self.not_longer(known)
        ends = set(notes) | {note.size for note in known}
        upper: list[bytes] = []  # by level from 1: hashes of a tile that is not full yet
        for number in range(self.last.size // FULL):
            raw = bundle(self.files, number)
            if entries:
                entries.bundle(number, raw)
            self._add(upper, 1, number, self._whole(0, number, leaf_hashes(raw)))
            size = (number + 1) * FULL
            if size in notes:
                self._edge(upper, size)
            if size in ends:
                self._root(upper, [note for note in (*notes.values(), *known) if note.size == size])
            if progress:
                progress(size, self.last.size)
        return len(notes)

    def not_longer(self, known):
        for note in known:
            if note.size > self.last.size or note.origin != self.last.origin:
                raise Said("back", note.what, note.size, self.last.size)
            if note.size % FULL or not note.size:
                raise other_root(note)

    def _whole(self, level, number, hashes):
        name = tile_path(level, number)
        found = self.files.get(name)
        if found is None:
            raise missing(name)
        if found != hashes:
            at = next((at for at in range(FULL) if found[at * 32 : at * 32 + 32] != hashes[at * 32 : at * 32 + 32]), 0)
            raise differs(name, str((number * FULL + at) << 8 * level))
        return fold(hashes)

    def _add(self, upper, level, number, value):
        if len(upper) < level:
            upper.append(b"")
        upper[level - 1] += value
        if len(upper[level - 1]) == FULL * 32:
            row, upper[level - 1] = upper[level - 1], b""
            self._add(upper, level + 1, number // FULL, self._whole(level, number // FULL, row))

    def _edge(self, upper, size):
        """Tiles that are not full: the last ones must be there, those of former days may be."""
        for level, row in enumerate(upper, 1):
            if row:
                name = tile_path(level, (size >> 8 * level) // FULL, len(row) // 32)
                found = self.files.get(name)
                if found is None and size == self.last.size:
                    raise missing(name)
                if found is not None and found != row:
                    raise differs(name)

    def _root(self, upper, notes):
        peaks = []
        for row in upper:  # from the right edge of the tree inwards
            count = len(row) // 32
            widths = [1 << bit for bit in range(9) if count >> bit & 1]
            for width in widths:
                peaks.append(fold(row[(count - width) * 32 : count * 32]))
                count -= width
        root = peaks[0]
        for peak in peaks[1:]:
            root = node(peak, root)
        for note in notes:
            if note.root != root:
                raise other_root(note)


def other_root(note):
    return Said("other_root", note.what, note.size)


class Entries:
    """What an export says of the entries behind the leaves: each opens its leaf, or is told as erased."""

    def __init__(self, files, size):
        self.files, self.size = files, size
        self.made = self._made()
        self.sums = self._sums()
        self.hash, self.lines = sha256(), self._lines()
        self.forgotten = self.padding = 0
        self.erased, self.gone = {}, {}  # case -> first place, number; digest -> place, case
        self.deletions: dict[bytes, int] = {}  # case -> how many entries were erased by its own word
        self.adopted: list[int] = []  # places that have no content any more
        self.restored: list[tuple[int, int]] = []
        self.filled: set[int] = set()  # bundles with a filler that opens: their publication was not lost
        self.present = self._present()
        self.strange = set(self.present)

    def _made(self):
        facts = read_json(self.files.get("export.json", 4096) or b"", "export.json")
        try:
            made = datetime.strptime(facts["made"], "%Y-%m-%dT%H").replace(tzinfo=UTC)
        except (KeyError, TypeError, ValueError):
            raise differs("export.json") from None
        if facts.get("size") != self.size:
            raise differs("export.json")
        return made

    def _sums(self):
        """What each file but tiles, which the tree proves, hashes to: found before anything else, a damaged copy is not a forged one."""
        raw = self.files.get("SHA256SUMS", 64 * SMALL_MOST)
        if raw is None:
            raise missing("SHA256SUMS")
        found = re.findall(rb"(?m)^([0-9a-f]{64})  ([\w-]+(?:[./][\w-]+)*)\n", raw)
        sums = {name.decode(): total.decode() for total, name in found}
        expected = {"entries.jsonl", "present.txt", "export.json", "keys", "checkpoint"}
        if len(found) != raw.count(b"\n") or not raw.endswith(b"\n") or not expected <= set(sums):
            raise differs("SHA256SUMS")
        for name, wanted in sums.items():
            if self._sum(name, entries=name == "entries.jsonl") != wanted and name != "entries.jsonl":
                raise Said("damaged", name)
        return sums

    def _sum(self, name, entries):
        """The entries are hashed while they are read anyway."""
        file, total = self.files.open(name), sha256()
        if file is None:
            raise missing(name)
        with file:
            while not entries and (block := file.read(BLOCK)):
                total.update(block)
        return total.hexdigest()

    def _present(self):
        """Digests of the parts that the database has, one a line."""
        with self.files.open("present.txt") as file:
            return {digest for block in blocks(file, "present.txt") for digest in digests(block)}

    def _lines(self):
        file = self.files.open("entries.jsonl")
        with file:
            for block in blocks(file, "entries.jsonl", self.hash):
                yield from block

    def bundle(self, number, raw):
        """The entries of 256 places against their leaves."""
        low = number * FULL
        lines = list(islice(self.lines, FULL))
        found = ENTRY.findall(b"".join(lines))
        if len(found) != FULL or [one[0] for one in found] != [b"%d" % place for place in range(low, low + FULL)]:
            raise self._malformed(low, lines)
        salts = [bytes.fromhex(one[1].decode()) for one in found]
        leaves = [
            sha256(b"keng/leaf/1\n" + salt).digest()[:16] + sha256(salt + one[2]).digest()
            if salt
            else raw[at : at + 48]
            for salt, one, at in zip(salts, found, STARTS, strict=True)
        ]
        if LENGTH + LENGTH.join(leaves) != raw:
            place = low + next(n for n, at in enumerate(STARTS) if leaves[n] != raw[at : at + 48])
            raise Said("entry", place)
        for place, one in enumerate(found, low):
            if not one[2] or one[7] in TOLD or one[7].endswith(GONE):
                self._note(place, one)

    def _malformed(self, low, lines):
        for place, line in enumerate(lines, low):
            one = ENTRY.fullmatch(line)
            if not one or one[1] != b"%d" % place:
                return Said("line", place + 1)
        place = low + len(lines)
        return Said("lacks", place)

    def _note(self, place, one):
        _place, _salt, entry, case, _hour, purpose, subject, verb, erased, adopted = one
        if adopted:
            self.adopted.append(place)
        elif not entry:
            first, number = self.erased.get(erased, (place, 0))
            self.erased[erased] = first, number + 1
            self.forgotten += place is not None
        elif verb in PARTS:
            self._part(place, subject, case)
        elif verb == PADDING:
            self.padding += 1
            self.filled.add((place or 0) // FULL)
        elif verb == RESTORED and (found := RANGE.fullmatch(subject)):
            # One beyond the log as it was when it was told excuses nothing of later.
            if int(found[2]) <= (self.size if place is None else place):
                self.restored.append((int(found[1]), int(found[2])))
        elif verb.endswith(GONE):
            told = int(purpose[1:-1]) if NUMBER.fullmatch(purpose) else MANY
            self.deletions[case] = min(self.deletions.get(case, MANY), told)

    def _part(self, place, subject, case):
        digest = bytes.fromhex(subject[1:-1].decode()) if re.fullmatch(b'"[0-9a-f]{64}"', subject) else subject
        if digest not in self.present:
            self.gone[digest] = (place, case)
        self.strange.discard(digest)

    def end(self):
        """What can only be said at the end. Raises for the first that is amiss; returns how many entries wait for their place."""
        waiting = 0
        for line in self.lines:
            self._waiting(line)
            waiting += 1
        if self.hash.hexdigest() != self.sums["entries.jsonl"]:
            raise Said("damaged", "entries.jsonl")
        self._erased()
        self._gone()
        for place in self.adopted:
            if place // FULL in self.filled or not any(low <= place < high for low, high in self.restored):
                raise Said("adopted", place)
        if self.strange:
            digest = min(self.strange).hex()
            raise Said("strange", digest)
        return waiting

    def _waiting(self, line):
        one = ENTRY.fullmatch(line)
        if not one or one[1] != b"null" or one[10]:
            raise Said("end")
        if one[2]:
            self._not_late(one[5].decode())
        self._note(None, one.groups(b""))

    def _not_late(self, hour):
        try:
            since = datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)
        except ValueError:
            raise Said("end") from None
        if since < self.made - WAIT:
            raise Said("waits", hour)
        if since > self.made + AHEAD:
            raise Said("early", hour)  # it would never be late

    def _erased(self):
        for case, (place, number) in self.erased.items():
            if case not in self.deletions:
                raise Said("erased_new" if place is None else "erased", place)
            if number > self.deletions[case]:
                raise Said("erased_more", case.decode("utf-8", "replace"), self.deletions[case], number)

    def _gone(self):
        for place, case in self.gone.values():
            if case not in self.deletions:
                raise Said("gone_new" if place is None else "gone", place)


def blocks(file, name, total=None):
    """The lines of a file, some at a time, each with its end. Raises for one that never ends."""
    rest = b""
    while block := file.read(BLOCK):
        if total:
            total.update(block)
        lines = (rest + block).splitlines(keepends=True)
        rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
        if len(rest) > LINE_MOST or b"\r" in block:
            raise differs(name)
        yield lines
    if rest:
        raise differs(name)


def digests(lines):
    try:
        found = [bytes.fromhex(line.decode()) for line in lines]
    except ValueError:
        raise differs("present.txt") from None
    if any(len(digest) != 32 for digest in found):
        raise differs("present.txt")
    return found


# What is asked for


def tree(asked):
    files = source(asked)
    audit = Audit(files, asked.keys, asked.witnesses)
    is_export = files.get("export.json", 4096) is not None
    entries = Entries(files, audit.last.size) if is_export else None
    count = audit.tree(asked.known, entries, progress)
    vi = f"Sổ nguyên vẹn: {audit.last.size} dòng, {count} trang chốt, {len(asked.known)} trang chốt giữ riêng đều khớp."
    en = f"The log is whole: {audit.last.size} leaves, {count} checkpoints, {len(asked.known)} kept ones agree."
    if entries:
        waiting, lost, erased, parts = entries.end(), len(entries.adopted), entries.forgotten, len(entries.present)
        opened = audit.last.size - erased - entries.padding - lost
        vi += f" {opened} việc mở ra đúng, {erased} đã xoá, {lost} mất nội dung, {waiting} đang chờ, {parts} phần tin đủ cả."
        en += f" {opened} entries open, {erased} erased, {lost} lost, {waiting} waiting, {parts} parts all there."
        vi += f" Lập vào giờ {entries.made:%Y-%m-%dT%H} (UTC)."
        en += f" Made in the hour {entries.made:%Y-%m-%dT%H} (UTC)."
    for name, size in audit.seen.items():
        vi += f" {name} đã thấy tới dòng {size}."
        en += f" {name} saw it up to leaf {size}."
    return vi, en


def places(asked):
    """Some places only: their leaves, and that these stand in the signed log."""
    found = re.fullmatch(r"([0-9]{1,15}):([0-9]{1,15})", asked.places)
    audit = Audit(source(asked), asked.keys, asked.witnesses)
    low, high = (int(found[1]), int(found[2])) if found else (0, 0)
    if not low < high <= audit.last.size:
        raise Unusable("no_places", asked.places[:40])
    tiles = Tiles(audit.files, audit.last.size)
    for number in range(low // FULL, (high - 1) // FULL + 1):
        its = audit._whole(0, number, leaf_hashes(bundle(audit.files, number)))
        if tiles.with_tile(0, audit.last.size, number * FULL, its) != audit.last.root:
            raise Said("places", number * FULL, number * FULL + FULL - 1)
    return f"Các chỗ {low}-{high - 1} đúng như đã ký.", f"The places {low}-{high - 1} are as signed."


def consistency(asked):
    """The log begins as each checkpoint kept earlier says; reads some tiles only."""
    audit = Audit(source(asked), asked.keys, asked.witnesses)
    audit.not_longer(asked.known)
    tiles = Tiles(audit.files, audit.last.size)
    if not asked.known:
        raise Unusable("no_known")
    for note in asked.known:
        before, now = tiles.both(0, audit.last.size, note.size)
        if now != audit.last.root:
            raise other_root(audit.last)
        if before != note.root:
            raise other_root(note)
    vi = f"Sổ {audit.last.size} dòng nối tiếp đúng {len(asked.known)} trang chốt giữ riêng."
    return vi, f"The log of {audit.last.size} leaves continues {len(asked.known)} kept checkpoints."


class Tag:
    """Looks for a leaf by its tag while a log is read."""

    def __init__(self, tag):
        self.tag, self.place = tag, None

    def bundle(self, number, raw):
        if self.tag in raw:
            self.place = next(
                (number * FULL + n for n, at in enumerate(STARTS) if raw[at : at + 16] == self.tag), self.place
            )


def proof(asked):
    said = Proof(asked)
    if said.at is None or asked.source:
        return said.looked_for(asked)
    if asked.witnesses and not any(witness.signed(said.note) for witness in asked.witnesses):
        raise Said("proof_unseen")
    vi = f"Tin có trong sổ, chỗ {said.at}, trang chốt {said.note.size} dòng."
    return vi, f"The report stands in the log, place {said.at}, checkpoint of {said.note.size} leaves."


class Proof:
    """The file that a reporter's page gives out (docs/sealed-mailbox.md, section 14)."""

    def __init__(self, asked):
        try:
            with Path(asked.file).open("rb") as file:
                said = json.loads(file.read(NOTE_MOST))
            self.tag, self.at = unb64(said["tag"]), said["index"]
            if said["v"] != 1 or said["type"] != "keng-proof" or len(self.tag) != 16:
                raise ValueError(said)
            if self.at is not None:
                self._shown(said, asked)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise Unusable("no_proof") from None

    def _shown(self, said, asked):
        leaf, hashes = unb64(said["leaf"]), [unb64(one) for one in said["proof"]]
        self.note = Checkpoint(said["checkpoint"].encode(), asked.file)
        if len(leaf) != 48 or len(hashes) > 64 or type(self.at) is not int or any(len(one) != 32 for one in hashes):
            raise ValueError(said)
        self.note.need(asked.keys)
        try:
            root = root_of_proof(leaf, self.at, self.note.size, hashes)
        except ValueError:
            root = None
        origin, size = said["origin"], said["size"]
        if (root, origin, size, leaf[:16]) != (self.note.root, self.note.origin, self.note.size, self.tag):
            raise Said("proof_wrong")

    def looked_for(self, asked):
        if not asked.source:
            raise Said("proof_absent")
        found = Tag(self.tag)
        audit = Audit(source(asked), asked.keys, asked.witnesses)
        audit.tree(asked.known, found, progress)
        if found.place is None:
            raise Said("proof_not_there")
        return f"Tin có trong sổ, chỗ {found.place}.", f"The report stands in the log, place {found.place}."


def progress(done, of):
    if sys.stderr.isatty() and (done == of or done % (FULL * 64) == 0):
        sys.stderr.write(f"\r{done * 100 // of} %" + ("\n" if done == of else ""))


def arguments(given):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(required=True, metavar="tree|range|consistency|proof")
    for name, run in (("tree", tree), ("range", places), ("consistency", consistency), ("proof", proof)):
        part = parts.add_parser(name)
        part.set_defaults(run=run)
        part.add_argument("file" if run is proof else "source")
        if run is proof:
            part.add_argument("--in", dest="source", help="a log in which to look for the report")
        if run is places:
            part.add_argument("--places", required=True, help="first:end")
        part.add_argument("--key", action="append", required=True)
        part.add_argument("--witness", action="append", default=[])
        part.add_argument("--known", action="append", default=[])
    return parser.parse_args(given)


def known(path, keys):
    try:
        with Path(path).open("rb") as file:
            note = Checkpoint(file.read(NOTE_MOST), path)
        note.need(keys)
    except (OSError, Said) as error:
        raise Unusable("bad_known", path) from error
    return note


def main(given=None):
    asked = arguments(given)
    try:
        asked.keys = [Key(vkey, LOG) for vkey in asked.key]
        asked.witnesses = [Key(vkey, WITNESS) for vkey in asked.witness]
        asked.known = [known(path, asked.keys) for path in asked.known]
        with ExitStack() as asked.closing:
            said = asked.run(asked)
    except Said as error:
        print(*error.args, sep="\n", file=sys.stderr)
        return error.code
    except UNREADABLE as error:
        what = str(error).replace("\n", " ")[:200]
        print(f"Không đọc hết được: {what}", f"Could not read it all: {what}", sep="\n", file=sys.stderr)
        return 2
    print(*said, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
