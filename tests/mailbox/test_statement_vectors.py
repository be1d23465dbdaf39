"""The published key statements are read or refused by the server as by a phone; what to pin, and what was seen before, only phones know."""

import json
from datetime import date
from typing import Any

import pytest

from keng.mailbox.errors import Malformed
from keng.mailbox.services import read_statement
from tests.mailbox.test_vectors import FOLDER

PUBLISHED: dict[str, Any] = json.loads((FOLDER / "statement.json").read_text())
FOR_PHONES = ("pin", "replayed")
CASES = [case for case in PUBLISHED["cases"] if case["error"] not in FOR_PHONES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_r4_the_server_reads_or_refuses_a_statement_as_published(case: dict[str, Any]) -> None:
    ask = case["ask"]
    if case["error"] is None:
        said = read_statement(case["signed"], slug=ask["box"], today=date.fromisoformat(ask["today"]))
        assert (said.root, said.recipient, said.seq) == tuple(PUBLISHED[name] for name in ("root", "recipient", "seq"))
        return
    with pytest.raises(Malformed):
        read_statement(case["signed"], slug=ask["box"], today=date.fromisoformat(ask["today"]))


def test_most_of_what_is_published_is_checked_here() -> None:
    assert len(CASES) >= 15
    assert {case["error"] for case in CASES} >= {None, "signature", "box", "expired", "malformed"}
