"""Errands 1 to 5 of docs/using/officer.md, each by another officer: what is done with reports at the mailbox itself."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.desk.conftest import save_assessment
from tests.e2e.errands.conftest import Post, move, press, sound
from tests.e2e.officers_stage import NewScreen

ARREST, CASE, OPIUM = "Người bị bắt giữ", "Vụ việc khác", "Thuốc phiện"


def figure(page: Page, title: str) -> float:
    """The number of an outcome on the page of figures; 0 where nothing was counted yet."""
    one = page.locator(".results li", has_text=title)
    return float(one.locator("b").inner_text().replace(".", "").replace(",", ".")) if one.count() else 0


def count(page: Page, kind: str, *, quantity: str = "1") -> None:
    lines = page.locator(".outcomes .line")
    before = lines.count()
    page.locator(".kinds").get_by_role("button", name=kind, exact=True).click()
    page.get_by_label("Số lượng").fill(quantity)
    page.locator("#save-outcome").click()
    expect(lines).to_have_count(before + 1)


def test_1_on_the_first_day_hoa_practises_a_whole_report_and_no_figure_nor_register_knows_of_it(
    post: Post, new_screen: NewScreen
) -> None:
    hoa = post.enter(new_screen, "hoa", bypass_csp=True)
    before = post.rows(
        "SELECT COUNT(*) FROM desk_registerentry r JOIN mailbox_box b ON b.id = r.box_id WHERE NOT b.training"
    )
    press(hoa, "Tập thử 10 phút")
    hoa.get_by_label("Sáu từ").or_(hoa.locator("#passphrase")).first.fill(post.known["passphrase"])
    press(hoa, "Mở khoá")
    card = hoa.locator(".tour-card")
    at = card.locator("h2")
    expect(at).to_have_text("Mở tin")
    sound(hoa)
    expect(hoa.locator(".item:focus")).to_have_count(1)  # once the list has come
    hoa.keyboard.press("Enter")
    for title in ("Đọc tin", "Xem ảnh"):
        expect(at).to_have_text(title)
        press(hoa, "Tiếp")
    hoa.get_by_label("Trả lời").fill("Cảm ơn bà con. Trâu có đeo mõ không?")
    press(hoa, "Gửi")
    expect(at).to_have_text("Ghi chú kín")
    hoa.get_by_label("Ghi chú kín").fill("Hỏi tổ an ninh bản.")
    press(hoa, "Lưu ghi chú")
    expect(at).to_have_text("Đánh giá")
    hoa.get_by_label("Loại tin").select_option(label="Trộm cắp tài sản")
    hoa.get_by_label("Giá trị của tin").select_option(label="Có giá trị")
    hoa.get_by_label("Vì sao").select_option(label="Việc mới, chưa ai biết")
    press(hoa, "Lưu đánh giá")
    expect(at).to_have_text("Bắt đầu xác minh")
    move(hoa, "Bắt đầu xác minh")
    expect(at).to_have_text("Ghi kết quả đếm được")
    count(hoa, "Bắt giữ")
    expect(at).to_have_text("Báo kết quả")
    move(hoa, "Đã xử lý xong")
    expect(at).to_have_text("In hồ sơ ban đầu")
    press(hoa, "Tiếp")
    move(hoa, "Đóng tin")
    expect(at).to_have_text("Xong, đồng chí đã đi hết một tin")
    sound(hoa)
    card.get_by_role("button", name="Xong", exact=True).click()
    after = post.rows(
        "SELECT COUNT(*) FROM desk_registerentry r JOIN mailbox_box b ON b.id = r.box_id WHERE NOT b.training"
    )
    assert after == before
    practised = post.rows(
        "SELECT o.box_id FROM desk_outcome o JOIN mailbox_box b ON b.id = o.box_id WHERE b.training AND o.kind = 'arrest'"
    )
    assert len(practised) == 1


def test_2_su_begins_the_shift_with_what_must_be_opened_today_which_gets_its_number_is_taken_and_answered(
    post: Post, new_screen: NewScreen
) -> None:
    su = post.at(new_screen, "su")
    tile = su.get_by_role("button", name=re.compile("Cần mở hôm nay"))
    expect(tile.locator("b")).to_have_text("1")
    tile.click()
    row = post.row(su, "morning")
    expect(row).to_contain_text("xe máy không biển số")
    expect(su.locator(".item")).to_have_count(1)
    sound(su)
    row.locator(".item").click()
    expect(su.locator("article.report")).to_contain_text("hai người lạ dắt xe máy")
    expect(su.locator(".meta")).to_contain_text(f"Số {post.number('morning')}.")
    expect(tile.locator("b")).to_have_text("0")
    press(su, "Tôi nhận tin này")
    expect(su.locator(".handled-by")).to_contain_text("Đồng chí đang xử lý tin này.")
    su.get_by_label("Trả lời").fill("Đồn đã nhận tin. Hai người ấy đi về hướng nào?")
    press(su, "Gửi")
    expect(su.locator("article.report")).to_contain_text("Hai người ấy đi về hướng nào?")
    sound(su)
    mine = su.get_by_role("button", name=re.compile("Của tôi"))
    expect(mine.locator("b")).to_have_text("1")
    assert [part.json["kind"] for part in post.answers("morning")] == ["answer"]


def test_3_what_came_of_a_valuable_report_is_exactly_what_the_figures_gain_and_they_open_to_its_lines(
    post: Post, new_screen: NewScreen
) -> None:
    thu = post.at(new_screen, "thu")
    post.go(thu, "Số liệu")
    before = {title: figure(thu, title) for title in (ARREST, CASE, OPIUM)}
    post.go(thu, "Tin báo")
    post.unlock(thu)
    post.open(thu, "hut")
    thu.get_by_label("Loại tin").select_option(label="Ma tuý")
    thu.get_by_label("Giá trị của tin").select_option(label="Có giá trị")
    thu.get_by_label("Vì sao").select_option(label="Việc mới, chưa ai biết")
    save_assessment(thu)
    move(thu, "Bắt đầu xác minh")
    count(thu, "Vụ việc khác")
    count(thu, "Bắt giữ")
    thu.locator(".kinds").get_by_role("button", name="Tang vật").click()
    thu.get_by_label("Loại tang vật").select_option(label="Thuốc phiện")
    thu.get_by_label("Số lượng").fill("350")
    thu.get_by_role("textbox", name="Ghi thêm").fill("Giấu trong ống tre, đã niêm phong.")
    press(thu, "Ghi: 350 gam thuốc phiện")
    expect(thu.locator(".outcomes .line")).to_have_count(3)
    expect(thu.locator(".outcomes")).to_contain_text("Giấu trong ống tre")
    move(thu, "Đã xử lý xong")
    sound(thu)
    assert "Giấu trong ống tre".encode() not in post.everything_stored()

    post.go(thu, "Số liệu")
    assert {title: figure(thu, title) - before[title] for title in before} == {ARREST: 1, CASE: 1, OPIUM: 350}
    sound(thu)
    thu.locator(".results li", has_text=OPIUM).get_by_role("link").click()
    expect(thu.locator("tbody tr", has_text=post.number("hut"))).to_contain_text("350")
    sound(thu)


def test_4_pao_links_two_reports_of_one_theft_and_what_came_of_it_stands_once(
    post: Post, new_screen: NewScreen
) -> None:
    pao = post.at(new_screen, "pao")
    post.open(pao, "bike-too")
    count(pao, "Bắt giữ")
    post.open(pao, "bike")
    press(pao, "Nối với tin khác")
    expect(pao.get_by_label("Trùng: cùng kể một việc")).to_be_checked()
    pao.get_by_label("Tìm tin hoặc gõ số trong sổ").fill(post.number("bike-too"))
    press(pao, f"Nối với tin số {post.number('bike-too')} trong sổ")
    related = pao.locator(".related")
    expect(related).to_contain_text(f"Số {post.number('bike-too')}")
    expect(pao.locator(".outcomes .line")).to_have_text(re.compile("1 người bị bắt giữ"))
    sound(pao)
    related.get_by_role("link").first.click()
    expect(pao.locator("article.report")).to_contain_text("xuống dốc")
    expect(pao.locator(".outcomes .line")).to_have_count(1)
    counted = post.rows(
        "SELECT COUNT(*) FROM desk_outcome o WHERE o.matter_id = (SELECT m.matter_id FROM desk_membership m"
        " JOIN mailbox_thread t ON t.id = m.thread_id WHERE t.key = ?)",
        post.thread("bike"),
    )
    assert counted == [(1,)]


def test_5_chu_marks_three_pranks_and_closes_them_without_touching_the_mouse(post: Post, new_screen: NewScreen) -> None:
    chu = post.at(new_screen, "chu")
    jokes = ("joke-1", "joke-2", "joke-3")
    chu.keyboard.press("/")
    chu.keyboard.type("đùa thôi")
    expect(chu.locator(".item")).to_have_count(3)
    chu.keyboard.press("Escape")
    for at in range(3):  # a report is read before it is judged
        chu.keyboard.press("j")
        chu.keyboard.press("Enter")
        expect(chu.locator("article.report .meta")).to_contain_text("Số 0")
        expect(chu.locator(".state", has_text="Đã mở")).not_to_have_count(at)
        chu.keyboard.press("Escape")
    chu.keyboard.press("*")
    chu.keyboard.press("a")
    expect(chu.locator(".bulk")).to_contain_text("Đã chọn 3 tin")
    tab_to(chu, "Tin đùa")
    chu.keyboard.press("Enter")
    sound(chu)
    tab_to(chu, "Đóng luôn")
    chu.keyboard.press("Enter")
    expect(chu.locator(".list-status")).to_have_text("Đã đánh dấu 3 tin đùa.")
    expect(chu.locator(".item")).to_have_count(0)
    assert [post.state(name) for name in jokes] == ["closed"] * 3
    reasons = post.rows("SELECT COUNT(*) FROM desk_assessment WHERE reason = 'prank' AND value = 'not_valuable'")
    assert reasons == [(3,)]


def tab_to(page: Page, name: str) -> None:
    for _step in range(40):
        if page.evaluate("document.activeElement.textContent") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {name}")
