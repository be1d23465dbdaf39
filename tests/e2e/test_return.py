"""The return page: a receipt, and nothing else, shows state and answers, and lets its holder write again or delete."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Route

from keng.mailbox import sealing
from tests.e2e.conftest import NewPage
from tests.e2e.reporter_stage import Stage, fill_in, fits, send, target_sizes, violations
from tests.e2e.test_reporter_sends import photo_with_gps


@pytest.fixture
def receipt(stage: Stage) -> str:
    """Of a report that has just been sent."""
    return stage.report()


def open_thread(stage: Stage, phone: Page, receipt: str) -> None:
    phone.goto(f"{stage.server.public}/r")
    phone.fill("#code", receipt)
    phone.click("#open")
    phone.wait_for_selector("#state")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "đủ 24 chữ số"),
        ("1234 5678", "đủ 24 chữ số"),
        ("OOOO 1234 5678 9012 3456 7890", "chỉ gồm các chữ số"),
        ("1234 5678 9012 3456 7890 1234", "gõ nhầm"),
    ],
)
def test_a_code_that_cannot_be_one_is_told_at_once_and_never_sent(
    stage: Stage, phone: Page, typed: str, sentence: str
) -> None:
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.method))
    phone.goto(f"{stage.server.public}/r")
    phone.fill("#code", typed)
    phone.click("#open")
    phone.locator("#say.err").get_by_text(sentence).wait_for()
    assert "POST" not in sent


def test_r7_unknown_and_deleted_codes_are_answered_alike(stage: Stage, phone: Page, receipt: str) -> None:
    said = []
    open_thread(stage, phone, receipt)
    phone.click("#delete")
    phone.click("#delete-sure")
    phone.get_by_text("Tin đã bị xoá").wait_for()
    for code in (sealing.make_receipt(), receipt):
        phone.goto(f"{stage.server.public}/r")
        phone.fill("#code", code)
        phone.click("#open")
        phone.get_by_text("Không tìm thấy tin nào").wait_for()
        phone.wait_for_selector("#search")
        said.append(phone.inner_text("main"))
    assert said[0] == said[1]


def test_r7_the_code_never_leaves_the_phone(stage: Stage, phone: Page, receipt: str) -> None:
    asked: list[Request] = []
    phone.on("request", lambda request: asked.append(request))
    open_thread(stage, phone, receipt)
    digits = receipt.replace(" ", "")
    for request in asked:
        for written in (digits, receipt):
            assert written not in request.url
            assert written not in (request.post_data or "")
    assert len(asked) == 4  # the page, its script, the thread, the check against the public log


def test_spaces_dashes_and_full_width_digits_are_read(stage: Stage, phone: Page, receipt: str) -> None:
    digits = receipt.replace(" ", "")
    wide = "".join(chr(0xFF10 + int(digit)) for digit in digits)
    for typed in (digits, receipt.replace(" ", "-"), f"  {wide} "):
        open_thread(stage, phone, typed)
        assert "cán bộ chưa mở" in phone.inner_text("#state")
        assert phone.input_value("#code") == ""


def test_the_state_is_shown_as_steps_and_the_answer_as_the_officers(stage: Stage, phone: Page, receipt: str) -> None:
    stage.move(receipt, "opened", "verifying")
    stage.answer(receipt, "Cảm ơn bà con. <b>Con trâu</b> màu gì?")
    open_thread(stage, phone, receipt)
    assert "đang xác minh" in phone.inner_text("#state")
    assert phone.locator(".steps [aria-current=step]").inner_text() == "Đang xác minh"
    assert "<b>Con trâu</b> màu gì?" in phone.inner_text("#answers .card")
    assert phone.locator("#answers .foreign").count() == 0
    assert "hoa" not in phone.inner_text("main").lower()


def test_r12_an_answer_without_the_threads_secret_is_set_apart(stage: Stage, phone: Page, receipt: str) -> None:
    stage.answer(receipt, "Hãy ra đồn một mình", secret=bytes(32))
    stage.answer(receipt, "Câu trả lời thật", index=1)
    open_thread(stage, phone, receipt)
    assert "Hãy ra đồn một mình" in phone.inner_text("#answers .foreign")
    assert "Đừng tin lời này" in phone.inner_text("#answers .foreign")
    assert phone.inner_text("#answers .card").endswith("Câu trả lời thật")


def test_more_can_be_written_and_a_photo_added(stage: Stage, phone: Page, receipt: str) -> None:
    open_thread(stage, phone, receipt)
    phone.click("#send")
    phone.locator("#sent.err").get_by_text("viết vài chữ").wait_for()
    phone.fill("#text", "Nhớ thêm: hai người, một xe máy.")
    phone.set_input_files("#photo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo_with_gps(800, 600)})
    phone.wait_for_selector("#media img")
    phone.click("#send")
    phone.get_by_text("✓ Đã đến nơi").wait_for()
    assert phone.input_value("#text") == ""
    _first, message, photo = stage.parts(receipt)
    assert message.opened.body.decode() == "Nhớ thêm: hai người, một xe máy."
    assert (message.opened.json["kind"], message.opened.foreign) == ("message", False)
    assert (photo.opened.json["kind"], photo.opened.json["index"], photo.opened.foreign) == ("photo", 2, False)
    said: list[str] = []

    def on_its_way(route: Route) -> None:
        said.append(phone.inner_text("#sent"))
        route.continue_()

    phone.route("**/parts", on_its_way)
    phone.fill("#text", "Và nữa")
    phone.click("#send")
    phone.get_by_text("✓ Đã đến nơi").wait_for()
    assert ["Đã đến nơi" in one for one in said] == [False], "that was what was sent before"
    assert [part.index for part in stage.parts(receipt)] == [0, 1, 2, 3]


def test_enter_pressed_again_while_a_report_is_opened_takes_away_nothing_that_was_written(
    stage: Stage, phone: Page, receipt: str
) -> None:
    asked: list[Route] = []
    phone.route("**/r/thread", lambda route: asked.append(route))
    phone.goto(f"{stage.server.public}/r")
    phone.fill("#code", receipt)
    with phone.expect_request("**/r/thread"):
        phone.press("#code", "Enter")
        phone.press("#code", "Enter")
    phone.locator("#open:disabled").wait_for()
    asked.pop(0).continue_()
    phone.fill("#text", "Nhớ thêm.")
    assert asked == []
    assert phone.input_value("#text") == "Nhớ thêm."


def test_nothing_can_be_added_that_would_go_unsaid_while_the_rest_is_on_its_way(
    stage: Stage, phone: Page, receipt: str
) -> None:
    open_thread(stage, phone, receipt)
    held: list[Route] = []
    phone.route("**/parts", lambda route: held.append(route))
    phone.fill("#text", "Một xe máy.")
    with phone.expect_request("**/parts"):
        phone.click("#send")
    assert phone.locator("#writing").locator("input:enabled, textarea:enabled, button:enabled").count() == 0
    held.pop().continue_()
    phone.get_by_text("✓ Đã đến nơi").wait_for()
    phone.unroute("**/parts")
    phone.fill("#text", "Màu đỏ.")
    phone.click("#send")
    phone.get_by_text("✓ Đã đến nơi").wait_for()
    assert [part.opened.body.decode() for part in stage.parts(receipt)[1:]] == ["Một xe máy.", "Màu đỏ."]


def test_a_second_press_while_a_photo_is_still_being_read_sends_nothing_twice(
    stage: Stage, phone: Page, receipt: str
) -> None:
    phone.add_init_script(
        "const held = new Promise((go) => (window.release = go)); const read = HTMLImageElement.prototype.decode;"
        "HTMLImageElement.prototype.decode = async function () { await held; return read.call(this) }"
    )
    sent: list[Request] = []
    phone.on("request", lambda request: sent.append(request) if request.url.endswith("/parts") else None)
    open_thread(stage, phone, receipt)
    phone.set_input_files("#photo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo_with_gps(800, 600)})
    # As a finger presses: an event made by a script would reach a button that is held down, too.
    phone.evaluate("for (let i = 0; i < 2; i++) document.getElementById('send').click()")
    phone.evaluate("release()")
    phone.get_by_text("✓ Đã đến nơi").wait_for()
    assert len(sent) == 1


def test_what_has_arrived_is_not_called_lost_when_the_line_drops_right_after_it(
    stage: Stage, phone: Page, receipt: str
) -> None:
    open_thread(stage, phone, receipt)
    phone.route("**/r/thread", lambda route: route.abort())
    phone.fill("#text", "Một xe máy.")
    phone.click("#send")
    phone.get_by_text("✓ Đã đến nơi").wait_for()
    assert len(stage.parts(receipt)) == 2


def test_r11_the_pin_record_keeps_the_hour_of_the_first_part_whoever_writes_later(stage: Stage, phone: Page) -> None:
    phone.goto(stage.poster)
    phone.wait_for_selector("#voice:enabled")
    fill_in(phone)
    receipt = send(phone)
    record = json.loads(stage.rows("SELECT pin FROM mailbox_thread WHERE key = ?", key_of(receipt))[0][0])
    assert record["hour"] == stage.parts(receipt)[0].opened.json["hour"]
    phone.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=5))
    open_thread(stage, phone, receipt)
    phone.fill("#text", "Nhớ thêm.")
    phone.click("#send")
    phone.get_by_text("✓ Đã đến nơi").wait_for()
    again = json.loads(stage.rows("SELECT pin FROM mailbox_thread WHERE key = ?", key_of(receipt))[0][0])
    assert (again["hour"], len(again["parts"])) == (record["hour"], 2)


def key_of(receipt: str) -> str:
    return sealing.derive(sealing.read_receipt(receipt)).thread


def test_an_opened_report_is_deleted_seven_days_later(stage: Stage, phone: Page, receipt: str) -> None:
    stage.move(receipt, "opened")
    open_thread(stage, phone, receipt)
    phone.click("#delete")
    phone.get_by_text("sau 7 ngày").wait_for()
    assert phone.evaluate("document.activeElement.textContent") == "Thôi, giữ lại"  # a second Enter deletes nothing
    phone.keyboard.press("Enter")
    phone.click("#delete")
    phone.click("#delete-sure")
    phone.locator("#deleted").get_by_text(re.compile(r"sẽ bị xoá ngày \d+/\d+/2\d\d\d")).wait_for()
    open_thread(stage, phone, receipt)
    assert "sẽ bị xoá ngày" in phone.inner_text("#thread")
    assert phone.locator("#delete").count() == 0


def forwarding(stage: Stage, receipt: str, *, vouch: bool) -> str:
    """Python that forwards the thread to the province's police, with or without a word for its key."""
    police = stage.boxes["ca-dien-bien"]
    sealed = stage.sealed_answer(receipt, "", kind="forward", to="ca-dien-bien", root=police["root"])
    part = f"(0, {sealed!r})" if vouch else "None"
    return f"""
from keng.mailbox.agefile import AgeFile
part = {part}
headers = {{one.digest: bytes(one.header) for one in Part.objects.filter(thread=thread)}}
if part:
    from keng.mailbox.sealing import digest, split
    headers[digest(split(part[1])[1])] = split(part[1])[0]
forward(thread=thread, to_box=Box.objects.get(slug="ca-dien-bien"), headers=headers, version=thread.version, by="hoa", part=part)
"""


def test_r4_a_forwarded_report_is_answered_to_the_new_box_that_the_officers_vouch_for(
    stage: Stage, phone: Page, receipt: str
) -> None:
    stage.move(receipt, "opened", "verifying")
    stage.officer(receipt, forwarding(stage, receipt, vouch=True))
    open_thread(stage, phone, receipt)
    assert "Công an tỉnh Điện Biên" in phone.inner_text("#answers .card")
    phone.fill("#text", "Gửi cấp trên")
    phone.click("#send")
    phone.get_by_text("✓ Đã đến nơi").wait_for()
    header, payload = stage.rows(
        "SELECT header, payload FROM mailbox_part p JOIN mailbox_thread t ON t.id = p.thread_id"
        " WHERE t.key = ? AND direction = 'reporter' AND \"index\" = 1",
        sealing.derive(sealing.read_receipt(receipt)).thread,
    )[0]
    keys = sealing.derive(sealing.read_receipt(receipt))
    opened = sealing.open_part(
        sealed=header + payload,
        identity=stage.boxes["ca-dien-bien"]["identity"],
        thread=keys.thread,
        sender="reporter",
        index=1,
        secret=keys.secret,
    )
    assert (opened.body.decode(), opened.foreign, opened.json["box"]) == ("Gửi cấp trên", False, "ca-dien-bien")


def test_r12_what_the_first_office_said_stays_its_word_after_writing_to_the_next(
    stage: Stage, phone: Page, receipt: str
) -> None:
    """The pin record keeps naming the first box, so that its officers' words, the vouching one among them, still prove themselves."""
    stage.move(receipt, "opened", "verifying")
    stage.officer(receipt, forwarding(stage, receipt, vouch=True))
    open_thread(stage, phone, receipt)
    phone.fill("#text", "Gửi cấp trên")
    phone.click("#send")
    phone.get_by_text("✓ Đã đến nơi").wait_for()
    phone.reload()
    phone.fill("#code", receipt)
    phone.click("#open")
    phone.wait_for_selector("#text")  # the new box is trusted still
    assert "Công an tỉnh Điện Biên" in phone.inner_text("#answers .card")
    assert phone.locator("#answers .foreign").count() == 0


def test_r4_nothing_is_sealed_to_a_new_box_that_nobody_vouches_for(stage: Stage, phone: Page, receipt: str) -> None:
    stage.move(receipt, "opened", "verifying")
    stage.officer(receipt, forwarding(stage, receipt, vouch=False))
    open_thread(stage, phone, receipt)
    phone.get_by_text("chưa có cán bộ nào xác nhận khoá").wait_for()
    assert phone.locator("#text").count() == 0


def answering(phone: Page, change: str) -> None:
    """The server answers `/r/thread` otherwise than it should: `change` is Python on `data`."""

    def alter(route: Route) -> None:
        answer = route.fetch()
        data = answer.json()
        exec(change, {"data": data})
        route.fulfill(response=answer, json=data)

    phone.route("**/r/thread", alter)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("data['pin'] = data['pin'].replace('\"seq\":1', '\"seq\":0')", "đã bị sửa"),
        ("data['pin_mac'] = '0' * 64", "đã bị sửa"),
        ("data['pin'] = ''", "đã bị sửa"),
        ("data['keys']['na-co-sa'] = data['keys'].get('other')", "bị hỏng"),
        ("data['keys']['na-co-sa']['signature'] = 'A' * 86", "Chữ ký"),
    ],
)
def test_r4_an_altered_pin_or_key_seals_nothing_more(
    stage: Stage, phone: Page, receipt: str, change: str, sentence: str
) -> None:
    answering(phone, change)
    open_thread(stage, phone, receipt)
    phone.locator("#thread .bad").get_by_text(sentence).wait_for()
    assert phone.locator("#text").count() == 0


def test_a_part_that_the_server_lost_or_changed_is_noticed(stage: Stage, phone: Page, receipt: str) -> None:
    answering(phone, "data['sent'] = ['0' * 64]")
    open_thread(stage, phone, receipt)
    phone.get_by_text("Máy chủ thiếu phần").wait_for()


def test_a_report_forwarded_meanwhile_is_told_and_the_next_press_goes_right(
    stage: Stage, phone: Page, receipt: str
) -> None:
    stage.move(receipt, "opened", "verifying")
    open_thread(stage, phone, receipt)
    stage.officer(receipt, forwarding(stage, receipt, vouch=True))
    phone.fill("#text", "Đến muộn")
    phone.click("#send")
    phone.get_by_text("lần nữa").wait_for()
    phone.click("#send")
    phone.get_by_text("✓ Đã đến nơi").wait_for()


def test_a_dropped_line_is_told_on_opening(stage: Stage, phone: Page) -> None:
    phone.route("**/r/thread", lambda route: route.abort())
    phone.goto(f"{stage.server.public}/r")
    phone.fill("#code", sealing.make_receipt())
    phone.click("#open")
    phone.get_by_text("thử lại khi có mạng").wait_for()


def test_without_javascript_or_bundle_the_page_says_so(stage: Stage, new_phone: NewPage) -> None:
    phone = new_phone(java_script_enabled=False)
    phone.goto(f"{stage.server.public}/r")
    assert phone.locator("noscript a").first.get_attribute("href") == "/r/plain"
    phone = new_phone()
    phone.route("**/return.vi.*.js", lambda route: route.abort())
    phone.goto(f"{stage.server.public}/r")
    phone.get_by_text("Chưa tải được phần mở khoá").wait_for()


def test_r5_what_was_read_is_gone_on_coming_back_and_nothing_is_stored(stage: Stage, phone: Page, receipt: str) -> None:
    stage.answer(receipt, "Bí mật")
    open_thread(stage, phone, receipt)
    phone.get_by_text("Bí mật").wait_for()
    assert phone.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    phone.goto(stage.poster)
    phone.go_back()
    phone.wait_for_selector("#open")
    assert "Bí mật" not in phone.content()
    assert phone.input_value("#code") == ""
    assert urlsplit(phone.url).path == "/r"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_the_page_fits_a_small_phone(
    stage: Stage, new_phone: NewPage, receipt: str, scheme: str
) -> None:
    stage.answer(receipt, "Giả", secret=bytes(32))
    stage.answer(receipt, "W" * 400, index=1)
    phone = new_phone(viewport={"width": 320, "height": 640}, color_scheme=scheme, bypass_csp=True)
    phone.goto(f"{stage.server.public}/r")
    assert violations(phone) == []
    open_thread(stage, phone, receipt)
    phone.click("#delete")
    assert violations(phone) == []
    assert fits(phone)
    assert min(target_sizes(phone.locator("button, .x, .now, .btn, textarea, [type=text]"))) >= 44
