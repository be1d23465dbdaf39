"""A villager writes, adds a photo and a voice, looks, sends and keeps a receipt; the box's key opens what was sent."""

import io
import re
import struct
import time
import wave
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, Request, Route, expect

from keng.mailbox import sealing
from tests.e2e.conftest import NewPage
from tests.e2e.reporter_stage import Stage, fill_in, receipt_on, send

GPS = b"GPS-MARKER-21.98765"


def photo_with_gps(width: int = 3000, height: int = 2000) -> bytes:
    """A phone's JPEG: EXIF with a position, a camera's name and a turned picture, with a comment beside."""
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = GPS.decode()  # maker
    exif[0x0112] = 6  # turned by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (21.0, 59.0, 15.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=GPS)
    return out.getvalue()


def spoken(seconds: float = 1.0) -> bytes:
    """A WAV as a phone's recorder writes it, with a comment that says where."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(44_100)
        sound.writeframes(b"".join(struct.pack("<hh", (i % 100) * 200, 0) for i in range(int(44_100 * seconds))))
    raw = out.getvalue() + b"LIST" + struct.pack("<I", 12 + len(GPS) + 1) + b"INFOICMT" + GPS + b"\0"
    return raw[:4] + struct.pack("<I", len(raw) - 8) + raw[8:]


def test_r8_a_whole_report_arrives_sealed_with_its_photo_and_voice_stripped(stage: Stage, phone: Page) -> None:
    asked: list[Request] = []
    phone.on("request", lambda request: asked.append(request))
    phone.goto(stage.poster)
    phone.wait_for_selector("#voice:enabled")
    fill_in(phone)
    phone.select_option("#village", "Bản Na Cô Sa 1")
    phone.set_input_files("#photo", {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo_with_gps()})
    phone.wait_for_selector("#media img")
    phone.click("#voice")
    phone.locator("#voice", has_text=re.compile("0:0[2-9]")).wait_for()
    phone.click("#voice")
    phone.wait_for_selector("#media audio")
    overheard = [request for request in asked if request.url.startswith("http")]
    assert len(overheard) <= 3
    assert {urlsplit(request.url).netloc for request in overheard} == {urlsplit(stage.page).netloc}

    receipt = send(phone)
    assert re.fullmatch(r"(\d{4} ){5}\d{4}", receipt)
    phone.get_by_text("cũng đã đến nơi").wait_for()
    assert len(phone.workers) == 1  # where all of it was sealed

    first, photo, voice = stage.parts(receipt)
    said = first.opened.json
    assert first.opened.body.decode() == "Tối qua có người lấy trộm trâu."
    assert [said[key] for key in ("what", "village", "place", "when", "gps", "forward", "pinned", "path", "media", "lang")] == [
        "theft", "Bản Na Cô Sa 1", "Đầu bản, cạnh suối", "today", None, False, "qr", "sealed", 2, "vi",
    ]  # fmt: skip
    assert (said["root"], said["statement"]) == (stage.root, 1)
    assert said["reply"] == sealing.derive(sealing.read_receipt(receipt)).reply
    assert not any(part.opened.foreign for part in (first, photo, voice))

    assert photo.opened.name == "photo.webp"
    picture = Image.open(io.BytesIO(photo.opened.body))
    assert picture.size == (853, 1280)  # turned as the EXIF said, made smaller
    assert not picture.getexif()
    assert GPS not in photo.opened.body
    assert voice.opened.name == "voice.webm"
    assert len(voice.opened.body) > 1000
    # Media lie in powers of two, the text near its floor: lengths tell little.
    assert {part.size - 32 - 16 * (part.size // 65_552) for part in (photo, voice)} <= {2**n for n in range(12, 22)}


def test_a_file_of_the_phones_own_recorder_is_written_anew(stage: Stage, phone: Page) -> None:
    phone.goto(stage.poster)
    fill_in(phone)
    assert GPS in spoken()
    phone.set_input_files("#voice-file", {"name": "rec.wav", "mimeType": "audio/wav", "buffer": spoken()})
    phone.wait_for_selector("#media audio")
    receipt = send(phone)
    phone.get_by_text("cũng đã đến nơi").wait_for()
    voice = stage.parts(receipt)[1].opened
    assert voice.name == "voice.wav"
    assert GPS not in voice.body
    assert voice.body[20:28] == struct.pack("<HHI", 7, 1, 8000)  # mu-law, one channel, 8 kHz
    assert 7900 < len(voice.body) < 8200


def test_with_no_answer_wanted_no_receipt_is_shown_and_nothing_can_be_answered(stage: Stage, phone: Page) -> None:
    before = stage.threads()
    phone.goto(stage.poster)
    fill_in(phone)
    phone.check("#no-answer")
    phone.check("#forward")
    phone.click("#send")
    phone.wait_for_selector("#see h2")
    phone.click("#send")
    phone.get_by_text("không phải nhớ gì").wait_for()
    assert phone.locator("#receipt").count() == 0
    [key] = stage.threads() - before
    said = stage.first(key).json
    assert said["reply"] is None
    assert said["forward"] is True


def test_the_preview_shows_everything_as_text_and_goes_back_to_change_it(stage: Stage, phone: Page) -> None:
    phone.goto(stage.poster)
    fill_in(phone, "<img src=x onerror=alert(1)> \u202eđảo")
    phone.click("#send")
    see = phone.locator("#see")
    see.get_by_text("<img src=x").wait_for()
    assert see.locator("img").count() == 0
    assert "Trộm cắp" in see.inner_text()
    assert "Hôm nay" in see.inner_text()
    phone.get_by_text("Sửa lại").click()
    phone.fill("#text", "Viết lại")
    receipt = send(phone)
    assert stage.parts(receipt)[0].opened.body.decode() == "Viết lại"


def test_two_quick_presses_are_preview_and_send(stage: Stage, phone: Page) -> None:
    phone.goto(stage.poster)
    phone.wait_for_selector("#voice:enabled")  # presses before that are one
    fill_in(phone)
    phone.evaluate("() => { const b = document.getElementById('send'); b.click(); b.click(); b.click() }")
    assert len(stage.parts(receipt_on(phone))) == 1


def test_r10_a_dropped_line_sends_the_same_part_again_and_it_is_one(stage: Stage, phone: Page) -> None:
    bodies: list[bytes] = []

    def lose_the_answer(route: Route) -> None:
        bodies.append(route.request.post_data_buffer or b"")
        if len(bodies) == 1:
            return route.abort("connectionreset")  # lost on the way there
        if len(bodies) == 2:
            route.fetch()  # arrived, but its answer was lost
            return route.abort("connectionreset")
        return route.continue_()

    phone.route("**/parts", lose_the_answer)
    phone.goto(stage.poster)
    fill_in(phone)
    phone.click("#send")
    phone.wait_for_selector("#see h2")
    phone.click("#send")
    phone.get_by_text("Mất mạng").wait_for()
    receipt = receipt_on(phone)
    assert len(bodies) == 3
    assert len({body.split(b"\n", 1)[1] for body in bodies}) == 1
    assert len(stage.parts(receipt)) == 1


def test_a_dropped_line_between_parts_costs_only_the_missing_ones(stage: Stage, phone: Page) -> None:
    indexes: list[int] = []

    def drop_the_first_photo(route: Route) -> None:
        index = int(re.search(rb'"index":(\d+)', route.request.post_data_buffer or b"")[1])  # type: ignore[index]
        indexes.append(index)
        if indexes.count(1) == 1 and index == 1:
            return route.abort("connectionreset")
        return route.continue_()

    phone.route("**/parts", drop_the_first_photo)
    phone.goto(stage.poster)
    phone.wait_for_selector("#voice:enabled")  # before that the second choice takes the first one's place
    fill_in(phone)
    for name in ("a.jpg", "b.jpg"):
        phone.set_input_files("#photo", {"name": name, "mimeType": "image/jpeg", "buffer": photo_with_gps(400, 300)})
    phone.locator("#media img").nth(1).wait_for()
    receipt = send(phone)  # shown before the photos are there: the text is what counts
    phone.get_by_text("cũng đã đến nơi").wait_for()
    assert indexes == [0, 1, 1, 2]
    assert [part.opened.json["kind"] for part in stage.parts(receipt)] == ["report", "photo", "photo"]


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_phone_clock_a_day_off_is_put_right_by_the_server_and_sends_all_the_same(
    stage: Stage, phone: Page, hours: int
) -> None:
    answers: list[int] = []
    phone.on("response", lambda response: answers.append(response.status) if "parts" in response.url else None)
    phone.clock.set_system_time(time.time() + hours * 3600)
    phone.goto(stage.poster)
    fill_in(phone)
    assert stage.parts(send(phone))[0].opened.body
    assert answers == [409, 201]


def test_a_position_is_taken_only_on_touch_and_can_be_taken_back(stage: Stage, new_phone: NewPage) -> None:
    where = {"latitude": 21.987654321, "longitude": 102.123456789, "accuracy": 20}
    phone = new_phone(geolocation=where, permissions=["geolocation"])
    phone.goto(stage.poster)
    fill_in(phone)
    phone.click("#gps")
    phone.get_by_text("Bỏ vị trí").click()
    assert stage.parts(send(phone))[0].opened.json["gps"] is None
    phone.reload()
    fill_in(phone)
    phone.click("#gps")
    phone.get_by_text("sai số khoảng 20 m").wait_for()
    assert stage.parts(send(phone))[0].opened.json["gps"] == [21.98765, 102.12346, 20]


def test_a_recording_that_is_still_being_ended_goes_along_all_the_same(stage: Stage, phone: Page) -> None:
    phone.add_init_script(
        "const held = new Promise((go) => (window.release = go)); const end = MediaRecorder.prototype.stop;"
        "MediaRecorder.prototype.stop = function () { held.then(() => end.call(this)) }"
    )
    phone.goto(stage.poster)
    phone.wait_for_selector("#voice:enabled")
    fill_in(phone)
    phone.click("#voice")
    phone.locator("#voice", has_text=re.compile("0:0[1-9]")).wait_for()
    phone.click("#voice")
    phone.click("#send")
    phone.evaluate("release()")
    phone.wait_for_selector("#see h2")
    assert phone.locator("#see audio").count() == 1


HELD_PHOTO = """
const { arrayBuffer } = Blob.prototype
const held = new Promise((go) => (window.release = go))
Blob.prototype.arrayBuffer = function () { return held.then(() => arrayBuffer.call(this)) }
const { mediaDevices } = navigator
const ask = mediaDevices.getUserMedia.bind(mediaDevices)
mediaDevices.getUserMedia = async (wanted) => (window.stream = await ask(wanted))
"""


def test_the_microphone_is_let_go_at_once_while_a_photo_is_still_being_read(stage: Stage, phone: Page) -> None:
    phone.add_init_script(HELD_PHOTO)
    phone.goto(stage.poster)
    phone.wait_for_selector("#voice:enabled")
    fill_in(phone)
    phone.set_input_files("#photo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo_with_gps(400, 300)})
    phone.click("#voice")
    phone.locator("#voice", has_text=re.compile("0:0[1-9]")).wait_for()
    assert phone.evaluate("stream.active")
    phone.click("#voice")
    phone.wait_for_function("() => !stream.active")
    assert phone.locator("#media li").count() == 0
    phone.evaluate("release()")
    expect(phone.locator("#media li")).to_have_count(2)


HELD_POSITION = """
window.found = []
navigator.geolocation.getCurrentPosition = (taken) => window.found.push(taken)
"""
LATE_POSITION = "() => found.shift()({ coords: { latitude: 21.9, longitude: 102.1, accuracy: 20 } })"


def test_a_position_that_is_found_after_it_was_taken_back_is_not_sent(stage: Stage, phone: Page) -> None:
    phone.add_init_script(HELD_POSITION)
    phone.goto(stage.poster)
    fill_in(phone)
    phone.click("#gps")
    phone.click("#nowhere")
    phone.evaluate(LATE_POSITION)
    assert "sai số" not in phone.inner_text("#gps-say")
    assert stage.parts(send(phone))[0].opened.json["gps"] is None


def test_the_receipt_can_be_copied_or_saved_as_a_picture_with_a_name_that_says_nothing(
    stage: Stage, new_phone: NewPage, tmp_path: Path
) -> None:
    phone = new_phone(permissions=["clipboard-read", "clipboard-write"], accept_downloads=True)
    phone.goto(stage.poster)
    fill_in(phone)
    receipt = send(phone)
    phone.get_by_text("Chép mã").click()
    phone.get_by_text("Đã chép").first.wait_for()
    assert phone.evaluate("navigator.clipboard.readText()") == receipt
    with phone.expect_download() as download:
        phone.get_by_text("Lưu thành ảnh").click()
    assert download.value.suggested_filename == "ghi-chu.png"
    download.value.save_as(tmp_path / "saved.png")
    with Image.open(tmp_path / "saved.png") as picture:
        assert picture.size == (720, 420)
    assert "ứng dụng khác" in phone.inner_text("#see")
    assert phone.locator("#text").input_value() == ""


def test_without_workers_the_page_seals_by_itself(stage: Stage, phone: Page) -> None:
    phone.add_init_script("delete window.Worker")
    phone.goto(stage.poster)
    fill_in(phone)
    assert len(stage.parts(send(phone))) == 1


def test_an_old_webview_without_native_x25519_seals_just_the_same(stage: Stage, phone: Page) -> None:
    phone.add_init_script(
        """delete window.Worker; delete Object.hasOwn
        const refuse = (name) => {
          const native = crypto.subtle[name].bind(crypto.subtle)
          crypto.subtle[name] = (...a) => a.some((x) => x && (x.name === 'X25519')) ?
            Promise.reject(new DOMException('', 'NotSupportedError')) : native(...a)
        }
        refuse('importKey')"""
    )
    phone.goto(stage.poster)
    fill_in(phone)
    assert len(stage.parts(send(phone))) == 1


def test_the_english_page_sends_too_and_says_its_language_only_inside(stage: Stage, phone: Page) -> None:
    phone.goto(f"{stage.page}/en#{stage.root}")
    fill_in(phone, "A buffalo was stolen.")
    assert stage.parts(send(phone))[0].opened.json["lang"] == "en"
    assert "Your report has arrived" in phone.inner_text("#see")
