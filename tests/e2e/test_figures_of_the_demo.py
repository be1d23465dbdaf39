"""What everybody and what a leader sees of the demo's reports: the published figures of Lai Châu's posts, and numbers that open."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.reporter_stage import violations
from tests.e2e.server import Server

LAI_CHAU = "/figures/mailbox?province=12&period=2025"
SESSION = """
from django.test import Client
from keng.accounts.models import User
from tests.accounts.signing_in import straight_in
client = Client(HTTP_HOST="desk.localhost")
straight_in(client, User.objects.get(username="minh"))
print(client.session.session_key)
"""


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("width", [320, 1280])
def test_anybody_reads_what_the_posts_of_lai_chau_did_and_axe_finds_nothing(
    server: Server, new_screen: NewPage, width: int
) -> None:
    page = new_screen(viewport={"width": width, "height": 800}, bypass_csp=True)
    for address in (LAI_CHAU, "/figures/mailbox", "/figures/mailbox/en"):
        page.goto(server.public + address)
        assert not overflows(page), address
        assert violations(page) == [], address
    page.goto(server.public + LAI_CHAU)
    shown = " ".join(page.inner_text("main").split())
    for number in ("75", "31", "6", "7"):
        assert f" {number} " in shown, number
    assert page.context.cookies() == []


def test_the_files_say_what_the_page_says(server: Server, new_screen: NewPage) -> None:
    page = new_screen()
    page.goto(server.public + "/figures/mailbox.json?province=12&period=2025")
    said = json.loads(page.inner_text("body"))
    # Quantities are decimals, hence text.
    outcomes = {(one["kind"], one["quantity"]) for one in said["outcomes"]}
    assert {("major_case", "2"), ("other_case", "4"), ("arrest", "7")} <= outcomes


@pytest.mark.parametrize("width", [320, 1280])
def test_o5_a_leader_opens_each_number_to_its_lines_and_axe_finds_nothing(
    server: Server, new_screen: NewPage, width: int
) -> None:
    page = new_screen(viewport={"width": width, "height": 800}, bypass_csp=True)
    session = server.python(SESSION).strip()
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": server.desk}])
    for address in ("/figures/", "/figures/late/"):
        page.goto(server.desk + address)
        assert not overflows(page), address
        assert violations(page) == [], address
    page.goto(server.desk + "/figures/?period=2026-Q3")
    number = page.locator(".big a").first
    counted = int(number.locator("b").inner_text())
    assert counted > 5
    number.click()
    expect(page.locator("tbody tr")).to_have_count(min(counted, 50))
    assert violations(page) == []
