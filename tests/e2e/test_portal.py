"""The public front pages and the administrator's pages of places, in a real browser: on a small phone, in the dark, without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.reporter_stage import Stage, violations

NewPage = Callable[..., Page]
Cookies = list[Any]
PUBLIC = ["/", "/?q=quang+lam", "/?q=khong+co", "/services?q=quang+lam", "/warnings", "/nothing", "/en"]
DESK = [
    "/units/",
    "/units/?q=quang+lam",
    "/units/03164/",
    "/units/03164/villages/list/",
    "/units/villages/",
    "/units/offices/",
    "/units/offices/add/",
    "/units/offices/@bp-na-co-sa/",
    "/units/offices/@bp-na-co-sa/edit/",
]
SESSION = """
import sys; sys.path.insert(0, ".")
from django.test import Client
from tests.accounts.signing_in import give_phone, straight_in
from tests.cast import Cast
quan = Cast().quan
give_phone(quan)
client = Client(HTTP_HOST="desk.localhost")
straight_in(client, quan)
print(client.session.session_key)
"""


@pytest.fixture(scope="module")
def cookies(stage: Stage) -> Cookies:
    """Of the province's administrator, signed in."""
    session = stage.server.python(SESSION).strip()
    return [{"name": "sessionid", "value": session, "url": stage.server.desk}]


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_a_villager_finds_the_commune_and_comes_to_its_box_without_scripts(stage: Stage, new_phone: NewPage) -> None:
    phone = new_phone(java_script_enabled=False)
    phone.goto(stage.server.public)
    phone.get_by_role("link", name="Báo tin").first.click()
    phone.get_by_label("Tên xã, phường hoặc bản").fill("quang lam")
    phone.get_by_role("button", name="Tìm").click()
    phone.get_by_role("link", name="Đồn Biên phòng Na Cô Sa").click()
    phone.wait_for_url(f"{stage.server.public}/b/na-co-sa")


@pytest.mark.parametrize("dark", ["light", "dark"])
def test_the_public_pages_fit_a_small_phone_and_axe_finds_nothing(stage: Stage, new_phone: NewPage, dark: str) -> None:
    phone = new_phone(viewport={"width": 320, "height": 600}, color_scheme=dark, bypass_csp=True)
    for address in PUBLIC:
        phone.goto(stage.server.public + address)
        assert not overflows(phone), address
        assert violations(phone) == [], address


def test_r5_a_visit_asks_for_the_page_and_our_own_files_alone(stage: Stage, new_phone: NewPage) -> None:
    phone = new_phone()
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    for address in PUBLIC:
        phone.goto(stage.server.public + address)
    assert all(url.startswith(stage.server.public) for url in asked)
    assert len({url for url in asked if "/static/" in url}) == 3  # the icon, and two stylesheets
    assert phone.context.cookies() == []
    assert phone.evaluate("localStorage.length + sessionStorage.length") == 0


def test_the_pages_of_places_fit_phone_and_screen_and_axe_finds_nothing(
    stage: Stage, new_screen: NewPage, cookies: Cookies
) -> None:
    for width in (320, 1280):
        page = new_screen(viewport={"width": width, "height": 800}, bypass_csp=True)
        page.context.add_cookies(cookies)
        for address in DESK:
            answer = page.goto(stage.server.desk + address)
            assert answer is not None
            assert answer.status == 200, address
            assert not overflows(page), address
            assert violations(page) == [], address


def test_a_list_is_previewed_then_entered(stage: Stage, new_screen: NewPage, cookies: Cookies) -> None:
    page = new_screen()
    page.context.add_cookies(cookies)
    page.goto(f"{stage.server.desk}/units/03164/villages/list/")
    page.get_by_label("Danh sách bản").fill("Bản Dền Thàng\n\nBản <b>Lạ</b>\nBản Na Cô Sa 1")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Nhập 2 bản").click()
    page.wait_for_url(f"{stage.server.desk}/units/03164/")
    assert page.get_by_role("cell", name="Bản <b>Lạ</b>", exact=True).count() == 1
