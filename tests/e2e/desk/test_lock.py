"""Locking: by the button, by leaving the desk alone for ten minutes, and what is left of a report afterwards: nothing."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk.conftest import NewScreen, Office

SECRETS = ("mất hai con trâu", "Na Cô Sa 1", "Chưa gửi đâu nhé")


@pytest.fixture
def reading(office: Office, new_screen: NewScreen) -> Page:
    """An officer in the middle of a report, with a draft, at a clock that the test moves."""
    page = office.enter(new_screen, "hoa")
    page.clock.install()
    page.reload()
    office.unlock(page)
    office.open(page, "locked")
    page.fill("#answer", "Chưa gửi đâu nhé")
    return page


def left(page: Page, secrets: tuple[str, ...]) -> list[str]:
    """Which secrets are in a string of the page's heap after the garbage is gone, by the browser's own debugger."""
    devtools = page.context.new_cdp_session(page)
    pieces: list[str] = []
    devtools.on("HeapProfiler.addHeapSnapshotChunk", lambda event: pieces.append(event["chunk"]))
    for _time in range(2):
        devtools.send("HeapProfiler.collectGarbage")
    devtools.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    devtools.detach()
    strings = json.loads("".join(pieces))["strings"]
    return [secret for secret in secrets if any(secret in string for string in strings)]


def test_after_ten_minutes_alone_the_desk_locks_and_no_word_key_or_draft_is_left_on_the_page_or_in_memory(
    office: Office, reading: Page
) -> None:
    # The box's key; the first words of any key are in the script.
    secrets = (*SECRETS, office.known["identity"][20:])
    assert {*SECRETS} <= {*left(reading, secrets)}, "the test must be able to see them while they are there"
    reading.clock.run_for(9 * 60_000)
    expect(reading.locator(".say").first).to_be_visible()
    reading.clock.run_for(2 * 60_000)
    expect(reading.locator("#passphrase")).to_be_visible()
    expect(reading.locator(".lock-place")).to_contain_text("Đã khoá. Gõ cụm từ để mở lại.")
    assert reading.locator(".item, .say, iframe, textarea, .notes").count() == 0
    assert not any(secret in reading.content() for secret in SECRETS)
    assert left(reading, secrets) == []


def test_a_touch_puts_the_lock_off(reading: Page) -> None:
    for _minute in range(9):
        reading.clock.run_for(60_000)
        reading.wait_for_timeout(100)  # the server answers by the true clock
    reading.mouse.click(600, 500)
    for _minute in range(9):
        reading.clock.run_for(60_000)
        reading.wait_for_timeout(100)
    expect(reading.locator(".say").first).to_be_visible()


def test_the_button_locks_at_once_and_unlocking_comes_back_to_the_report_without_the_draft(
    office: Office, reading: Page
) -> None:
    reading.click("#lock-again")
    expect(reading.locator("#passphrase")).to_be_visible()
    assert not any(secret in reading.content() for secret in SECRETS)
    office.unlock(reading)
    expect(reading.locator(".say").first).to_contain_text("mất hai con trâu")
    assert reading.input_value("#answer") == ""


def test_locking_in_one_window_locks_the_other(office: Office, reading: Page) -> None:
    other = reading.context.new_page()
    other.goto(f"{office.server.desk}/mailbox/")
    office.unlock(other)
    reading.click("#lock-again")
    expect(other.locator("#passphrase")).to_be_visible()
    assert other.locator(".item").count() == 0


def test_a_report_still_loading_when_the_desk_locks_does_not_appear_afterwards(office: Office, reading: Page) -> None:
    held: list[Any] = []
    reading.route("**/api/threads/*/open", lambda route: held.append(route))
    reading.click(f'[data-thread="{office.thread("story")}"]')
    expect(reading.locator(".report")).to_contain_text("Đang mở…")
    reading.click("#lock-again")
    reading.unroute("**/api/threads/*/open")
    reading.clock.run_for(5_000)
    expect(reading.locator("#passphrase")).to_be_visible()
    assert reading.locator(".say, .item, .report").count() == 0


def test_signed_out_meanwhile_the_desk_says_so_leads_to_sign_in_again_and_shows_nothing_more(
    office: Office, reading: Page
) -> None:
    reading.context.clear_cookies(name="sessionid")
    reading.click(f'[data-thread="{office.thread("story")}"]')
    expect(reading.locator(".lock-place [role=alert]")).to_contain_text("phiên làm việc đã hết", timeout=40_000)
    assert not any(secret in reading.content() for secret in SECRETS)
    reading.get_by_role("link", name="Đăng nhập lại").click()
    reading.wait_for_url("**/accounts/login/**")
