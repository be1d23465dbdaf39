"""The published test vectors hold for the server's own sealing code. The browser's is held to them in tests/e2e."""

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage
import pytest

from config.demo.client import rewrap
from keng.mailbox import sealing

FOLDER = Path(__file__).resolve().parents[2] / "docs/vectors"


def vectors(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


@pytest.mark.parametrize("case", vectors("receipt")["derived"], ids=lambda case: case["receipt"])
def test_a_receipt_gives_the_published_keys(case: dict[str, str]) -> None:
    keys = sealing.derive(case["receipt"])
    assert [keys.token.hex(), keys.thread, keys.identity, keys.reply] == [
        case[name] for name in ("token", "thread", "identity", "reply")
    ]
    assert [keys.pin_key.hex(), keys.log_tag.hex(), keys.secret.hex()] == [
        case[name] for name in ("pin_key", "log_tag", "secret")
    ]


@pytest.mark.parametrize("case", vectors("receipt")["typed"], ids=lambda case: repr(case["typed"]))
def test_a_typed_receipt_is_read_or_refused_as_published(case: dict[str, str]) -> None:
    if "receipt" in case:
        assert sealing.read_receipt(case["typed"]) == case["receipt"]
    else:
        with pytest.raises(sealing.ReceiptError):
            sealing.read_receipt(case["typed"])


@pytest.mark.parametrize("case", vectors("tar")["cases"], ids=lambda case: f"{case['pad_to']}-{case['size']}")
def test_a_tar_is_padded_to_the_published_length(case: dict[str, Any]) -> None:
    entries = [("part.json", b"{}"), (case["name"], bytes(case["size"]))]
    assert len(sealing.pad(entries, media=case["pad_to"] == "media")) == case["length"]


PARTS = vectors("part")


@pytest.mark.parametrize("case", PARTS["cases"], ids=lambda case: case["about"])
def test_a_published_part_opens_to_what_it_says(case: dict[str, Any]) -> None:
    sealed, expect = base64.b64decode(case["sealed"]), case["expect"]
    first = (expect["from"], expect["index"]) == ("reporter", 0)
    opened = sealing.open_part(
        sealed=sealed,
        identity=PARTS["identity"],
        thread=expect["thread"],
        sender=expect["from"],
        index=expect["index"],
        secret=None if first else bytes.fromhex(PARTS["secret"]),
    )
    assert (opened.json, opened.name) == (case["json"], case["name"])
    assert opened.body == base64.b64decode(case["body"])
    assert sealing.digest(sealing.split(sealed)[1]) == case["digest"]
    # Which box a part lies in, the caller compares: this reader is not told.
    assert (opened.foreign or opened.json["box"] != expect["box"]) == case["foreign"]


def test_the_published_pin_record_is_made_again() -> None:
    case = vectors("pin")
    made = sealing.pin_record(pin_key=bytes.fromhex(case["pin_key"]), **case["record"])
    assert made == (case["pin"], case["pin_mac"])


@pytest.mark.parametrize("case", vectors("pow")["cases"], ids=lambda case: f"{case['slug']}-{case['bits']}")
def test_a_published_proof_of_work_has_its_leading_zeros(case: dict[str, Any]) -> None:
    line = f"keng/pow/1\n{case['slug']}\n{case['hour']}\n{case['digest']}\n{case['nonce']}"
    assert int.from_bytes(sha256(line.encode()).digest(), "big") >> (256 - case["bits"]) == 0


def test_the_published_forwarding_opens_to_the_next_box_alone_and_is_made_again() -> None:
    found = vectors("forward")
    case = {name: base64.b64decode(found[name]) for name in ("header", "next_header", "payload", "body")}
    first, following = (pyrage.x25519.Identity.from_str(found[name]) for name in ("identity", "next_identity"))
    assert sealing.digest(case["payload"]) == found["digest"]
    assert pyrage.decrypt(case["header"] + case["payload"], [first]) == case["body"]
    assert pyrage.decrypt(case["next_header"] + case["payload"], [following]) == case["body"]
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(case["next_header"] + case["payload"], [first])
    again = rewrap(case["header"], found["identity"], [found["next_recipient"]])
    assert pyrage.decrypt(again + case["payload"], [following]) == case["body"]
