"""Errands 6 to 9 of docs/using/officer.md, each by other officers: with somebody who came, with the office above, with colleagues."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from keng.mailbox import sealing
from tests.e2e.conftest import NewPage
from tests.e2e.errands.conftest import PDF, Post, move, press, sound
from tests.e2e.officers_stage import FETCHED, NewScreen

TOLD = "Anh ấy thấy ba người khiêng súng săn vào rừng chiều hôm qua."
NAME = "Vàng A Của"


def today() -> date:
    """At the post."""
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def test_6_mai_enters_what_a_visitor_says_gives_the_slip_and_tells_the_result_in_time(
    post: Post, new_screen: NewScreen, new_phone: NewPage
) -> None:
    mai = post.at(new_screen, "mai")
    mai.get_by_role("link", name="Nhập tin giúp dân").click()
    mai.get_by_label("Hộp thư", exact=True).select_option(label="Đồn Biên phòng Na Cô Sa")
    mai.get_by_label("Trực tiếp").or_(mai.locator("[name=channel][value=in_person]")).first.check()
    mai.get_by_label("Ghi đúng lời người báo").fill(TOLD)
    mai.get_by_label("Người báo để lại tên").check()
    mai.get_by_label("Họ và tên").fill(NAME)
    mai.get_by_label("Người báo xin giữ kín tên").check()
    mai.get_by_label("Mã ngắn trên áp phích").fill(post.known["code"])
    sound(mai)
    press(mai, "Khoá tin và lưu")
    mai.wait_for_selector("#receipt")
    receipt = re.sub(r"\D", "", mai.inner_text("#receipt"))
    expect(mai.get_by_role("button", name="In giấy")).to_be_visible()
    sound(mai)

    mai.get_by_role("link", name="Về hộp thư").click()
    post.unlock(mai)
    mai.click(f'[data-thread="{sealing.derive(receipt).thread}"]')
    expect(mai.locator(".title-row")).to_contain_text("Có tên")
    expect(mai.locator(".reporter")).to_contain_text("Có kết quả thì báo cho người báo biết.")
    move(mai, "Bắt đầu xác minh")
    expect(mai.locator(".moves").get_by_role("button", name="Đã xử lý xong", exact=True)).to_be_visible()
    mai.get_by_label("Trả lời").fill("Đồn đã thu ba khẩu súng săn, cảm ơn anh.")
    press(mai, "Gửi")
    expect(mai.locator("article.report")).to_contain_text("Đồn đã thu ba khẩu")
    move(mai, "Đã xử lý xong")
    expect(mai.locator(".reporter")).to_contain_text("Báo kết quả cho người báo trước hết ngày")
    sound(mai)
    press(mai, "Đã báo kết quả")
    expect(mai.locator(".reporter")).to_contain_text("Đã báo kết quả cho người báo ngày")

    phone = new_phone()
    phone.goto(f"{post.server.public}/r")
    phone.get_by_label("Mã của bà con").fill(receipt)
    phone.get_by_role("button", name="Mở", exact=True).click()
    expect(phone.locator("main")).to_contain_text("Đồn đã thu ba khẩu súng săn")
    assert NAME.encode() not in post.everything_stored()


def test_7_tung_passes_a_report_up_and_later_sees_what_the_province_made_of_it(
    post: Post, new_screen: NewScreen
) -> None:
    tung = post.at(new_screen, "tung")
    post.open(tung, "lorry")
    move(tung, "Bắt đầu xác minh")
    press(tung, "Chuyển tiếp")
    dialog = tung.get_by_role("dialog")
    expect(dialog).to_contain_text("Khoá đã kiểm")
    sound(tung)
    dialog.get_by_role("button", name="Chuyển đến Công an tỉnh Điện Biên").click()
    expect(tung.get_by_text("Đã chuyển tin đến Công an tỉnh Điện Biên.").first).to_be_visible()

    dung = post.at(new_screen, "dung")
    post.open(dung, "lorry")
    expect(dung.locator("article.report")).to_contain_text("Xe tải chở người đi trong đêm")
    sound(dung)
    move(dung, "Bắt đầu xác minh")
    dung.locator(".kinds").get_by_role("button", name="Nạn nhân được giúp").click()
    dung.get_by_label("Số lượng").fill("4")
    dung.locator("#save-outcome").click()
    expect(dung.locator(".outcomes .line")).to_have_count(1)
    move(dung, "Đã xử lý xong")

    tung.reload()
    post.unlock(tung)
    news = tung.get_by_role("button", name=re.compile("Cấp trên có tin mới"))
    expect(news.locator("b")).to_have_text("1")
    news.click()
    expect(tung.locator(".item")).to_have_count(1)
    expect(post.row(tung, "lorry")).to_contain_text("Công an tỉnh Điện Biên: đã xử lý")
    post.row(tung, "lorry").locator(".item").click()
    expect(tung.locator(".side")).to_contain_text("4 người được giúp")
    sound(tung)
    assert "Xe tải" not in tung.locator("article.report").inner_text()


def test_8_giong_hands_the_shift_to_phong_who_takes_it_and_the_minutes_print(post: Post, new_screen: NewScreen) -> None:
    giong = post.at(new_screen, "giong")
    post.go(giong, "Sổ tin")
    giong.get_by_role("navigation", name="Sổ tin").get_by_role("link", name="Bàn giao").click()
    giong.get_by_role("link", name=re.compile("Bàn giao ca")).first.click()
    giong.get_by_label("Bàn giao cho").select_option(label="Cà Văn Phong (phong)")
    for name in ("fence", "shop"):
        expect(giong.get_by_role("row", name=post.number(name))).to_be_visible()
    sound(giong)
    press(giong, "Đề nghị bàn giao")
    expect(giong.locator("main")).to_contain_text("Chờ đồng chí Cà Văn Phong nhận")

    phong = post.at(new_screen, "phong")
    offered = phong.get_by_role("button", name=re.compile("Chờ tôi nhận"))
    expect(offered).not_to_have_class(re.compile("none"))
    offered.click()
    phong.get_by_role("link", name="Mở trang bàn giao").click()
    phong.get_by_role("link", name="Xem và nhận").click()
    expect(phong.locator("main")).to_contain_text(post.number("shop"))
    sound(phong)
    phong.get_by_role("button", name=re.compile(r"^Nhận \d+ tin$")).click()
    expect(phong.locator("main .state.good").first).to_have_text("đã nhận")
    minutes = phong.get_by_role("link", name="In biên bản (PDF)").get_attribute("href")
    assert phong.evaluate(FETCHED, minutes) == PDF
    sound(phong)
    giong.reload()
    giong_prints = giong.get_by_role("link", name="In biên bản (PDF)").get_attribute("href")
    assert giong.evaluate(FETCHED, giong_prints) == PDF
    post.go(phong, "Tin báo")
    post.unlock(phong)
    phong.get_by_role("button", name=re.compile("Của tôi")).click()
    for name in ("fence", "shop"):
        expect(post.row(phong, name).locator(".assigned")).to_have_text("Văn Phong")


def test_9_hanh_goes_on_leave_and_say_who_stands_in_finds_the_work_among_their_own(
    post: Post, new_screen: NewScreen
) -> None:
    say = post.at(new_screen, "say")
    mine = say.get_by_role("button", name=re.compile("Của tôi"))
    expect(mine.locator("b")).to_have_text("0")

    hanh = post.at(new_screen, "hanh")
    post.go(hanh, "Sổ tin")
    hanh.get_by_role("navigation", name="Sổ tin").get_by_role("link", name="Lịch vắng").click()
    hanh.get_by_role("link", name="Ghi lịch vắng").first.click()
    expect(hanh.get_by_label("Từ ngày")).to_have_value(today().isoformat())
    hanh.get_by_label("Đến hết ngày").fill((today() + timedelta(days=3)).isoformat())
    hanh.get_by_label("Người trực thay").select_option(label="Vừ A Say (say)")
    sound(hanh)
    press(hanh, "Ghi")
    expect(hanh.locator("table.calendar")).to_contain_text("Vừ A Say")
    sound(hanh)

    say.reload()
    post.unlock(say)
    expect(mine.locator("b")).to_have_text("1")
    mine.click()
    expect(post.row(say, "field")).to_contain_text("bãi ngô bị nhổ trộm")
    expect(post.row(say, "field").locator(".assigned")).to_have_text("Văn Hạnh")
    sound(say)
