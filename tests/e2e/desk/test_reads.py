"""An officer reads: list, text, photo, voice; searches, filters, uses the keyboard. In a real browser, on real keys."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk.conftest import NewScreen, Office, frame
from tests.e2e.reporter_stage import fits, violations


@pytest.fixture
def hoa(office: Office, new_screen: NewScreen) -> Page:
    return office.unlocked(new_screen, "hoa")


def test_a_wrong_passphrase_opens_nothing_and_says_so_and_the_right_one_opens_the_list(
    office: Office, new_screen: NewScreen
) -> None:
    page = office.enter(new_screen, "hoa")
    assert page.locator(".item").count() == 0
    page.fill("#passphrase", "mot hai ba bon nam sau")
    page.click("#unlock")
    expect(page.locator("#passphrase-error")).to_contain_text("Cụm từ không đúng")
    page.fill("#passphrase", office.known["passphrase"])
    page.click("#unlock")
    row = page.locator(f'[data-thread="{office.thread("story")}"]')
    expect(row).to_contain_text("Trộm cắp, Bản Na Cô Sa 1")
    expect(row).to_contain_text("Đêm qua nhà tôi mất hai con trâu")


def test_an_officer_reads_the_text_looks_at_the_photo_and_hears_the_voice(office: Office, hoa: Page) -> None:
    office.open(hoa, "story")
    expect(hoa.locator(".report h2")).to_have_text("Trộm cắp, Bản Na Cô Sa 1")
    expect(hoa.locator(".say").first).to_contain_text("có vết bánh xe công nông ra phía suối")
    expect(hoa.locator(".report .facts")).to_contain_text("cạnh suối, sau nhà văn hoá")
    expect(hoa.locator(".report .facts")).to_contain_text("21.80123, 102.55321")
    canvas = frame(hoa, "photo").locator("canvas")
    expect(canvas).to_be_visible()
    assert canvas.evaluate("c => [c.width, c.height]") == [900, 600]
    assert canvas.evaluate(
        "c => [...c.getContext('2d').getImageData(450, 330, 1, 1).data.slice(0, 3)]"
    ) == pytest.approx([0x6B, 0x4A, 0x2B], abs=12)
    audio = frame(hoa, "voice").locator("audio")
    assert audio.evaluate(
        "a => a.play().then(() => new Promise(r => a.ontimeupdate = () => a.currentTime > 0.2 && r(true)))"
    )
    expect(hoa.locator(".meta")).to_contain_text(
        "1 ảnh, 1 lời nói 0:03. Khoá đã kiểm theo áp phích. Cho phép chuyển cấp trên."
    )


def test_opening_a_report_is_in_the_ledger_once_and_the_report_is_no_longer_new(
    office: Office, new_screen: NewScreen
) -> None:
    page = office.unlocked(new_screen, "nam")
    for name in ("moved", "story", "moved"):
        office.open(page, name)
    assert office.verbs("moved", "nam").count("mailbox.report.read") == 1
    expect(page.locator(f'[data-thread="{office.thread("moved")}"]')).to_contain_text("Đã mở")
    expect(page.locator(".progress-steps [aria-current]")).to_contain_text("Đã mở")


def test_search_finds_without_accents_among_what_is_loaded_and_never_asks_the_server(office: Office, hoa: Page) -> None:
    expect(hoa.locator(f'[data-thread="{office.thread("story")}"]')).to_contain_text("Đêm qua")
    asked: list[str] = []
    hoa.on("request", lambda request: asked.append(request.url))
    hoa.fill("#search", "KHONG CAN tra loi")
    expect(hoa.locator(".item")).to_have_count(1)
    expect(hoa.locator(".item")).to_contain_text("Không cần trả lời.")
    hoa.fill("#search", "khong co chu nay")
    expect(hoa.locator(".more")).to_contain_text("Không thấy tin nào có những chữ ấy.")
    assert asked == []
    assert "khong" not in hoa.url


def test_filter_and_report_stay_in_the_address_so_that_reload_and_back_find_them(office: Office, hoa: Page) -> None:
    hoa.select_option("#filter-state", "done")
    expect(hoa.locator(".more")).to_contain_text("Không có tin nào như vậy.")
    assert "state=done" in hoa.url
    hoa.go_back()
    office.open(hoa, "story")
    assert f"report={office.thread('story')}" in hoa.url
    hoa.reload()
    assert hoa.locator(".say").count() == 0
    office.unlock(hoa)
    expect(hoa.locator(".say").first).to_contain_text("Đêm qua nhà tôi")
    hoa.go_back()
    expect(hoa.locator(".nothing")).to_be_visible()


def test_the_keyboard_alone_goes_through_the_list_opens_answers_and_comes_back(office: Office, hoa: Page) -> None:
    hoa.wait_for_selector(".item")
    first, second = (hoa.locator(".item").nth(place).get_attribute("data-thread") for place in (0, 1))
    hoa.keyboard.press("j")
    hoa.keyboard.press("j")
    assert hoa.evaluate("document.activeElement.dataset.thread") == second
    hoa.keyboard.press("k")
    assert hoa.evaluate("document.activeElement.dataset.thread") == first
    hoa.keyboard.press("Enter")
    hoa.wait_for_selector(".side .progress-steps")
    hoa.keyboard.press("Escape")
    expect(hoa.locator(".nothing")).to_be_visible()
    assert hoa.evaluate("document.activeElement.dataset.thread") == first
    hoa.keyboard.press("/")
    assert hoa.evaluate("document.activeElement.id") == "search"
    hoa.keyboard.type("jk?")
    assert hoa.input_value("#search") == "jk?"
    hoa.fill("#search", "")
    hoa.keyboard.press("Escape")
    hoa.keyboard.press("?")
    expect(hoa.locator("dialog")).to_contain_text("tin tiếp theo")
    hoa.keyboard.press("Escape")
    expect(hoa.locator("dialog")).to_have_count(0)


def test_a_message_that_comes_while_the_list_is_open_is_told_within_a_minute(
    office: Office, new_screen: NewScreen
) -> None:
    page = office.enter(new_screen, "hoa")
    page.clock.install()
    page.reload()
    office.unlock(page)
    row = page.locator(f'[data-thread="{office.thread("story")}"]')
    expect(row).to_contain_text("Trộm cắp")
    before = page.locator(".item").count()
    receipt = office.known["receipts"]["story"]
    office.server.python(
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.e2e.desk.world import later\n"
        f"later({receipt!r}, 'Tôi nhớ ra biển số xe.')"
    )
    page.clock.fast_forward(61_000)
    expect(row).to_contain_text("Có phần mới")
    assert page.locator(".item").count() == before
    office.open(page, "story")
    expect(page.locator(".talk")).to_contain_text("Tôi nhớ ra biển số xe.")
    expect(row).not_to_contain_text("Có phần mới")


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_page_fits_and_axe_finds_nothing_on_list_and_report(
    office: Office, new_screen: NewScreen, width: int
) -> None:
    page = office.enter(new_screen, "hoa", viewport={"width": width, "height": 760}, bypass_csp=True)
    assert violations(page) == []
    office.unlock(page)
    page.wait_for_selector(".item .preview:visible")
    assert violations(page) == []
    assert fits(page)
    office.open(page, "foreign")
    assert violations(page) == []
    assert fits(page)
    assert page.locator(".list").is_visible() is (width > 760)


def test_the_page_is_whole_in_english(office: Office, new_screen: NewScreen) -> None:
    page = office.enter(new_screen, "hoa")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": office.server.desk}])
    page.reload()
    office.unlock(page)
    office.open(page, "no-reply")
    words = page.locator(".report, .side, .tools, .lockbar").all_inner_texts()
    said = " ".join(words)
    assert "The reporter chose to need no answer" in said
    quoted = ["Không cần trả lời.", *page.locator(".basis").all_inner_texts()]
    for theirs in quoted:
        said = said.replace(theirs, "")
    assert re.findall("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữự]", said) == []
