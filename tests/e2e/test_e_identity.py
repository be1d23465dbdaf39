"""A resident signs in by e-identity in a real browser, at 360 px, with and without JavaScript; under the pages' own strict CSP."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.identity_stage import e_identity, sign_in, sign_out
from tests.e2e.reporter_stage import violations
from tests.e2e.server import Server


@pytest.fixture(scope="module", params=["mock", "allauth"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A blank Kẻng with one of the two providers beside it."""
    server = Server(tmp_path_factory.mktemp("house") / "var").prepare().start()
    with e_identity(server, tmp_path_factory.mktemp("provider"), request.param):
        yield server
    server.stop()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_resident_signs_in_from_a_phone_and_out_again(house: Server, new_phone: NewPage, script: bool) -> None:
    """The button's form leads to another host: `form-action 'self'` must not stop it in Chromium."""
    page = new_phone(java_script_enabled=script)
    refused: list[str] = []
    page.on(
        "console",
        lambda said: (
            refused.append(said.text) if "Content Security Policy" in said.text and house.my in page.url else None
        ),
    )
    page.goto(house.my)
    page.get_by_role("link", name="Đăng nhập bằng định danh điện tử").click()
    sign_in(page, house, "an")
    expect(page.locator(".who")).to_contain_text("Quàng Văn An")
    expect(page.locator(".who")).to_contain_text("định danh mức 2")
    sign_out(page)
    page.goto(house.my)
    expect(page.get_by_role("link", name="Đăng nhập bằng định danh điện tử")).to_be_visible()
    assert refused == []


def test_the_session_key_of_before_is_not_the_one_of_after(house: Server, new_phone: NewPage) -> None:
    page = new_phone()
    page.goto(f"{house.my}/sign-in")
    page.get_by_role("button", name="Tới trang định danh").click()
    page.wait_for_url(re.compile(rf"127\.0\.0\.1:{house.port + 1}"))

    def key() -> str:
        return next(one["value"] for one in page.context.cookies(house.my) if one["name"] == "sessionid")

    before = key()
    sign_in(page, house, "binh")
    assert key() != before
    (cookie,) = (one for one in page.context.cookies(house.my) if one["name"] == "sessionid")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert cookie["domain"] == "my.localhost"


def test_where_level_2_is_needed_level_1_is_told_how_to_get_it(house: Server, new_phone: NewPage) -> None:
    page = new_phone()
    sign_in(page, house, "mua", "/sign-in?level=2&next=/")
    expect(page.get_by_role("heading", name="Việc này cần định danh mức 2")).to_be_visible()
    assert violations(page) == []


def test_the_pages_fit_a_small_phone_and_axe_finds_nothing(
    house: Server, new_phone: NewPage, new_screen: NewPage
) -> None:
    for page in (new_phone(viewport={"width": 320, "height": 640}), new_screen()):
        for path in ("/", "/sign-in", "/sign-in?level=2", "/oidc/callback?code=a&state=b", "/nothing-here"):
            page.goto(f"{house.my}{path}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert violations(page) == [], path
            assert page.locator("h1").count() == 1


def test_a_provider_that_is_gone_is_said_on_one_clear_page(tmp_path: Path, phone: Page) -> None:
    server = Server(tmp_path / "var").prepare().start()
    try:
        phone.goto(f"{server.my}/sign-in")
        phone.get_by_role("button", name="Tới trang định danh").click()
        expect(phone.get_by_role("heading", name="Hệ thống định danh chưa trả lời")).to_be_visible()
        assert violations(phone) == []
        log = server.log.read_text()
        assert "e-identity" in log
        assert "Traceback" not in log
    finally:
        server.stop()
