"""Other ways in: an officer enters a report for a person, who reads the answer with the slip; a suggestion is answered for all to read."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from keng.mailbox import sealing
from tests.e2e.conftest import NewPage
from tests.e2e.desk.conftest import NewScreen, Office, frame
from tests.e2e.desk.ways_world import ALLOWED, SUGGESTIONS
from tests.e2e.desk.world import photo
from tests.e2e.reporter_stage import fits, violations
from tests.e2e.server import Server

NAME, CONTACT, PAPER = "Vàng A Páo", "0912 345 678, bản Na Cô Sa 2", "CCCD 011090001234"
TOLD = "Tối qua ba người lạ gùi hàng qua suối, đi về phía biên giới."
DIGITS = re.compile(r"(?:\d{4}\s*){6}")


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    server = Server(tmp_path_factory.mktemp("ways") / "var").prepare()
    printed = server.python("import sys; sys.path.insert(0, '.')\nfrom tests.e2e.desk.ways_world import build\nbuild()")
    yield Office(server.start(), json.loads(printed.splitlines()[-1]))
    server.stop()


def entry(ways: Office, new_screen: NewScreen, **options: object) -> Page:
    """The page for entering, signed in; it needs no passphrase, for sealing takes no secret."""
    page = ways.enter(new_screen, "hoa", **options)
    page.goto(f"{ways.server.desk}/mailbox/new")
    page.wait_for_selector("#entry:not([hidden])")
    return page


def write(page: Page, code: str, *, box: str = "na-co-sa") -> None:
    page.select_option("#box", box)
    page.check("[name=channel][value=in_person]")
    page.fill("#text", TOLD)
    page.fill("#code", code)


def name_them(page: Page) -> None:
    page.check("#named")
    page.fill("#name", NAME)
    page.fill("#contact", CONTACT)
    page.fill("#paper", PAPER)
    page.check("#secrecy")


def receipt_of(page: Page) -> str:
    page.wait_for_selector("#receipt")
    return re.sub(r"\D", "", page.inner_text("#receipt"))


def test_r1_a_named_report_is_entered_printed_on_a_slip_read_at_the_return_page_and_at_the_desk(
    ways: Office, new_screen: NewScreen, new_phone: NewPage
) -> None:
    page = entry(ways, new_screen)
    sent: list[bytes] = []
    page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    page.on("request", lambda request: sent.append(request.url.encode()))
    write(page, ways.known["codes"]["na-co-sa"])
    page.select_option("#what", "border")
    page.select_option("#village", "Bản Na Cô Sa 2")
    page.check("#forward")
    name_them(page)
    page.set_input_files("#photo", {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    expect(page.locator("#photos img")).to_have_count(1)
    assert fits(page)
    assert violations(page) == []
    page.click("#send")
    receipt = receipt_of(page)
    assert sealing.read_receipt(receipt) == receipt
    assert violations(page) == []
    # Nothing that was said, nor the receipt, has left this browser but sealed.
    over_the_wire = b"".join(sent)
    grouped = " ".join(receipt[at : at + 4] for at in range(0, 24, 4))
    for word in (NAME, CONTACT, PAPER, TOLD, receipt, grouped):
        assert word.encode() not in over_the_wire
        assert word.encode() not in ways.everything_stored()
    only_the_slip_is_printed(page)
    # At the return page, on a phone of theirs.
    phone = new_phone()
    phone.goto(f"{ways.server.public}/r")
    phone.fill("#code", receipt)
    phone.click("#open")
    expect(phone.locator("#state")).to_contain_text("Tin đã vào hộp thư, cán bộ chưa mở.")
    page.goto(f"{ways.server.desk}/mailbox/")
    ways.unlock(page)
    page.click(f'[data-thread="{sealing.derive(receipt).thread}"]')
    page.wait_for_selector(".side .progress-steps")
    the_desk_shows_who(page)
    the_result_is_told(ways, page)


def only_the_slip_is_printed(page: Page) -> None:
    page.evaluate("window.print = () => { window.printed = document.body.dataset.print }")
    page.click("#print-slip")
    assert page.evaluate("window.printed") == "slip"
    page.evaluate("document.body.dataset.print = 'slip'")
    page.emulate_media(media="print")
    expect(page.locator(".slip")).to_be_visible()
    for other in (".top", "#print-slip", "h1"):
        expect(page.locator(other).first).to_be_hidden()
    page.emulate_media(media="screen")


def the_desk_shows_who(page: Page) -> None:
    """The name stands behind a touch, for secrecy was asked."""
    expect(page.locator(".title-row")).to_contain_text("Có tên")
    expect(page.locator(".title-row")).to_contain_text("Xin giữ kín")
    expect(page.locator(".meta")).to_contain_text("Người báo đến gặp, cán bộ nhập giúp")
    expect(page.locator(".say").first).to_contain_text(TOLD)
    expect(frame(page, "photo").locator("canvas")).to_be_visible()
    expect(page.locator("#person")).to_be_hidden()
    page.click("#show-name")
    expect(page.locator("#person")).to_contain_text(NAME)
    expect(page.locator("#person")).to_contain_text(PAPER)
    assert violations(page) == []


def the_result_is_told(ways: Office, page: Page) -> None:
    """A result starts the time for telling them; marked as told it is done."""
    for to in ("verifying", "acted_on"):
        page.click(f'.moves [data-to="{to}"]')
        page.click("#confirm-move")
        expect(page.locator(f'.moves [data-to="{to}"]')).to_have_count(0)
    expect(page.locator(".reporter")).to_contain_text("Báo kết quả cho người báo trước hết ngày")
    page.click("#mark-told")
    expect(page.locator(".reporter")).to_contain_text("Đã báo kết quả cho người báo ngày")
    assert ways.rows("SELECT COUNT(*) FROM desk_intake WHERE told IS NOT NULL") == [(1,)]


def test_what_is_missing_is_told_beside_the_button_and_nothing_is_sent(ways: Office, new_screen: NewScreen) -> None:
    page = entry(ways, new_screen)
    posts: list[str] = []
    page.on("request", lambda request: request.method == "POST" and posts.append(request.url))
    steps = (
        (lambda: None, "chọn tin đến bằng cách nào"),
        (lambda: page.check("[name=channel][value=zalo]"), "chọn loại, hoặc ghi vài chữ"),
        (lambda: (page.fill("#text", TOLD), page.check("#named")), "ghi họ tên người báo"),
        (lambda: page.fill("#name", NAME), "Mã ngắn có 12 chữ và số"),
        (lambda: page.fill("#code", "0000 0000 0000"), "không khớp với mã"),
    )
    for step, sentence in steps:
        step()
        page.click("#send")
        expect(page.locator("#say")).to_contain_text(sentence)
    assert posts == []
    assert page.input_value("#text") == TOLD


def test_the_code_is_typed_once_on_a_machine_and_a_swapped_key_is_refused_from_then_on(
    ways: Office, new_screen: NewScreen
) -> None:
    page = entry(ways, new_screen)
    write(page, ways.known["codes"]["na-co-sa"])
    page.click("#send")
    receipt_of(page)
    page.goto(f"{ways.server.desk}/mailbox/new")
    page.wait_for_selector("#entry:not([hidden])")
    page.select_option("#box", "na-co-sa")
    expect(page.locator("#code-field")).to_be_hidden()
    # From here on the machine knows another root than the server's, as after the server swapped the key.
    page.evaluate("root => localStorage.setItem('keng/root/na-co-sa', root)", "0" * 26)
    page.reload()
    page.wait_for_selector("#entry:not([hidden])")
    page.select_option("#box", "na-co-sa")
    page.check("[name=channel][value=phone]")
    page.fill("#text", TOLD)
    page.click("#send")
    expect(page.locator("#say")).to_contain_text("không khớp")
    expect(page.locator("#receipt")).to_have_count(0)


def test_r10_a_dropped_line_stores_the_report_once(ways: Office, new_screen: NewScreen) -> None:
    page = entry(ways, new_screen)
    write(page, ways.known["codes"]["na-co-sa"])
    before = ways.rows("SELECT COUNT(*) FROM mailbox_thread")[0][0]

    def lose_the_answer(route: Route) -> None:
        # Playwright's own resolver knows no *.localhost.
        host = f"desk.localhost:{ways.server.port}"
        url = route.request.url.replace("desk.localhost", "127.0.0.1")
        assert route.fetch(url=url, headers={**route.request.headers, "host": host}).status == 201
        route.abort()

    page.route("**/parts?*", lose_the_answer)
    page.click("#send")
    expect(page.locator("#say")).to_contain_text("Không nối được máy chủ")
    expect(page.locator("#text")).to_be_disabled()
    page.unroute("**/parts?*")
    page.click("#send")
    receipt_of(page)
    assert ways.rows("SELECT COUNT(*) FROM mailbox_thread")[0][0] == before + 1


def test_nothing_is_added_to_a_report_while_it_is_stored_and_one_that_is_refused_can_be_amended(
    ways: Office, new_screen: NewScreen
) -> None:
    page = entry(ways, new_screen)
    write(page, ways.known["codes"]["na-co-sa"])
    held: list[Route] = []
    page.route("**/parts?*", lambda route: held.append(route))
    with page.expect_request("**/parts?*"):
        page.click("#send")
    expect(page.locator("#text")).to_be_disabled()
    expect(page.locator("#box")).to_be_disabled()
    held.pop().abort()
    expect(page.locator("#send")).to_have_text("Lưu lại")
    with page.expect_request("**/parts?*"):
        page.click("#send")
    expect(page.locator("#send")).to_be_disabled()
    held.pop().fulfill(status=422, json={"error": "bad", "message": "Không nhận tin này."})
    expect(page.locator("#say")).to_contain_text("Không nhận tin này.")
    expect(page.locator("#send")).to_have_text("Khoá tin và lưu")
    expect(page.locator("#text")).to_be_enabled()


def test_leaving_the_page_takes_the_receipt_and_the_words_with_it(ways: Office, new_screen: NewScreen) -> None:
    page = entry(ways, new_screen)
    write(page, ways.known["codes"]["na-co-sa"])
    page.click("#send")
    receipt = receipt_of(page)
    page.click(".actions a[href='/mailbox/']")
    page.wait_for_selector("#desk")
    page.go_back()
    page.wait_for_selector("#entry:not([hidden])")
    assert receipt not in re.sub(r"\D", "", page.content())
    assert page.input_value("#text") == ""
    assert TOLD not in json.dumps(page.evaluate("({...localStorage, ...sessionStorage})"))


def test_a_suggestion_is_answered_for_all_to_read_and_taken_back(
    ways: Office, new_screen: NewScreen, new_phone: NewPage
) -> None:
    page = ways.unlocked(new_screen, "hoa")
    ways.open(page, "allowed")
    expect(page.locator(".report h2")).to_contain_text("Đường sá, cầu cống")
    expect(page.locator(".meta")).to_contain_text("Cho phép trả lời công khai")
    expect(page.locator("#category")).not_to_contain_text("Ma tuý")
    expect(page.locator("#complex")).to_be_hidden()
    page.click('.moves [data-to="verifying"]')
    expect(page.locator(".moves")).to_contain_text("Đang xem xét")
    page.click("#confirm-move")
    expect(page.locator('.moves [data-to="adopted"]')).to_have_text("Tiếp thu góp ý")
    page.click("details.public-answer summary")
    page.click("#publish")
    expect(page.locator(".public-answer .error")).to_contain_text("viết cả câu hỏi và câu trả lời")
    page.fill("#public-asked", "Bao giờ sửa cầu treo?")
    page.fill("#public-answered", "Xã đã xin kinh phí, làm xong trước Tết.")
    page.fill("#note", "Đã hỏi phòng giao thông.")
    page.click("#save-note")  # what is beside the report is made anew
    expect(page.locator(".notes li")).to_have_count(1)
    expect(page.locator("#public-answered")).to_have_value("Xã đã xin kinh phí, làm xong trước Tết.")
    page.click("#publish")
    expect(page.locator(".public-answer .error")).to_contain_text("đánh dấu vào ô xác nhận")
    page.check("#public-sure")
    assert violations(page) == []
    page.click("#publish")
    expect(page.locator(".public-answer")).to_contain_text("Đã đăng ngày")
    phone = new_phone()
    phone.goto(f"{ways.server.public}/b/{SUGGESTIONS}")
    phone.click("text=Xã đã trả lời những gì")
    expect(phone.locator("main")).to_contain_text("Xã đã xin kinh phí, làm xong trước Tết.")
    assert ALLOWED not in phone.content()
    assert ways.thread("allowed") not in phone.content()
    assert fits(phone)
    assert violations(phone) == []
    assert phone.context.cookies() == []
    page.click(".public-answer a")
    page.click("text=Rút câu này")
    expect(page.locator("main")).to_contain_text("Đã rút ngày")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("Chưa có câu trả lời nào.")


def test_without_consent_the_desk_offers_no_public_answer(ways: Office, new_screen: NewScreen) -> None:
    page = ways.unlocked(new_screen, "nam")
    ways.open(page, "forbidden")
    expect(page.locator(".side")).to_contain_text("Người góp ý không cho phép trả lời công khai.")
    expect(page.locator("#publish")).to_have_count(0)
    ways.open(page, "theft")
    expect(page.locator(".side")).not_to_contain_text("trả lời công khai")


def test_a_villager_suggests_on_the_phone_and_reads_in_the_words_of_suggestions(
    ways: Office, new_phone: NewPage
) -> None:
    phone = new_phone()
    phone.goto(f"{ways.server.public}/b/{SUGGESTIONS}")
    phone.wait_for_selector("#app:not([hidden])")
    phone.check("[name=what][value=water]", force=True)
    phone.fill("#text", "Bể nước bản tôi cạn.")
    phone.check("#public")
    phone.click("#send")
    phone.locator("#see dl").get_by_text("Cho phép trả lời công khai").wait_for()
    phone.click("#send")
    receipt = receipt_of(phone)
    phone.goto(f"{ways.server.public}/r")
    phone.fill("#code", receipt)
    phone.click("#open")
    expect(phone.locator("#state")).to_contain_text("Góp ý đã vào hộp thư, cán bộ chưa mở.")
    phone.goto(f"{ways.server.public}/r/plain")
    phone.fill("[name=code]", receipt)
    phone.press("[name=code]", "Enter")
    expect(phone.locator("#state")).to_contain_text("Góp ý đã vào hộp thư, cán bộ chưa mở.")
