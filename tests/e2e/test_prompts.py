"""Prompts in real browsers: recorded at the desk, approved by somebody else, played on a phone by touch from one file and not before."""

import io
import wave

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.conftest import NewPage
from tests.e2e.reporter_stage import fits, target_sizes, violations
from tests.e2e.voices_stage import Voices
from tests.mailbox.languages.speech import film, wav

PAGE = "/languages/boxes/na-co-sa/"


def card(page: Page, key: str):
    return page.locator(f'[data-key="{key}"]')


def record(page: Page, key: str) -> None:
    """By the made-up microphone, which beeps once a second."""
    one = card(page, key)
    one.get_by_role("button", name="Ghi", exact=False).first.click()
    expect(one.locator("button.on")).to_be_visible()
    page.wait_for_timeout(1400)
    one.locator("button.on").click()
    one.get_by_role("button", name="Giữ bản này").click()
    expect(one).to_have_attribute("data-state", "waiting")


def approve(page: Page, key: str) -> None:
    one = card(page, key)
    yes = one.get_by_role("button", name="Duyệt")
    expect(yes).to_be_disabled()
    one.get_by_role("button", name="Nghe").click()
    expect(yes).to_be_enabled(timeout=15_000)
    yes.click()
    expect(one).to_have_attribute("data-state", "approved")


def in_place(voices: Voices, new_screen: NewPage, *keys: str, language: str = "vi") -> None:
    """Recorded by hoa, approved by nam."""
    page = voices.enter(new_screen, "hoa", f"{PAGE}?language={language}")
    for key in keys:
        record(page, key)
    page = voices.enter(new_screen, "nam", f"{PAGE}approve/?language={language}")
    for key in keys:
        approve(page, key)


def sounding(page: Page) -> None:
    """Keeps every sound that is played, with how long it is, in `heard`."""
    page.add_init_script(
        """window.heard = []
        const play = HTMLMediaElement.prototype.play
        HTMLMediaElement.prototype.play = function () {
          this.addEventListener("playing", () => heard.push([this.src.split(":")[0], this.dataset.key]))
          return play.call(this)
        }"""
    )


def test_a_prompt_is_recorded_approved_by_another_and_played_by_touch_with_one_request(
    voices: Voices, new_screen: NewPage, phone: Page
) -> None:
    in_place(voices, new_screen, "page.what", "page.choice.crime.theft", "page.position", "page.look", "report.preview")
    asked: list[Request] = []
    phone.on("request", lambda request: asked.append(request))
    sounding(phone)
    phone.goto(f"{voices.page}#{voices.root}")
    phone.wait_for_selector("#voice:enabled")
    phone.wait_for_timeout(500)
    assert [request.url for request in asked if "/voice/" in request.url] == [], "nothing before the touch"
    for key in ("page.what", "page.choice.crime.theft", "page.position"):
        phone.tap(f'[data-key="{key}"]')
        phone.wait_for_function("(key) => heard.some(([, one]) => one === key)", arg=key)
    packs = [request for request in asked if "/voice/" in request.url]
    assert len(packs) == 1
    assert packs[0].method == "GET"
    assert "cookie" not in packs[0].all_headers()
    assert {scheme for scheme, _key in phone.evaluate("heard")} == {"blob"}
    assert not phone.is_checked("[name=what][value=theft]"), "listening chooses nothing"
    phone.tap("label:has([value=theft])")
    assert phone.is_checked("[name=what][value=theft]")
    phone.click("#send")
    phone.tap('#see [data-key="report.preview"]')
    phone.wait_for_function("() => heard.some(([, key]) => key === 'report.preview')")
    assert len([request for request in asked if "/voice/" in request.url]) == 1
    other_hosts = {request.url.split("/")[2] for request in asked if request.url.startswith("http")}
    assert other_hosts == {voices.page.split("/")[2]}


def test_a_page_with_prompts_fits_the_narrowest_phone_and_axe_finds_nothing(
    voices: Voices, new_screen: NewPage, new_phone: NewPage
) -> None:
    in_place(
        voices,
        new_screen,
        "page.tell",
        "page.photo",
        "page.forward",
        "page.choice.crime.other",
        "guide.scan",
        "guide.start",
    )
    for width in (320, 360):
        phone = new_phone(viewport={"width": width, "height": 740})
        for path in ("", "/guide"):
            phone.goto(f"{voices.page}{path}#{voices.root}")
            phone.wait_for_selector(".say")
            assert fits(phone)
            assert violations(phone) == []
            assert min(target_sizes(phone.locator(".say"))) >= 44
            names = [button.get_attribute("aria-label") for button in phone.locator(".say").all()]
            assert all(name and name.startswith("Nghe: ") and len(name) > 8 for name in names)
    # The last choice keeps its row, the buttons their words.
    phone.goto(f"{voices.page}#{voices.root}")
    phone.wait_for_selector(".say")
    wide = phone.locator("label:has([value=other])").bounding_box()
    assert wide["width"] > 300
    assert "Thêm ảnh" in phone.locator("label:has(#photo)").inner_text()


def test_a_sound_stops_when_it_is_touched_again_and_when_another_is(
    voices: Voices, new_screen: NewPage, phone: Page
) -> None:
    in_place(voices, new_screen, "page.where", "page.when")
    phone.add_init_script(
        "window.players = []; const A = Audio; window.Audio = function () { const a = new A(); players.push(a); return a }"
    )
    phone.goto(f"{voices.page}#{voices.root}")
    phone.wait_for_selector('[data-key="page.where"]')
    phone.tap('[data-key="page.where"]')
    phone.wait_for_function("() => players.length === 1 && !players[0].paused")
    phone.tap('[data-key="page.when"]')
    phone.wait_for_function("() => players.length === 2 && players[0].paused && !players[1].paused")
    phone.tap('[data-key="page.when"]')
    phone.wait_for_function("() => players.every((one) => one.paused)")


def test_a_phone_that_cannot_play_is_told_so_and_loads_nothing(
    voices: Voices, new_screen: NewPage, phone: Page
) -> None:
    in_place(voices, new_screen, "page.media")
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.add_init_script("HTMLMediaElement.prototype.canPlayType = () => ''")
    phone.goto(f"{voices.page}#{voices.root}")
    phone.tap('[data-key="page.media"]')
    phone.get_by_text("Máy này không phát được lời đọc.").wait_for()
    assert not [url for url in asked if "/voice/" in url]


def test_a_line_that_drops_while_loading_is_told_and_the_next_touch_tries_again(
    voices: Voices, new_screen: NewPage, phone: Page, errors: list[str]
) -> None:
    in_place(voices, new_screen, "page.date")
    phone.route("**/voice/**", lambda route: route.abort(), times=1)
    phone.goto(f"{voices.page}#{voices.root}")
    phone.tap('[data-key="page.date"]')
    phone.get_by_text("Chưa tải được lời đọc.").wait_for()
    sounding(phone)
    phone.tap('[data-key="page.date"]')
    expect(phone.get_by_text("Chưa tải được lời đọc.")).to_have_count(0)


def test_a_phone_that_forgot_the_touch_while_a_slow_line_loaded_asks_for_another(
    voices: Voices, new_screen: NewPage, phone: Page
) -> None:
    in_place(voices, new_screen, "page.no_answer")
    phone.add_init_script(
        """let first = true
        const play = HTMLMediaElement.prototype.play
        HTMLMediaElement.prototype.play = function () {
          if (!first) return play.call(this)
          first = false
          return Promise.reject(new DOMException("", "NotAllowedError"))
        }"""
    )
    phone.goto(f"{voices.page}#{voices.root}")
    phone.tap('[data-key="page.no_answer"]')
    phone.get_by_text("Bấm lần nữa để nghe.").wait_for()
    phone.tap('[data-key="page.no_answer"]')
    expect(phone.get_by_text("Bấm lần nữa để nghe.")).to_have_count(0)


def test_the_guide_speaks_and_its_links_keep_the_posters_key(voices: Voices, new_screen: NewPage, phone: Page) -> None:
    in_place(voices, new_screen, "guide.tell")
    phone.goto(f"{voices.page}#{voices.root}")
    phone.wait_for_selector("#voice:enabled")
    phone.click("text=Xem cách báo tin")
    phone.wait_for_url(f"**/guide#{voices.root}")
    sounding(phone)
    phone.reload()
    phone.tap('.say[data-key="guide.tell"]')
    phone.wait_for_function("() => heard.length === 1")
    phone.click("text=Báo tin ngay")
    phone.wait_for_url(f"{voices.page}#{voices.root}")
    phone.get_by_text("Khoá đúng với áp phích").wait_for()


def test_the_guide_is_read_without_javascript(voices: Voices, new_phone: NewPage) -> None:
    phone = new_phone(java_script_enabled=False)
    phone.goto(f"{voices.page}/guide")
    assert phone.locator("ol li svg").count() == 6
    for picture in phone.locator("ol li").all():
        assert picture.is_visible()
    phone.click("text=Báo tin ngay")
    phone.wait_for_url(voices.page)


# -- what is no prompt, at the desk ------------------------------------------------------------------------------------


def mute(seconds: float) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(int(16_000 * seconds)))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "raw", "sentence"),
    [
        ("a.mp4", "video/mp4", film(), "Tệp này có hình"),
        ("a.wav", "audio/wav", mute(3), "Bản ghi không có tiếng"),
        ("a.wav", "audio/wav", wav(0.1), "Bản ghi ngắn quá"),
        ("a.wav", "audio/wav", mute(40), "Bản ghi dài quá 30 giây"),
        ("a.wav", "audio/wav", mute(1200), "Tệp ghi âm lớn quá 1 MB"),
        ("a.mp3", "audio/mpeg", b"MZ" + bytes(900), "không phải bản ghi âm đọc được"),
    ],
    ids=["a film", "silence", "0.1 s", "40 s", "20 minutes", "garbage"],
)
def test_s3_a_file_that_is_no_prompt_is_refused_in_the_browser_and_nothing_is_sent(
    voices: Voices, new_screen: NewPage, name: str, kind: str, raw: bytes, sentence: str
) -> None:
    page = voices.enter(new_screen, "hoa", PAGE)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    one = card(page, "page.commune")
    one.locator("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": raw})
    expect(one.locator(".error")).to_contain_text(sentence)
    assert one.get_by_role("button", name="Giữ bản này").count() == 0
    assert not [url for url in sent if "/api/record/" in url]


def test_a_file_recorded_elsewhere_is_taken_and_may_be_removed_again(voices: Voices, new_screen: NewPage) -> None:
    page = voices.enter(new_screen, "hoa", PAGE)
    one = card(page, "page.village")
    one.locator("input[type=file]").set_input_files({"name": "a.wav", "mimeType": "audio/wav", "buffer": wav(1.5)})
    one.get_by_role("button", name="Giữ bản này").click()
    expect(one).to_have_attribute("data-state", "waiting")
    expect(one.locator("[data-fill=seconds]")).to_contain_text("1,")
    one.get_by_role("button", name="Bỏ").click()
    one.get_by_role("button", name="Bỏ thật?").click()
    expect(one).to_have_attribute("data-state", "none")


def test_what_the_server_refuses_is_told_beside_the_sentence(voices: Voices, new_screen: NewPage) -> None:
    """The browser finds nothing wrong with it, the server does."""
    page = voices.enter(new_screen, "hoa", PAGE)
    answer = {"error": "silent", "message": "Bản ghi không có tiếng, máy chủ nói vậy."}
    page.route("**/api/record/**", lambda route: route.fulfill(status=400, json=answer))
    one = card(page, "page.commune")
    one.locator("input[type=file]").set_input_files({"name": "a.wav", "mimeType": "audio/wav", "buffer": wav(1)})
    one.get_by_role("button", name="Giữ bản này").click()
    expect(one.locator(".error")).to_have_text(answer["message"])
    expect(one).to_have_attribute("data-state", "none")


def test_a_refused_microphone_is_told(voices: Voices, new_screen: NewPage) -> None:
    page = voices.enter(new_screen, "hoa", PAGE)
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError')) }"
    )
    one = card(page, "page.commune")
    one.get_by_role("button", name="Ghi", exact=False).first.click()
    expect(one.locator(".error")).to_contain_text("Máy không cho dùng mi-crô")


def test_ones_own_recording_offers_no_approval_and_the_server_refuses_it(voices: Voices, new_screen: NewPage) -> None:
    page = voices.enter(new_screen, "nam", PAGE)
    record(page, "page.before")
    digest = card(page, "page.before").get_attribute("data-digest")
    page.goto(voices.desk(f"{PAGE}approve/"))
    one = card(page, "page.before")
    assert one.get_by_role("button", name="Duyệt").count() == 0
    expect(one).to_contain_text("người khác sẽ duyệt")
    status = page.evaluate(
        """([address, digest]) => fetch(address, { method: "POST", body: JSON.stringify({ language: "vi", key: "page.before", digest }),
          headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf]").content } })
          .then((answer) => answer.status)""",
        [voices.desk(f"{PAGE}api/approve/"), digest],
    )
    assert status == 409


@pytest.mark.parametrize("path", ["/languages/", PAGE, f"{PAGE}approve/", "/languages/sentences/?language=hmv",
                                  "/languages/sentence/?language=hmv&key=page.what", "/languages/table/look/?language=hmv"])  # fmt: skip
def test_the_desks_pages_fit_and_axe_finds_nothing(voices: Voices, new_screen: NewPage, path: str) -> None:
    for width in (360, 1280):
        page = voices.enter(new_screen, "nam", path, viewport={"width": width, "height": 800})
        page.wait_for_load_state()
        assert fits(page)
        assert violations(page) == []


def test_the_file_holds_what_a_phone_plays(voices: Voices, new_screen: NewPage, phone: Page) -> None:
    """What the browser's recorder made, the server wrote anew and the browser decodes once more."""
    in_place(voices, new_screen, "page.heading.crime")
    phone.goto(voices.page)
    seconds = phone.evaluate(
        """async () => {
          const { pack } = JSON.parse(document.getElementById("box").textContent).voice
          const all = new Uint8Array(await (await fetch(pack)).arrayBuffer())
          const start = 4 + new DataView(all.buffer).getUint32(0)
          const [from, length] = JSON.parse(new TextDecoder().decode(all.slice(4, start)))["page.heading.crime"]
          const sound = await new OfflineAudioContext(1, 1, 16000).decodeAudioData(all.slice(start + from, start + from + length).buffer)
          return sound.duration
        }"""
    )
    assert 0.2 < seconds < 3
