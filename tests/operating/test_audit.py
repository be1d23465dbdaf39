"""The auditor's page as an auditor follows it: each command of docs/operating/audit.md that is for them is run as it stands there."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from tests.tools.exported import KEY, ORIGIN, WITNESS, story

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operating/audit.md").read_text()
STORY = story()
LOG = "https://bao.dienbien.gov.vn/ledger"


def blocks() -> list[str]:
    auditor = PAGE.split("## The auditor, on another machine")[1].split("## What this can't tell")[0]
    found = re.findall(r"```sh\n(.*?)```", auditor, re.DOTALL)
    assert len(found) == 3
    return found


def commands() -> list[str]:
    """Without the first block, which says keys; the log on the network is the folder beside."""
    return [line.replace(LOG, "export") for block in blocks()[1:] for line in block.splitlines()]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Another machine's folder: the one file, the export, a kept checkpoint, a reporter's proof."""
    shutil.copy(ROOT / "tools/verify_ledger.py", tmp_path)
    with zipfile.ZipFile(tmp_path / "ledger.zip", "w") as made:
        for name, content in STORY.files().items():
            made.writestr(name, content)
    (tmp_path / "kept.note").write_text(STORY.note(512))
    (tmp_path / "keng-proof.json").write_text(json.dumps(proof(700)))
    return tmp_path


def proof(place: int) -> dict[str, object]:
    from tests.tools.exported import mth

    hashes = [sha256(b"\0" + leaf).digest() for leaf in STORY.leaves]
    path: list[bytes] = []
    low, high = 0, len(hashes)
    while high - low > 1:
        middle = low + (high - low) // 2
        path.insert(0, mth(hashes[middle:high]) if place < middle else mth(hashes[low:middle]))
        low, high = (low, middle) if place < middle else (middle, high)
    leaf = STORY.leaves[place]
    return {
        "v": 1, "type": "keng-proof", "origin": ORIGIN, "tag": b64encode(leaf[:16]).decode(), "leaf": b64encode(leaf).decode(),
        "index": place, "size": 1024, "proof": [b64encode(one).decode() for one in path], "checkpoint": STORY.note(1024),
    }  # fmt: skip


def follow(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    given = {"PATH": path, "KEY": KEY, "WITNESS": WITNESS, "LANG": "C.UTF-8"}
    return subprocess.run(["sh", "-ec", command], cwd=folder, env=given, capture_output=True, text=True, check=False)


def test_r11_the_auditors_commands_run_as_they_stand_on_the_page(machine: Path) -> None:
    assert len(commands()) == 8
    for command in commands():
        done = follow(command, machine)
        assert done.returncode == 0, (command, done.stderr)
        assert "Traceback" not in done.stderr


def test_r11_they_find_a_report_that_is_gone(machine: Path) -> None:
    unpack, sums, check = commands()[:3]
    follow(unpack, machine)
    text = (machine / "export/present.txt").read_text().splitlines()
    (machine / "export/present.txt").write_text("\n".join(text[1:]) + "\n")
    assert follow(sums, machine).returncode == 1
    listed = (machine / "export/SHA256SUMS").read_text().splitlines()
    fresh = sha256((machine / "export/present.txt").read_bytes()).hexdigest()
    mended = [f"{fresh}  present.txt" if line.endswith("  present.txt") else line for line in listed]
    (machine / "export/SHA256SUMS").write_text("\n".join(mended) + "\n")
    assert follow(sums, machine).returncode == 0
    done = follow(check, machine)
    assert (done.returncode, "is gone, and no entry tells of a deletion" in done.stderr) == (1, True)


def test_the_nightly_check_does_not_fall_into_the_hour_of_publication() -> None:
    assert "ExecStart=/opt/keng/.venv/bin/python manage.py verify_ledger" in PAGE
    hour = re.search(r"OnCalendar=\*-\*-\* (\d\d):\d\d", PAGE)
    assert hour
    assert int(hour[1]) not in (2, 3)
