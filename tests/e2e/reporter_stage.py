"""A server with the cast's box and known keys, and what an officer or a searcher does there: read, answer, change, forward."""

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page

from config.demo.client import Reporter
from keng.mailbox import sealing
from tests.e2e.server import Server

ROOT = Path(__file__).resolve().parents[2]
# A page of our own making at an address that browsers hold secure: no server is needed.
ADDRESS = "http://localhost/lab"
AXE = ROOT / "browser/node_modules/axe-core/axe.min.js"

SETTING = """
import json, sys
sys.path.insert(0, ".")
from tests.cast import Cast
cast = Cast()
boxes = {box.slug: keys for box, keys in ((cast.police, cast.police_keys), (cast.box, cast.keys))}
print(json.dumps({
    slug: {"root": keys.root.fingerprint, "identity": keys.identity, "recipient": keys.recipient, "pkcs8": keys.root.pkcs8}
    for slug, keys in boxes.items()
}))
"""
OFFICER = """
import base64, json, sys
sys.path.insert(0, ".")
from keng.mailbox import services
from keng.mailbox.models import Box, Part, Thread
from keng.mailbox.services.forwarding import forward
thread = Thread.objects.get(key={key!r})
box = thread.holder
"""


@dataclass
class SentPart:
    """A part as it lies in the database, opened with the box's key."""

    index: int
    size: int
    opened: sealing.OpenedPart


@dataclass
class Stage:
    server: Server
    boxes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return self.boxes["na-co-sa"]["root"]

    @property
    def page(self) -> str:
        """The address on the poster, without the pin."""
        return f"{self.server.public}/b/na-co-sa"

    @property
    def poster(self) -> str:
        return f"{self.page}#{self.root}"

    def rows(self, sql: str, *values: object) -> list[Any]:
        with sqlite3.connect(f"file:{self.server.var / 'keng.sqlite3'}?mode=ro", uri=True) as database:
            return database.execute(sql, values).fetchall()

    def count(self) -> int:
        """Parts stored in all threads."""
        return int(self.rows("SELECT COUNT(*) FROM mailbox_part")[0][0])

    def parts(self, receipt: str) -> list[SentPart]:
        """The reporter's parts of a thread, opened with the box's key."""
        keys = sealing.derive(sealing.read_receipt(receipt))
        rows = self.rows(
            'SELECT p."index", header, payload, t.key FROM mailbox_part p JOIN mailbox_thread t ON t.id = p.thread_id'
            " WHERE t.key = ? AND direction = 'reporter' ORDER BY 1",
            keys.thread,
        )
        return [
            SentPart(
                index,
                len(payload),
                sealing.open_part(
                    sealed=header + payload,
                    identity=self.boxes["na-co-sa"]["identity"],
                    thread=key,
                    sender="reporter",
                    index=index,
                    secret=keys.secret if index else None,
                ),
            )
            for index, header, payload, key in rows
        ]

    def threads(self) -> set[str]:
        return {row[0] for row in self.rows("SELECT key FROM mailbox_thread")}

    def first(self, key: str) -> sealing.OpenedPart:
        """The first part of a thread whose reporter kept no receipt."""
        header, payload = self.rows(
            "SELECT header, payload FROM mailbox_part p JOIN mailbox_thread t ON t.id = p.thread_id"
            " WHERE t.key = ? AND direction = 'reporter' AND \"index\" = 0",
            key,
        )[0]
        identity = self.boxes["na-co-sa"]["identity"]
        return sealing.open_part(sealed=header + payload, identity=identity, thread=key, sender="reporter", index=0)

    def report(self, text: str = "Mất trâu") -> str:
        """Receipt of a report that somebody else's phone has sent."""
        own = self.boxes["na-co-sa"]
        reporter = Reporter(slug="na-co-sa", recipient=own["recipient"], root=own["root"])
        with urlopen(Request(f"{self.page}/parts", reporter.first(text)), timeout=15) as answer:
            assert answer.status == 201
        return " ".join(reporter.receipt[i : i + 4] for i in range(0, 24, 4))

    def officer(self, receipt: str, deed: str) -> str:
        """Runs Python as an officer's act on a thread: `thread`, `box`, `services`, `forward` are at hand."""
        key = sealing.derive(sealing.read_receipt(receipt)).thread
        return self.server.python(OFFICER.format(key=key) + deed)

    def move(self, receipt: str, *states: str) -> None:
        deeds = [
            f"thread = services.change_state(thread=thread, to={to!r}, version=thread.version, by='hoa')"
            for to in states
        ]
        self.officer(receipt, "\n".join(deeds))

    def answer(self, receipt: str, text: str, *, index: int = 0, secret: bytes | None = None, **said: Any) -> None:
        """An officer's answer; a wrong `secret` makes it foreign."""
        sealed = self.sealed_answer(receipt, text, index=index, secret=secret, **said)
        self.officer(
            receipt,
            f"services.answer(thread=thread, box=box, index={index}, sealed={sealed!r}, by='hoa', office='bp-na-co-sa')",
        )

    def sealed_answer(
        self, receipt: str, text: str, *, index: int = 0, secret: bytes | None = None, **said: Any
    ) -> bytes:
        keys = sealing.derive(sealing.read_receipt(receipt))
        part = {
            "v": 1, "box": "na-co-sa", "from": "officer", "index": index, "kind": "answer", "hour": "2026-11-22T03", **said,
        }  # fmt: skip
        return sealing.seal_part(
            json_part=part,
            name="" if part["kind"] == "forward" else "text.txt",
            body=text.encode(),
            thread=keys.thread,
            recipients=[keys.reply, self.boxes["na-co-sa"]["recipient"]],
            secret=secret or keys.secret,
        )


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it is now: loaded, for a press waits only until an answer begins."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "() => axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })"
    )
    return [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes']]}" for rule in found["violations"]]


def fill_in(page: Page, text: str = "Tối qua có người lấy trộm trâu.") -> None:
    page.check("[name=what][value=theft]")
    page.fill("#text", text)
    page.fill("#place", "Đầu bản, cạnh suối")
    page.select_option("#when", "today")


def send(page: Page) -> str:
    """Presses twice and gives the receipt shown."""
    page.click("#send")
    page.wait_for_selector("#see h2")
    page.click("#send")
    return receipt_on(page)


def receipt_on(page: Page) -> str:
    return page.locator("#receipt").inner_text()


def fits(page: Page) -> bool:
    """Whether nothing runs out of the page sideways."""
    page.wait_for_load_state()
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))


def target_sizes(targets: Locator) -> list[float]:
    """Heights in pixels of what a finger must hit."""
    boxes = [target.bounding_box() for target in targets.all() if target.is_visible()]
    return [box["height"] for box in boxes if box]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Shared by the tests of the reporter's side: each sends reports of its own and counts on nobody else's."""
    server = Server(tmp_path_factory.mktemp("stage") / "var").prepare()
    boxes = json.loads(server.python(SETTING).splitlines()[-1])
    yield Stage(server.start(), boxes)
    server.stop()


@pytest.fixture(scope="session")
def protocol(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A blank page with the protocol's code as `lab` (`tests/browser/lab.ts`), built as the bundles are."""
    folder = tmp_path_factory.mktemp("lab")
    subprocess.run(["tools/node_modules.sh"], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["node", "browser/build.mjs", folder, "--lab"], cwd=ROOT, check=True, capture_output=True)
    page = browser.new_page()
    page.route(ADDRESS, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(ADDRESS)
    page.add_script_tag(content=(folder / "lab.js").read_text())
    page.evaluate(
        """() => {
          lab.unhex = (s) => new Uint8Array((s.match(/../g) || []).map((pair) => parseInt(pair, 16)))
          lab.fault = async (f) => { try { await f(); return null } catch (e) { return e.kind || String(e) } }
        }"""
    )
    yield page
    page.close()
