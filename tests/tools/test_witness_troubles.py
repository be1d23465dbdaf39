"""`tools/witness.py` when the network lies or drips, the clock is wrong, the disk is full, or it is killed: trouble is never an alarm."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.log_lab import KEY, ROOT, Answering, Log, Witness, leaves, note_of, serving

# Runs in the witness's own process before it starts.
HASTY = """
import signal
real = signal.setitimer
signal.setitimer = lambda which, seconds, again=0.0: real(which, min(seconds, 1.0), again)
"""
CLOCK = "import time; time.time = lambda: {}"
# Ends the process at the n-th thing that it does to a file: a write, a sync, a rename.
KILLED = """
import os, pathlib
left = [{}]
def counted(real):
    def do(*a, **k):
        left[0] -= 1
        if left[0] <= 0: os._exit(9)
        return real(*a, **k)
    return do
os.fsync, pathlib.Path.rename, pathlib.Path.mkdir = counted(os.fsync), counted(pathlib.Path.rename), counted(pathlib.Path.mkdir)
"""
FULL = """
import os, errno
def full(*_): raise OSError(errno.ENOSPC, 'No space left on device')
os.fsync = full
"""


@pytest.fixture
def log() -> Iterator[Log]:
    with serving(leaves(512)) as served:
        yield served


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "memory")


def in_trouble(done: subprocess.CompletedProcess[str], log: Log, witness: Witness) -> str:
    assert done.returncode == 3, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert 1 <= len(done.stderr.strip().splitlines()) <= 3
    assert len(done.stderr) < 1500
    assert log.posted == []
    assert witness.evidence() == []
    return done.stderr


def huge(asked: Answering) -> bool:
    asked.send_response(200)
    asked.end_headers()
    try:
        for _ in range(4000):
            asked.wfile.write(bytes(65536))
    except OSError:
        asked.server.log.asked.append("hung up")
    return True


def html(asked: Answering) -> bool:
    asked.say(200, b"<!doctype html>\n<html><body>\n\nsign in to the hotel's network\n")
    return True


def moved(asked: Answering) -> bool:
    asked.send_response(302)
    asked.send_header("Location", f"http://127.0.0.1:{asked.server.server_port}/ledger/elsewhere")
    asked.send_header("Content-Length", "0")
    asked.end_headers()
    return True


def dripping(asked: Answering) -> bool:
    asked.send_response(200)
    asked.end_headers()
    try:
        for _ in range(600):
            asked.wfile.write(b"x")
            time.sleep(0.1)
    except OSError:
        pass
    return True


def cut_short(asked: Answering) -> bool:
    asked.send_response(200)
    asked.send_header("Content-Length", "5000")
    asked.end_headers()
    asked.wfile.write(b"bao.dienbien")
    asked.close_connection = True
    return True


def gibberish(asked: Answering) -> bool:
    asked.wfile.write(b"\xff\x00 not http at all\r\n\r\n")
    asked.close_connection = True
    return True


def failing(asked: Answering) -> bool:
    asked.say(500, b"\x1b[31m" * 100)
    return True


LIES = [huge, html, moved, cut_short, gibberish, failing]


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("where", ["checkpoint", "tile"])
def test_s3_a_server_that_lies_is_trouble_in_a_sentence(log: Log, witness: Witness, lie: object, where: str) -> None:
    log.lie = lambda asked: where in asked.path and lie(asked)
    in_trouble(witness.visit(log), log, witness)
    assert witness.notes() == []
    log.lie = None
    assert witness.visit(log).returncode == 0


@pytest.mark.parametrize("where", ["checkpoint", "tile"])
def test_s3_a_server_that_drips_is_left_in_time(log: Log, witness: Witness, where: str) -> None:
    log.lie = lambda asked: where in asked.path and dripping(asked)
    started = time.monotonic()
    assert "too slow" in in_trouble(witness.visit(log, stub=HASTY), log, witness)
    assert time.monotonic() - started < 30  # it would drip for 60


@pytest.mark.parametrize(
    "note",
    [
        b"", b"\n\n", b"\xff\xfe\n\n", b"a\nb\nc\n\n", f"{note_of(leaves(2))}x".encode(), note_of(leaves(2)).encode()[:-9],
        note_of(leaves(2)).replace("\n2\n", "\n02\n").encode(), note_of(leaves(2)).replace("\n2\n", "\n-2\n").encode(),
        note_of(leaves(2)).replace("\n2\n", "\n9999999999999999999999\n").encode(), note_of(leaves(2)).replace("\n2\n", "\n²\n").encode(),
        note_of(leaves(2)).replace("—", "-").encode(), note_of(leaves(2)).replace("\n\n", "\n\n\x1b[2J\n\n").encode(),
        note_of(leaves(2)).encode() + b"\xe2\x80\x94 a b c d\n", note_of(leaves(2)).encode() * 200,
    ],
)  # fmt: skip
def test_s3_bad_bytes_for_a_checkpoint_are_trouble(log: Log, witness: Witness, note: bytes) -> None:
    log.files["checkpoint"] = note
    in_trouble(witness.visit(log), log, witness)


def test_no_connection_is_trouble(log: Log, witness: Witness) -> None:
    log.address = "http://127.0.0.1:9/ledger"
    assert "http://127.0.0.1:9/ledger/checkpoint" in in_trouble(witness.visit(log), log, witness)


@pytest.mark.parametrize(
    "address",
    ["http://bao.dienbien.test/ledger", "ftp://localhost/", "file:///etc/passwd", "", "https://", "http://[x/"],
)
def test_only_https_is_spoken_except_with_this_machine(log: Log, witness: Witness, address: str) -> None:
    log.address = address
    assert "--log" in in_trouble(witness.visit(log), log, witness)


# The clock


def test_a_clock_that_was_never_set_signs_nothing(log: Log, witness: Witness) -> None:
    assert "clock" in in_trouble(witness.visit(log, stub=CLOCK.format(86400)), log, witness)
    assert witness.notes() == ["512"]
    assert witness.visit(log).returncode == 0


def test_a_clock_that_went_back_signs_nothing_until_it_is_mended(log: Log, witness: Witness) -> None:
    witness.visit(log)
    log.show(leaves(768))
    log.posted.clear()
    assert "clock" in in_trouble(witness.visit(log, stub=CLOCK.format(f"{time.time()} - 86400")), log, witness)
    assert witness.visit(log).returncode == 0
    assert witness.notes() == ["512", "768"]


# The memory


@pytest.mark.parametrize("moment", range(1, 22))
def test_a_witness_killed_at_any_moment_keeps_a_memory_that_can_be_used(
    log: Log, witness: Witness, moment: int
) -> None:
    witness.visit(log)
    log.show(leaves(1024))
    killed = witness.visit(log, stub=KILLED.format(moment)).returncode == 9
    assert killed or moment > 12
    forked = [*leaves(512), *leaves(512, "other")]
    if "1024" in witness.notes():
        log.show(forked)
        assert witness.visit(log).returncode == 1
    log.show(leaves(1024))
    done = witness.visit(log)
    assert done.returncode == 0, done.stderr
    assert witness.notes() == ["512", "1024"]
    assert not list(witness.memory.glob("checkpoints/.*"))
    log.show([*leaves(512), *leaves(600, "other")])
    assert witness.visit(log).returncode == 1


def test_it_never_signs_what_it_could_forget(log: Log, witness: Witness) -> None:
    """A full disk: nothing remembered, so nothing signed."""
    said = in_trouble(witness.visit(log, stub=FULL), log, witness)
    assert "No space left" in said
    assert witness.visit(log).returncode == 0


@pytest.mark.parametrize("name", ["checkpoints/512", "cosigned/512"])
def test_a_damaged_memory_is_said_by_the_name_of_the_file(log: Log, witness: Witness, name: str) -> None:
    witness.visit(log)
    log.posted.clear()
    log.show(leaves(768))
    (witness.memory / name).write_bytes(b"\0\0\0")
    assert name in in_trouble(witness.visit(log), log, witness)


def test_two_witnesses_do_not_share_a_memory(log: Log, witness: Witness) -> None:
    lock = witness.memory / ".lock"
    holds = (
        f"import fcntl, time; file = open({str(lock)!r}, 'a'); fcntl.flock(file, fcntl.LOCK_EX)\n"
        "print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", holds], stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"held\n"
        in_trouble(witness.visit(log), log, witness)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


# Again and again


@pytest.fixture
def watching(log: Log, witness: Witness) -> Iterator["subprocess.Popen[str]"]:
    command = [
        sys.executable, str(ROOT / "tools/witness.py"), "run", "--log", log.address, "--log-key", KEY.verifier.vkey,
        "--memory", str(witness.memory), "--every", "0.1",
    ]  # fmt: skip
    # Whoever runs the tests in the background has Ctrl-C ignored, and would hand that down.
    heeding = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heeding)
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def says(watching: "subprocess.Popen[str]", word: str) -> None:
    """Soon, that is: it may have come once more meanwhile and found what was there before."""
    assert any(word in line for line in watching.stdout)


def test_with_every_it_goes_on_through_trouble_and_ends_at_an_alarm(
    log: Log, witness: Witness, watching: "subprocess.Popen[str]"
) -> None:
    says(watching, "512")
    log.lie = failing
    says(watching, "500")
    log.lie = None
    says(watching, "512")
    log.show(leaves(768))
    says(watching, "768")
    log.show(leaves(256))
    assert watching.wait(timeout=30) == 1
    assert "ALARM" in watching.stderr.read()


def test_ctrl_c_ends_it_without_a_word(log: Log, watching: "subprocess.Popen[str]") -> None:
    watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    assert watching.wait(timeout=30) == 130
    assert watching.stderr.read() == ""


def test_it_needs_nothing_of_kengs(log: Log, tmp_path: Path) -> None:
    """The file alone, in an empty folder, with Python's own path."""
    alone = tmp_path / "witness.py"
    alone.write_text((ROOT / "tools/witness.py").read_text())
    seen = (
        "import json, runpy, sys; sys.argv[1:] = ['--help']\n"
        "try: runpy.run_path('witness.py', run_name='__main__')\n"
        "except SystemExit: print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", seen], cwd=tmp_path, env={**os.environ}, capture_output=True, text=True, check=True
    )
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert "cryptography" in loaded
    assert not [name for name in loaded if name.partition(".")[0] in ("keng", "config", "django")]
