"""Forms in a real browser: an administrator makes one in minutes, and it is filled in with and without a script, on a small phone too."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.officers_stage import Officers
from tests.e2e.reporter_stage import fits, violations

SETTING = """
import sys; sys.path.insert(0, ".")
import json
from keng.procedures.forms import samples, services
from tests.accounts.signing_in import give_phone
from tests.procedures.cast import Province
cast = Province()
samples.load(by=cast.quan)
services.begin(title="Tờ khai nháp", template="thuong-tru", by=cast.quan)
print(json.dumps({"phones": {"quan": give_phone(cast.quan)}}))
"""
FORMS = "/procedures/forms/"
TRY = f"{FORMS}tam-tru/v/1/try/"
PAGES = (
    FORMS,
    f"{FORMS}new/",
    f"{FORMS}to-khai-nhap/",
    f"{FORMS}to-khai-nhap/edit/",
    f"{FORMS}to-khai-nhap/edit/1.4/",
    f"{FORMS}to-khai-nhap/edit/2.2/",
    f"{FORMS}tam-tru/v/1/",
    TRY,
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Officers]:
    made = Officers.staged(tmp_path_factory.mktemp("forms"), SETTING)
    yield made
    made.server.stop()


def picture(page: Page, name: str) -> None:
    """For looking at: KENG_PICTURES names a folder."""
    if folder := os.environ.get("KENG_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"forms-{name}.png"), full_page=True)


def start(page: Page) -> None:
    for label, value in {
        "Họ, chữ đệm và tên": "Người Thử", "Ngày, tháng, năm sinh": "4/5/1990", "Số định danh cá nhân": "０１１０９０００１２",
        "Số điện thoại liên hệ": "0912 345 678", "Nơi thường trú hiện nay": "Bản A", "Địa chỉ tạm trú": "Bản B",
        "Ở từ ngày": "01/11/2026", "Dự định ở bao nhiêu tháng": "12",
    }.items():  # fmt: skip
        page.get_by_label(label).first.fill(value)
    for name, value in {"sex": "male", "place": "own", "reason": "work", "joins": "no"}.items():
        page.check(f'[name="{name}"][value="{value}"]')
    page.check('[name="pledge"]')


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_fit_and_axe_finds_nothing(office: Officers, new_screen: NewPage, path: str) -> None:
    name = path.removeprefix(FORMS).replace("/", "-") or "list"
    for width in (320, 360, 1280):
        page = office.enter(new_screen, "quan", path, viewport={"width": width, "height": 800})
        assert fits(page), path
        picture(page, f"{name}{width}")
    assert violations(page) == []


def test_a_form_is_made_published_and_tried_without_a_script(office: Officers, new_screen: NewPage) -> None:
    """Nobody writes JSON; a newcomer needs five presses for a question with a condition."""
    office.enter(new_screen, "quan", FORMS)
    page = office.enter(new_screen, "quan", f"{FORMS}new/", java_script_enabled=False)
    page.fill("#title", "Đơn xin xác nhận nơi ở")
    page.get_by_role("button", name="Lập bản nháp").click()
    page.select_option("#kind-1", "yes_no")
    page.fill("#title-1", "Đang ở nhà thuê?")
    page.locator("#s-1").get_by_role("button", name="Thêm vào trang").click()
    page.get_by_label("Bắt buộc").check()
    page.get_by_role("button", name="Lưu").click()
    page.select_option("#kind-1", "text")
    page.fill("#title-1", "Tên chủ nhà")
    page.locator("#s-1").get_by_role("button", name="Thêm vào trang").click()
    page.get_by_label("Bắt buộc").check()
    page.get_by_label("Đang ở nhà thuê? Có").check()
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator(".phone")).to_contain_text("Chỉ điền khi mục “Đang ở nhà thuê?” là “Có”.")
    page.get_by_role("link", name="Xong, xem và công bố").click()
    page.get_by_text("Công bố", exact=True).first.click()
    page.get_by_role("button", name="Đúng, công bố").click()
    expect(page.get_by_role("status")).to_contain_text("Đã công bố.")
    page.get_by_role("link", name="Điền thử").first.click()
    page.get_by_label("Họ, chữ đệm và tên").fill("Người Thử")
    page.get_by_label("Số định danh cá nhân").fill("01109000012")
    page.get_by_label("Số điện thoại").fill("0912345678")
    page.check('[name="dang_o_nha_thue"][value="yes"]')
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.locator("#f-number-error")).to_contain_text("đúng 12 chữ số")
    expect(page.locator("#f-ten_chu_nha-error")).to_contain_text("Xin điền ô này.")
    expect(page.get_by_label("Họ, chữ đệm và tên")).to_have_value("Người Thử")
    picture(page, "errors")
    page.get_by_label("Số định danh cá nhân").fill("０１１０９００００１２３")
    page.get_by_label("Tên chủ nhà").fill("Lò Văn Hặc")
    page.check('[name="pledge"]')
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.locator("main")).to_contain_text("Đủ và đúng.")
    picture(page, "received")


def test_with_a_script_a_field_appears_when_it_is_asked_for(office: Officers, new_screen: NewPage) -> None:
    page = office.enter(new_screen, "quan", TRY)
    host = page.locator('[data-when="place"]').first
    expect(host).to_be_hidden()
    page.check('[name="place"][value="rented"]')
    expect(host).to_be_visible()
    page.check('[name="place"][value="own"]')
    expect(host).to_be_hidden()


def test_rows_come_and_go_with_a_script_and_arrive(office: Officers, new_screen: NewPage) -> None:
    page = office.enter(new_screen, "quan", TRY)
    page.get_by_role("button", name="Thêm người").click()
    page.get_by_role("button", name="Thêm người").click()
    expect(page.locator("[data-row]")).to_have_count(3)
    expect(page.locator('[name="members.2.name"]')).to_be_focused()
    page.fill('[name="members.2.name"]', "Người Ba")
    page.get_by_role("button", name="Bỏ người 2").click()
    page.get_by_role("button", name="Bỏ người 1").click()
    expect(page.locator("[data-row] > legend")).to_have_text(["Người 1"])
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.locator('[name="members.0.name"]')).to_have_value("Người Ba")


def test_rows_come_and_go_without_a_script_and_enter_drops_none(office: Officers, new_screen: NewPage) -> None:
    office.enter(new_screen, "quan", FORMS)
    page = office.enter(new_screen, "quan", TRY, java_script_enabled=False)
    page.fill('[name="members.0.name"]', "Người Một")
    page.get_by_role("button", name="Thêm người").click()
    page.fill('[name="members.1.name"]', "Người Hai")
    page.press('[name="members.1.name"]', "Enter")
    expect(page.locator("[data-row]")).to_have_count(2)
    page.get_by_role("button", name="Bỏ người 1").click()
    expect(page.locator('[name="members.0.name"]')).to_have_value("Người Hai")


def test_a_whole_form_is_filled_in_on_a_small_phone(office: Officers, new_screen: NewPage) -> None:
    office.enter(new_screen, "quan", FORMS)
    page = office.enter(new_screen, "quan", TRY, viewport={"width": 320, "height": 640})
    start(page)
    page.set_input_files('[name="proof"]', {"name": "nha.png", "mimeType": "image/png", "buffer": b"x"})
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.locator(".wrong-sum")).to_contain_text("Số định danh cá nhân: Số định danh cá nhân có đúng 12 chữ số.")
    picture(page, "summary-320")
