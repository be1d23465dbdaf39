"""The published leaves and proof files mean in a real browser what they mean to the server; whatever is altered is never proven."""

import base64
import copy
import random
from typing import Any

import pytest
from playwright.sync_api import Page

from keng.ledger import merkle, tiles
from tests.e2e.test_reporter_vectors import ROOT, vectors

CHECK = "([file, pinned]) => lab.proof.checkProof(file, pinned)"


def check(page: Page, file: object, pinned: dict[str, Any]) -> Any:
    return page.evaluate(CHECK, [file, pinned])


def test_a_receipt_and_its_entry_give_the_published_leaf(protocol: Page) -> None:
    published = vectors("leaf")
    for case in published["cases"]:
        made = protocol.evaluate(
            """async ([receipt, entry]) => {
              const { logTag } = await lab.receipt.deriveKeys(receipt)
              const [tag, leaf] = [await lab.leaf.tagOf(logTag), await lab.leaf.leafOf(logTag, entry)].map(lab.bytes.hex)
              return { tag, leaf, canonical: lab.bytes.text(lab.leaf.canonical(entry)) }
            }""",
            [published["receipt"], case["entry"]],
        )
        assert made == {"tag": published["tag"], "leaf": case["leaf"], "canonical": case["canonical"]}


@pytest.mark.parametrize("case", vectors("proof")["cases"], ids=lambda case: case["about"])
def test_o4_published_proof_files_are_judged_as_published(protocol: Page, case: dict[str, Any]) -> None:
    assert check(protocol, case["file"], vectors("proof")["pinned"]) == case["verdict"]


def test_without_a_pinned_witness_the_logs_word_stands_alone(protocol: Page) -> None:
    published = vectors("proof")
    verdict = check(protocol, published["cases"][0]["file"], {**published["pinned"], "witnesses": []})
    assert verdict["kind"] == "alone"


def test_o4_any_flipped_bit_of_a_proof_file_unmakes_the_proof(protocol: Page) -> None:
    """In the leaf, the hashes, and the signed text with its signatures."""
    published = vectors("proof")
    good = published["cases"][0]["file"]
    altered = []
    chance = random.Random(1)
    for name in ("leaf", "tag", "proof", "checkpoint"):
        for _time in range(40):
            file = copy.deepcopy(good)
            if name == "proof":
                at = chance.randrange(len(file["proof"]))
                file["proof"][at] = flipped_b64(file["proof"][at], chance)
            elif name == "checkpoint":
                file["checkpoint"] = flipped_text(file["checkpoint"], chance)
            else:
                file[name] = flipped_b64(file[name], chance)
            altered.append(file)
    kinds = protocol.evaluate(
        """async ([files, pinned]) => {
          const kinds = []
          for (const file of files) kinds.push((await lab.proof.checkProof(file, pinned)).kind)
          return kinds
        }""",
        [altered, published["pinned"]],
    )
    # Flipping a bit of a witness's name or key id leaves a log that no known witness has signed.
    assert set(kinds) <= {"bad", "unseen"}
    assert kinds.count("bad") > 130


def flipped_b64(text: str, chance: random.Random) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return base64.b64encode(raw).decode()


def flipped_text(text: str, chance: random.Random) -> str:
    raw = bytearray(text.encode())
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return raw.decode(errors="replace")


ODD: list[Any] = [
    None, True, 0, -1, 1.5, 2**53, 1e308, "", "x", "\u0000", "\ud800", [], {}, [None], {"a": []}, [[[[]]]], "A" * 70_000, ["x"] * 100,
    {"length": 5}, "__proto__",
]  # fmt: skip


def test_s3_whatever_json_a_file_holds_the_check_ends_in_a_verdict(protocol: Page) -> None:
    """Every field of a good file and of a good answer replaced by odd values, alone and in pairs."""
    published = vectors("proof")
    good, pinned = published["cases"][0]["file"], published["pinned"]
    chance = random.Random(2)
    names = ["v", "type", "origin", "tag", "leaf", "index", "size", "proof", "checkpoint"]
    files: list[Any] = [*ODD, *({**good, name: odd} for name in names for odd in ODD)]
    for _time in range(200):
        one, other = chance.sample(names, 2)
        files.append({**good, one: chance.choice(ODD), other: chance.choice(ODD)})
    verdicts = protocol.evaluate(
        """async ([files, pinned]) => {
          const verdicts = []
          for (const file of files) verdicts.push(await lab.proof.checkProof(file, pinned).catch((error) => ({ kind: String(error) })))
          return verdicts.map(({ kind }) => kind)
        }""",
        [files, pinned],
    )
    assert set(verdicts) <= {"bad", "absent"}
    assert set(verdicts[: len(ODD)]) == {"bad"}


def test_s3_whatever_the_server_answers_the_page_says_something(protocol: Page) -> None:
    """`log` of `/r/thread` as odd values, at the top and in each of its fields: never proven, never an error."""
    published, leaf = vectors("proof"), vectors("leaf")
    file = published["cases"][0]["file"]
    entry = leaf["cases"][0]["entry"]
    good = {"entry": entry, **{name: file[name] for name in ("index", "size", "proof", "checkpoint")}}
    logs = [
        *ODD,
        *({**good, name: odd} for name in good for odd in ODD),
        *({**good, "entry": {**entry, name: odd}} for name in entry for odd in ODD),
    ]
    logs = [log for log in logs if log != good]
    kinds = protocol.evaluate(
        """async ([receipt, digest, logs, good, pinned]) => {
          const keys = await lab.receipt.deriveKeys(receipt)
          const pin = { v: 1, box: "na-co-sa", root: "0".repeat(26), seq: 1, hour: "2026-11-22T03", parts: [digest] }
          const judge = (log) => lab.standing.judgeThread({ keys, pin, log, pinned, now: Date.parse("2026-11-24T20:00:00Z") })
          const kinds = [(await judge(good)).standing.kind]
          for (const log of logs) kinds.push(await judge(log).then(({ standing }) => standing.kind, String))
          return kinds
        }""",
        [leaf["receipt"], entry["subject"], logs, good, published["pinned"]],
    )
    assert kinds[0] == "proven"
    assert set(kinds[1:]) <= {"bad", "missing"}


def test_proofs_of_trees_of_many_sizes_are_made_and_checked_as_the_server_does(protocol: Page) -> None:
    for size in (1, 2, 3, 7, 8, 255, 256, 257, 768):
        hashes = [merkle.leaf_hash(f"{i}".encode()) for i in range(size)]
        nodes, root = merkle.nodes_of(hashes), merkle.root(hashes)
        for index in {0, size // 2, size - 1}:
            expected = [one.hex() for one in merkle.inclusion(index, size, nodes)]
            made = protocol.evaluate(
                """async ([hashes, index, size, root]) => {
                  const all = hashes.map(lab.unhex)
                  const node = (level, at) => lab.merkle.rootOver(all.slice(at * 2 ** level, (at + 1) * 2 ** level))
                  const proof = await lab.merkle.inclusion(0, index, size, node)
                  return [proof.map(lab.bytes.hex), await lab.merkle.isIncluded(all[index], index, size, proof, lab.unhex(root))]
                }""",
                [[one.hex() for one in hashes], index, size, root.hex()],
            )
            assert made == [expected, True], (size, index)


def test_tiles_are_named_as_the_server_names_them(protocol: Page) -> None:
    for index in (0, 7, 999, 1000, 1_234_067):
        for width in (1, 255, 256):
            named = protocol.evaluate("([n, w]) => lab.find.tilePath('1', n, w)", [index, width])
            assert named == tiles.path_of(1, index, width)


def test_a_browser_without_ed25519_of_its_own_checks_by_the_library_and_judges_alike(
    protocol: Page,
) -> None:
    """The library as it is served, in a page whose WebCrypto knows no Ed25519."""
    published = vectors("proof")
    library = (ROOT / "keng/mailbox/static/mailbox/ed25519.js").read_text()
    protocol.add_script_tag(content=library + NO_ED25519)
    try:
        protocol.evaluate(FALL_BACK)
        for case in published["cases"]:
            assert check(protocol, case["file"], published["pinned"]) == case["verdict"], case["about"]
        assert protocol.evaluate("() => window.asked") >= len(published["cases"]) // 2
    finally:
        protocol.evaluate("() => { crypto.subtle.importKey = ownImportKey }")


FALL_BACK = """() => {
  window.asked = 0
  lab.ed25519.fallBackOn(() => Promise.resolve((...all) => (window.asked += 1, KENG_ED25519(...all))))
}"""
NO_ED25519 = """
window.ownImportKey = crypto.subtle.importKey.bind(crypto.subtle)
crypto.subtle.importKey = (format, key, algorithm, ...rest) =>
  algorithm?.name === "Ed25519"
    ? Promise.reject(new DOMException("no", "NotSupportedError"))
    : ownImportKey(format, key, algorithm, ...rest)
"""


@pytest.mark.parametrize(
    ("minutes", "hour", "expected"),
    [
        (0, True, "waiting"),
        (48 * 60 - 1, True, "waiting"),
        (48 * 60, True, "missing"),
        (-120, True, "waiting"),
        (-121, True, "clock"),
        (48 * 60 - 1, False, "waiting"),
        (48 * 60, False, "missing"),
    ],
)
def test_r11_an_unpublished_report_is_overdue_48_hours_after_the_reporters_own_hour(
    protocol: Page, minutes: int, hour: bool, expected: str
) -> None:
    """A record without an hour, made before there was one, leaves only the entry's; with one, the entry's is not looked at."""
    leaf = vectors("leaf")
    entry = leaf["cases"][0]["entry"]
    kind = protocol.evaluate(
        """async ([receipt, entry, pinned, minutes, hour]) => {
          const keys = await lab.receipt.deriveKeys(receipt)
          const pin = { v: 1, box: "na-co-sa", root: "0".repeat(26), seq: 1, parts: [entry.subject] }
          if (hour) pin.hour = "2026-11-22T03"
          const log = { entry: hour ? { ...entry, hour: "2030-01-01T00" } : entry, index: null }
          const now = Date.parse("2026-11-22T03:00:00Z") + minutes * 60000
          return (await lab.standing.judgeThread({ keys, pin, log, pinned, now })).standing.kind
        }""",
        [leaf["receipt"], entry, vectors("proof")["pinned"], minutes, hour],
    )
    assert kind == expected
