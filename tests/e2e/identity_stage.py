"""E-identity for the browser tests: a provider on the port beside the server's, and a resident's way through its pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.accounts.citizens.providers import PASSWORD, Running, start
from tests.e2e.server import Server


@contextmanager
def e_identity(server: Server, folder: Path, name: str = "mock") -> Iterator[Running]:
    """The provider that the demo's settings trust: `mock` as `make run` starts it, or `allauth`, which asks for a password and consent."""
    running = start(name, folder, port=server.port + 1, callbacks=(f"{server.my}/oidc/callback",))
    try:
        yield running
    finally:
        running.stop()


def sign_in(page: Page, server: Server, who: str, path: str = "/sign-in") -> None:
    """From a page of the citizens' face that asks for it, through the provider's own pages, and back."""
    page.goto(f"{server.my}{path}")
    page.get_by_role("button", name=re.compile("Tới trang định danh|Đăng nhập lại ở mức 2")).click()
    page.wait_for_url(re.compile(rf"127\.0\.0\.1:{server.port + 1}"))
    agree(page, who)
    page.wait_for_url(re.compile(re.escape(server.my)))


def agree(page: Page, who: str) -> None:
    if page.locator('input[name="login"]').count():
        page.fill('input[name="login"]', who)
        page.fill('input[name="password"]', PASSWORD)
        page.locator('form:has(input[name="password"]) [type="submit"]').first.click()
        page.get_by_role("button", name="Authorize").click()
    else:
        page.get_by_role("button", name=who, exact=True).first.click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("heading", name="Đã đăng xuất")).to_be_visible()
