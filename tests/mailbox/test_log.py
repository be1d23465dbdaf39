"""What `/r/thread` says of a report's place in the public log, and what the plain page makes of it."""

import base64
import json
import random
import re
from datetime import date
from pathlib import Path
from typing import Any

import brotli
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from config.demo.client import Reporter
from keng.ledger import folder, keys, merkle, notes
from keng.ledger.leaves import leaf_of
from keng.ledger.models import Cosignature, Entry
from keng.ledger.notes import WITNESS, Signer
from keng.ledger.pinned import pinned
from keng.ledger.publication import publish
from keng.mailbox import pages, sealing
from keng.mailbox.languages.sentences import sentences
from keng.mailbox.languages.wordings import add_language
from keng.mailbox.models import Wording
from tests.cast import Cast
from tests.conftest import FaceClient
from tests.ledger.published import behind_our_back
from tests.mailbox.services.test_parts import message, send
from tests.mailbox.test_views_threads import ask, token_of

TIME = 1795287600  # 2026-11-22, 09:00 in Viet Nam


@pytest.fixture(autouse=True)
def log(settings: Settings, tmp_path: Path) -> None:
    settings.LEDGER_FOLDER, settings.LEDGER_KEYS = tmp_path / "ledger", tmp_path / "keys"
    pages._return_page.cache_clear()


@pytest.fixture
def witness(settings: Settings) -> Signer:
    signer = Signer("nhan-chung.example.vn/keng", Ed25519PrivateKey.generate(), WITNESS)
    settings.WITNESSES = [signer.verifier.vkey]
    return signer


@pytest.fixture
def reporter(cast: Cast) -> Reporter:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Mất trâu."))
    return reporter


def log_of(public: FaceClient, reporter: Reporter) -> dict[str, Any]:
    said: dict[str, Any] = ask(public, "/r/thread", token_of(reporter)).json()["log"]
    return said


def cosign(witness: Signer, time: int = TIME) -> None:
    last = folder.latest()
    assert last
    line = witness.line(notes.read(last.note).text, time=time)
    Cosignature.objects.create(size=last.size, name=witness.name, line=line)


def test_r11_until_it_is_published_the_log_field_has_the_entry_alone(public: FaceClient, reporter: Reporter) -> None:
    said = log_of(public, reporter)
    assert said["index"] is None
    assert said.keys() == {"entry", "index"}
    assert said["entry"]["subject"] == reporter.digests[0]
    assert said["entry"]["case"] == reporter.keys.thread


def test_r11_the_receipt_makes_the_leaf_and_the_proof_leads_from_it_to_the_signed_root(
    public: FaceClient, reporter: Reporter, witness: Signer
) -> None:
    publish(force=True)
    cosign(witness)
    said = log_of(public, reporter)
    canonical = json.dumps(said["entry"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    note = notes.read(said["checkpoint"])
    head = notes.read_head(note.text)
    assert head.size == said["size"]
    merkle.verify_inclusion(
        leaf=merkle.leaf_hash(leaf_of(reporter.keys.log_tag, canonical)),
        index=said["index"],
        size=said["size"],
        proof=[base64.b64decode(one) for one in said["proof"]],
        root=head.root,
    )
    assert notes.verify(note, witness.verifier) == TIME
    assert pinned().log == tuple(signer.verifier.vkey for signer in keys.signers())
    assert pinned().origin == head.origin


def test_a_report_of_several_parts_is_told_by_its_first(public: FaceClient, reporter: Reporter) -> None:
    send("na-co-sa", message(reporter, 1))
    publish(force=True)
    assert log_of(public, reporter)["entry"]["subject"] == reporter.digests[0]


def test_an_entry_that_somebody_took_away_leaves_an_empty_field(public: FaceClient, reporter: Reporter) -> None:
    """Not an error: the page says so by itself."""
    with behind_our_back(), connection.cursor() as cursor:
        cursor.execute('DELETE FROM ledger_entry WHERE "case" = %s', [reporter.keys.thread])
    assert log_of(public, reporter) == {}


def test_damaged_files_of_the_log_are_not_a_failure_of_the_page(
    public: FaceClient, reporter: Reporter, settings: Settings
) -> None:
    publish(force=True)
    for tile in (settings.LEDGER_FOLDER / "tile/0").iterdir():
        tile.write_bytes(b"x")
    assert log_of(public, reporter)["index"] is None


def test_r9_the_log_field_costs_a_constant_number_of_queries_and_writes_nothing(
    cast: Cast, public: FaceClient, reporter: Reporter, witness: Signer
) -> None:
    publish(force=True)
    cosign(witness)

    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert log_of(public, reporter)["index"] is not None
        return [query["sql"].lstrip()[:6].upper() for query in queries.captured_queries]

    before = asked()
    assert set(before) == {"SELECT"}
    for _day in range(3):
        send("na-co-sa", cast.reporter().first("Tin khác."))
        publish(force=True)
        cosign(witness)
    assert asked() == before


def test_r7_a_deleted_report_has_no_log_field_and_its_leaf_stays(public: FaceClient, reporter: Reporter) -> None:
    publish(force=True)
    leaf = bytes(Entry.objects.get(verb="mailbox.part.received").leaf)
    ask(public, "/r/delete", token_of(reporter))
    assert ask(public, "/r/thread", token_of(reporter)).json().keys() == {"error", "message"}
    assert bytes(Entry.objects.get(verb="mailbox.part.received").leaf) == leaf


def test_the_return_page_pins_the_keys_and_is_another_page_as_soon_as_one_is_changed(
    cast: Cast, public: FaceClient, witness: Signer
) -> None:
    _ = cast.box

    def pins() -> dict[str, Any]:
        html = public.get("/r").content.decode()
        found: dict[str, Any] = json.loads(html.partition('id="pins">')[2].partition("</script>")[0])
        return found

    assert pins()["log"] == []
    publish(force=True)
    first = pins()
    assert len(first["log"]) == 1
    keys.rotate(by="lan")
    assert pins()["log"][0] == first["log"][0], "a retired key stays pinned"
    assert len(pins()["log"]) == 2
    assert pins()["witnesses"] == [witness.verifier.vkey]
    assert pins()["origin"] == first["origin"] == "127.0.0.1:8000/ledger"


@pytest.mark.parametrize(
    ("published", "seen", "sentence"),
    [
        (False, False, "Theo máy chủ, tin chưa vào sổ công khai"),
        (True, False, "chưa có nơi nào khác xác nhận"),
        (True, True, "Theo máy chủ, tin có trong sổ công khai từ ngày 22/11/2026."),
    ],
)
def test_the_plain_page_says_that_it_is_the_servers_word(
    cast: Cast, public: FaceClient, witness: Signer, published: bool, seen: bool, sentence: str
) -> None:
    keys_ = cast.reporter()
    send("na-co-sa", keys_.first("Tin."))
    if published:
        publish(force=True)
    if seen:
        cosign(witness)
    html = public.post("/r/plain", f"code={keys_.receipt}", content_type="application/x-www-form-urlencoded").content.decode()  # fmt: skip
    assert sentence in html
    assert '<a href="/r">điện thoại chạy được trang đầy đủ</a> thì tự kiểm tra được.' in html


def test_the_published_leaves_are_made_again() -> None:
    published = json.loads((Path(__file__).resolve().parents[2] / "docs/vectors/leaf.json").read_text())
    assert sealing.derive(published["receipt"]).log_tag.hex() == published["log_tag"]
    for case in published["cases"]:
        made = Entry(**{name: value for name, value in case["entry"].items() if name not in ("v", "hour")})
        assert leaf_of(bytes.fromhex(published["log_tag"]), case["canonical"].encode()).hex() == case["leaf"]
        assert json.loads(made.canonical()).keys() == case["entry"].keys()


@pytest.mark.parametrize("state", [Wording.State.DRAFT, Wording.State.REVIEWED])
def test_the_first_load_of_the_return_page_stays_in_its_budget_also_in_an_added_language(
    cast: Cast, public: FaceClient, state: str
) -> None:
    """40,960 bytes (`mailbox.return_br_bytes`): what checks the log comes behind it."""
    _ = cast.box
    language = add_language(code="hmv", name="Zabu", name_in_vietnamese="Thử", by="quan", office="ca-dien-bien")
    chance = random.Random(1)
    reviewed = {"reader": "Bà Zabu", "reviewed_on": date(2026, 11, 22)} if state == Wording.State.REVIEWED else {}
    Wording.objects.bulk_create(
        Wording(
            language=language, key=one.key, source=one.text, text=nonsense(one.text, chance), state=state, **reviewed
        )
        for one in sentences().values()
    )
    publish(force=True)
    pages._return_page.cache_clear()
    html = public.get("/r/hmv", HTTP_ACCEPT_ENCODING="br").content
    path = finders.find("mailbox/return.vi.js")
    assert path
    assert len(html) + len(brotli.compress(Path(path).read_bytes(), quality=11)) <= 40_960
    with_words = json.loads(brotli.decompress(html).decode().partition('id="words">')[2].partition("</script>")[0])
    assert any(key.startswith("proof.") for key in with_words)


def nonsense(text: str, chance: random.Random) -> str:
    """As long as the sentence and no easier to squeeze; its places stay."""
    return "".join(
        piece if piece.startswith("{") else "".join(chance.choice("aeiouzbdkmnv ") for _letter in piece)
        for piece in re.split(r"(\{\w+\})", text)
    )
