"""The published test vectors hold for the browser's code, in a real browser: receipts, padding, parts, statements, pins, work."""

import base64
import json
from pathlib import Path
from typing import Any

import pyrage
import pytest
from playwright.sync_api import Page

from keng.mailbox import sealing

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/vectors"


def vectors(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def test_receipts_give_the_published_keys(protocol: Page) -> None:
    for case in vectors("receipt")["derived"]:
        derived = protocol.evaluate(
            """async (receipt) => {
              const { token, thread, identity, reply, pinKey, logTag, secret } = await lab.receipt.deriveKeys(receipt)
              const [a, b, c, d] = [token, pinKey, logTag, secret].map(lab.bytes.hex)
              return { receipt, token: a, thread, identity, reply, pin_key: b, log_tag: c, secret: d }
            }""",
            case["receipt"],
        )
        assert derived == case


def test_typed_receipts_are_read_or_refused_as_published(protocol: Page) -> None:
    for case in vectors("receipt")["typed"]:
        if "receipt" in case:
            assert protocol.evaluate("(s) => lab.receipt.readReceipt(s)", case["typed"]) == case["receipt"]
        else:
            fault = protocol.evaluate("(s) => lab.fault(() => lab.receipt.readReceipt(s))", case["typed"])
            assert fault == case["error"], case["typed"]


def test_made_receipts_have_good_check_digits_and_are_shown_in_fours(protocol: Page) -> None:
    made = protocol.evaluate("() => [...Array(200)].map(() => lab.receipt.makeReceipt())")
    assert len(set(made)) == 200
    assert all(int(receipt) % 97 == 1 and len(receipt) == 24 for receipt in made)
    assert protocol.evaluate("() => lab.receipt.groups('123456789012345678901234')") == "1234 5678 9012 3456 7890 1234"


def test_tars_are_padded_to_the_published_lengths_and_read_back(protocol: Page) -> None:
    for case in vectors("tar")["cases"]:
        length, names = protocol.evaluate(
            """({ name, size, pad_to }) => {
              const entries = [{ name: "part.json", bytes: lab.bytes.utf8("{}") }, { name, bytes: new Uint8Array(size) }]
              const made = lab.tar.tar(entries, pad_to)
              return [made.length, lab.tar.untar(made).map((entry) => [entry.name, entry.bytes.length])]
            }""",
            case,
        )
        assert length == case["length"], case
        assert names[:2] == [["part.json", 2], [case["name"], case["size"]]]
        assert [name for name, _size in names] == ["part.json", case["name"], "padding"]


@pytest.mark.parametrize(
    ("what", "damage"),
    [
        ("cut short", "b.subarray(0, 1024)"),
        ("not a multiple of a block", "b.subarray(0, 1000)"),
        ("a wrong checksum", "(b[0] ^= 1, b)"),
        ("a link", "(b[156] = 50, b)"),
        ("no end", "b.subarray(0, 512).fill(48)"),
    ],
)
def test_a_damaged_tar_is_refused(protocol: Page, what: str, damage: str) -> None:
    fault = protocol.evaluate(
        f"""() => lab.fault(() => {{
          const b = lab.tar.tar([{{ name: "part.json", bytes: new Uint8Array(2000) }}], "text")
          return lab.tar.untar({damage})
        }})"""
    )
    assert fault is not None
    assert fault.startswith("Error: tar:"), what


def test_published_parts_open_and_foreign_ones_are_set_apart(protocol: Page) -> None:
    parts = vectors("part")
    for case in parts["cases"]:
        opened = protocol.evaluate(
            """async ([identity, secret, { sealed, expect }]) => {
              const file = lab.bytes.unb64(sealed)
              const { json, body, foreign } = await lab.part.openPart(file, identity, { ...expect, secret: lab.unhex(secret) })
              return { json, name: body.name, body: lab.bytes.b64(body.bytes), foreign, digest: await lab.header.digest(file) }
            }""",
            [parts["identity"], parts["secret"], case],
        )
        assert opened == {name: case[name] for name in ("json", "name", "body", "foreign", "digest")}, case["about"]


def test_what_the_browser_seals_the_server_opens(protocol: Page) -> None:
    parts = vectors("part")
    for case in (case for case in parts["cases"] if not case["foreign"]):
        sealed = protocol.evaluate(
            """async ([identity, secret, { json, name, body, expect }]) => lab.bytes.b64(await lab.part.sealPart({
              json, body: { name, bytes: lab.bytes.unb64(body) }, secret: lab.unhex(secret), thread: expect.thread,
              recipients: [await lab.age.identityToRecipient(identity)],
            }))""",
            [parts["identity"], parts["secret"], case],
        )
        first = case["json"]["kind"] == "report"
        opened = sealing.open_part(
            sealed=base64.b64decode(sealed),
            identity=parts["identity"],
            thread=case["expect"]["thread"],
            sender=case["json"]["from"],
            index=case["json"]["index"],
            secret=None if first else bytes.fromhex(parts["secret"]),
        )
        assert (opened.json, opened.name, opened.foreign) == (case["json"], case["name"], False)
        assert opened.body == base64.b64decode(case["body"])


def test_r4_statements_are_believed_or_refused_as_published(protocol: Page) -> None:
    statements = vectors("statement")
    for case in statements["cases"]:
        fault, read = protocol.evaluate(
            """async ({ signed, ask: { box, pinned, today, min_seq } }) => {
              let read = null
              const fault = await lab.fault(async () => {
                read = await lab.statement.readStatement(signed, { box, pinned, today: new Date(today), minSeq: min_seq })
              })
              return [fault, read]
            }""",
            case,
        )
        assert fault == case["error"], case["about"]
        if fault is None:
            assert (read["recipient"], read["seq"]) == (statements["recipient"], statements["seq"])
            assert read["root"] == statements["fingerprint"]


def test_a_statement_signed_in_the_browser_is_believed(protocol: Page) -> None:
    recipient = vectors("statement")["recipient"]
    fault = protocol.evaluate(
        """async (recipient) => {
          const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"])
          const signed = await lab.statement.signJson(pair.privateKey, {
            v: 1, type: "box-key", box: "na-co-sa", recipient, seq: 1, from: "2026-11-22", until: "2027-11-22", forward: [],
          })
          const pinned = await lab.statement.fingerprint(lab.bytes.unb64u(signed.root))
          return lab.fault(() => lab.statement.readStatement(signed, { box: "na-co-sa", pinned, today: new Date("2026-12-01") }))
        }""",
        recipient,
    )
    assert fault is None


def test_the_pin_record_is_made_as_published_and_an_altered_one_is_noticed(protocol: Page) -> None:
    case = vectors("pin")
    made, read, altered = protocol.evaluate(
        """async ({ pin_key, record, pin, pin_mac, altered }) => {
          const key = lab.unhex(pin_key)
          return [await lab.pin.makePin(key, record), await lab.pin.checkPin(key, { pin, pin_mac }), await lab.pin.checkPin(key, altered)]
        }""",
        case,
    )
    assert made == {"pin": case["pin"], "pin_mac": case["pin_mac"]}
    assert read == {"v": 1, **case["record"]}
    assert altered is None


def test_the_lowest_nonces_are_found(protocol: Page) -> None:
    for case in vectors("pow")["cases"]:
        nonce = protocol.evaluate("(c) => lab.pow.solve(c.slug, c.hour, c.digest, c.bits)", case)
        assert nonce == case["nonce"], case


def test_a_rewrapped_header_opens_the_same_payload_for_the_new_recipient_only(protocol: Page) -> None:
    parts = vectors("part")
    case = parts["cases"][1]
    same, foreign, old = protocol.evaluate(
        """async ([identity, secret, { sealed, expect }]) => {
          const { header, payload } = lab.header.split(lab.bytes.unb64(sealed))
          const next = await lab.age.generateX25519Identity()
          const forwarded = await lab.header.rewrap(header, identity, [await lab.age.identityToRecipient(next)])
          const file = lab.bytes.concat(forwarded, payload)
          const { foreign } = await lab.part.openPart(file, next, { ...expect, secret: lab.unhex(secret) })
          const digests = [await lab.header.digest(file), await lab.header.digest(lab.bytes.unb64(sealed))]
          return [digests[0] === digests[1], foreign, await lab.fault(() => lab.part.openPart(file, identity, { ...expect, secret: null }))]
        }""",
        [parts["identity"], parts["secret"], case],
    )
    assert same
    assert not foreign
    assert old is not None
    assert "no identity matched" in old


def test_the_published_forwarding_is_made_again(protocol: Page) -> None:
    case = vectors("forward")
    headers = protocol.evaluate(
        """async ({ header, identity, next_recipient }) => {
          const made = await lab.header.rewrap(lab.bytes.unb64(header), identity, [next_recipient])
          return lab.bytes.b64(made)
        }""",
        case,
    )
    for header in (headers, case["next_header"]):
        sealed = base64.b64decode(header) + base64.b64decode(case["payload"])
        opened = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(case["next_identity"])])
        assert opened == base64.b64decode(case["body"])


def test_the_ladder_that_stands_in_for_native_x25519_is_x25519(protocol: Page) -> None:
    """RFC 7748, section 5.2, first vector."""
    shared = protocol.evaluate(
        """([a, b]) => lab.bytes.hex(lab.x25519.scalarMult(lab.unhex(a), lab.unhex(b)))""",
        [
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        ],
    )
    assert shared == "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
