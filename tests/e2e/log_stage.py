"""The reporter's stage with a public log that a witness watches: publishing, cosigning, and what a dishonest server does."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, Route

from config.demo.client import Reporter
from keng.ledger import merkle, notes
from keng.ledger.leaves import leaf_of
from keng.ledger.notes import WITNESS, Head, Signer
from tests.e2e.reporter_stage import SETTING, Stage
from tests.e2e.server import Server

SQL = """
import sys
from django.db import connection
with connection.cursor() as cursor:
    for line in {statements!r}:
        cursor.execute(line)
"""


@dataclass
class WatchedServer(Server):
    """A server whose pages pin these witnesses."""

    witnesses: tuple[str, ...] = ()

    @property
    def environ(self) -> dict[str, str]:
        return {**super().environ, "KENG_WITNESSES": " ".join(self.witnesses)}


@dataclass
class LogStage(Stage):
    witness: Signer = field(default_factory=lambda: Signer("nhan-chung.vn/keng", Ed25519PrivateKey.generate(), WITNESS))
    cosigned: datetime = field(default_factory=lambda: datetime.now(UTC))

    def publish(self) -> None:
        self.server.python("from keng.ledger.publication import publish; assert publish(force=True)")

    @property
    def newest(self) -> str:
        """The newest checkpoint as anybody may read it."""
        with urlopen(f"{self.server.public}/ledger/checkpoint", timeout=15) as answer:
            return str(answer.read().decode())

    def cosign(self) -> None:
        """What `tools/witness.py` does after it has checked: signs the newest checkpoint and hands it in."""
        note = notes.read(self.newest)
        self.cosigned = datetime.now(UTC)
        made = str(note) + self.witness.line(note.text, time=int(self.cosigned.timestamp()))
        with urlopen(Request(f"{self.server.public}/ledger/cosignatures", made.encode()), timeout=15) as answer:
            assert answer.status in (200, 201)

    def sent(self, *, days_ago: int = 0) -> Reporter:
        """A report whose reporter wrote down that it was sent so many days ago."""
        own = self.boxes["na-co-sa"]
        reporter = Reporter(slug="na-co-sa", recipient=own["recipient"], root=own["root"])
        reporter.hour = f"{datetime.now(UTC) - timedelta(days=days_ago):%Y-%m-%dT%H}"
        with urlopen(Request(f"{self.page}/parts", reporter.first("Mất trâu")), timeout=15) as answer:
            assert answer.status == 201
        return reporter

    def log_key(self) -> Signer:
        """The log's private key: a thief's or a dishonest operator's."""
        [path] = [one for one in (self.server.var / "ledger-keys").iterdir() if one.suffix == ".key"]
        _prefix, _key, name, _id, code = path.read_text().strip().split("+", 4)
        raw = base64.b64decode(code)
        return Signer(name, Ed25519PrivateKey.from_private_bytes(raw[1:]))

    def sql(self, *statements: str) -> None:
        """Behind the application's back."""
        self.server.python(SQL.format(statements=statements))

    def bury(self, reporter: Reporter) -> None:
        """Takes a report away so that nothing of it is left in the database."""
        key = reporter.keys.thread
        of_thread = f"thread_id IN (SELECT id FROM mailbox_thread WHERE key = '{key}')"
        self.sql(
            "PRAGMA foreign_keys = OFF",
            "DROP TRIGGER IF EXISTS ledger_entry_no_delete",
            f"DELETE FROM mailbox_part WHERE {of_thread}",
            f"DELETE FROM mailbox_statechange WHERE {of_thread}",
            f"DELETE FROM mailbox_thread WHERE key = '{key}'",
            f"DELETE FROM ledger_entry WHERE \"case\" = '{key}'",
        )

    def forked(self, reporter: Reporter, entry: dict[str, str], *, by: Signer | None = None) -> dict[str, Any]:
        """The `log` field of a log made for one reader alone: right in itself, signed by the log's own key or by another."""
        canonical = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        leaves = [sha256(b"%d" % i).digest() + bytes(16) for i in range(256)]
        leaves[77] = leaf_of(reporter.keys.log_tag, canonical)
        nodes = merkle.nodes_of([merkle.leaf_hash(leaf) for leaf in leaves])
        key = by or self.log_key()
        text = Head(key.name, 256, merkle.root_of(256, nodes)).text
        hashes = [base64.b64encode(one).decode() for one in merkle.inclusion(77, 256, nodes)]
        return {"entry": entry, "index": 77, "size": 256, "proof": hashes, "checkpoint": notes.sign(text, key)}


def make_stage(folder: Path, witnesses: bool = True, witness: Signer | None = None) -> LogStage:
    made = LogStage(Server(folder / "var"))
    made.witness = witness or made.witness
    made.server = WatchedServer(
        folder / "var", made.server.port, witnesses=(made.witness.verifier.vkey,) if witnesses else ()
    )
    made.server.prepare()
    made.boxes = json.loads(made.server.python(SETTING).splitlines()[-1])
    made.server.start()
    return made


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LogStage]:
    """With one publication that the witness has seen."""
    made = make_stage(tmp_path_factory.mktemp("logged"))
    made.publish()
    made.cosign()
    yield made
    made.server.stop()


def open_report(stage: LogStage, phone: Page, reporter: Reporter, lang: str = "") -> None:
    """Types the receipt, waits for what the page says of the log."""
    phone.goto(f"{stage.server.public}/r{lang}")
    phone.fill("#code", reporter.receipt)
    phone.click("#open")
    phone.wait_for_selector("#log[data-standing]")


def standing(phone: Page) -> str:
    return str(phone.locator("#log").get_attribute("data-standing"))


def lying(phone: Page, change: Callable[[dict[str, Any]], object]) -> None:
    """The server's answer about the log is altered on its way; `change` gives the field anew, or alters it in place."""

    def alter(route: Route) -> None:
        answer = route.fetch()
        data = answer.json()
        made = change(data["log"])
        if made is not None:
            data["log"] = made
        route.fulfill(response=answer, json=data)

    phone.route("**/r/thread", alter)
