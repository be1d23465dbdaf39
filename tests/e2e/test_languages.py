"""The reporter's page in a language that was added at the desk, on a real phone's browser. Its words here are nonsense."""

import pytest
from playwright.sync_api import Page, expect

from keng.mailbox import sealing
from tests.e2e.conftest import NewPage
from tests.e2e.reporter_stage import fits, receipt_on, violations
from tests.e2e.voices_stage import Voices


def here(voices: Voices) -> str:
    return f"{voices.page}/hmv#{voices.root}"


def ready(voices: Voices, phone: Page) -> None:
    phone.goto(here(voices))
    phone.wait_for_selector("#voice:enabled")


def test_a_draft_shows_its_sign_and_its_vietnamese_and_a_reviewed_word_stands_alone(
    voices: Voices, phone: Page
) -> None:
    ready(voices, phone)
    expect(phone.get_by_text("chưa được người bản ngữ duyệt")).to_be_visible()
    theft = phone.locator("label:has([value=theft])")
    expect(theft).to_contain_text("Bolomi")
    expect(theft.locator("small[lang=vi]")).to_have_text("Trộm cắp")
    expect(theft.get_by_role("img", name="chưa được người bản ngữ duyệt")).to_be_visible()
    drugs = phone.locator("label:has([value=drugs])")
    assert drugs.inner_text().strip() == "Zemiko"
    assert phone.locator("html").get_attribute("lang") == "hmv"


def test_a_consent_and_a_promise_wait_for_their_reader(voices: Voices, phone: Page) -> None:
    """Both have a draft in this language."""
    ready(voices, phone)
    page = phone.inner_text("body")
    assert "Cho phép chuyển tin lên cấp trên nếu cần" in page
    assert "Tin được khoá ngay trên điện thoại này." in page
    assert "Zalimo" not in phone.content()
    assert "Kolomu" not in phone.content()


def test_what_appears_while_the_page_runs_is_in_the_language_too(voices: Voices, phone: Page) -> None:
    ready(voices, phone)
    phone.click("#send")
    say = phone.locator("#say")
    expect(say).to_contain_text("Nazu kiro vo!")
    expect(say.locator("small[lang=vi]")).to_contain_text("Bà con chọn một chuyện")
    phone.check("[name=what][value=theft]")
    phone.click("#send")
    expect(phone.locator("#see h2")).to_contain_text("Zami vizu")
    expect(phone.locator("#see h2 small")).to_have_text("Xem lại trước khi gửi")
    expect(phone.locator("#send [lang=vi]")).to_have_text("Gửi đi")  # nobody has translated it
    texts = phone.evaluate("() => document.body.innerText")
    assert not any("\ue000" <= letter <= "\ue002" for letter in texts)


def test_a_report_is_sealed_with_the_language_and_what_the_officer_reads_is_vietnamese(
    voices: Voices, phone: Page
) -> None:
    ready(voices, phone)
    phone.check("[name=what][value=theft]")
    phone.fill("#text", "Zoru mika")
    phone.click("#nowhere")
    phone.click("#send")
    phone.wait_for_selector("#see h2")
    phone.click("#send")
    phone.wait_for_selector("#receipt")
    expect(phone.locator("#see")).to_contain_text("mất thì không ai lấy lại được")  # a promise: only its draft is there
    keys = sealing.derive(sealing.read_receipt(receipt_on(phone)))
    found = voices.server.python(
        "from keng.mailbox.models import Part\n"
        f"p = Part.objects.get(thread__key={keys.thread!r})\n"
        "print((bytes(p.header) + bytes(p.payload)).hex())"
    )
    part = sealing.open_part(
        sealed=bytes.fromhex(found.strip()), identity=voices.known["identity"], thread=keys.thread, sender="reporter",
        index=0, secret=None,
    )  # fmt: skip
    assert (part.json["lang"], part.json["what"], part.json["place"]) == ("hmv", "theft", "Không rõ")
    phone.goto(f"{voices.server.public}/r/hmv")
    phone.fill("#code", "0" * 24)
    phone.click("#open")
    expect(phone.locator("#say [lang=vi]")).to_contain_text("Có chữ số gõ nhầm")


def test_the_choice_of_language_keeps_the_posters_key(voices: Voices, phone: Page) -> None:
    phone.goto(f"{voices.page}#{voices.root}")
    phone.wait_for_selector("#voice:enabled")
    phone.click("text=Zabu")
    phone.wait_for_url(here(voices))
    expect(phone.locator("#trust [lang=vi]")).to_have_text("✓ Khoá đúng với áp phích.")
    phone.click("a[hreflang=vi]")
    phone.wait_for_url(f"{voices.page}#{voices.root}")


def test_a_touch_on_a_word_is_a_touch_on_its_link(voices: Voices, phone: Page) -> None:
    """Words of such a page stand in elements of their own within links and buttons."""
    ready(voices, phone)
    phone.click("#more a >> nth=0")
    phone.wait_for_url(f"**/guide/hmv#{voices.root}")
    ready(voices, phone)
    phone.route("https://nchmf.gov.vn/**", lambda route: route.fulfill(body="thời tiết", content_type="text/html"))
    phone.fill("#text", "Zoru mika")
    before = phone.evaluate("history.length")
    phone.click("#exit bdi")
    phone.wait_for_url("https://nchmf.gov.vn/**")
    assert phone.evaluate("history.length") == before, "it takes the page's place"


@pytest.mark.parametrize("width", [320, 360])
def test_the_pages_fit_and_axe_finds_nothing(voices: Voices, new_phone: NewPage, width: int) -> None:
    phone = new_phone(viewport={"width": width, "height": 740})
    for path in ("/b/na-co-sa/hmv", "/b/na-co-sa/guide/hmv", "/r/hmv"):
        phone.goto(f"{voices.server.public}{path}#{voices.root}")
        phone.wait_for_load_state()
        assert fits(phone)
        assert violations(phone) == []


def test_without_javascript_the_page_leads_to_the_vietnamese_plain_page(voices: Voices, new_phone: NewPage) -> None:
    phone = new_phone(java_script_enabled=False)
    phone.goto(f"{voices.page}/hmv")
    phone.locator("noscript a, #more a", has_text="Dùng trang chữ thường").first.click()
    phone.wait_for_url(f"{voices.page}/plain")
