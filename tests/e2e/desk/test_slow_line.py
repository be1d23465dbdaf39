"""A slow line at the officer's desk: an answer that comes late takes back nothing newer, and leaves words and keyboard where they are."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.e2e.desk.conftest import NewScreen, Office
from tests.e2e.desk.test_writes import move

LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
A_TURN = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


@dataclass
class SlowLine:
    """Holds what is asked at an address until it is let go; `answered`: the server has answered, the line has not brought it yet."""

    page: Page
    port: int
    held: list[tuple[Route, APIResponse | None]] = field(default_factory=list)
    whole: dict[str, Any] = field(default_factory=dict)
    open: bool = False

    def hold(self, address: str, method: str = "GET", *, answered: bool = False, times: int | None = None) -> None:
        def keep(route: Route) -> None:
            if self.open or route.request.method != method:
                return route.fallback()
            self.held.append((route, self.fetch(route) if answered else None))

        self.page.route(address, keep, times=times)

    def fetch(self, route: Route) -> APIResponse:
        # Playwright's own resolver knows no *.localhost.
        url = route.request.url.replace("desk.localhost", "127.0.0.1")
        return route.fetch(url=url, headers={**route.request.headers, "host": f"desk.localhost:{self.port}"})

    def let_all_through(self) -> None:
        self.open = True
        self.release()

    def release(self) -> None:
        for route, answer in self.held:
            if answer:
                route.fulfill(response=answer)
            else:
                route.continue_()
        self.held.clear()


@pytest.fixture
def hoa(office: Office, new_screen: NewScreen) -> Page:
    return office.unlocked(new_screen, "hoa")


@pytest.fixture
def line(office: Office, hoa: Page) -> SlowLine:
    return SlowLine(hoa, office.server.port)


def test_a_row_keeps_what_is_newer_when_its_first_words_come_late(office: Office, new_screen: NewScreen) -> None:
    page = office.enter(new_screen, "hoa")
    line = SlowLine(page, office.server.port)
    line.hold("**/first-parts", "POST")
    office.unlock(page)
    row = page.locator(f'[data-thread="{office.thread("slow")}"]')
    expect(row.locator(".state")).to_have_text("Mới")
    office.open(page, "slow")
    expect(row.locator(".state")).to_have_text("Đã mở")
    line.release()
    expect(page.locator(f'[data-thread="{office.thread("herd-1")}"]')).to_contain_text("Đàn một")
    expect(page.get_by_text("Đang mở…")).to_have_count(0)
    expect(row.locator(".state")).to_have_text("Đã mở")


def test_first_words_that_a_dropped_line_lost_are_asked_for_again(office: Office, new_screen: NewScreen) -> None:
    page = office.enter(new_screen, "hoa")
    page.route("**/first-parts", lambda route: route.abort(), times=1)
    office.unlock(page)
    expect(page.locator(".list-status")).to_contain_text("Mất kết nối")
    page.evaluate(LOOK)
    expect(page.locator(f'[data-thread="{office.thread("herd-1")}"]')).to_contain_text("Đàn một")


def test_a_press_on_a_row_that_is_renewed_under_the_finger_opens_its_report(
    office: Office, new_screen: NewScreen
) -> None:
    page = office.enter(new_screen, "hoa")
    line = SlowLine(page, office.server.port)
    line.hold("**/first-parts", "POST")
    office.unlock(page)
    row = page.locator(f'[data-thread="{office.thread("herd-1")}"]')
    row.locator(".what").hover(force=True)
    page.mouse.down()
    with page.expect_response("**/mailbox/api/threads?*"):
        page.evaluate(LOOK)
    line.release()
    expect(row).to_contain_text("Đàn một")
    page.mouse.up()
    page.wait_for_selector("#note")


def test_older_rows_that_come_late_leave_the_keyboard_in_the_search(office: Office, new_screen: NewScreen) -> None:
    page = office.enter(new_screen, "hoa")
    line = SlowLine(page, office.server.port)
    older: list[Route] = []

    def in_two(route: Route) -> None:
        if "before=" in route.request.url:
            older.append(route)
            return
        answer = line.fetch(route)
        said = answer.json()
        line.whole = said
        route.fulfill(response=answer, json={**said, "threads": said["threads"][:-3], "next": "older"})

    page.route("**/mailbox/api/threads?*", in_two)
    office.unlock(page)
    with page.expect_request("**/mailbox/api/threads?*before=*"):
        page.click("#more")
    page.focus("#search")
    rows = page.locator(".item").count()
    older[0].fulfill(json={**line.whole, "threads": line.whole["threads"][-3:], "next": ""})
    expect(page.locator(".item")).to_have_count(rows + 3)
    page.evaluate(A_TURN)
    expect(page.locator("#search")).to_be_focused()


def test_the_button_for_older_rows_comes_back_when_the_line_drops(office: Office, new_screen: NewScreen) -> None:
    page = office.enter(new_screen, "hoa")
    line = SlowLine(page, office.server.port)

    def with_more(route: Route) -> None:
        answer = line.fetch(route)
        route.fulfill(response=answer, json={**answer.json(), "next": "2026-01-01T00"})

    page.route("**/mailbox/api/threads?*", with_more, times=1)
    page.route("**/mailbox/api/threads?*before=*", lambda route: route.abort())
    office.unlock(page)
    page.click("#more")
    expect(page.locator(".list-status")).to_contain_text("Mất kết nối")
    expect(page.locator("#more")).to_be_enabled()


def test_what_is_done_with_some_reports_leaves_those_chosen_that_were_chosen_meanwhile(
    office: Office, hoa: Page, line: SlowLine
) -> None:
    ticks = [hoa.locator(f'li:has([data-thread="{office.thread(name)}"]) .pick') for name in ("slow", "slower")]
    line.hold("**/bulk/assign", "POST")
    ticks[0].check()
    hoa.click('[data-verb="assign"]')
    hoa.click("#bulk-yes")
    ticks[1].check()
    line.release()
    expect(ticks[0]).not_to_be_checked()
    expect(ticks[1]).to_be_checked()


def test_a_report_shown_anew_leaves_who_types_where_they_are_and_keeps_what_is_not_saved_yet(
    office: Office, hoa: Page, line: SlowLine
) -> None:
    office.open(hoa, "slow")
    hoa.check("#complex")
    hoa.fill("#reason", "Nhiều người liên quan.")
    line.hold("**/notes", "POST")
    hoa.fill("#note", "Gọi trưởng bản.")
    hoa.click("#save-note")
    hoa.locator("#answer").press_sequentially("Đang")
    line.release()
    expect(hoa.locator(".notes li")).to_contain_text("Gọi trưởng bản.")
    hoa.keyboard.type(" xem")
    assert hoa.input_value("#answer") == "Đang xem"
    assert hoa.input_value("#reason") == "Nhiều người liên quan."
    assert hoa.input_value("#note") == ""


@pytest.mark.parametrize(
    ("address", "text", "press"), [("answers", "#answer", "#send-answer"), ("notes", "#note", "#save-note")]
)
def test_nothing_is_added_to_words_that_are_on_their_way(
    office: Office, hoa: Page, line: SlowLine, address: str, text: str, press: str
) -> None:
    office.open(hoa, "slower")
    line.hold(f"**/{address}", "POST")
    hoa.fill(text, "Cảm ơn.")
    hoa.click(press)
    expect(hoa.locator(text)).not_to_be_editable()
    line.release()
    expect(hoa.locator(text)).to_have_value("")
    expect(hoa.locator(text)).to_be_editable()


def test_a_photo_that_came_twice_is_shown_and_counted_once(office: Office, hoa: Page, line: SlowLine) -> None:
    line.hold("**/api/parts/*")
    hoa.click(f'[data-thread="{office.thread("slow")}"]')
    hoa.wait_for_selector("#note")
    hoa.fill("#note", "Trong khi ảnh còn đang đến.")
    with hoa.expect_request("**/api/parts/*"):
        hoa.click("#save-note")
    line.let_all_through()
    expect(hoa.locator(".slot:not([data-done])")).to_have_count(0)
    expect(hoa.locator(".medium.photo iframe")).to_have_attribute("title", "Ảnh 1")
    expect(hoa.locator(".meta")).to_contain_text("1 ảnh")


def test_of_two_answers_about_a_report_the_one_asked_for_last_stands(office: Office, hoa: Page, line: SlowLine) -> None:
    office.open(hoa, "slower")
    line.hold(f"**/threads/{office.thread('slower')}", answered=True, times=1)
    hoa.fill("#note", "Trước.")
    hoa.click("#save-note")
    expect(hoa.locator("#note")).to_have_value("")
    hoa.wait_for_function("() => document.querySelector('#save-note').disabled")
    hoa.click("#take-it")
    expect(hoa.locator(".handled-by")).to_contain_text("Đồng chí")
    said = hoa.inner_text(".handled-by")
    line.release()
    hoa.evaluate(A_TURN)
    expect(hoa.locator(".handled-by")).to_have_text(said)
    expect(hoa.locator("#take-it")).to_have_count(0)


def test_a_list_asked_for_before_our_own_step_raises_no_alarm(office: Office, hoa: Page, line: SlowLine) -> None:
    line.hold("**/api/parts/*")
    hoa.click(f'[data-thread="{office.thread("slower")}"]')
    hoa.wait_for_selector(".moves button")
    line.hold("**/mailbox/api/threads?*", answered=True, times=1)
    hoa.evaluate(LOOK)
    move(hoa, "verifying")
    expect(hoa.locator(".progress-steps [aria-current]")).to_contain_text("Đang xác minh")
    lists = [one for one in line.held if one[1]]
    assert len(lists) == 1
    lists[0][0].fulfill(response=lists[0][1])
    line.held.remove(lists[0])
    hoa.evaluate(A_TURN)
    expect(hoa.locator(".banner")).to_be_hidden()


def test_what_was_counted_for_one_report_is_not_told_beside_another(office: Office, hoa: Page, line: SlowLine) -> None:
    office.open(hoa, "slow")
    line.hold("**/outcomes", "POST")
    hoa.click('.kind[data-kind="arrest"]')
    hoa.click("#save-outcome")
    office.open(hoa, "slower")
    with hoa.expect_response(f"**/threads/{office.thread('slow')}"):
        line.release()
    hoa.evaluate(A_TURN)
    expect(hoa.locator(".outcomes [role=status]")).to_have_text("")


def test_a_report_passed_on_late_leaves_the_one_that_is_read_by_then(office: Office, hoa: Page, line: SlowLine) -> None:
    office.open(hoa, "slower")
    if hoa.locator('[data-to="verifying"]').count():
        move(hoa, "verifying")
    expect(hoa.locator("#forward")).to_be_enabled()
    line.hold("**/forward", "POST")
    hoa.click("#forward")
    hoa.click('dialog [data-box="ca-dien-bien"]')
    expect(hoa.locator("dialog .target button")).to_be_disabled()
    hoa.click("dialog .foot button")
    expect(hoa.locator("dialog")).to_have_count(0)
    office.open(hoa, "slow")
    line.release()
    expect(hoa.locator(f'[data-thread="{office.thread("slower")}"]')).to_have_count(0)
    expect(hoa.locator(".reading .nothing")).to_have_count(0)
    expect(hoa.locator("#answer")).to_be_visible()
