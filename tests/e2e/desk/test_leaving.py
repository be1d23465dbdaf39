"""An officer who leaves while a tab of theirs shows an open report: within a minute the tab holds neither keys nor words."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk.conftest import NewScreen, Office
from tests.e2e.desk.test_lock import SECRETS, left

MINUTE = 60_000
# Of an office and a person, as they are put off and put back: the row, and what undoes it.
APPOINTMENT = (
    "UPDATE accounts_appointment SET until = {} WHERE user_id = (SELECT id FROM accounts_user WHERE username = 'hoa')"
)
ACCOUNT = "UPDATE accounts_user SET is_active = {} WHERE username = 'hoa'"
GRANTS = (
    "UPDATE desk_grant SET until = {} WHERE key_id IN (SELECT k.id FROM desk_officerkey k JOIN accounts_user u"
    " ON u.id = k.user_id WHERE username = 'hoa')"
)
KEY = "UPDATE desk_officerkey SET until = {} WHERE user_id = (SELECT id FROM accounts_user WHERE username = 'hoa')"
SESSIONS = "UPDATE django_session SET expire_date = {}"
PAST = "'2026-01-01 00:00:00'"
LEAVING = {
    "role": (APPOINTMENT, PAST, "NULL", "vai trò đọc tin của đồng chí đã thôi"),
    "account": (ACCOUNT, "0", "1", "tài khoản đã ngừng"),
    "grant": (GRANTS, PAST, "NULL", "quyền mở một hộp thư của đồng chí vừa thôi"),
    "key": (KEY, PAST, "NULL", "khoá của đồng chí vừa được thay"),
    "session": (SESSIONS, PAST, "'2100-01-01 00:00:00'", "phiên làm việc đã hết"),
}
parametrized = pytest.mark.parametrize("how", LEAVING)


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


@contextmanager
def put_off(office: Office, how: str) -> Iterator[str]:
    """The officer has left in this way; gives the sentence that the tab must show. Afterwards all is as before."""
    sql, off, on, sentence = LEAVING[how]

    def change(value: str) -> None:
        with sqlite3.connect(office.server.var / "keng.sqlite3", timeout=20) as database:
            database.execute(sql.format(value))

    change(off)
    try:
        yield sentence
    finally:
        change(on)


def accessible(page: Page) -> str:
    """All that a screen reader could read: names, descriptions and values of every node, of frames too."""
    devtools = page.context.new_cdp_session(page)
    tree = devtools.send("Accessibility.getFullAXTree")
    devtools.detach()
    return json.dumps(tree, ensure_ascii=False)


def assert_wiped(office: Office, page: Page, sentence: str) -> None:
    place = page.locator(".lock-place")
    expect(place).to_contain_text(sentence)
    expect(place.locator("[role=alert], #lock-why").first).to_be_visible()
    expect(page.locator(".item, .say, iframe, textarea, .notes, dialog")).to_have_count(0)
    secrets = (*SECRETS, office.known["identity"][20:])
    for shown in (page.content(), accessible(page), page.title(), page.url):
        assert not any(secret in shown for secret in secrets)
    assert left(page, secrets) == []


@parametrized
def test_who_leaves_with_an_open_tab_loses_words_and_keys_within_a_minute_and_is_told_why(
    office: Office, reading: Page, how: str
) -> None:
    assert SECRETS[0] in accessible(reading), "the test must be able to see it while it is there"
    with put_off(office, how) as sentence:
        reading.clock.run_for(MINUTE)
        assert_wiped(office, reading, sentence)


@pytest.mark.parametrize("how", ["role", "grant"])
def test_the_next_request_of_any_kind_ends_it_before_the_minute_is_over(
    office: Office, reading: Page, how: str
) -> None:
    with put_off(office, how) as sentence:
        # Not a patient click: what opening asked for may still be under way, and is then the request that ends it.
        row = f'[data-thread="{office.thread("story")}"]'
        reading.evaluate("row => document.querySelector(row)?.click()", row)
        assert_wiped(office, reading, sentence)


def test_a_tab_that_is_looked_at_again_asks_at_once(office: Office, reading: Page) -> None:
    with put_off(office, "grant") as sentence:
        reading.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        assert_wiped(office, reading, sentence)


def test_without_a_role_or_a_session_no_passphrase_is_asked_for(office: Office, reading: Page) -> None:
    with put_off(office, "role"):
        reading.clock.run_for(MINUTE)
        expect(reading.get_by_role("link", name="Về trang đầu")).to_be_visible()
        expect(reading.locator("#passphrase")).to_have_count(0)


def test_who_stays_reads_on(reading: Page) -> None:
    asked: list[str] = []
    reading.on("request", lambda request: asked.append(request.url))
    for _minute in range(5):
        # Nothing more is asked until the last answer has come, by the true clock.
        with reading.expect_event("requestfinished", lambda request: request.url.endswith("/keys/api/standing")):
            reading.clock.run_for(MINUTE)
    expect(reading.locator(".say").first).to_contain_text(SECRETS[0])
    beats = [url for url in asked if url.endswith("/keys/api/standing")]
    assert 5 <= len(beats) <= 11


def test_a_tab_without_a_line_says_so_and_locks_itself_after_ten_minutes(office: Office, reading: Page) -> None:
    reading.route("**/keys/api/standing", lambda route: route.abort())
    reading.clock.run_for(MINUTE)
    expect(reading.locator(".lockbar")).to_contain_text("Không nối được máy chủ")
    for _minute in range(5):
        reading.clock.run_for(MINUTE)
        reading.mouse.click(600, 500)
    expect(reading.locator(".say").first).to_be_visible()
    for _minute in range(6):
        reading.mouse.click(600, 500)
        reading.clock.run_for(MINUTE)
    assert_wiped(office, reading, "mất nối với máy chủ quá 10 phút")


def test_a_line_that_comes_back_in_time_keeps_the_tab_open(reading: Page) -> None:
    reading.route("**/keys/api/standing", lambda route: route.abort())
    reading.clock.run_for(8 * MINUTE)
    expect(reading.locator(".lockbar")).to_contain_text("Không nối được máy chủ")
    reading.unroute("**/keys/api/standing")
    reading.mouse.click(600, 500)
    reading.evaluate("window.dispatchEvent(new Event('online'))")
    expect(reading.locator(".lockbar")).to_contain_text("Đã mở khoá")
    reading.clock.run_for(8 * MINUTE)
    expect(reading.locator(".say").first).to_be_visible()


def test_a_busy_server_ends_nothing(reading: Page) -> None:
    reading.route("**/keys/api/standing", lambda route: route.fulfill(status=503, body="busy"))
    reading.clock.run_for(2 * MINUTE)
    expect(reading.locator(".lockbar")).to_contain_text("Không nối được máy chủ")
    expect(reading.locator(".say").first).to_be_visible()
