"""S4: keys of witnesses and addresses for checkpoints that nobody could use are refused at start-up."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.checks import CONFIGURATION
from config.checks_witness import checkpoints_are_mailed_somewhere, witnesses_are_known
from keng.ledger.notes import LOG, WITNESS, Signer

HANOI = Signer("nhan-chung.hanoi.test", Ed25519PrivateKey.from_private_bytes(b"\1" * 32), WITNESS).verifier.vkey
HUE = Signer("nhan-chung.hue.test", Ed25519PrivateKey.from_private_bytes(b"\2" * 32), WITNESS).verifier.vkey
SAME_NAME = Signer("nhan-chung.hue.test", Ed25519PrivateKey.from_private_bytes(b"\3" * 32), WITNESS).verifier.vkey
OF_A_LOG = Signer("bao.tinh.test/ledger", Ed25519PrivateKey.from_private_bytes(b"\1" * 32), LOG).verifier.vkey
GOOD_MAIL = "smtps://keng:x@mail.tinh.test"


@pytest.mark.parametrize(
    ("vkeys", "refused"),
    [
        ([], 0), ([HANOI, HUE], 0), ([HANOI[:-2]], 1), ([OF_A_LOG], 1), (["x"], 1), ([HANOI, "x", "y"], 2), ([HUE, SAME_NAME], 1),
        ([HUE, HUE], 1), (["é+é+é"], 1), (["+" * 900], 1),
    ],
)  # fmt: skip
def test_s4_a_witness_key_that_is_none_is_refused(settings: Any, vkeys: list[str], refused: int) -> None:
    settings.WITNESSES = vkeys
    found = list(witnesses_are_known())
    assert [error.id for error in found] == ["keng.E044"] * refused
    assert all(error.hint and len(error.msg) < 300 for error in found)


@pytest.mark.parametrize(
    ("addresses", "server", "refused"),
    [
        ([], "", 0), (["bao@tinh.test"], GOOD_MAIL, 0), (["bao@tinh.test"], "", 1), (["bao@tinh.test", "nobody"], GOOD_MAIL, 1),
        (["x" * 120 + "@tinh.test"], GOOD_MAIL, 1), (["a@b,c@d"], GOOD_MAIL, 1),
    ],
)  # fmt: skip
def test_s4_an_address_for_checkpoints_that_none_could_reach_is_refused(
    settings: Any, addresses: list[str], server: str, refused: int
) -> None:
    settings.LEDGER_MAIL, settings.SMTP_URL = addresses, server
    assert [error.id for error in checkpoints_are_mailed_somewhere()] == ["keng.E045"] * refused


def test_both_are_looked_at_before_every_command() -> None:
    assert {witnesses_are_known, checkpoints_are_mailed_somewhere} <= set(CONFIGURATION)
