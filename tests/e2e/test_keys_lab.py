"""The desk's code for keys, in a real browser: the list of words, what a keyring refuses, what the ceremony makes."""

import base64
import json
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from playwright.sync_api import Browser, Page

from config.demo.client import BoxKeys, new_identity, seal, seal_with_passphrase
from keng.core.ids import this_hour
from keng.core.text import fold
from keng.desk.keys.own import fingerprint
from tests.cast import PASSPHRASE

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "http://localhost/lab"


@pytest.fixture(scope="module")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A blank page with the desk's code as `desk` (`tests/browser/desk_lab.ts`), built as the bundles are."""
    folder = tmp_path_factory.mktemp("lab")
    subprocess.run(["tools/node_modules.sh"], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["node", "browser/build.mjs", folder, "--lab"], cwd=ROOT, check=True, capture_output=True)
    page = browser.new_page()
    page.route(ADDRESS, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(ADDRESS)
    page.add_script_tag(content=(folder / "desk_lab.js").read_text())
    page.evaluate("() => { desk.bytes = (s) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0)) }")
    yield page
    page.close()


# words


@pytest.fixture(scope="module")
def words(lab: Page) -> list[str]:
    found: list[str] = lab.evaluate("() => desk.WORDS")
    return found


def test_a_word_is_worth_eleven_bits_and_a_passphrase_sixty_six(lab: Page, words: list[str]) -> None:
    assert len(words) == len(set(words)) == 2**11
    assert len(lab.evaluate("() => desk.passphrase.makePassphrase()")) == 6


def test_every_word_is_short_unaccented_and_folds_to_itself(words: list[str]) -> None:
    for word in words:
        assert re.fullmatch(r"[a-z]{1,7}( [a-z]{1,7})?", word), word
        assert fold(word) == word


def test_every_syllable_is_spelt_as_vietnamese_spells(words: list[str]) -> None:
    syllable = re.compile(
        r"(b|ch?|d|g[hi]?|h|kh?|l|m|ngh?|nh?|ph|qu|r|s|th?|tr|v|x)?[aeiouy]{1,3}(ch|c|ng|nh|n|m|p|t)?"
    )
    for word in words:
        for part in word.split():
            assert syllable.fullmatch(part), part
            assert not re.match(r"(c|g|ng)[eiy]", part) or part.startswith("gi"), part
            assert not re.match(r"(k|gh|ngh)[aou]", part), part


def test_a_vietnamese_keyboard_changes_no_word(words: list[str]) -> None:
    """Telex turns doubled letters, w and a closing s f r x j z into accents; VNI takes digits, of which there are none."""
    for word in words:
        for part in word.split():
            assert not re.search(r"w|[aeiouy].*[sfrxjz]|dd", part), part
            assert all(part.count(vowel) < 2 for vowel in "aeo"), part


def test_no_two_passphrases_are_spelt_alike(words: list[str]) -> None:
    """No word begins another with a space after it, so a spelling falls into words in one way only."""
    first = {word.split()[0] for word in words if " " in word}
    assert not first & set(words)


def test_no_word_reads_as_rude(words: list[str]) -> None:
    assert not {"lon", "buoi", "cac", "dit", "cut", "chich", "ngu", "cho", "cu"} & set(words)


def test_random_words_come_from_the_whole_list(lab: Page, words: list[str]) -> None:
    drawn = lab.evaluate("() => Array.from({ length: 4000 }, () => desk.passphrase.makePassphrase()).flat()")
    assert len(set(drawn)) > 2000  # of 24,000 draws 1 in 120,000 words stays away


def test_what_is_typed_folds_as_the_server_folds(lab: Page) -> None:
    typed = [
        "  Nương  BẢN suối,",
        "1. Trăng 2. Trâu",
        "ruộng-đồng",
        "ĐÈO  gió\n",
        unicodedata.normalize("NFD", "Suối Đá"),
    ]
    expected = ["nuong ban suoi", "trang trau", "ruong dong", "deo gio", "suoi da"]
    assert [lab.evaluate("(s) => desk.passphrase.fold(s)", one) for one in typed] == expected


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [("a hai trau b", 0), ("A  Hai Trâu, b", 0), ("a hai bo b", 2), ("a hai trau", 3), ("a hai trau b c", 3), ("", 1)],
)
def test_the_first_wrong_word_is_named(lab: Page, typed: str, wrong: int) -> None:
    assert lab.evaluate("(s) => desk.firstWrong(s, ['a', 'hai trau', 'b'])", typed) == wrong


def test_fingerprints_are_the_servers(lab: Page) -> None:
    recipient = new_identity()[1]
    assert " ".join(lab.evaluate("(r) => desk.officer.officerFingerprint(r)", recipient)) == fingerprint(recipient)


def test_the_work_factor_is_the_protocols(lab: Page) -> None:
    header = lab.evaluate(
        """async () => {
          const job = { verb: 'seal', passphrase: 'a b', bytes: new Uint8Array(3) }
          return new TextDecoder().decode((await desk.run(job)).slice(0, 70))
        }"""
    )
    assert re.search(r"-> scrypt \S+ 16\n", header)


# keyring

OWN, OWN_RECIPIENT = new_identity()
SEALED = seal_with_passphrase(PASSPHRASE, OWN.encode() + b"\n")


def me(*grants: dict[str, Any], recipient: str = OWN_RECIPIENT) -> dict[str, Any]:
    user = {"username": "hoa", "name": "Giàng A Hoà", "office": "Đồn"}
    return {"user": user, "key": {"recipient": recipient, "sealed_identity": b64(SEALED)}, "grants": list(grants)}


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def grant(keys: BoxKeys, **other: Any) -> dict[str, Any]:
    sealed = b64(seal(OWN_RECIPIENT, keys.identity.encode()))
    return {
        "box": keys.slug,
        "title": "Hộp thư",
        "sealed_box_identity": sealed,
        "statement": keys.statement(),
        "demo_keys": False,
        **other,
    }


def unlock(lab: Page, told: dict[str, Any], passphrase: str = PASSPHRASE) -> dict[str, Any]:
    found: dict[str, Any] = lab.evaluate(
        """async ([told, passphrase]) => {
          try {
            globalThis.ring = await desk.unlock.Keyring.unlock(passphrase, told)
          } catch (error) {
            return { error: error.kind ?? String(error) }
          }
          const boxes = Object.fromEntries(ring.boxes().map((slug) => [slug, ring.boxIdentity(slug)]))
          return { boxes, faults: ring.faults.map((fault) => fault.kind), own: ring.ownIdentity() }
        }""",
        [told, passphrase],
    )
    return found


def test_a_passphrase_opens_every_granted_box(lab: Page) -> None:
    one, two = BoxKeys("na-co-sa"), BoxKeys("gop-y")
    found = unlock(lab, me(grant(one), grant(two)), " Nương bản SUỐI  trăng trâu ruộng ")
    assert found == {"boxes": {"na-co-sa": one.identity, "gop-y": two.identity}, "faults": [], "own": OWN}


def test_a_wrong_passphrase_opens_nothing(lab: Page) -> None:
    assert unlock(lab, me(), "nuong ban suoi trang trau") == {"error": "passphrase"}
    assert unlock(lab, {**me(), "key": None}) == {"error": "no_key"}


def test_a_key_that_the_server_swapped_is_not_used(lab: Page) -> None:
    assert unlock(lab, me(recipient=new_identity()[1])) == {"error": "swapped"}


def bad_grants() -> dict[str, dict[str, Any]]:
    keys, other = BoxKeys("na-co-sa"), BoxKeys("na-co-sa")
    signed = keys.statement()
    return {
        "none": grant(keys, statement=None),
        "signature": grant(keys, statement={**signed, "signature": other.statement()["signature"]}),
        "box": grant(keys, statement=BoxKeys("gop-y").statement()),
        "malformed": grant(keys, statement=keys.root.sign({"v": 2})),
        "sealed": grant(keys, sealed_box_identity=b64(seal(new_identity()[1], keys.identity.encode()))),
        "recipient": grant(keys, statement=other.statement()),
    }


@pytest.mark.parametrize("kind", list(bad_grants()))
def test_r12_a_box_whose_key_or_statement_is_not_in_order_is_left_out_and_told(lab: Page, kind: str) -> None:
    good = BoxKeys("gop-y")
    found = unlock(lab, me(bad_grants()[kind], grant(good)))
    assert found["boxes"] == {"gop-y": good.identity}
    assert found["faults"] == [kind]


def test_a_base64_that_is_none_harms_no_other_box(lab: Page) -> None:
    good = BoxKeys("gop-y")
    found = unlock(lab, me(grant(BoxKeys("na-co-sa"), sealed_box_identity="%%"), grant(good)))
    assert (found["boxes"], found["faults"]) == ({"gop-y": good.identity}, ["sealed"])


def test_a_box_whose_statement_ran_out_is_read_still_and_told(lab: Page) -> None:
    keys = BoxKeys("na-co-sa")
    old = keys.statement(since=this_hour().date() - timedelta(days=400), days=300)
    found = unlock(lab, me(grant(keys, statement=old)))
    assert found["boxes"] == {"na-co-sa": keys.identity}
    assert found["faults"] == ["expired"]


def identity(keys: BoxKeys, **other: Any) -> dict[str, Any]:
    """A key that the box had before, as `/keys/api/me` tells of it."""
    told = grant(keys, **other)
    return {name: told[name] for name in ("sealed_box_identity", "statement")}


IDENTITIES = "() => ring.boxIdentities('na-co-sa')"


def test_all_keys_that_a_box_has_had_open_the_newest_first_even_under_a_former_root(lab: Page) -> None:
    first = BoxKeys("na-co-sa")
    second = first.changed(root=BoxKeys("na-co-sa").root)
    third = second.changed()
    long_ago = first.statement(since=this_hour().date() - timedelta(days=900), days=300)
    found = unlock(lab, me(grant(third, older=[identity(second), identity(first, statement=long_ago)])))
    assert (found["boxes"], found["faults"]) == ({"na-co-sa": third.identity}, [])
    assert lab.evaluate(IDENTITIES) == [third.identity, second.identity, first.identity]


def test_r2_a_key_that_was_put_there_seals_nothing_where_the_root_was_compared_with_the_poster(lab: Page) -> None:
    """Identity, statement and root of whoever writes the database fit each other; only the poster says that they are not the box's."""
    true, theirs = BoxKeys("na-co-sa"), BoxKeys("na-co-sa")
    told = me(grant(theirs, statement=theirs.statement(seq=9), older=[identity(true)]))
    lab.evaluate("(root) => localStorage.setItem('keng/root/na-co-sa', root)", true.root.fingerprint)
    try:
        found = unlock(lab, told)
        assert (found["boxes"], found["faults"]) == ({"na-co-sa": true.identity}, ["root"])
        assert lab.evaluate(IDENTITIES) == [true.identity, theirs.identity]
        assert unlock(lab, me(grant(true)))["faults"] == []
    finally:
        lab.evaluate("() => localStorage.clear()")


def test_who_holds_the_old_key_alone_reads_with_it_and_is_told_to_ask_for_the_new(lab: Page) -> None:
    old = BoxKeys("na-co-sa")
    found = unlock(lab, me(grant(old, missing=True)))
    assert (found["boxes"], found["faults"]) == ({"na-co-sa": old.identity}, ["older"])


@pytest.mark.parametrize("kind", list(bad_grants()))
def test_r12_a_former_key_that_is_not_in_order_is_left_out_and_told_and_the_others_open(lab: Page, kind: str) -> None:
    good = BoxKeys("na-co-sa")
    bad = bad_grants()[kind]
    older = {name: bad[name] for name in ("sealed_box_identity", "statement")}
    found = unlock(lab, me(grant(good, older=[older])))
    assert found["boxes"] == {"na-co-sa": good.identity}
    assert found["faults"] == [kind]
    assert lab.evaluate(IDENTITIES) == [good.identity]


def test_a_wiped_ring_gives_nothing_and_keeps_no_bytes(lab: Page) -> None:
    keys, old = BoxKeys("na-co-sa"), BoxKeys("na-co-sa")
    unlock(lab, me(grant(keys, older=[identity(old)])))
    left = lab.evaluate(
        """() => {
          const kept = [ring.own.bytes, ...[...ring.open.values()].flatMap((box) => box.identities.map((one) => one.bytes))]
          ring.wipe()
          const fails = (f) => { try { f(); return false } catch { return true } }
          const dead = [fails(() => ring.boxIdentity('na-co-sa')), fails(() => ring.ownIdentity())]
          return { bytes: kept.flatMap((b) => [...b]), boxes: ring.boxes(), dead }
        }"""
    )
    assert set(left["bytes"]) == {0}
    assert len(left["bytes"]) == 3 * len(OWN)
    assert (left["boxes"], left["dead"]) == ([], [True, True])


# ceremony

FOUND = """async ([above]) => {
  const keys = await desk.ceremony.makeBox()
  const officer = { username: 'nam', recipient: '%s' }
  const wish = { box: 'gop-y', officer, today: '2026-11-22', until: '2027-11-22', forward: [], above }
  const founding = await desk.ceremony.seal(keys, wish)
  const { box, a, b, root } = keys
  return { founding, box, a, b, root: root.pkcs8, print: root.fingerprint, back: await desk.ceremony.comesBack(keys, founding) }
}"""


def test_r2_what_a_founding_sends_holds_no_secret_and_opens_as_the_protocol_says(lab: Page) -> None:
    above, own = new_identity(), new_identity()
    made = lab.evaluate(FOUND % own[1], [above[1]])
    sent = json.dumps(made["founding"])
    for secret in (made["box"]["identity"], made["a"]["identity"], made["b"]["identity"], made["root"]):
        assert secret not in sent
        assert b64(secret.encode())[:-4] not in sent
    assert made["back"] is True

    def opened(identity: str, sealed: bytes) -> bytes:
        plain: bytes = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)])
        return plain

    unb64 = base64.b64decode
    inner = opened(made["b"]["identity"], unb64(made["founding"]["recovery"]))
    lines = opened(made["a"]["identity"], inner).decode()
    assert lines == f"{made['box']['identity']}\n{made['root']}\n"
    assert opened(above[0], unb64(made["founding"]["root_for_above"])).decode() == made["root"] + "\n"
    (grant_sent,) = made["founding"]["grants"]
    assert opened(own[0], unb64(grant_sent["sealed_box_identity"])).decode().strip() == made["box"]["identity"]


def test_a_changed_key_keeps_the_root_and_its_sheets_give_back_every_key(lab: Page) -> None:
    made = lab.evaluate(
        """async () => {
          const first = await desk.ceremony.makeBox()
          const again = await desk.ceremony.makeBox([first.box], first.root)
          const officer = { username: 'nam', recipient: first.a.recipient }
          const wish = { box: 'gop-y', officer, today: '2026-11-22', until: '2027-11-22', forward: [], above: null, seq: 2 }
          const sent = await desk.ceremony.seal(again, wish)
          const { root: _old, ...spoilt } = { ...again, older: [] }
          const bytes = Uint8Array.from(atob(sent.recovery), (c) => c.charCodeAt(0))
          const back = await desk.ceremony.recover(bytes, again.a.identity, again.b.identity)
          return {
            old: first.box, box: again.box, roots: [first.root.fingerprint, again.root.fingerprint], sent,
            back: [back.box, ...back.older].map((pair) => pair.identity),
            whole: await desk.ceremony.comesBack(again, sent),
            lacking: await desk.ceremony.comesBack({ ...spoilt, root: again.root }, sent),
          }
        }"""
    )
    assert made["box"]["recipient"] != made["old"]["recipient"]
    assert len(set(made["roots"])) == 1
    assert made["back"] == [made["box"]["identity"], made["old"]["identity"]]
    assert (made["whole"], made["lacking"]) == (True, False)
    said = json.loads(made["sent"]["signed"]["statement"])
    assert (said["seq"], said["recipient"]) == (2, made["box"]["recipient"])
    assert [one["box_recipient"] for one in made["sent"]["grants"]] == [
        made["box"]["recipient"],
        made["old"]["recipient"],
    ]


def test_a_topmost_box_seals_its_root_to_nobody(lab: Page) -> None:
    assert lab.evaluate(FOUND % new_identity()[1], [None])["founding"]["root_for_above"] is None


@pytest.mark.parametrize(
    ("since", "months", "until"),
    [
        ("2026-11-22", 12, "2027-11-22"),
        ("2026-11-22", 13, "2027-12-22"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-31", 13, "2028-01-31"),
    ],
)
def test_months_are_counted_by_the_calendar_and_stay_within_the_protocols_400_days(
    lab: Page, since: str, months: int, until: str
) -> None:
    assert lab.evaluate("([d, n]) => desk.ceremony.monthsOn(d, n)", [since, months]) == until
    assert (date.fromisoformat(until) - date.fromisoformat(since)).days <= 400


def test_a_sheet_is_read_in_groups_in_small_letters_and_with_line_breaks(lab: Page) -> None:
    secret = new_identity()[0]
    typed = "\n".join(secret[i : i + 4] for i in range(0, len(secret), 4)).lower()
    assert lab.evaluate("(s) => desk.ceremony.readSheet(s)", typed) == secret


@pytest.mark.parametrize(
    "spoil", [lambda s: s[:-1], lambda s: s[:30] + ("Q" if s[30] != "Q" else "P") + s[31:], lambda s: ""]
)
def test_a_mistyped_sheet_is_told_from_a_wrong_one(lab: Page, spoil: Any) -> None:
    assert lab.evaluate("(s) => desk.ceremony.readSheet(s)", spoil(new_identity()[0])) is None
    assert lab.evaluate("(s) => desk.ceremony.readSheet(s)", new_identity()[1]) is None
