"""An unlocked desk locks: left alone, out of sight, in another tab, come back to."""

from playwright.sync_api import Page, expect

from tests.e2e.keys_stage import Desk
from tests.e2e.keys_stage import desk as desk
from tests.e2e.keys_stage import desk_with_boxes as desk_with_boxes
from tests.e2e.keys_stage import hoa as hoa

MINUTE = 60_000


def test_ten_idle_minutes_lock(desk: Desk, hoa: Page) -> None:
    hoa.clock.install()
    desk.open(hoa, "/keys/")
    desk.unlock(hoa, "hoa")
    hoa.clock.fast_forward(9 * MINUTE)
    hoa.mouse.click(5, 5)
    hoa.clock.fast_forward(9 * MINUTE)
    expect(hoa.locator(".lockbar")).to_be_visible()
    hoa.clock.fast_forward(2 * MINUTE)
    expect(hoa.locator(".lockbar")).to_have_count(0)
    expect(hoa.locator("#tried")).to_have_text("")
    expect(hoa.locator("#passphrase")).to_have_value("")


def test_five_minutes_out_of_sight_lock(desk: Desk, hoa: Page) -> None:
    hoa.clock.install()
    desk.open(hoa, "/keys/")
    desk.unlock(hoa, "hoa")
    hoa.evaluate(
        """() => {
          Object.defineProperty(document, 'hidden', { get: () => true })
          document.dispatchEvent(new Event('visibilitychange'))
        }"""
    )
    hoa.clock.fast_forward(6 * MINUTE)
    expect(hoa.locator("#passphrase")).to_be_visible()


def test_locking_in_one_tab_locks_the_other_and_each_unlocks_by_itself(desk: Desk, hoa: Page) -> None:
    desk.open(hoa, "/keys/")
    desk.unlock(hoa, "hoa")
    other = hoa.context.new_page()
    desk.open(other, "/keys/")
    expect(other.locator("#passphrase")).to_be_visible()
    desk.unlock(other, "hoa")
    other.click("#lock-again")
    expect(hoa.locator("#passphrase")).to_be_visible()
    expect(other.locator("#passphrase")).to_be_visible()


def test_a_tab_in_use_keeps_the_other_open_and_closing_one_locks_none(desk: Desk, hoa: Page) -> None:
    hoa.clock.install()
    desk.open(hoa, "/keys/")
    desk.unlock(hoa, "hoa")
    other = hoa.context.new_page()
    desk.open(other, "/keys/")
    desk.unlock(other, "hoa")
    hoa.clock.fast_forward(9 * MINUTE)
    hoa.evaluate("() => { new BroadcastChannel('keng/keys').onmessage = () => { window.told = true } }")
    other.mouse.click(5, 5)
    hoa.wait_for_function("() => window.told")
    hoa.clock.fast_forward(5 * MINUTE)
    expect(hoa.locator(".lockbar")).to_be_visible()
    other.close()
    hoa.wait_for_timeout(200)
    expect(hoa.locator(".lockbar")).to_be_visible()


def test_the_page_come_back_to_is_locked(desk: Desk, hoa: Page) -> None:
    desk.open(hoa, "/keys/")
    desk.unlock(hoa, "hoa")
    desk.open(hoa, "/accounts/")
    hoa.go_back()
    expect(hoa.locator("#passphrase")).to_be_visible()
