"""Lò Thị Bình registers her temporary residence from a phone, and the commune works on it: each step on her page, each look told (C1)."""

import io
import re
from urllib.parse import unquote_plus

from PIL import Image
from playwright.sync_api import Page, Request, expect

from tests.e2e.conftest import NewPage
from tests.e2e.errands.conftest import PDF
from tests.e2e.services.conftest import Town, kind_of, press, signs_in, sound

NAME, NUMBER = "Lò Thị Bình", "011192000231"
ADDRESS = "Nhà bà Lò Thị Panh, bản Noong Hẹt"
CENTRE, POLICE = "Trung tâm Phục vụ hành chính công xã Thanh Yên", "Công an xã Thanh Yên"
STEPS = [
    "Đã nộp",
    "Yêu cầu bổ sung, thời hạn tạm dừng",
    "Đã bổ sung, thời hạn chạy tiếp",
    "Tiếp nhận, bắt đầu tính thời hạn",
    "Sang bước tiếp theo: Thẩm tra, xác minh nơi tạm trú",
    "Sang bước tiếp theo: Duyệt, cập nhật và trả kết quả",
    "Có kết quả",
]
WHAT = {"procedures.dossier.read": "Xem hồ sơ", "procedures.file.read": "Mở tệp"}
REASONS = {"taken": "đang xử lý hồ sơ", "counter": "người dân hỏi tại quầy"}
WHY = "Ảnh mờ, chưa đọc được tên chủ nhà"


def photograph(shade: str = "#b9ad86") -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), shade).save(out, "JPEG", quality=80)
    return {"name": "hop dong thue nha.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def result() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "#ffffff").save(out, "PDF")
    return {"name": "thong bao ket qua.pdf", "mimeType": "application/pdf", "buffer": out.getvalue()}


def finds(phone: Page, town: Town) -> None:
    """From what happened at home, by links alone, to the button that files."""
    phone.goto(town.server.public)
    phone.get_by_role("link", name="Dịch vụ công").first.click()
    sound(phone)
    phone.get_by_role("link", name="Chuyển nơi ở").click()
    sound(phone)
    phone.get_by_role("link", name=re.compile("^Đăng ký tạm trú")).click()
    sound(phone)
    phone.get_by_label(re.compile("Tên xã của bà con")).fill("thanh yen dien bien")
    press(phone, "Xem")
    expect(phone.locator("main")).to_contain_text(POLICE)
    phone.get_by_role("link", name="Nộp trực tuyến").click()


def has(request: Request, path: str, typed: str) -> bool:
    return path in request.url and typed in unquote_plus(request.post_data or "")


def goes_on(phone: Page) -> None:
    press(phone, "Lưu và đi tiếp")


def fills_in(phone: Page) -> None:
    sound(phone)
    press(phone, "Bắt đầu điền")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Nộp cho xã, phường nào?")
    sound(phone)
    phone.get_by_label("Xã, phường", exact=True).select_option(label="Xã Thanh Yên")
    press(phone, "Đi tiếp")

    expect(phone.get_by_role("heading", level=1)).to_have_text("Người đăng ký")
    expect(phone.get_by_label("Họ, chữ đệm và tên")).to_have_value(NAME)
    phone.get_by_label("Nữ").check()
    expect(phone.get_by_label("Số định danh cá nhân")).to_have_value(NUMBER)
    phone.get_by_label("Số điện thoại liên hệ").fill("0912345678")
    sound(phone)
    goes_on(phone)

    expect(phone.get_by_role("heading", level=1)).to_have_text("Nơi tạm trú")
    phone.get_by_label("Nơi thường trú hiện nay").fill("Bản Huổi Lóng, xã Mường Nhà")
    # The page saves itself a moment after each pause: the answer to the saving that has this in it.
    with phone.expect_response(lambda answer: has(answer.request, "/api/drafts/", ADDRESS)) as saved:
        phone.get_by_label("Địa chỉ tạm trú").fill(ADDRESS)
    assert saved.value.ok
    phone.reload()
    expect(phone.get_by_label("Địa chỉ tạm trú")).to_have_value(ADDRESS)
    phone.get_by_label("Ở từ ngày").fill("20/11/2026")
    phone.get_by_label("Dự định ở bao nhiêu tháng").fill("12")
    phone.locator('[name="place"][value="rented"]').check()
    phone.get_by_label("Họ và tên hoặc tên cơ quan").fill("Lò Thị Panh")
    phone.locator('[name="host.phone"]').fill("0987654321")
    phone.locator('[name="host_agrees"][value="yes"]').check()
    phone.locator('[name="reason"][value="work"]').check()
    sound(phone)
    goes_on(phone)

    expect(phone.get_by_role("heading", level=1)).to_have_text("Người cùng đến ở")
    phone.locator('[name="joins"][value="no"]').check()
    phone.wait_for_load_state()  # the page before may have been saving itself still when it was sent off
    if not phone.locator('[name="members.0.name"]').count():
        press(phone, "Thêm người")
    phone.locator('[name="members.0.name"]').fill("Lò Văn Tí")
    phone.locator('[name="members.0.born"]').fill("01/06/2019")
    phone.locator('[name="members.0.sex"][value="male"]').check()
    phone.locator('[name="members.0.relation"]').fill("con")
    sound(phone)
    goes_on(phone)

    expect(phone.get_by_role("heading", level=1)).to_have_text("Giấy tờ")
    phone.locator("#f-proof").set_input_files(photograph())
    expect(phone.locator(".given")).to_contain_text("hop dong thue nha.jpg")
    phone.locator('[name="pledge"]').check()
    sound(phone)
    goes_on(phone)


def sends(phone: Page) -> str:
    """Looks over, sends; returns the code."""
    expect(phone.get_by_role("heading", level=1)).to_have_text("Xem lại rồi nộp")
    for told in (ADDRESS, "Lò Văn Tí", "hop dong thue nha.jpg"):
        expect(phone.locator("main")).to_contain_text(told)
    sound(phone)
    press(phone, "Nộp hồ sơ")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Đã nộp hồ sơ")
    expect(phone.locator(".note")).to_contain_text("sau 3 ngày làm việc")
    sound(phone)
    return phone.locator(".big-code").inner_text()


def passes(phone: Page, town: Town, code: str) -> Page:
    """The dossier's own page, by the list that she comes to."""
    phone.goto(town.server.my)
    sound(phone)
    phone.locator(".rowlink", has_text=code).click()
    expect(phone.locator("main")).to_contain_text(code)
    sound(phone)
    return phone


def answers(phone: Page, town: Town, code: str) -> None:
    """She is told what is lacking, by whom and until when, and gives it once."""
    phone.goto(town.server.my)
    expect(phone.locator(".news")).to_contain_text("bổ sung")
    phone.locator(".todo.waiting", has_text=code).click()
    expect(phone.locator("main")).to_contain_text(WHY)
    sound(phone)
    phone.locator('input[type="file"]').set_input_files(photograph("#efe9d5"))
    press(phone, "Gửi phần bổ sung")
    expect(phone.locator("main")).to_contain_text(code)
    sound(phone)


def receipt(phone: Page, town: Town, code: str) -> None:
    """Slip 01 on her page; anybody may ask by its code whether it is genuine; and how far it is, without signing in."""
    passes(phone, town, code)
    expect(phone.locator(".note")).to_contain_text("Hẹn trả kết quả")
    slip = phone.locator("a", has_text="Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
    assert kind_of(phone, slip) == PDF
    number = (slip.get_attribute("href") or "").rpartition("/")[2].removesuffix(".pdf")
    phone.goto(f"{town.server.public}/verify/{number}")
    sound(phone)
    expect(phone.locator("main")).to_contain_text(CENTRE)
    assert NAME not in phone.inner_text("main")
    phone.goto(f"{town.server.public}/services/status")
    phone.get_by_label("Mã hồ sơ").fill(code)
    phone.get_by_label("Bốn số cuối").fill(NUMBER[-4:])
    press(phone, "Xem")
    expect(phone.locator("main")).to_contain_text("Đã tiếp nhận, đang giải quyết.")
    assert NAME not in phone.inner_text("main")
    sound(phone)


def finish(khoa: Page, town: Town, code: str, told: str = ADDRESS) -> None:
    """The commune's police: takes it, has it approved, writes down the result with its paper."""
    town.find(khoa, code)
    sound(khoa)
    press(khoa, "Nhận xử lý")
    expect(khoa.locator("main")).to_contain_text(told)
    decides(khoa)


def decides(khoa: Page) -> None:
    for step in ("Chuyển bước", "Ghi kết quả"):
        khoa.get_by_role("link", name=step).click()
        if step == "Ghi kết quả":
            khoa.get_by_label("Tệp kết quả").set_input_files(result())
        sound(khoa)
        press(khoa, step)
        khoa.wait_for_load_state()
        sound(khoa)


def who_looked(phone: Page, town: Town, code: str) -> None:
    """Each entry of the ledger about it is on her page and nothing else: the office and the reason, nobody's name."""
    phone.goto(town.server.my)
    phone.get_by_role("link", name="Ai đã xem").first.click()
    sound(phone)
    shown = [
        one.split("\n")[0] + " | " + saying(one) for one in phone.locator(".look", has_text=code).all_inner_texts()
    ]
    looks = town.looks(code)
    assert sorted(shown) == sorted(f"{office} | {WHAT[verb]}: {REASONS[reason]}" for office, reason, verb in looks)
    assert sorted(reason for _office, reason, _verb in looks) == ["counter", "taken", "taken", "taken"]
    for officer in ("Lò Thị Mai", "Quàng Văn Đức", "Cà Văn Khoa"):
        assert officer not in phone.inner_text("main")


def saying(look: str) -> str:
    return next(re.sub(" “.*”", "", line) for line in look.split("\n") if ": " in line)


def centre_asks(mai: Page, town: Town, code: str) -> None:
    """The centre: nothing of hers is open before somebody takes it; then one request, for all that is lacking."""
    town.find(mai, code)
    sound(mai)
    assert NAME not in mai.inner_text("main")
    press(mai, "Nhận xử lý")
    for told in (NAME, "Lò Văn Tí"):
        expect(mai.locator("main")).to_contain_text(told)
    sound(mai)
    assert kind_of(mai, mai.locator(".papers a").first)[0] == "image/jpeg"
    mai.get_by_role("link", name="Yêu cầu bổ sung").click()
    mai.get_by_label("Giấy tờ, tài liệu chứng minh chỗ ở hợp pháp").check()
    mai.locator(".line", has_text="chứng minh chỗ ở").get_by_label("Vì sao").fill(WHY)
    sound(mai)
    press(mai, "Yêu cầu bổ sung")
    expect(mai.locator(".messages")).to_contain_text("Đồng hồ tạm dừng")
    sound(mai)


def centre_accepts(mai: Page, town: Town, code: str) -> None:
    town.find(mai, code)
    press(mai, "Tiếp nhận")
    expect(mai.locator(".messages")).to_contain_text("Đồng hồ bắt đầu chạy")
    sound(mai)


def colleague_looks(duc: Page, town: Town, code: str) -> None:
    """Somebody at the counter who does not work on it says why first."""
    town.find(duc, code)
    expect(duc.locator("main")).not_to_contain_text(NAME)
    duc.get_by_label("Lý do xem").select_option(label="người dân hỏi tại quầy")
    press(duc, "Xem dữ liệu")
    expect(duc.locator("main")).to_contain_text(NAME)
    sound(duc)


def moves_on(mai: Page) -> None:
    mai.get_by_role("link", name="Chuyển bước").click()
    sound(mai)
    press(mai, "Chuyển bước")
    mai.wait_for_load_state()
    sound(mai)


def hands_out(khoa: Page, town: Town, code: str) -> None:
    town.find(khoa, code)
    press(khoa, "Trả kết quả")
    expect(khoa.locator(".messages")).to_contain_text("Đã trả kết quả")
    sound(khoa)


def test_c1_a_resident_files_from_a_phone_and_sees_each_step_and_each_look(
    town: Town, new_phone: NewPage, new_screen: NewPage
) -> None:
    phone = new_phone()
    finds(phone, town)
    signs_in(phone, town.server, "binh")
    fills_in(phone)
    code = sends(phone)
    passes(phone, town, code)
    expect(phone.locator("main")).to_contain_text("Chưa cán bộ nào mở dữ liệu của hồ sơ này.")

    mai = town.officer(new_screen, "mai")
    centre_asks(mai, town, code)
    answers(phone, town, code)
    centre_accepts(mai, town, code)
    colleague_looks(town.officer(new_screen, "duc"), town, code)
    moves_on(mai)
    receipt(phone, town, code)

    khoa = town.officer(new_screen, "khoa")
    finish(khoa, town, code)
    passes(phone, town, code)
    expect(phone.locator(".card.glad")).to_contain_text(f"Bản giấy nhận tại {POLICE}")
    assert kind_of(phone, phone.locator(".card.glad a").first) == PDF
    assert phone.locator("ol.line li b").all_inner_texts() == STEPS
    hands_out(khoa, town, code)
    passes(phone, town, code)
    expect(phone.locator(".card.glad")).to_contain_text("Đã trả kết quả ngày")
    who_looked(phone, town, code)
