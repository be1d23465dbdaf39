"""What the operator of a witness is told to type, and what systemd runs, is what `tools/witness.py` understands."""

import configparser
import re
import shlex
from pathlib import Path

import pytest

from tests.tools.log_lab import KEY, Witness, leaves, serving

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs/operating"
PAGE = (DOCS / "witness.md").read_text()


def unit(name: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, strict=False)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read_string("\n".join(line for line in (DOCS / name).read_text().splitlines() if not line.startswith("#")))
    return parsed


def as_systemd_splits(command: str, environ: dict[str, str]) -> list[str]:
    """`${X}` is one word, `$X` as many as it has."""
    words = []
    for word in command.split()[1:]:
        if found := re.fullmatch(r"\$(\w+)", word):
            words += environ.get(found[1], "").split()
        else:
            words.append(re.sub(r"\$\{(\w+)\}", lambda match: environ.get(match[1], ""), word))
    return words


@pytest.mark.parametrize("keys", [1, 2])
def test_what_systemd_runs_is_understood_with_one_key_of_the_log_and_with_two(tmp_path: Path, keys: int) -> None:
    witness = Witness(tmp_path / "log")
    with serving(leaves(256)) as log:
        environ = {"LOG": log.address, "LOG_KEY": " ".join([f"--log-key={KEY.verifier.vkey}"] * keys)}
        words = as_systemd_splits(unit("keng-witness.service")["Service"]["ExecStart"], environ)
        words[words.index("/var/lib/keng-witness/log")] = str(witness.memory)
        done = Witness.call(*words)
    assert done.returncode == 0, done.stderr
    assert len(log.posted) == 1


def test_the_timer_starts_the_service_of_its_name_every_hour() -> None:
    assert unit("keng-witness.timer")["Timer"]["OnCalendar"] == "hourly"
    assert unit("keng-witness.service")["Service"]["Type"] == "oneshot"
    assert unit("keng-witness.service")["Service"]["ReadWritePaths"] == "/var/lib/keng-witness"


def test_every_option_that_is_written_down_exists() -> None:
    helped = "".join(Witness.call(command, "--help").stdout for command in ("init", "run", "compare"))
    template = (ROOT / "keng/portal/templates/portal/ledger.html").read_text()
    lines = [
        line
        for text in (PAGE, template)
        for line in text.splitlines()
        if "keng-witness run" in line or "witness.py" in line
    ]
    options = {option for line in lines for option in re.findall(r"--[a-z-]+", line)} - {
        "--system",
        "--home",
        "--create-home",
    }
    assert {"--memory", "--log-key", "--log", "--name"} <= options
    assert {option for option in options if option not in helped} == set()


def test_the_commands_of_the_page_can_be_typed() -> None:
    commands = [line for block in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(commands) >= 4
    assert all(shlex.split(command) for command in commands)


@pytest.mark.parametrize("name", re.findall(r"\]\(([\w./-]+)\)", PAGE))
def test_what_the_page_leads_to_is_there(name: str) -> None:
    assert (DOCS / name).exists()
