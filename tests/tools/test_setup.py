"""Setting up says in one sentence, in both languages, what is missing and how to get it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.conftest import executable

OLD = f"""#!/bin/sh
case "$1" in
-V) echo Python 3.9.2 ;;
-c) exec {sys.executable} -c 'import sys; sys.version_info = (3, 9, 2); exec(sys.argv[1])' "$2" ;;
esac
"""
WITHOUT_VENV = f"""#!/bin/sh
case "$2" in
*ensurepip*) exit 1 ;;
*) exec {sys.executable} "$@" ;;
esac
"""
WITHOUT_NETWORK = f"""#!/bin/sh
case "$1 $2" in
"-m venv") exit 1 ;;
*) exec {sys.executable} "$@" ;;
esac
"""


def set_up(clone: Path, python: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": "/usr/bin:/bin", "PYTHON": python}
    return subprocess.run([clone / "tools/setup.sh", "run"], env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("script", "vietnamese", "english"),
    [
        (None, "Không tìm thấy", "is not found: install"),
        (OLD, "là Python 3.9.2, cũ quá", "is Python 3.9.2, too old"),
        (WITHOUT_VENV, "apt-get install python3-venv", "lacks venv"),
        (WITHOUT_NETWORK, "xem lại mạng", "look at the network"),
    ],
    ids=["no python", "an old python", "no venv", "no network"],
)
def test_what_is_missing_is_said_with_the_way_out(
    clone: Path, script: str | None, vietnamese: str, english: str
) -> None:
    python = clone / "python"
    if script is not None:
        executable(python, script)
    done = set_up(clone, str(python))
    assert done.returncode == 1
    said = done.stderr.splitlines()[-2:]
    assert vietnamese in said[0]
    assert english in said[1]
    assert not (clone / ".venv/installed").exists()


def test_what_is_installed_already_is_left_alone(clone: Path) -> None:
    executable(clone / ".venv/bin/python", "#!/bin/sh\nexit 1\n")
    pins = (clone / "requirements/uv.txt").read_bytes() + (clone / "requirements/test.txt").read_bytes()
    digest = subprocess.run(["sha256sum"], input=pins, capture_output=True, check=True).stdout.decode()[:64]
    (clone / ".venv/installed").write_text(f"test {digest}")
    assert set_up(clone, "/nowhere/python").returncode == 0
    with (clone / "requirements/test.txt").open("a") as more:
        more.write("# changed\n")
    assert set_up(clone, "/nowhere/python").returncode == 1
