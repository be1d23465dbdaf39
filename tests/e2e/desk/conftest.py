"""A server with a small office (`world`), and an officer's moves in the mailbox."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from keng.mailbox import sealing
from tests.e2e.officers_stage import NewScreen, Officers
from tests.e2e.server import Server


class Office(Officers):
    """`known` is what `world` printed: TOTP secrets, passphrase, thread keys and receipts by the report's name."""

    def thread(self, name: str) -> str:
        return str(self.known["threads"][name])

    def keys(self, name: str) -> sealing.ReceiptKeys:
        """What the reporter's receipt gives."""
        return sealing.derive(self.known["receipts"][name])

    def unlocked(self, new_screen: NewScreen, login: str, **options: object) -> Page:
        page = self.enter(new_screen, login, **options)
        self.unlock(page)
        return page

    def unlock(self, page: Page) -> None:
        page.fill("#passphrase", self.known["passphrase"])
        page.click("#unlock")
        page.wait_for_selector(".columns")

    def open(self, page: Page, name: str) -> None:
        """Chooses a report in the list and waits until all of its parts have been looked at."""
        page.click(f'[data-thread="{self.thread(name)}"]')
        page.wait_for_selector(".side .progress-steps")
        expect(page.locator(".slot:not([data-done])")).to_have_count(0)

    def rows(self, sql: str, *values: object) -> list[Any]:
        with sqlite3.connect(f"file:{self.server.var / 'keng.sqlite3'}?mode=ro", uri=True) as database:
            return database.execute(sql, values).fetchall()

    def verbs(self, name: str, login: str) -> list[str]:
        """What the ledger says that this officer did to the report."""
        sql = 'SELECT verb FROM ledger_entry WHERE "case" = ? AND "by" = ? ORDER BY 1'
        return [row[0] for row in self.rows(sql, self.thread(name), login)]

    def answers(self, name: str) -> list[sealing.OpenedPart]:
        """The officers' parts as the reporter's receipt opens them."""
        keys = self.keys(name)
        sql = (
            'SELECT p."index", p.header, p.payload FROM mailbox_part p JOIN mailbox_thread t ON t.id = p.thread_id'
            " WHERE t.key = ? AND p.direction = 'officer' ORDER BY 1"
        )
        return [
            sealing.open_part(
                sealed=header + payload, identity=keys.identity, thread=keys.thread, sender="officer", index=index,
                secret=keys.secret,
            )
            for index, header, payload in self.rows(sql, keys.thread)
        ]  # fmt: skip

    def everything_stored(self) -> bytes:
        """All bytes of the data folder: what a thief of the disk has."""
        stored = []
        for file in Path(self.server.var).rglob("*"):
            # SQLite's own files beside the database go whenever nobody is asking.
            with suppress(FileNotFoundError, IsADirectoryError):
                stored.append(file.read_bytes())
        return b"".join(stored)


def save_assessment(page: Page) -> None:
    """Until the report is shown anew: the button is held down while it is being saved, too."""
    button = page.locator("#save-assessment").element_handle()
    button.click()
    button.wait_for_element_state("hidden")
    expect(page.locator("#save-assessment")).to_be_disabled()


def frame(page: Page, kind: str) -> FrameLocator:
    return page.frame_locator(f".medium.{kind} iframe")


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Shared: each test that changes a report has one of its own (`world.STORIES`)."""
    server = Server(tmp_path_factory.mktemp("office") / "var").prepare()
    printed = server.python("import sys; sys.path.insert(0, '.')\nfrom tests.e2e.desk.world import build\nbuild()")
    yield Office(server.start(), json.loads(printed.splitlines()[-1]))
    server.stop()
