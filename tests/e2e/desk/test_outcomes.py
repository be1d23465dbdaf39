"""An officer counts what came of a report, puts a count right, and links reports of one thing. In a real browser, on real keys."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk.conftest import NewScreen, Office
from tests.e2e.reporter_stage import fits, violations

LINES = (
    "SELECT o.kind, o.exhibit, o.quantity, o.unit, o.day FROM desk_outcome o"
    " LEFT JOIN desk_outcome after ON after.corrects_id = o.id JOIN desk_membership m ON m.matter_id = o.matter_id"
    " JOIN mailbox_thread t ON t.id = m.thread_id WHERE t.key = ? AND after.id IS NULL AND o.quantity > 0 ORDER BY 1"
)


@pytest.fixture
def hoa(office: Office, new_screen: NewScreen) -> Page:
    return office.unlocked(new_screen, "hoa")


def today() -> date:
    """As the officer's calendar has it."""
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def count(page: Page, kind: str, quantity: str) -> None:
    before = page.locator(".outcomes .line").count()
    page.click(f'[data-kind="{kind}"].kind')
    page.fill("#outcome-quantity", quantity)
    page.click("#save-outcome")
    expect(page.locator(".outcomes .line")).to_have_count(before + 1)


def standing(office: Office, name: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in office.rows(LINES, office.thread(name))]


def test_three_clicks_count_two_people_and_what_only_the_office_may_read_is_sealed(office: Office, hoa: Page) -> None:
    office.open(hoa, "counted")
    expect(hoa.locator(".outcomes")).to_contain_text("Chưa ghi kết quả nào.")
    hoa.click('.kind[data-kind="arrest"]')
    hoa.get_by_role("button", name="Thêm một").click()
    expect(hoa.locator("#save-outcome")).to_have_text("Ghi: 2 người bị bắt giữ")
    hoa.click("#save-outcome")
    expect(hoa.locator(".outcomes .line")).to_contain_text("2 người bị bắt giữ")
    expect(hoa.locator(".outcomes [role=status]")).to_have_text("Đã ghi: 2 người bị bắt giữ.")
    expect(hoa.locator('.kind[data-kind="arrest"]')).to_be_focused()

    # by keyboard alone: a weighed exhibit, yesterday, with remarks
    hoa.focus('.kind[data-kind="exhibit"]')
    hoa.keyboard.press("Enter")
    expect(hoa.locator("#outcome-exhibit")).to_be_focused()
    hoa.select_option("#outcome-exhibit", "heroin")
    hoa.fill("#outcome-quantity", "1.350,5")
    yesterday = today() - timedelta(days=1)
    hoa.fill("#outcome-day", yesterday.isoformat())
    hoa.fill("#outcome-remarks", "Giấu trong ống tre.")
    expect(hoa.locator("#save-outcome")).to_have_text("Ghi: 1.350,5 gam heroin")
    hoa.press("#outcome-quantity", "Enter")
    line = hoa.locator('.outcomes .line[data-kind="exhibit"]')
    expect(line).to_contain_text("1.350,5 gam heroin")
    expect(line).to_contain_text("Giấu trong ống tre.")
    assert "Giấu trong ống tre".encode() not in office.everything_stored()
    assert [row[:4] for row in standing(office, "counted")] == [
        ("arrest", "", 2, "person"), ("exhibit", "heroin", 1350.5, "gram"),
    ]  # fmt: skip
    assert str(standing(office, "counted")[1][4]) == yesterday.isoformat()
    assert office.verbs("counted", "hoa").count("mailbox.outcome.recorded") == 2


def test_a_wrong_number_is_told_beside_the_field_and_nothing_is_sent(office: Office, hoa: Page) -> None:
    office.open(hoa, "counted")
    lines = hoa.locator(".outcomes .line").count()
    hoa.click('.kind[data-kind="victim"]')
    for typed, sentence in (
        ("", "Số lượng phải là một con số lớn hơn 0."),
        ("hai", "Số lượng phải là một con số lớn hơn 0."),
        ("-3", "Số lượng phải là một con số lớn hơn 0."),
        ("1,5", "Thứ này đếm bằng số nguyên, không có phần lẻ."),
        ("99999", "Số lượng lớn quá mức có thể có. Đồng chí xem lại."),
    ):
        hoa.fill("#outcome-quantity", typed)
        hoa.click("#save-outcome")
        expect(hoa.locator(".outcome-form .error")).to_have_text(sentence)
    hoa.fill("#outcome-quantity", "1")
    hoa.fill("#outcome-day", (today() + timedelta(days=3)).isoformat())
    hoa.click("#save-outcome")
    expect(hoa.locator(".outcome-form .error")).to_have_text(re.compile("Ngày chưa tới"))
    hoa.get_by_role("button", name="Thôi").click()
    expect(hoa.locator(".outcome-form")).to_have_count(0)
    expect(hoa.locator(".outcomes .line")).to_have_count(lines)


def test_a_correction_takes_the_lines_place_and_its_past_is_folded_under_it(
    office: Office, hoa: Page, new_screen: NewScreen
) -> None:
    office.open(hoa, "corrected")
    count(hoa, "arrest", "2")
    hoa.get_by_role("button", name="Sửa: 2 người bị bắt giữ").click()
    expect(hoa.locator("#correct-quantity")).to_be_focused()
    hoa.fill("#correct-quantity", "3")
    hoa.select_option("#correct-reason", "found_later")
    hoa.click("#save-correction")
    expect(hoa.locator(".outcomes .line")).to_contain_text("3 người bị bắt giữ")
    hoa.click(".outcomes .past summary")
    expect(hoa.locator(".outcomes .past li")).to_contain_text("2 người → 3 người: Xác minh sau mới rõ. Giàng A Hoà, ")
    assert [row[2] for row in standing(office, "corrected")] == [3]

    # a colleague who still sees the old line is told who was quicker
    nam = office.unlocked(new_screen, "nam")
    office.open(nam, "corrected")
    nam.get_by_role("button", name="Sửa: 3 người bị bắt giữ").click()
    hoa.get_by_role("button", name="Sửa: 3 người bị bắt giữ").click()
    hoa.click("#strike-outcome")
    expect(hoa.locator(".outcomes > .past")).to_contain_text("1 dòng đã gạch bỏ")
    nam.fill("#correct-quantity", "4")
    nam.click("#save-correction")
    expect(nam.locator(".banner")).to_contain_text("Đồng chí Giàng A Hoà đã sửa dòng này rồi.")
    assert standing(office, "corrected") == []


def test_linked_reports_count_once_and_what_both_had_is_pointed_out(office: Office, hoa: Page) -> None:
    office.open(hoa, "doubled")
    count(hoa, "arrest", "2")
    office.open(hoa, "linked")
    count(hoa, "arrest", "2")
    hoa.click("#link-report")
    expect(hoa.locator("#link-find")).to_be_focused()
    hoa.fill("#link-find", "trâu")
    hoa.locator(f'[data-candidate="{office.thread("doubled")}"]').or_(hoa.locator("#link-find")).first.wait_for()
    number = office.rows(
        "SELECT r.number, r.year FROM desk_registerentry r JOIN mailbox_thread t ON t.id = r.thread_id WHERE t.key = ?",
        office.thread("doubled"),
    )[0]
    hoa.fill("#link-find", f"{number[0]}/{number[1]}")
    hoa.click("#link-number")
    expect(hoa.locator(".alike")).to_contain_text("Có thể đã ghi hai lần")
    assert [row[2] for row in standing(office, "linked")] == [2, 2]
    hoa.locator(".alike button", has_text="Gạch: ghi trùng").first.click()
    expect(hoa.locator(".alike")).to_have_count(0)
    expect(hoa.locator(".outcomes > .lines .line")).to_have_count(1)
    assert [row[2] for row in standing(office, "linked")] == [2]

    expect(hoa.locator(".related .members li")).to_contain_text(f"Số {number[0]:03d}/{number[1]}")
    hoa.click(".related .members a")  # another report of the matter, without locking the desk
    expect(hoa.locator(".related .role")).to_have_text("Trùng")
    assert office.thread("doubled") in hoa.url
    hoa.click("[data-unlink]")
    hoa.click("#confirm-unlink")
    expect(hoa.locator(".related .members")).to_have_count(0)
    assert [row[2] for row in standing(office, "doubled")] == [2]
    assert standing(office, "linked") == []


def test_a_report_opened_here_is_offered_for_linking_with_its_first_words(office: Office, hoa: Page) -> None:
    office.open(hoa, "linked")
    expect(hoa.locator(f'[data-thread="{office.thread("story")}"]')).to_contain_text("hai con trâu")
    hoa.click("#link-report")
    expect(hoa.locator(".candidates button").first).to_contain_text("hai con trâu")
    hoa.fill("#link-find", "khôngcóchữnày")
    expect(hoa.locator(".candidates")).to_contain_text("Gõ số của tin trong sổ.")
    hoa.get_by_role("button", name="Thôi").click()
    expect(hoa.locator("#link-report")).to_be_focused()


def test_a_prank_is_marked_with_its_reason(office: Office, hoa: Page) -> None:
    office.open(hoa, "prank")
    expect(hoa.locator("#value-reason")).to_be_hidden()
    hoa.select_option("#value", "not_valuable")
    hoa.select_option("#value-reason", "prank")
    hoa.click("#save-assessment")
    expect(hoa.locator(".title-row .prank")).to_have_text("Tin đùa, tin phá")
    assert hoa.input_value("#value-reason") == "prank"
    hoa.select_option("#value", "valuable")
    assert hoa.input_value("#value-reason") == ""
    expect(hoa.locator("#value-reason option")).to_have_count(4)


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_while_counting_correcting_and_linking(
    office: Office, new_screen: NewScreen, width: int
) -> None:
    page = office.unlocked(new_screen, "hoa", viewport={"width": width, "height": 900}, bypass_csp=True)
    office.open(page, "offline")
    count(page, "major_case", "1")
    page.click('.kind[data-kind="weapon"]')
    page.click("#link-report")
    page.locator(".correct").first.click()
    assert violations(page) == []
    assert fits(page)


def test_the_office_above_sees_what_the_first_counted_and_the_first_still_puts_its_own_count_right(
    office: Office, hoa: Page, new_screen: NewScreen
) -> None:
    office.open(hoa, "above")
    count(hoa, "arrest", "2")
    hoa.click('[data-to="verifying"]')
    hoa.click("#confirm-move")
    expect(hoa.locator("#forward")).to_be_enabled()
    hoa.click("#forward")
    hoa.click('dialog [data-box="ca-dien-bien"]')
    expect(hoa.locator(".nothing")).to_contain_text("Đã chuyển tin đến")

    dung = office.unlocked(new_screen, "dung")
    office.open(dung, "above")
    before = dung.locator(".outcomes .before")
    expect(before).to_contain_text("Đơn vị trước đã ghi")
    expect(before).to_contain_text("2 người bị bắt giữ")
    expect(before.locator(".correct")).to_have_count(0)
    dung.click('.kind[data-kind="arrest"]')
    expect(dung.locator(".already")).to_contain_text("Đã có 2 người.")
    count_more = dung.locator("#save-outcome")
    expect(count_more).to_have_text("Ghi: 1 người bị bắt giữ")

    hoa.goto(f"{office.server.desk}/mailbox/?report={office.thread('above')}")
    office.unlock(hoa)
    hoa.get_by_role("button", name="Sửa: 2 người bị bắt giữ").click()
    hoa.fill("#correct-quantity", "1")
    hoa.click("#save-correction")
    expect(hoa.locator(".outcomes .lines:not(.sums) .line")).to_contain_text("1 người bị bắt giữ")
    expect(hoa.locator(".outcomes .sums .line")).to_have_text(["1 người bị bắt giữ"])
    count_more.click()  # while the line that stands beside it was corrected below
    expect(dung.locator(".banner")).to_contain_text("Giàng A Hoà")
    assert [row[2] for row in standing(office, "above")] == [1]
