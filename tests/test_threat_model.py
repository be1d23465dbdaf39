"""The threat model tells the truth: each promise names the files that hold it, and they are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs/threat-model.md").read_text()
PROMISES = [
    *(f"R{number}" for number in range(1, 13)),
    *(f"C{number}" for number in range(1, 6)),
    *(f"O{number}" for number in range(1, 6)),
    *(f"S{number}" for number in range(1, 5)),
]
NOT_YET = "**not yet**"


def rows() -> dict[str, tuple[str, str, str]]:
    """Promise -> what it says, its control, its test: the cells of the table."""
    found = re.findall(r"^\| ((?:R|C|O|S)\d+) ([^|]+)\| ([^|]+)\| ([^|]+)\|$", TEXT, re.MULTILINE)
    assert len(found) == len({name for name, *_rest in found}), "a promise has two rows"
    return {name: (says, control, test) for name, says, control, test in found}


def paths(cell: str) -> list[str]:
    return [path for path in re.findall(r"`([^`\s]+)`", cell) if "/" in path]


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_names_the_tests_that_hold_it_and_they_name_the_promise(promise: str) -> None:
    _says, control, test = rows()[promise]
    named = paths(test)
    assert named or NOT_YET in control + test
    for path in named:
        assert (ROOT / path).is_file(), path
        assert re.search(rf"\b{promise}\b|_{promise.lower()}_", (ROOT / path).read_text()), (
            f"{path} doesn't name {promise}"
        )


@pytest.mark.parametrize("promise", PROMISES)
def test_the_controls_of_a_promise_are_there(promise: str) -> None:
    _says, control, _test = rows()[promise]
    for path in paths(control):
        assert list(ROOT.glob(path)), path


def test_no_promise_is_left_out_or_made_up() -> None:
    assert sorted(rows()) == sorted(PROMISES)
