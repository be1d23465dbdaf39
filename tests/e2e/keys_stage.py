"""A server with the cast's offices and officers, a police box with keys and boxes that await theirs; and moves on the keys' pages."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyrage
import pytest
from playwright.sync_api import Page, expect

from tests.accounts.signing_in import code
from tests.cast import PASSPHRASE, PASSWORD
from tests.e2e.conftest import NewPage
from tests.e2e.server import Server

OFFICERS = ("hoa", "nam", "dung")

SETTING = """
import json, sys
sys.path.insert(0, ".")
from config.demo.client import seal_with_passphrase
from keng.desk.models import OfficerKey
from keng.mailbox.models import Box
from tests.accounts.signing_in import give_phone
from tests.cast import Cast, PASSPHRASE
cast = Cast()
_ = cast.police
sealed = seal_with_passphrase(PASSPHRASE, cast.pairs["dung"][0].encode() + b"\\n")
OfficerKey.objects.filter(user=cast.dung).update(sealed_identity=sealed)
for slug in %r:
    Box.objects.create(slug=slug, office=cast.post, above=cast.police, title="Hộp thư " + slug, languages=["vi"])
print(json.dumps({name: give_phone(getattr(cast, name)) for name in %r}))
"""


SECRET_OF = "SELECT recovery, root_for_above, recipient FROM desk_boxsecret s JOIN mailbox_box b ON b.id = s.box_id WHERE slug = ?"


@dataclass
class Desk:
    """`phones` are the officers' TOTP secrets, `passphrases` what their keys open with, as they come to be known."""

    server: Server
    phones: dict[str, str]
    passphrases: dict[str, str] = field(default_factory=lambda: {"dung": PASSPHRASE})
    sessions: dict[str, Any] = field(default_factory=dict)
    sheets: dict[str, tuple[str, str]] = field(default_factory=dict)

    def open(self, page: Page, path: str) -> None:
        page.goto(self.server.desk + path)

    def screen(self, new_screen: Callable[..., Page], username: str, **options: object) -> Page:
        """A browser of the officer's, signed in; a code is good once, so later ones take over the first one's session."""
        if username in self.sessions:
            return new_screen(storage_state=self.sessions[username], **options)
        page = new_screen(**options)
        self.open(page, "/accounts/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", PASSWORD)
        page.click("main form button[type=submit], main form button:not([type])")
        page.fill("[name=code]", code(self.phones[username]))
        with page.expect_navigation():
            page.click("main form button[type=submit], main form button:not([type])")
        self.sessions[username] = page.context.storage_state()
        return page

    def make_key(self, page: Page, username: str) -> str:
        """Makes the officer's key through the page; returns the passphrase."""
        self.open(page, "/keys/")
        page.click("#make")
        words = " ".join(word.strip() for word in page.locator("#words li").all_inner_texts())
        page.click("#written")
        page.fill("#back", words)
        page.click("#store")
        page.wait_for_selector("[data-step=done]:not([hidden])")
        self.passphrases[username] = words
        return words

    def unlock(self, page: Page, username: str) -> None:
        page.fill("#passphrase", self.passphrases[username])
        page.click("#unlock")
        page.wait_for_selector(".lockbar")

    def read_out(self, page: Page) -> str:
        """The fingerprint on an officer's unlocked page of keys: worked out a moment after unlocking."""
        mine = page.locator("#mine")
        expect(mine).to_be_visible()
        return mine.inner_text()

    def ask(self, sql: str, *values: object) -> Any:
        with sqlite3.connect(f"file:{self.server.var / 'keng.sqlite3'}?mode=ro", uri=True) as database:
            return database.execute(sql, values).fetchone()

    def all(self, sql: str) -> list[Any]:
        with sqlite3.connect(f"file:{self.server.var / 'keng.sqlite3'}?mode=ro", uri=True) as database:
            return database.execute(sql).fetchall()

    def recipient_of(self, identity: str) -> str:
        return str(pyrage.x25519.Identity.from_str(identity).to_public())

    def approve(self, kind: str, slug: str, username: str) -> None:
        """What another person's approving leaves; the page for it is tested where it is."""
        self.change(
            "UPDATE accounts_approval SET approved_by_id = (SELECT id FROM accounts_user WHERE username = ?), approved_at = asked_at"
            " WHERE kind = ? AND subject = ? AND approved_at IS NULL",
            username,
            kind,
            slug,
        )

    def change(self, sql: str, *values: object) -> None:
        with sqlite3.connect(self.server.var / "keng.sqlite3", timeout=20) as database:
            database.execute(sql, values)


def begin_founding(desk: Desk, page: Page, slug: str) -> tuple[str, str]:
    """The custodian signed in at `page` goes to where both sheets are on the screen; returns what they say."""
    desk.open(page, f"/keys/boxes/{slug}/found")
    page.fill("#keeper-a", "Lò Văn Nam")
    page.fill("#keeper-b", "Giàng A Hoà")
    desk.unlock(page, "nam")
    page.click("#prepare")
    page.wait_for_selector("#sheet-a .qr-code")
    return sheet(page, "a"), sheet(page, "b")


def sheet(page: Page, letter: str) -> str:
    """The secret on a sheet, without the spaces."""
    return "".join(page.locator(f"#sheet-{letter} .sheet-key span").all_inner_texts())


def finish_founding(page: Page, sheets: tuple[str, str]) -> None:
    page.click("#printed")
    for letter, secret in zip("ab", sheets, strict=True):
        page.fill(f"#tail-{letter}", secret[-6:])
    page.click("#typed")
    page.check("#compared")
    page.click("#store")
    page.wait_for_selector("#record:not([hidden])")


def finish_remaking(page: Page, sheets: tuple[str, str], *, above: bool = False) -> None:
    """From the sheets on the screen to the record; `above` where the root of the level above is to be compared."""
    page.click("#printed")
    for letter, secret in zip("ab", sheets, strict=True):
        page.fill(f"#tail-{letter}", secret[-6:])
    page.click("#typed")
    if above:
        page.check("#compared")
    page.click("#store")
    page.wait_for_selector("#record:not([hidden])")


def prepare(folder: Path, *slugs: str) -> Desk:
    """A desk that is not yet serving."""
    server = Server(folder).prepare()
    return Desk(server, json.loads(server.python(SETTING % (slugs, OFFICERS)).splitlines()[-1]))


@pytest.fixture(scope="module")
def desk_with_boxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Served for the tests of one file, which found a box each."""
    desk = prepare(tmp_path_factory.mktemp("keys") / "var", "na-co-sa", "gop-y", "phan-anh")
    desk.server.start()
    yield desk
    desk.server.stop()


@pytest.fixture
def desk(desk_with_boxes: Desk) -> Desk:
    return desk_with_boxes


@pytest.fixture
def hoa(desk: Desk, new_screen: NewPage) -> Page:
    """The officer's screen, with a key made."""
    page = desk.screen(new_screen, "hoa")
    if "hoa" not in desk.passphrases:
        desk.make_key(page, "hoa")
    return page


@pytest.fixture
def nam(desk: Desk, new_screen: NewPage) -> Page:
    """The custodian's screen, with a key made."""
    page = desk.screen(new_screen, "nam")
    if "nam" not in desk.passphrases:
        desk.make_key(page, "nam")
    return page


@pytest.fixture
def founded(desk: Desk, nam: Page) -> tuple[str, str]:
    """The box na-co-sa has keys; what its two sheets say."""
    if "na-co-sa" not in desk.sheets:
        desk.sheets["na-co-sa"] = begin_founding(desk, nam, "na-co-sa")
        finish_founding(nam, desk.sheets["na-co-sa"])
    return desk.sheets["na-co-sa"]


def opened_by_age(folder: Path, recovery: bytes, sheets: tuple[str, str]) -> str:
    """As on the sheets: sheet B opens the outer file, sheet A the inner."""
    age = shutil.which("age")
    assert age, "the tests need the age command (Debian: age)"
    (folder / "recovery.age").write_bytes(recovery)
    for name, secret in zip("ab", sheets, strict=True):
        (folder / name).write_text(secret + "\n")
    subprocess.run([age, "-d", "-i", "b", "-o", "inner.age", "recovery.age"], cwd=folder, check=True)
    assert subprocess.run([age, "-d", "-i", "a", "recovery.age"], cwd=folder, capture_output=True).returncode != 0
    return subprocess.run(
        [age, "-d", "-i", "a", "inner.age"], cwd=folder, check=True, capture_output=True, text=True
    ).stdout
