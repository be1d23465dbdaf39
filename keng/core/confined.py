"""Strangers' files are read in a process of their own: decoders have had holes (decision 18).

It has no secrets in its environment, little memory and little time, writes no file, and when it dies the server doesn't.
"""

import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

START = Path(__file__).with_name("confined_start.py")
MEMORY = 1 << 30  # bytes of address space: Python and the codecs of sound take some 400 MB of it
SECONDS_OF_WORK = 15  # of a processor
PATIENCE = 20  # seconds by the clock
AT_ONCE = 2
_places = BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """Too many are at it, or the machine has no process or memory to spare."""


class Unfit(Exception):
    """The worker's one word for why a file can't be taken; "" where it died or took too long."""


def run(worker: Path, raw: bytes, *arguments: str, memory: int = MEMORY, seconds: int = SECONDS_OF_WORK) -> bytes:
    """What `worker`, a file that imports nothing of the house, writes to stdout when `raw` comes in by stdin.

    It names what it refuses in one word on stderr, with exit status 3. Raises Unfit, Busy.
    """
    if not _places.acquire(timeout=PATIENCE / 2):
        raise Busy
    try:
        done = subprocess.run(  # noqa: S603 - our own files, no shell; the bytes go in by stdin
            [sys.executable, "-I", str(START), str(memory), str(seconds), str(worker), *arguments],
            input=raw,
            capture_output=True,
            timeout=PATIENCE,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unfit from None
    except OSError:
        raise Busy from None
    finally:
        _places.release()
    if done.returncode:
        raise Unfit(done.stderr.decode(errors="replace").strip() if done.returncode == 3 else "")
    return done.stdout
