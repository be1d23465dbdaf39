"""What an officer or a stranger sealed is read as a small plain ustar or not at all, whatever its bytes claim."""

import io
import tarfile
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.demo.client import new_identity, seal
from keng.mailbox import sealing
from keng.mailbox.sealing import ENTRIES_MOST, PartError, _tar, _untar, open_part

ENTRIES = [("part.json", b"{}"), ("text.txt", b"x" * 700), ("mac", b"")]


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.USTAR_FORMAT)


def sparse(real_size: int) -> bytes:
    """A tar of GNU that says: one byte here, and nothing for gigabytes."""
    block = bytearray(header("text.txt", 512, b"S"))
    block[257:265] = b"ustar  \0"
    block[386:410] = f"{0:011o}\0{1:011o}\0".encode()
    block[483:495] = f"{real_size:011o}\0".encode()
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    return header("part.json", 2) + b"{}".ljust(512, b"\0") + bytes(block) + bytes(512) + bytes(1024)


def test_what_we_write_is_read_and_so_is_what_others_write() -> None:
    assert _untar(_tar(ENTRIES)) == ENTRIES
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, body in ENTRIES:
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    assert _untar(raw.getvalue()) == ENTRIES


def test_s3_a_sparse_file_of_a_few_kilobytes_does_not_unpack_to_gigabytes() -> None:
    bomb = sparse(2 * 1024**3)
    with tarfile.open(fileobj=io.BytesIO(bomb)) as tar:
        assert tar.getmember("text.txt").size == 2 * 1024**3, "Python's own reader takes it at its word"
    identity, recipient = new_identity()
    tracemalloc.start()
    with pytest.raises(PartError):
        open_part(sealed=seal(recipient, bomb), identity=identity, thread="", sender="officer", index=0)
    assert tracemalloc.get_traced_memory()[1] < 10**6
    tracemalloc.stop()


@pytest.mark.parametrize("kind", [b"1", b"2", b"3", b"5", b"7", b"x", b"g", b"L", b"S", b"\xff"])
def test_only_plain_files_are_read(kind: bytes) -> None:
    with pytest.raises(PartError):
        _untar(header("text.txt", 0, kind) + bytes(1024))
    assert _untar(header("text.txt", 0, b"\0") + bytes(1024)) == [("text.txt", b"")]


@pytest.mark.parametrize(
    "bad",
    [
        b"x", bytes(512), bytes(1023), header("a", 0), header("a", 0) + bytes(512), header("a", 10_000) + bytes(1024),
        header("a", 8**11 - 1) + bytes(1024), header("../a", 0) + bytes(1024), header("A", 0) + bytes(1024),
        header("a", 0) + header("a", 0) + bytes(1024), _tar([(f"n{n}", b"") for n in range(ENTRIES_MOST + 1)]),
        header("a", 0)[:124] + b"\x80" + bytes(11) + header("a", 0)[136:] + bytes(1024), b"a" * 2048,
        bytes(sealing.TAR_MOST + 512),
    ],
)  # fmt: skip
def test_what_is_malformed_is_no_part(bad: bytes) -> None:
    with pytest.raises(PartError):
        _untar(bad)


@given(st.binary(max_size=2048), st.integers(0, 2047))
def test_s3_any_bytes_are_read_or_refused_and_never_grow(junk: bytes, at: int) -> None:
    good = _tar(ENTRIES)
    for raw in (junk, good[:at] + junk + good[at + len(junk) :], junk.ljust(2048, b"\0")):
        try:
            read = _untar(raw)
        except PartError:
            continue
        assert sum(len(body) for _name, body in read) <= len(raw)
