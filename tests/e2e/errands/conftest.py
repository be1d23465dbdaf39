"""One served post for all errands: each has an officer and reports of its own, so that they may come in any order."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk.conftest import Office
from tests.e2e.officers_stage import NewScreen
from tests.e2e.reporter_stage import fits, violations
from tests.e2e.server import Server

PDF = ["application/pdf", "%PDF-"]


class Post(Office):
    """An officer's moves, in the words of docs/using/officer.md."""

    def at(self, new_screen: NewScreen, login: str) -> Page:
        """The mailbox, unlocked, before this officer."""
        return self.unlocked(new_screen, login, bypass_csp=True)

    def go(self, page: Page, section: str) -> None:
        """By the navigation above, as somebody does who knows no addresses."""
        page.get_by_role("navigation", name="Các phần").get_by_role("link", name=section, exact=True).click()
        page.wait_for_load_state()

    def number(self, name: str) -> str:
        """The report's number in the register, as papers print it."""
        sql = (
            "SELECT r.number, r.year FROM desk_registerentry r JOIN mailbox_thread t ON t.id = r.thread_id"
            " JOIN mailbox_box b ON b.id = r.box_id WHERE t.key = ? AND b.slug = 'na-co-sa'"
        )
        number, year = self.rows(sql, self.thread(name))[0]
        return f"{number:03d}/{year}"

    def state(self, name: str) -> str:
        return str(self.rows("SELECT state FROM mailbox_thread WHERE key = ?", self.thread(name))[0][0])

    def row(self, page: Page, name: str) -> Locator:
        return page.locator(f'li:has([data-thread="{self.thread(name)}"])')


def sound(page: Page) -> None:
    """As every page that is passed must be: axe finds nothing, and nothing runs out of it sideways."""
    assert violations(page) == []
    assert fits(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def move(page: Page, name: str) -> None:
    """One of the buttons under “Bước tiếp theo”, which asks once more."""
    step = page.locator(".moves").get_by_role("button", name=name, exact=True)
    step.click()
    # The question stands in the step's place until the report is shown anew.
    agree = page.get_by_role("button", name="Đồng ý", exact=True)
    agree.click()
    expect(agree).to_have_count(0)
    expect(step).to_have_count(0)


@pytest.fixture(scope="session")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    server = Server(tmp_path_factory.mktemp("errands") / "var").prepare()
    printed = server.python("import sys; sys.path.insert(0, '.')\nfrom tests.e2e.errands.world import build\nbuild()")
    yield Post(server.start(), json.loads(printed.splitlines()[-1]))
    server.stop()
