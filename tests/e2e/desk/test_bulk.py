"""An officer's day in a real browser: what is due, several reports at once by keyboard, who works on what, the dossier on paper."""

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.desk.conftest import NewScreen, Office
from tests.e2e.desk.world import STORY
from tests.e2e.reporter_stage import fits, violations


@pytest.fixture
def hoa(office: Office, new_screen: NewScreen) -> Page:
    return office.unlocked(new_screen, "hoa")


def row(office: Office, page: Page, name: str) -> str:
    return f'li:has([data-thread="{office.thread(name)}"])'


def only(page: Page, word: str, number: int) -> None:
    """Narrows the list to the reports that begin so."""
    page.fill("#search", word)
    expect(page.locator(".item")).to_have_count(number)
    page.keyboard.press("Escape")


def states(office: Office, *names: str) -> list[str]:
    found = [office.rows("SELECT state FROM mailbox_thread WHERE key = ?", office.thread(name)) for name in names]
    return [rows[0][0] for rows in found]


def opened(office: Office, page: Page, *names: str) -> None:
    for name in names:
        office.open(page, name)
    page.keyboard.press("Escape")


def test_several_reports_are_chosen_and_verified_by_keyboard_alone_after_asking_once(office: Office, hoa: Page) -> None:
    herd = ("herd-1", "herd-2", "herd-3")
    opened(office, hoa, *herd)
    only(hoa, "dan", 3)
    hoa.keyboard.press("j")
    hoa.keyboard.press("Space")
    expect(hoa.locator(".bulk")).to_contain_text("Đã chọn 1 tin")
    hoa.keyboard.press("Shift+J")
    hoa.keyboard.press("Shift+J")
    expect(hoa.locator(".bulk")).to_contain_text("Đã chọn 3 tin")
    hoa.keyboard.press("x")
    expect(hoa.locator(".bulk")).to_contain_text("Đã chọn 2 tin")
    hoa.keyboard.press("*")
    hoa.keyboard.press("a")
    expect(hoa.locator(".pick:checked")).to_have_count(3)
    hoa.focus('[data-verb="verify"]')
    hoa.keyboard.press("Enter")
    expect(hoa.locator(".bulk")).to_contain_text("3 người báo sẽ thấy tin của mình “Đang xác minh”")
    assert states(office, *herd) == ["opened"] * 3
    hoa.keyboard.press("Enter")
    expect(hoa.locator(".list-status")).to_have_text("3 tin đang được xác minh.")
    expect(hoa.locator(".bulk")).to_be_hidden()
    assert states(office, *herd) == ["verifying"] * 3


def test_one_report_in_the_way_stops_all_and_is_shown(office: Office, hoa: Page) -> None:
    opened(office, hoa, "same-1")
    only(hoa, "trung", 2)
    hoa.check(f"{row(office, hoa, 'same-1')} .pick")
    hoa.check(f"{row(office, hoa, 'same-2')} .pick")
    hoa.click('[data-verb="close"]')
    hoa.click("#bulk-yes")
    expect(hoa.locator(".bulk .error")).to_contain_text("Chưa có tin nào thay đổi.")
    expect(hoa.locator(".hindered")).to_have_count(1)
    expect(hoa.locator(".pick:checked")).to_have_count(2)
    assert states(office, "same-1", "same-2") == ["opened", "received"]
    hoa.click('[data-verb="duplicates"]')
    hoa.click("#bulk-yes")
    expect(hoa.locator(row(office, hoa, "same-2"))).to_contain_text("1 tin liên quan")


def test_pranks_leave_the_list_and_come_back_when_asked_for(office: Office, hoa: Page) -> None:
    only(hoa, "dua", 2)
    hoa.keyboard.press("*")
    hoa.keyboard.press("a")
    hoa.click('[data-verb="prank"]')
    hoa.click("#bulk-yes")
    expect(hoa.locator(".item")).to_have_count(0)
    hoa.click(".more-filters summary")
    hoa.check("#filter-pranks")
    expect(hoa.locator(row(office, hoa, "joke-1"))).to_contain_text("Tin đùa")
    assert "pranks=1" in hoa.url


def test_reports_are_handed_over_and_wait_on_the_colleagues_tile(
    office: Office, hoa: Page, new_screen: NewScreen
) -> None:
    only(hoa, "ca truc", 2)
    hoa.keyboard.press("*")
    hoa.keyboard.press("a")
    hoa.click('[data-verb="handover"]')
    hoa.click("#bulk-yes")
    expect(hoa.locator(".bulk .error")).to_contain_text("Chọn cán bộ")
    hoa.select_option("#bulk-officer", "nam")
    hoa.click("#bulk-yes")
    expect(hoa.locator(".list-status")).to_contain_text("Đã đề nghị bàn giao 2 tin")
    nam = office.unlocked(new_screen, "nam")
    expect(nam.locator('[data-tile="offered"] b')).to_have_text("2")
    nam.click('[data-tile="offered"]')
    expect(nam.locator(".item")).to_have_count(2)
    expect(nam.locator(".item").first).to_contain_text("Ca trực")


def test_what_is_due_today_is_counted_shown_when_pressed_and_stays_in_the_address(office: Office, hoa: Page) -> None:
    tile = hoa.locator('[data-tile="due"]')
    opened(office, hoa, "due")
    # The tiles are counted anew with the row: until then the report may still count as one to be opened today.
    expect(hoa.locator(row(office, hoa, "due"))).to_contain_text("Đã mở")
    before = int(tile.locator("b").inner_text())
    office.server.python(
        "from datetime import timedelta\nfrom keng.core.ids import this_hour\nfrom keng.mailbox.models import Thread\n"
        f"Thread.objects.filter(key={office.thread('due')!r}).update(resolve_due=this_hour() - timedelta(hours=2))"
    )
    hoa.reload()
    office.unlock(hoa)
    expect(tile.locator("b")).to_have_text(str(before + 1))
    tile.click()
    expect(tile).to_have_attribute("aria-pressed", "true")
    expect(hoa.locator(".item").first).to_contain_text("Sắp hết hạn.")
    expect(hoa.locator(".item").first).to_contain_text("Quá hạn")
    assert "due=today" in hoa.url
    hoa.reload()
    office.unlock(hoa)
    expect(tile).to_have_attribute("aria-pressed", "true")
    expect(hoa.locator(".item").first).to_contain_text("Sắp hết hạn.")
    tile.click()
    expect(tile).to_have_attribute("aria-pressed", "false")


def test_an_officer_takes_a_report_and_gives_it_to_a_colleague(office: Office, hoa: Page) -> None:
    office.open(hoa, "taken")
    expect(hoa.locator(".handled-by")).to_contain_text("Chưa giao cho ai")
    hoa.click("#take-it")
    expect(hoa.locator(".handled-by")).to_contain_text("Đồng chí đang xử lý tin này")
    mine = hoa.locator(row(office, hoa, "taken")).locator(".assigned")
    expect(mine).to_have_text("A Hoà")
    hoa.click('[data-tile="mine"]')
    expect(hoa.locator(row(office, hoa, "taken"))).to_be_visible()
    hoa.click(".handler summary")
    hoa.select_option("#handler", "nam")
    hoa.click("#save-handler")
    expect(hoa.locator(".handled-by")).to_contain_text("Lò Văn Nam")


def test_the_dossier_is_made_in_the_browser_and_no_request_carries_what_it_says(office: Office, hoa: Page) -> None:
    office.open(hoa, "story")
    asked: list[Request] = []
    hoa.on("request", lambda request: asked.append(request))
    hoa.emulate_media(media="print")
    hoa.evaluate("dispatchEvent(new Event('beforeprint'))")
    paper = hoa.locator(".dossier")
    for said in (
        STORY,
        "MẬT",
        "HỒ SƠ BAN ĐẦU",
        "ĐỒN BIÊN PHÒNG NA CÔ SA",
        "Bản Na Cô Sa 1",
        "Giàng A Hoà",
        "CHỈ HUY ĐƠN VỊ",
    ):
        expect(paper).to_contain_text(said)
    number = paper.locator("dd").first.inner_text()
    assert number.split("/")[0].isdigit()
    sql = 'SELECT digest FROM mailbox_part p JOIN mailbox_thread t ON t.id = p.thread_id WHERE t.key = ? AND p."index" > 0'
    digests = {one[0] for one in office.rows(sql, office.thread("story"))}
    assert {cell.replace("\n", "") for cell in paper.locator(".digest").all_inner_texts()} == digests
    expect(paper.locator("tbody")).to_contain_text("Ảnh")
    expect(paper.locator("tbody")).to_contain_text("Lời nói")
    assert not hoa.locator(".list").is_visible()
    hoa.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(paper).to_have_count(0)
    hoa.emulate_media(media="screen")
    pdf = hoa.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    expect(paper).to_have_count(0)
    assert [one.url for one in asked if one.post_data or STORY[:12] in one.url] == []


def test_the_dossier_leaves_the_page_with_the_lock(office: Office, hoa: Page) -> None:
    office.open(hoa, "story")
    hoa.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(hoa.locator(".dossier")).to_have_count(1)
    hoa.get_by_role("button", name="Khoá lại").click()
    expect(hoa.locator(".dossier")).to_have_count(0)
    hoa.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(hoa.locator(".dossier")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_day_fits_and_axe_finds_nothing_with_reports_chosen(
    office: Office, new_screen: NewScreen, width: int
) -> None:
    page = office.enter(new_screen, "hoa", viewport={"width": width, "height": 760}, bypass_csp=True)
    office.unlock(page)
    page.wait_for_selector(".item .preview:visible")
    page.locator(".pick:enabled").first.check()
    page.click(".more-filters summary")
    assert violations(page) == []
    page.click('[data-verb="assign"]')
    assert violations(page) == []
    assert fits(page)


def test_the_help_lists_the_keys_for_several_reports(hoa: Page) -> None:
    hoa.wait_for_selector(".item")
    hoa.keyboard.press("?")
    expect(hoa.locator("dialog")).to_contain_text("chọn tất cả tin đang hiện")
