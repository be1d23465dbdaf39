"""Public services on a small phone, without scripts: from what happened at home to the procedure, the commune and the dossier."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.reporter_stage import violations
from tests.e2e.server import Server
from tests.portal.services.test_views import CODE

NewPage = Callable[..., Page]
PAGES = [
    "/services",
    "/services?q=lam+giay+khai+xinh",
    "/services?q=khong+co+gi",
    "/services/event/chuyen-noi-o",
    "/services/field/cu-tru",
    f"/services/p/{CODE}?xa=03349",
    f"/services/p/{CODE}?noi=lam",
    f"/services/p/{CODE}/en",
    "/services/status",
    "/verify",
    "/verify/0000-0000-0000-0000",
]


@pytest.fixture(scope="module")
def posted(server: Server) -> Server:
    """The demo with the sample procedures, which it may have already."""
    server.manage("load_procedures", "--by", "quan")
    return server


def test_a_villager_comes_from_moving_house_to_the_communes_office_without_scripts(
    posted: Server, new_phone: NewPage
) -> None:
    phone = new_phone(java_script_enabled=False)
    phone.goto(posted.public)
    phone.get_by_role("link", name="Dịch vụ công").first.click()
    phone.get_by_role("link", name="Chuyển nơi ở").click()
    phone.get_by_role("link", name=re.compile("^Đăng ký tạm trú")).click()
    expect(phone.get_by_role("heading", name="Cần mang gì")).to_have_count(1)
    phone.get_by_label(re.compile("Tên xã của bà con")).fill("thanh yen dien bien")
    phone.get_by_role("button", name="Xem").click()
    expect(phone.get_by_text("Công an xã Thanh Yên").first).to_be_visible()
    expect(phone.get_by_role("link", name="Nộp trực tuyến")).to_have_attribute("href", f"{posted.my}/apply/{CODE}")


def test_a_wrong_pair_of_code_and_digits_is_told_and_neither_is_in_the_address(
    posted: Server, new_phone: NewPage
) -> None:
    phone = new_phone(java_script_enabled=False)
    phone.goto(f"{posted.public}/services")
    phone.get_by_role("link", name="Tra cứu hồ sơ đã nộp").click()
    phone.get_by_label("Mã hồ sơ").fill("H11.03349-200101-0001")
    phone.get_by_label("Bốn số cuối").fill("1234")
    phone.get_by_role("button", name="Xem").click()
    assert "Không có hồ sơ nào khớp" in phone.get_by_role("alert").inner_text()
    assert phone.url == f"{posted.public}/services/status"
    assert phone.get_by_label("Bốn số cuối").input_value() == ""


@pytest.mark.parametrize("dark", ["light", "dark"])
def test_the_pages_fit_a_phone_and_axe_finds_nothing(posted: Server, new_phone: NewPage, dark: str) -> None:
    phone = new_phone(color_scheme=dark, bypass_csp=True)
    for address in PAGES:
        phone.goto(posted.public + address)
        assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth"), address
        assert violations(phone) == [], address


def test_a_procedure_prints_without_buttons_fields_and_doors(posted: Server, new_screen: NewPage) -> None:
    screen = new_screen()
    screen.emulate_media(media="print")
    screen.goto(f"{posted.public}/services/p/{CODE}?xa=03349")
    assert screen.get_by_role("link", name="Nộp trực tuyến").is_hidden()
    assert screen.get_by_label("Xem ở xã khác").is_hidden()
    assert screen.get_by_text(f"{posted.public}/services/p/{CODE}").is_visible()
    assert screen.get_by_role("heading", name="Cần mang gì").is_visible()
