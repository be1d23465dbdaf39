"""What is left on the phone after a report: nothing stored, nothing written, no name that tells; and how the page looks."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e.conftest import NewPage
from tests.e2e.reporter_stage import Stage, fill_in, fits, send, target_sizes, violations

WEATHER = "https://nchmf.gov.vn/"


def with_weather(page: Page) -> None:
    page.route(
        f"{WEATHER}**", lambda route: route.fulfill(body="<h1>Thời tiết</h1>", content_type="text/html; charset=utf-8")
    )


def test_r5_nothing_is_stored_and_nobody_else_is_asked(
    stage: Stage, phone: Page, contexts: list[BrowserContext]
) -> None:
    asked: set[str] = set()
    carried: list[dict[str, str]] = []

    def note(request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if url.startswith("http"):
            asked.add(url.split("/")[2])
            carried.append(request.all_headers() if "/parts" in url else request.headers)  # type: ignore[attr-defined]

    phone.on("requestfinished", note)
    phone.goto(stage.poster)
    fill_in(phone)
    send(phone)
    assert asked == {stage.page.split("/")[2]}
    assert [headers for headers in carried if headers.get("cookie") or headers.get("referer")] == []
    assert contexts[0].cookies() == []
    stored = phone.evaluate(
        """async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
        (await caches.keys()).length, (await navigator.serviceWorker?.getRegistrations() ?? []).length]"""
    )
    assert stored == [0, 0, 0, 0, 0]


def test_title_and_history_say_nothing(stage: Stage, phone: Page) -> None:
    for address in (stage.poster, f"{stage.server.public}/r"):
        phone.goto(address)
        assert phone.title() == "Thông tin xã"


def test_no_field_is_remembered_or_spell_checked(stage: Stage, phone: Page) -> None:
    phone.goto(stage.page)
    phone.wait_for_selector("#short")
    for field in phone.locator("textarea, input[type=text]").all():
        for name, value in {
            "autocomplete": "off",
            "spellcheck": "false",
            "autocorrect": "off",
            "autocapitalize": "off",
        }.items():
            assert field.get_attribute(name) == value
    for field in phone.locator("select, input[type=radio], input[type=checkbox]").all():
        assert field.get_attribute("autocomplete") == "off"


def test_what_was_written_is_gone_on_coming_back(stage: Stage, phone: Page) -> None:
    phone.goto(stage.poster)
    fill_in(phone, "Không ai được thấy")
    phone.goto(f"{stage.server.public}/r")
    phone.go_back()
    phone.wait_for_selector("#voice:enabled")
    assert phone.input_value("#text") == ""
    assert phone.input_value("#place") == ""
    assert not phone.is_checked("[name=what][value=theft]")


def test_the_quick_exit_takes_the_pages_place_in_the_history(stage: Stage, phone: Page) -> None:
    with_weather(phone)
    phone.goto(stage.server.public + "/r")
    phone.goto(stage.poster)
    fill_in(phone)
    before = phone.evaluate("history.length")
    phone.click("#exit")
    phone.get_by_text("Thời tiết").wait_for()
    assert phone.evaluate("history.length") == before
    phone.go_back()
    assert phone.url == stage.server.public + "/r"


def test_the_quick_exit_stays_in_sight_while_writing_and_covers_nothing_that_has_the_focus(
    stage: Stage, phone: Page
) -> None:
    phone.set_viewport_size({"width": 320, "height": 480})
    phone.goto(stage.poster)
    phone.focus("#when-text")
    exit_box = phone.locator("#exit").bounding_box()
    assert exit_box
    assert 0 <= exit_box["y"] < 60
    beneath = """() => {
        const focused = document.activeElement, header = document.querySelector("header")
        if (header.contains(focused) || focused === document.body) return ""
        return focused.getBoundingClientRect().top < header.getBoundingClientRect().bottom ? focused.id || focused.name || "?" : ""
    }"""
    for _step in range(24):
        phone.keyboard.press("Shift+Tab")
        assert phone.evaluate(beneath) == ""


def test_the_quick_exit_works_before_the_bundle_and_without_javascript(stage: Stage, new_phone: NewPage) -> None:
    for phone in (new_phone(), new_phone(java_script_enabled=False)):
        with_weather(phone)
        phone.route("**/report.vi.*.js", lambda route: None)
        phone.goto(stage.poster, wait_until="commit")
        phone.click("#exit")
        phone.get_by_text("Thời tiết").wait_for()


def test_the_language_links_carry_the_pin(stage: Stage, phone: Page) -> None:
    phone.goto(stage.poster)
    phone.get_by_text("English").click()
    phone.wait_for_url(f"{stage.page}/en#{stage.root}")
    phone.get_by_text("The key matches the poster").wait_for()
    phone.locator("a[hreflang=vi]").click()
    phone.wait_for_url(stage.poster)


def empty(_page: Page) -> None:
    pass


def unpinned(page: Page) -> None:
    page.goto(page.url.split("#")[0] + "?")
    page.goto(page.url.split("?")[0])
    page.wait_for_selector("#short")


def preview(page: Page) -> None:
    fill_in(page)
    page.click("#send")
    page.wait_for_selector("#see h2")


def receipt(page: Page) -> None:
    fill_in(page)
    send(page)


def refused(page: Page) -> None:
    page.goto(page.url.split("#")[0] + "?")
    page.goto(page.url.split("?")[0] + "#abc")
    page.wait_for_selector("#see .bad")


def complaint(page: Page) -> None:
    page.click("#send")
    page.wait_for_selector("#say.err")


STATES = [empty, unpinned, preview, receipt, refused, complaint]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_the_page_fits_a_small_phone(
    stage: Stage, new_phone: NewPage, state: Callable[[Page], None], scheme: str
) -> None:
    phone = new_phone(
        viewport={"width": 320, "height": 640}, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True
    )
    phone.goto(stage.poster)
    phone.wait_for_selector("#voice:enabled")
    state(phone)
    assert fits(phone)
    assert violations(phone) == []
    assert (
        min(target_sizes(phone.locator("button, .x, nav a, .k label, .now, .btn, select, textarea, [type=text]"))) >= 44
    )


def test_the_whole_form_can_be_filled_and_sent_by_keyboard(stage: Stage, screen: Page) -> None:
    screen.goto(stage.poster)
    screen.wait_for_selector("#voice:enabled")
    screen.focus("[name=what][value=theft]")
    screen.keyboard.press("ArrowRight")
    screen.keyboard.press("Tab")
    assert screen.evaluate("document.activeElement.id") == "text"
    screen.keyboard.type("Bằng bàn phím")
    order = []
    for _ in range(14):
        screen.keyboard.press("Tab")
        order.append(screen.evaluate("document.activeElement.id"))
    wanted = [
        "village",
        "place",
        "gps",
        "nowhere",
        "when",
        "when-text",
        "photo",
        "voice",
        "voice-file",
        "forward",
        "no-answer",
        "send",
    ]
    assert order[: len(wanted)] == wanted
    screen.focus("#send")
    screen.keyboard.press("Enter")
    screen.wait_for_selector("#see h2")
    screen.focus("#send")
    screen.keyboard.press("Enter")
    assert stage.parts(screen.locator("#receipt").inner_text())[0].opened.json["what"] == "drugs"
