"""Thanh Yên at work: the demo served with the stand-in of e-identity beside it. Each story has residents of its own."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.accounts.signing_in import code
from tests.e2e.conftest import NewPage
from tests.e2e.identity_stage import agree, e_identity
from tests.e2e.officers_stage import FETCHED
from tests.e2e.reporter_stage import fits, violations
from tests.e2e.server import Server

LOOKS = """
SELECT office, purpose, verb FROM ledger_entry
WHERE "case" IN (?1, (SELECT CAST(id AS TEXT) FROM procedures_dossier WHERE code = ?1))
AND verb IN ('procedures.dossier.read', 'procedures.draft.read', 'procedures.file.read')"""


@dataclass
class Town:
    """`known`: what the demo keeps in logins.json. A code of the second factor is good once: later screens share the first's session."""

    server: Server
    known: dict[str, Any]
    sessions: dict[str, Any] = field(default_factory=dict)

    def officer(self, new_screen: NewPage, login: str) -> Page:
        """The desk before this officer, signed in by password and second factor."""
        page = new_screen(storage_state=self.sessions.get(login), accept_downloads=True)
        page.goto(self.server.desk)
        if login not in self.sessions:
            person = next(one for one in self.known["people"] if one["login"] == login)
            page.get_by_label("Tên đăng nhập").fill(login)
            page.get_by_label("Mật khẩu").fill(person["password"])
            page.get_by_role("button", name="Đăng nhập", exact=True).click()
            page.fill("[name=code]", code(person["totp"]))
            page.get_by_role("button", name="Tiếp tục").click()
            expect(page.get_by_role("navigation", name="Các phần")).to_be_visible()
            self.sessions[login] = page.context.storage_state()
        return page

    def section(self, page: Page, name: str) -> None:
        """By the navigation above, as somebody does who knows no addresses."""
        page.get_by_role("navigation", name="Các phần").get_by_role("link", name=name, exact=True).click()
        page.wait_for_load_state()

    def find(self, page: Page, dossier: str) -> None:
        """From anywhere on the desk to a dossier's page, by the four digits on the slip."""
        self.section(page, "Hồ sơ")
        page.get_by_label("Tìm theo mã hồ sơ").fill(dossier)
        page.get_by_role("button", name="Tìm", exact=True).click()
        page.get_by_role("link", name=re.compile(re.escape(dossier))).first.click()
        expect(page.get_by_role("heading", name=dossier)).to_be_visible()

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.server.var / "keng.sqlite3")) as database:
            return database.execute(sql, values).fetchall()

    def looks(self, dossier: str) -> list[tuple[str, str, str]]:
        """Of the ledger, as it stands in the served database: office's name, reason's code, what was opened."""
        names = dict(self.rows("SELECT code, name FROM units_office"))
        return sorted(
            (names[office], purpose.partition(":")[2], verb) for office, purpose, verb in self.rows(LOOKS, dossier)
        )


@pytest.fixture(scope="session")
def town(demo: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    server = demo.copy(tmp_path_factory.mktemp("town") / "var").start()
    known = json.loads((server.var / "demo/logins.json").read_text())
    with e_identity(server, tmp_path_factory.mktemp("identity")):
        yield Town(server, known)
    server.stop()


def sound(page: Page) -> None:
    """As every page that is passed must be: axe finds nothing, nothing runs out of it sideways, one heading above all."""
    assert violations(page) == [], page.url
    assert fits(page), page.url
    assert page.locator("h1").count() == 1, page.url


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def signs_in(page: Page, server: Server, who: str) -> None:
    """On the sign-in page, through the provider's own, and back to where the resident was going."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đăng nhập")
    sound(page)
    page.get_by_role("button", name="Tới trang định danh").click()
    page.wait_for_url(re.compile(rf"127\.0\.0\.1:{server.port + 1}"))
    agree(page, who)
    page.wait_for_url(re.compile(re.escape(server.my)))


def kind_of(page: Page, link: Locator) -> list[str]:
    """What a link leads to: its content type and its first five characters."""
    found: list[str] = page.evaluate(FETCHED, link.get_attribute("href"))
    return found
