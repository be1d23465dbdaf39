"""A new officer's ten minutes: led through an invented report from unlocking to closing, on the real pages."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.desk.conftest import NewScreen, Office
from tests.e2e.reporter_stage import violations
from tests.e2e.server import Server

PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A post with a box for training, in which nothing lies yet."""
    server = Server(tmp_path_factory.mktemp("post") / "var").prepare()
    printed = server.python("import sys; sys.path.insert(0, '.')\nfrom tests.desk.training.world import build\nbuild()")
    yield Office(server.start(), json.loads(printed.splitlines()[-1]))
    server.stop()


def card(page: Page) -> Locator:
    return page.locator(".tour-card")


def at_step(page: Page, number: int, title: str) -> None:
    """The card is at this step, and the ring round something that can be seen."""
    expect(card(page).locator("h2")).to_have_text(title)
    expect(card(page).locator(".tour-count")).to_contain_text(f"Bước {number}/12")
    expect(page.locator(".tour-ring")).to_be_visible()


def press_next(page: Page) -> None:
    card(page).get_by_role("button", name="Tiếp").click()


def unlock(post: Office, page: Page) -> None:
    page.fill("#passphrase", post.known["passphrase"])
    page.click("#unlock")


def start(post: Office, page: Page) -> None:
    page.get_by_role("button", name="Tập thử 10 phút").click()
    at_step(page, 1, "Mở khoá")
    unlock(post, page)
    expect(card(page).locator("h2")).not_to_have_text("Mở khoá")


def open_it(page: Page) -> None:
    """The row is where the keyboard is already."""
    at_step(page, 2, "Mở tin")
    row = page.locator(".item:focus")
    expect(row).to_contain_text("Trộm cắp")
    expect(row).to_contain_text("Tập huấn")
    row.press("Enter")
    at_step(page, 3, "Đọc tin")


def read_and_answer(page: Page) -> None:
    expect(page.locator(".training-band")).to_contain_text("tin bịa ra để tập")
    expect(page.locator("body.practice")).to_have_count(1)
    expect(card(page).get_by_role("button", name="Tiếp")).to_be_focused()
    page.keyboard.press("Enter")
    at_step(page, 4, "Xem ảnh")
    expect(page.locator(".medium.photo.shown")).to_be_visible()
    press_next(page)
    at_step(page, 5, "Trả lời")
    expect(page.locator("#answer")).to_be_focused()
    page.fill("#answer", "Cảm ơn bà con. Trâu có đeo mõ không?")
    page.click("#send-answer")
    at_step(page, 6, "Ghi chú kín")


def judge(page: Page) -> None:
    page.fill("#note", "Hỏi tổ an ninh bản.")
    page.click("#save-note")
    at_step(page, 7, "Đánh giá")
    page.select_option("#category", "theft")
    page.select_option("#value", "valuable")
    page.select_option("#value-reason", "new_fact")
    page.click("#save-assessment")
    at_step(page, 8, "Bắt đầu xác minh")
    move(page, "verifying")


def move(page: Page, to: str) -> None:
    page.click(f"[data-to={to}]")
    page.click("#confirm-move")


def finish(page: Page) -> None:
    at_step(page, 9, "Ghi kết quả đếm được")
    page.click('.kind[data-kind="arrest"]')
    page.click("#save-outcome")
    at_step(page, 10, "Báo kết quả")
    move(page, "acted_on")
    at_step(page, 11, "In hồ sơ ban đầu")
    press_next(page)
    at_step(page, 12, "Đóng tin")
    move(page, "closed")
    expect(card(page).locator("h2")).to_have_text("Xong, đồng chí đã đi hết một tin")


def test_the_whole_tour_from_unlocking_to_a_closed_report_with_an_outcome(post: Office, new_screen: NewScreen) -> None:
    page = post.enter(new_screen, "hoa")
    start(post, page)
    open_it(page)
    read_and_answer(page)
    judge(page)
    finish(page)
    expect(card(page)).to_contain_text("Có bà con thật đang chờ")
    expect(card(page).get_by_role("button", name="Xong")).to_be_focused()
    page.keyboard.press("Enter")
    expect(card(page)).to_have_count(0)
    expect(page.locator(".tour-ring")).to_have_count(0)
    [(state, box)] = post.rows(
        "SELECT t.state, b.slug FROM mailbox_thread t JOIN mailbox_box b ON b.id = t.box_id WHERE t.state <> 'received'"
    )
    assert (state, box) == ("closed", post.known["box"])
    assert post.rows("SELECT kind, CAST(quantity AS INTEGER) FROM desk_outcome") == [("arrest", 1)]


def test_esc_leaves_and_the_next_time_goes_on_from_there(post: Office, new_screen: NewScreen) -> None:
    page = post.enter(new_screen, "nam")
    start(post, page)
    open_it(page)
    read_and_answer(page)
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    expect(page.locator("article.report")).to_be_visible()  # the report stays: only the tour is left
    page.get_by_role("button", name="Tập thử 10 phút").click()
    at_step(page, 6, "Ghi chú kín")
    page.reload()
    start(post, page)
    expect(card(page).locator("h2")).to_have_text("Ghi chú kín")
    answers = post.rows("SELECT COUNT(*) FROM mailbox_part WHERE direction = 'officer'")
    judge(page)
    at_step(page, 9, "Ghi kết quả đếm được")
    assert post.rows("SELECT COUNT(*) FROM mailbox_part WHERE direction = 'officer'") == answers
    page.get_by_role("button", name="Khoá lại").click()
    at_step(page, 1, "Mở khoá")
    assert "Đây là tin để tập" not in page.content()


def test_the_keyboard_goes_to_the_reports_row_however_long_the_list_takes(post: Office, new_screen: NewScreen) -> None:
    page = post.enter(new_screen, "hoa")
    held: list[Route] = []
    page.route("**/mailbox/api/threads?*", lambda route: held.append(route))
    start(post, page)
    at_step(page, 2, "Mở tin")
    page.wait_for_timeout(600)
    for route in held:
        route.continue_()
    page.unroute("**/mailbox/api/threads?*")
    open_it(page)


def test_on_a_phone_the_card_lies_below_and_nothing_is_wider_than_the_screen(
    post: Office, new_screen: NewScreen
) -> None:
    page = post.enter(new_screen, "hoa", viewport=PHONE)
    start(post, page)
    open_it(page)
    box = card(page).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["y"] > PHONE["height"] / 2
    assert abs(box["y"] + box["height"] - PHONE["height"]) < 16
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    press_next(page)
    at_step(page, 4, "Xem ảnh")
    ring = page.locator(".tour-ring").bounding_box()
    assert ring is not None
    assert ring["y"] < box["y"]


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_the_offer_and_on_a_step(post: Office, new_screen: NewScreen, width: int) -> None:
    page = post.enter(new_screen, "nam", viewport={"width": width, "height": 760}, bypass_csp=True)
    page.wait_for_selector(".tour-start")
    assert violations(page) == []
    start(post, page)
    expect(page.locator(".tour-ring")).to_be_visible()
    assert violations(page) == []


def test_the_tour_speaks_english(post: Office, new_screen: NewScreen) -> None:
    page = post.enter(new_screen, "hoa")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": post.server.desk}])
    page.reload()
    page.get_by_role("button", name="Try it, 10 minutes").click()
    expect(card(page)).to_contain_text("Step 1 of 12, about 10 minutes left")
    expect(card(page)).to_contain_text("Type your six words and press Unlock.")


def test_an_officer_without_a_training_box_is_offered_no_tour(post: Office, new_screen: NewScreen) -> None:
    page = post.enter(new_screen, "dung")
    page.wait_for_selector("#passphrase")
    expect(page.get_by_role("button", name="Tập thử 10 phút")).to_have_count(0)
