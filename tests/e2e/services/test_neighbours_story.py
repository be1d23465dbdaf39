"""Giàng Thị Sua has no telephone: an officer files for her at the counter. Years later her granddaughter's phone shows her all of it."""

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.errands.conftest import PDF
from tests.e2e.services.conftest import Town, kind_of, press, signs_in, sound
from tests.e2e.services.test_resident_story import CENTRE, decides, hands_out, moves_on, photograph

NAME, NUMBER = "Giàng Thị Sua", "011150000456"
ADDRESS = "Nhà con trai, bản Hoàng Lếch Cang"
CONSENT = """SELECT how, given_at, withdrawn_at FROM procedures_consent
WHERE dossier_id = (SELECT id FROM procedures_dossier WHERE code = ?) AND purpose = ?"""
WHY = "Giấy viết tay, chưa có chữ ký của con trai"
AGREED = "Người này đã nghe hoặc đọc câu trên và đồng ý"


def begins(mai: Page, town: Town) -> None:
    """Finds the procedure, reads the sentence aloud, hears her say yes, and only then types from her card."""
    town.section(mai, "Hồ sơ")
    mai.get_by_role("link", name="Nộp hồ sơ giúp dân").click()
    mai.get_by_label("Thủ tục nào?").fill("tam tru")
    press(mai, "Tìm")
    sound(mai)
    mai.get_by_role("link", name="Đăng ký tạm trú", exact=True).click()
    expect(mai.locator("main")).to_contain_text("Tôi đồng ý để cán bộ nhập và nộp hồ sơ này thay tôi.")
    expect(mai.get_by_label(AGREED)).not_to_be_checked()
    mai.get_by_label("Số định danh cá nhân").fill(NUMBER)
    mai.get_by_label("Họ và tên").fill(NAME)
    mai.get_by_label("Ngày sinh").fill("1950-02-03")
    press(mai, "Bắt đầu nhập hồ sơ")
    expect(mai.get_by_role("alert")).to_contain_text("Chưa có sự đồng ý thì chưa nhập thay được.")
    sound(mai)
    mai.get_by_label("Nghe đọc rồi nói đồng ý").check()
    mai.get_by_label(AGREED).check()
    sound(mai)
    press(mai, "Bắt đầu nhập hồ sơ")


def goes_on(mai: Page) -> None:
    press(mai, "Lưu và đi tiếp")


def fills_in(mai: Page) -> None:
    if "Nộp cho xã" in mai.inner_text("h1"):
        mai.get_by_label("Xã, phường", exact=True).select_option(label="Xã Thanh Yên")
        press(mai, "Đi tiếp")
    expect(mai.get_by_role("heading", level=1)).to_have_text("Người đăng ký")
    expect(mai.get_by_label("Số định danh cá nhân")).to_have_value(NUMBER)
    mai.get_by_label("Ngày, tháng, năm sinh").fill("3/2/1950")
    mai.get_by_label("Nữ").check()
    mai.get_by_label("Số điện thoại liên hệ").fill("0912000111")
    sound(mai)
    goes_on(mai)
    mai.get_by_label("Nơi thường trú hiện nay").fill("Bản Pá Đông, xã Pu Nhi")
    mai.get_by_label("Địa chỉ tạm trú").fill(ADDRESS)
    mai.get_by_label("Ở từ ngày").fill("20/11/2026")
    mai.get_by_label("Dự định ở bao nhiêu tháng").fill("24")
    mai.locator('[name="place"][value="own"]').check()
    mai.locator('[name="reason"][value="family"]').check()
    sound(mai)
    goes_on(mai)
    mai.locator('[name="joins"][value="no"]').check()
    mai.wait_for_load_state()  # the page before may have been saving itself still when it was sent off
    drop = mai.get_by_role("button", name="Bỏ người 1")
    if drop.count():
        drop.click()
    sound(mai)
    goes_on(mai)
    expect(mai.get_by_role("heading", level=1)).to_have_text("Giấy tờ")


def files(mai: Page, town: Town) -> str:
    """Her paper photographed at the counter; looked over together, filed; returns the code."""
    mai.locator("#f-proof").set_input_files(photograph())
    expect(mai.locator(".given")).to_contain_text("hop dong thue nha.jpg")
    mai.locator('[name="pledge"]').check()
    sound(mai)
    goes_on(mai)
    expect(mai.locator("main")).to_contain_text(ADDRESS)
    sound(mai)
    press(mai, "Nộp hồ sơ")
    expect(mai.get_by_role("heading", level=1)).to_have_text("Đã nộp hồ sơ")
    sound(mai)
    code = mai.locator(".secret").inner_text()
    assert kind_of(mai, mai.get_by_role("link", name="In giấy tiếp nhận")) == PDF
    assert agreed(town, code, "assisted") == ("spoken", True, None)
    return code


def agreed(town: Town, code: str, purpose: str) -> tuple[str, bool, str | None]:
    """How she agreed, that it is known when, and when she took it back."""
    ((how, given, withdrawn),) = town.rows(CONSENT, code, purpose)
    return how, bool(given), withdrawn


def here(mai: Page, town: Town, code: str) -> Page:
    """Its page: what was handed in at the centre's own counter is the officer's own, and accepted."""
    town.find(mai, code)
    expect(mai.locator("main")).to_contain_text("Lò Thị Mai")
    sound(mai)
    return mai


def police_asks(khoa: Page, town: Town, code: str) -> None:
    """Slip 02, once; she has no telephone on which to read it."""
    town.find(khoa, code)
    press(khoa, "Nhận xử lý")
    expect(khoa.locator("main")).to_contain_text(ADDRESS)
    khoa.get_by_role("link", name="Yêu cầu bổ sung").click()
    khoa.get_by_label("Giấy tờ, tài liệu chứng minh chỗ ở hợp pháp").check()
    khoa.locator(".line", has_text="chứng minh chỗ ở").get_by_label("Vì sao").fill(WHY)
    press(khoa, "Yêu cầu bổ sung")
    expect(khoa.locator(".messages")).to_contain_text("Đồng hồ tạm dừng")


def comes_again(duc: Page, town: Town, code: str) -> None:
    """With the slip to the counter, where somebody else is on duty. The dossier lies at the police, and is found by its code."""
    town.find(duc, code)
    expect(duc.locator("main")).to_contain_text("Công an xã Thanh Yên")
    expect(duc.get_by_role("button", name="Nhận xử lý")).to_have_count(0)
    sound(duc)
    duc.get_by_role("link", name="Nhận bổ sung").click()
    expect(duc.locator("main")).to_contain_text("Tôi đồng ý để cán bộ nhập và gửi phần bổ sung của hồ sơ này thay tôi.")
    press(duc, "Mở để nhận bổ sung")
    expect(duc.get_by_role("alert")).to_contain_text("Chưa có sự đồng ý thì chưa nhập thay được.")
    assert NAME not in duc.inner_text("main")
    sound(duc)
    duc.get_by_label("Ký vào giấy đồng ý").check()
    duc.get_by_label(AGREED).check()
    press(duc, "Mở để nhận bổ sung")
    for told in (NAME, WHY):
        expect(duc.locator("main")).to_contain_text(told)
    sound(duc)
    duc.locator('input[type="file"]').set_input_files(photograph("#efe9d5"))
    press(duc, "Lưu tệp, chưa gửi")
    expect(duc.locator(".given-files")).to_contain_text("hop dong thue nha.jpg")
    photographed(duc, "neighbour_supplement")
    sound(duc)
    press(duc, "Gửi phần bổ sung")
    expect(duc.locator(".messages")).to_contain_text("Đã gửi phần bổ sung. Thời hạn giải quyết tính tiếp từ bây giờ.")
    sound(duc)
    assert kind_of(duc, duc.get_by_role("link", name="Giấy tiếp nhận hồ sơ và hẹn trả kết quả").last) == PDF
    assert agreed(town, code, "supplement") == ("written", True, None)


def photographed(page: Page, name: str) -> None:
    """For whoever looks at the pages: KENG_PICTURES names a folder."""
    if folder := os.environ.get("KENG_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def sees_it_all(phone: Page, town: Town, code: str) -> None:
    """By e-identity, on somebody's phone: the dossier, that it is done, who looked."""
    phone.goto(f"{town.server.my}/dossiers/{code}")
    signs_in(phone, town.server, "sua")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Đăng ký tạm trú")
    expect(phone.locator(".card.glad")).to_contain_text("Đã trả kết quả ngày")
    expect(phone.locator("ol.line")).to_contain_text("Đã bổ sung, thời hạn chạy tiếp")
    sound(phone)
    phone.get_by_role("link", name="Xem tất cả lượt xem").click()
    looks = town.looks(code)
    assert looks
    expect(phone.locator(".look", has_text=code)).to_have_count(len(looks))
    assert [office for office, reason, _verb in looks if reason == "supplement"] == [CENTRE]
    for office, _reason, _verb in looks:
        expect(phone.locator(".look", has_text=code).filter(has_text=office).first).to_be_visible()
    sound(phone)


def withdraws(phone: Page, town: Town, code: str) -> None:
    """In one step, at once."""
    phone.goto(town.server.my)
    phone.get_by_role("link", name="Đồng ý").click()
    expect(phone.locator(".consent", has_text=code)).to_have_count(2)
    given = phone.locator(".consent", has_text="Cán bộ nộp hồ sơ thay tôi.").filter(has_text=code)
    expect(given).to_contain_text("nói trước cán bộ")
    sound(phone)
    given.get_by_role("button", name="Rút lại").click()
    expect(phone.locator("main")).to_contain_text("Từ bây giờ không ai dùng vào việc đó nữa.")
    expect(phone.locator(".consent", has_text=code)).to_have_count(1)
    sound(phone)
    assert agreed(town, code, "assisted")[2]


def test_c3_an_officer_files_for_a_neighbour_without_a_phone_whose_own_page_has_it_later(
    town: Town, new_phone: NewPage, new_screen: NewPage
) -> None:
    mai = town.officer(new_screen, "mai")
    begins(mai, town)
    fills_in(mai)
    code = files(mai, town)
    moves_on(here(mai, town, code))
    khoa = town.officer(new_screen, "khoa")
    police_asks(khoa, town, code)
    duc = town.officer(new_screen, "duc")
    comes_again(duc, town, code)
    town.find(khoa, code)
    decides(khoa)
    # Back at the counter where she will fetch it, anybody on duty hands it out.
    hands_out(duc, town, code)

    phone = new_phone()
    sees_it_all(phone, town, code)
    withdraws(phone, town, code)
