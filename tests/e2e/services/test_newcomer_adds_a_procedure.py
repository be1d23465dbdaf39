"""An administrator who has only docs/using/administrator.md posts a procedure with its form in one sitting, and a resident files by it.

`Sitting` counts what the guide asks for: presses and things typed. Fifteen minutes are enough for somebody who needs ten seconds for each.
"""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.services.conftest import Town, press, signs_in, sound
from tests.e2e.services.test_resident_story import photograph

CODE, NAME, FORM = "9.000001", "Xác nhận nhà bị sập, hỏng do mưa lũ", "Đơn đề nghị xác nhận nhà bị sập, hỏng"
STEPS = (
    ("Kiểm tra, tiếp nhận", "Trung tâm Phục vụ hành chính công", "4"),
    ("Xác minh, xác nhận", "Nơi giải quyết", "16"),
)
SECONDS_EACH, QUARTER_OF_AN_HOUR = 10, 15 * 60


@dataclass
class Sitting:
    page: Page
    moves: int = 0

    def press(self, name: str | re.Pattern[str], role: str = "button") -> None:
        self.page.get_by_role(role, name=name, exact=isinstance(name, str)).first.click()  # type: ignore[arg-type]
        self.page.wait_for_load_state()
        self.moves += 1

    def type(self, field: str | Locator, text: str) -> None:
        found = self.page.get_by_label(field).first if isinstance(field, str) else field
        found.fill(text)
        self.moves += 1

    def choose(self, field: str | Locator, option: str) -> None:
        found = self.page.get_by_label(field).first if isinstance(field, str) else field
        found.select_option(label=option)
        self.moves += 1

    def tick(self, field: str) -> None:
        self.page.get_by_label(field).first.check()
        self.moves += 1


def makes_the_form(at: Sitting) -> None:
    at.press("Biểu mẫu điện tử", "link")
    at.press("Lập biểu mẫu", "link")
    at.type("Tên biểu mẫu", FORM)
    at.press("Lập bản nháp")
    sound(at.page)
    adds(at, "Chữ, một dòng", "Địa chỉ ngôi nhà")
    adds(at, "Tệp", "Ảnh ngôi nhà")
    at.press("Xong, xem và công bố", "link")
    sound(at.page)
    at.page.locator("summary", has_text="Công bố").click()
    at.moves += 1
    at.press("Đúng, công bố")
    expect(at.page.get_by_role("status")).to_contain_text("Đã công bố.")


def adds(at: Sitting, kind: str, title: str) -> None:
    """A question on the form's second page, which must be answered."""
    sheet = at.page.locator(".sheet").nth(1)
    labels = sheet.locator("select option").all_inner_texts()
    at.choose(sheet.get_by_label("Thêm", exact=True), next(one for one in labels if one.startswith(kind)))
    at.type(sheet.get_by_label("Tên ô"), title)
    sheet.get_by_role("button", name="Thêm vào trang").click()
    at.moves += 1
    at.tick("Bắt buộc")
    sound(at.page)
    at.press("Lưu")


def makes_the_procedure(at: Sitting, town: Town) -> None:
    town.section(at.page, "Thủ tục")
    at.press("Thêm thủ tục", "link")
    sound(at.page)
    at.type("Mã thủ tục", CODE)
    at.type("Tên thủ tục", NAME)
    at.choose("Lĩnh vực", "Bảo trợ xã hội")
    at.tick("Gặp khó khăn, già yếu, khuyết tật")
    at.choose("Nơi giải quyết", "Uỷ ban nhân dân")
    at.choose("Biểu mẫu điện tử", FORM)
    at.press("Thêm, rồi điền tiếp")
    sound(at.page)


def row(at: Sitting, number: int, title: str) -> Locator:
    """That row of the section's table; adds it where it isn't there yet."""
    expect(at.page.get_by_role("heading", level=1)).to_have_text(title)
    rows = at.page.locator("ol.rows > li")
    if rows.count() < number:
        at.press(re.compile(r"^\+ Thêm"))
    return rows.nth(number - 1)


def goes_on(at: Sitting) -> None:
    sound(at.page)
    at.press(re.compile("^Lưu, (sang|về)"))


def fills_in(at: Sitting) -> None:
    """Section by section, by the button that saves and leads to the next."""
    at.type("Cơ quan thực hiện", "Uỷ ban nhân dân cấp xã")
    at.type("Thời hạn giải quyết", "3")
    at.type("Kết quả", "Giấy xác nhận nhà bị sập, hỏng do thiên tai")
    at.choose("Dịch vụ công trực tuyến", "Toàn trình")
    goes_on(at)
    at.choose(row(at, 1, "Cách thức thực hiện").get_by_label("Cách nộp"), "Trực tuyến")
    at.choose(row(at, 2, "Cách thức thực hiện").get_by_label("Cách nộp"), "Trực tiếp tại quầy")
    goes_on(at)
    for number, (title, office, hours) in enumerate(STEPS, 1):
        one = row(at, number, "Trình tự thực hiện")
        at.type(one.get_by_label("Bước", exact=False).first, title)
        at.choose(one.get_by_label("Ai làm"), office)
        at.type(one.get_by_label("Giờ làm việc"), hours)
    goes_on(at)
    one = row(at, 1, "Thành phần hồ sơ")
    at.type(one.get_by_label("Giấy tờ").first, "Ảnh ngôi nhà bị sập, hỏng")
    at.choose(one.get_by_label("Ô tệp trong biểu mẫu"), "Ảnh ngôi nhà")
    goes_on(at)
    goes_on(at)  # nothing is charged
    one = row(at, 1, "Căn cứ pháp lý")
    at.type(one.get_by_label("Văn bản"), "Luật Phòng, chống thiên tai")
    goes_on(at)
    goes_on(at)  # no paper form


def posts(at: Sitting) -> None:
    expect(at.page.locator("main")).to_contain_text("Đã đủ các mục bắt buộc.")
    sound(at.page)
    at.press("Công bố…", "link")
    expect(at.page.locator("main")).to_contain_text(f"Biểu mẫu điện tử: {FORM}, bản số 1.")
    sound(at.page)
    at.press("Công bố")
    expect(at.page.locator(".messages")).to_contain_text("Đã công bố.")
    sound(at.page)


def files_by_it(phone: Page, town: Town) -> None:
    """A resident finds it by what happened to them, and sends it in."""
    phone.goto(f"{town.server.public}/services?q=nha+sap+mua+lu")
    phone.get_by_role("link", name=re.compile(f"^{NAME}")).click()
    sound(phone)
    phone.get_by_role("link", name="Nộp trực tuyến").click()
    signs_in(phone, town.server, "denh")
    press(phone, "Bắt đầu điền")
    phone.get_by_label("Xã, phường", exact=True).select_option(label="Xã Thanh Yên")
    press(phone, "Đi tiếp")
    expect(phone.get_by_label("Họ, chữ đệm và tên")).to_have_value("Giàng A Dếnh")
    phone.get_by_label("Số điện thoại").fill("0912345678")
    press(phone, "Lưu và đi tiếp")
    phone.get_by_label("Địa chỉ ngôi nhà").fill("Bản Hạ, cạnh suối")
    phone.locator('input[type="file"]').set_input_files(photograph())
    expect(phone.locator(".given")).to_contain_text("hop dong thue nha.jpg")
    phone.locator('[name="pledge"]').check()
    sound(phone)
    press(phone, "Lưu và đi tiếp")
    press(phone, "Nộp hồ sơ")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Đã nộp hồ sơ")
    expect(phone.locator(".note")).to_contain_text("sau 3 ngày làm việc")


def test_a_newcomer_posts_a_procedure_with_its_form_and_a_resident_files_by_it(
    town: Town, new_phone: NewPage, new_screen: NewPage
) -> None:
    at = Sitting(town.officer(new_screen, "ngoc"))
    town.section(at.page, "Thủ tục")
    sound(at.page)
    makes_the_form(at)
    makes_the_procedure(at, town)
    fills_in(at)
    posts(at)
    assert at.moves * SECONDS_EACH <= QUARTER_OF_AN_HOUR, at.moves
    files_by_it(new_phone(), town)
