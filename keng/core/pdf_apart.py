"""Long papers are laid out in a process of its own: typst keeps what it laid out lately, a hundred megabytes for a thousand lines, and
the memory of a server that had done it would stay grown.

Run as a module it reads a template's path, "plain" or "tagged" from its arguments and the values from its input, and writes the PDF.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from keng.core.pdf import pdf

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120
# One after the other: two people who print at once wait, and the machine's memory is not spent twice.
_printer = threading.Lock()


class NotPrinted(RuntimeError):
    """The process failed; the message is what it said."""


def pdf_apart(template: Path, values: Mapping[str, object], *, plain: bool) -> bytes:
    """What `keng.core.pdf.pdf` gives. Raises NotPrinted, subprocess.TimeoutExpired after two minutes."""
    command = [sys.executable, "-m", __name__, str(template), "plain" if plain else "tagged"]
    said = json.dumps(values, ensure_ascii=False).encode()
    with _printer:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module; nothing of it comes from a request
            command, input=said, capture_output=True, cwd=ROOT, timeout=SECONDS, check=False
        )
    if done.returncode:
        raise NotPrinted(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def main() -> None:
    template, how = sys.argv[1:]
    sys.stdout.buffer.write(pdf(Path(template), json.load(sys.stdin.buffer), plain=how == "plain"))


if __name__ == "__main__":
    main()
