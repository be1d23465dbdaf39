"""What the reporter's page refuses, and what it does when the phone, the line or the server fails it: one sentence, nothing sent."""

import json
import re
import struct
import time
import zlib
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key
from playwright.sync_api import Page, Route

from config.demo.client import BoxKeys, Root
from keng.mailbox import sealing
from tests.e2e.conftest import NewPage
from tests.e2e.reporter_stage import Stage, fill_in, send

DAY = 86_400
ZALO = "Mozilla/5.0 (Linux; Android 12; wv) AppleWebKit/537.36 Chrome/110.0 Mobile Safari/537.36 Zalo android/12100"
OPERA_MINI = "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; vi) Presto/2.12.423 Version/12.16"


def png(width: int, height: int) -> bytes:
    """A picture of one colour: a few bytes, whatever its size."""
    row = zlib.compressobj(9)
    data = b"".join(row.compress(bytes(1 + width // 8)) for _ in range(height)) + row.flush()
    out = b"\x89PNG\r\n\x1a\n"
    for kind, body in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", data),
        (b"IEND", b""),
    ):
        out += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return out


BAD_PHOTOS = {
    "zip": (b"PK\x03\x04" + bytes(100), "image/jpeg", "không phải ảnh"),
    "text": ("Không phải ảnh".encode() * 9, "image/png", "không phải ảnh"),
    "empty": (b"", "image/jpeg", "không phải ảnh"),
    "jpeg cut short": (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(60), "image/jpeg", "không phải ảnh"),
    "bomb": (png(10_000, 10_000), "image/png", "lớn quá"),
    "jpeg bomb": (
        b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03" + bytes(60), "image/jpeg", "lớn quá"
    ),
    "heic": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(60), "image/heic", "HEIC"),
    "video": (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42\xa9xyz+21.98+102.1/" + bytes(60), "video/mp4", "Đây là phim"),
    "video called a photo": (b"\x00\x00\x00\x18ftypqt  \x00\x00\x00\x00qt  " + bytes(60), "image/jpeg", "Đây là phim"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD_PHOTOS)
def test_r8_what_cannot_be_stripped_is_refused_with_a_sentence_and_the_text_stays(
    stage: Stage, phone: Page, kind: str
) -> None:
    raw, mime, sentence = BAD_PHOTOS[kind]
    phone.goto(stage.poster)
    fill_in(phone)
    phone.set_input_files("#photo", {"name": "IMG_1.jpg", "mimeType": mime, "buffer": raw})
    phone.locator("#media-say.err").get_by_text(sentence).wait_for()
    assert phone.locator("#media li").count() == 0
    assert phone.input_value("#text").startswith("Tối qua")


@pytest.mark.parametrize(
    ("raw", "mime", "sentence"),
    [
        (b"PK\x03\x04" + bytes(100), "audio/mpeg", "không đọc được tệp ghi âm"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(100), "video/mp4", "Đây là phim"),
        (bytes(20_000_001), "audio/wav", "dài quá 3 phút"),
    ],
)
def test_r8_a_recording_that_cannot_be_written_anew_is_refused(
    stage: Stage, phone: Page, raw: bytes, mime: str, sentence: str
) -> None:
    phone.goto(stage.poster)
    phone.set_input_files("#voice-file", {"name": "rec", "mimeType": mime, "buffer": raw})
    phone.locator("#media-say.err").get_by_text(sentence).wait_for()


def test_an_empty_report_is_not_sent(stage: Stage, phone: Page) -> None:
    before = stage.count()
    phone.goto(stage.poster)
    phone.click("#send")
    phone.get_by_text("viết vài chữ").wait_for()
    assert phone.evaluate("document.activeElement.id") == "text"
    assert stage.count() == before


def with_statement(phone: Page, signed: dict[str, str]) -> None:
    """The server, or somebody on the way, puts another key statement into the page."""

    def change(route: Route) -> None:
        answer = route.fetch()
        data = re.search(r'id="box">(.*?)</script>', answer.text())
        assert data
        said = json.loads(data[1])
        said["signed"] = signed
        route.fulfill(response=answer, body=answer.text().replace(data[1], json.dumps(said)))

    phone.route(re.compile(r"/b/na-co-sa$"), change)


def forged(stage: Stage, name: str) -> dict[str, str]:
    own = stage.boxes["na-co-sa"]
    real = root_of(own["pkcs8"])
    keys = BoxKeys("na-co-sa", root=real)
    stranger = BoxKeys("na-co-sa")
    good = keys.statement()
    cases: dict[str, dict[str, str]] = {
        "strangers root": stranger.statement(),
        "strangers signature": {**stranger.statement(), "root": good["root"]},
        "unsigned": {**good, "signature": ""},
        "changed": {**good, "statement": good["statement"].replace('"seq":1', '"seq":9')},
        "other box": keys.statement(box="ha-an"),
        "expired": keys.statement(since=day(-300), days=200),
        "malformed": keys.statement(recipient="age1nobody"),
    }
    return cases[name]


def day(days: int) -> date:
    return (datetime.now(UTC) + timedelta(days=days)).date()


def root_of(pkcs8: str) -> Root:
    return Root(load_der_private_key(sealing.unb64u(pkcs8), None))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("strangers root", "không khớp với áp phích"),
        ("strangers signature", "Chữ ký của khoá không đúng"),
        ("unsigned", "Chữ ký của khoá không đúng"),
        ("changed", "Chữ ký của khoá không đúng"),
        ("other box", "Khoá này là của hộp thư khác"),
        ("expired", "đã hết hạn"),
        ("malformed", "bị hỏng"),
    ],
)
def test_r4_a_statement_that_the_pinned_root_did_not_sign_for_this_box_and_day_is_refused(
    stage: Stage, phone: Page, name: str, sentence: str
) -> None:
    before = stage.count()
    with_statement(phone, forged(stage, name))
    phone.goto(stage.poster)
    phone.locator("#see .bad").get_by_text(sentence).wait_for()
    assert not phone.is_visible("#text")
    assert not phone.is_visible("#send")
    phone.evaluate("document.getElementById('send').click()")
    phone.wait_for_timeout(300)
    assert stage.count() == before


@pytest.mark.parametrize("pin", ["0" * 26, "abc", "x" * 400, "%", "%00%ff"])
def test_r4_an_address_with_another_pin_is_refused(stage: Stage, phone: Page, pin: str) -> None:
    phone.goto(f"{stage.page}#{pin}")
    phone.locator("#see .bad").get_by_text("không khớp với áp phích").wait_for()
    assert not phone.is_visible("#send")


def test_r4_a_phone_whose_date_is_far_off_is_told_so(stage: Stage, phone: Page) -> None:
    phone.clock.set_system_time(time.time() + 500 * DAY)
    phone.goto(stage.poster)
    phone.get_by_text("ngày trên điện thoại bị sai").wait_for()
    assert not phone.is_visible("#text")


def test_r4_without_a_pin_the_page_says_so_and_marks_the_report(stage: Stage, phone: Page) -> None:
    phone.goto(stage.page)
    phone.get_by_text("Khoá chưa được kiểm").wait_for()
    fill_in(phone)
    phone.click("#send")
    phone.get_by_text("Cán bộ sẽ thấy tin này ghi").wait_for()
    phone.get_by_text("Sửa lại").click()
    assert stage.parts(send(phone))[0].opened.json["pinned"] == ""


def test_r4_the_posters_short_code_checks_the_key_and_a_wrong_one_stops_the_sending(stage: Stage, phone: Page) -> None:
    before = stage.count()
    phone.goto(stage.page)
    fill_in(phone)
    phone.fill("#short", "0000-0000-0000")
    phone.click("#send")
    phone.locator("#say").get_by_text("Mã ngắn không khớp").wait_for()
    assert stage.count() == before
    code = stage.root[:12].upper().replace("0", "O").replace("1", "l")
    phone.fill("#short", f"{code[:4]} {code[4:8]}-{code[8:]}")
    phone.get_by_text("Kiểm khoá").click()
    phone.get_by_text("Khoá đúng với áp phích").wait_for()
    assert stage.parts(send(phone))[0].opened.json["pinned"] == "code"


def test_r3_send_pressed_before_the_bundle_waits_for_it_and_goes_on(stage: Stage, phone: Page) -> None:
    waiting: list[Route] = []
    phone.route("**/report.vi.*.js", lambda route: waiting.append(route))
    with phone.expect_request("**/report.vi.*.js"):
        phone.goto(stage.poster, wait_until="commit")
    phone.fill("#text", "Viết trước khi khoá tải xong")
    phone.click("#send")
    phone.get_by_text("Đang tải phần khoá tin").wait_for()
    waiting[0].continue_()
    phone.get_by_text("Xem lại trước khi gửi").wait_for()
    assert not phone.is_visible("#late")
    phone.click("#send")
    assert stage.parts(phone.locator("#receipt").inner_text())[0].opened.body.decode() == "Viết trước khi khoá tải xong"


def test_r3_a_blocked_bundle_says_so_sends_nothing_and_offers_the_plain_page(stage: Stage, phone: Page) -> None:
    before = stage.count()
    tries: list[int] = []

    def block_once(route: Route) -> None:
        tries.append(1)
        return route.abort() if len(tries) == 1 else route.continue_()

    phone.route("**/report.vi.*.js", block_once)
    phone.goto(stage.poster)
    phone.get_by_text("chưa gửi gì cả").wait_for()
    phone.fill("#text", "Vẫn còn đây")
    phone.click("#send")
    assert phone.locator("#fail a", has_text="trang chữ thường").get_attribute("href") == "/b/na-co-sa/plain"
    assert stage.count() == before
    phone.locator("#again").click()
    phone.get_by_text("Xem lại trước khi gửi").wait_for()
    assert "Vẫn còn đây" in phone.inner_text("#see")


def test_r3_an_altered_bundle_does_not_run(stage: Stage, phone: Page, errors: list[str]) -> None:
    phone.route("**/report.vi.*.js", lambda route: route.fulfill(body="KENG.go = 1", content_type="text/javascript"))
    phone.goto(stage.poster)
    phone.get_by_text("chưa gửi gì cả").wait_for()
    assert phone.evaluate("KENG.go") is None
    errors.clear()


def test_r3_the_page_can_submit_no_form(stage: Stage, phone: Page) -> None:
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.method))
    phone.goto(stage.poster)
    assert phone.locator("form").count() == 0
    phone.evaluate(
        """() => { const f = document.createElement('form'); f.method = 'post'; f.action = '/b/na-co-sa/plain'
        document.body.append(f); f.submit() }"""
    )
    phone.wait_for_timeout(500)
    assert "POST" not in sent


def test_without_javascript_the_page_says_so_and_offers_the_plain_page(stage: Stage, new_phone: NewPage) -> None:
    phone = new_phone(java_script_enabled=False)
    phone.goto(stage.poster)
    assert not phone.is_visible("#text")
    assert "không chạy được phần khoá tin" in phone.inner_text("body")
    assert phone.locator("noscript a").first.get_attribute("href") == "/b/na-co-sa/plain"
    assert "113" in phone.inner_text("body")


def test_an_old_browser_is_sent_to_the_plain_page(stage: Stage, phone: Page, errors: list[str]) -> None:
    phone.add_init_script("delete window.BigInt")
    phone.goto(stage.poster)
    assert phone.is_visible("#old a")
    assert not phone.is_visible("#text")
    errors.clear()  # the bundle can't run there


def test_opera_mini_is_told_that_its_servers_see_the_text_and_offered_nothing_that_it_could_read(
    stage: Stage, new_phone: NewPage
) -> None:
    phone = new_phone(user_agent=OPERA_MINI)
    phone.goto(stage.poster)
    assert "qua máy chủ của hãng" in phone.inner_text("#mini")
    assert not phone.is_visible("#text")
    assert not phone.locator("a[href$=plain]:visible").count()


REFUSED_MICROPHONE = (
    "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
)


def test_a_refused_microphone_is_told_with_another_way(stage: Stage, phone: Page) -> None:
    phone.add_init_script(REFUSED_MICROPHONE)
    phone.goto(stage.poster)
    phone.click("#voice")
    phone.get_by_text("Máy không cho dùng mi-crô").wait_for()
    assert "máy ghi âm của điện thoại" in phone.inner_text("#media-say")
    phone.fill("#text", "Viết vậy")
    assert stage.parts(send(phone))


def test_inside_zalo_the_page_says_how_to_open_it_in_the_browser(stage: Stage, new_phone: NewPage) -> None:
    phone = new_phone(user_agent=ZALO, permissions=["clipboard-read", "clipboard-write"])
    phone.add_init_script(REFUSED_MICROPHONE)
    phone.goto(stage.poster)
    phone.get_by_text("Mở bằng trình duyệt").wait_for()
    phone.get_by_text("Chép địa chỉ").click()
    # With its pin.
    phone.wait_for_function("async (poster) => await navigator.clipboard.readText() === poster", arg=stage.poster)


def test_a_refused_position_is_told_with_another_way(stage: Stage, phone: Page) -> None:
    phone.goto(stage.poster)
    phone.click("#gps")
    phone.get_by_text("Máy không cho lấy vị trí").wait_for()


def test_refused_storage_changes_nothing(stage: Stage, phone: Page) -> None:
    phone.add_init_script(
        """for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
          Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } })"""
    )
    phone.goto(stage.poster)
    fill_in(phone)
    assert stage.parts(send(phone))


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (410, "closed", "Hộp thư này đã đóng"),
        (400, "malformed", "Không hiểu phần này."),
        (409, "pow", "Ngày giờ của điện thoại sai nhiều"),
    ],
)
def test_a_refusal_for_good_is_told_and_what_was_written_stays(
    stage: Stage, phone: Page, status: int, code: str, sentence: str
) -> None:
    answer = {"error": code, "message": "Không hiểu phần này.", "hour": "2026-11-22T03", "bits": 1}
    phone.route("**/parts", lambda route: route.fulfill(status=status, json=answer))
    phone.goto(stage.poster)
    fill_in(phone)
    phone.click("#send")
    phone.wait_for_selector("#see h2")
    phone.click("#send")
    phone.locator("#say").get_by_text(sentence).wait_for()
    assert phone.input_value("#text").startswith("Tối qua")


def test_a_busy_server_is_waited_for_as_long_as_it_says(stage: Stage, phone: Page) -> None:
    asked: list[float] = []

    def busy_once(route: Route) -> None:
        asked.append(time.monotonic())
        if len(asked) == 1:
            return route.fulfill(status=503, headers={"Retry-After": "2"}, json={"error": "busy", "message": ""})
        return route.continue_()

    phone.route("**/parts", busy_once)
    phone.goto(stage.poster)
    fill_in(phone)
    assert stage.parts(send(phone))
    # The proof of work is made anew, which takes as long as chance will have it; the longest wait would be thirty.
    assert 1.9 < asked[1] - asked[0] < 15
