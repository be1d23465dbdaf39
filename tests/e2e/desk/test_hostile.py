"""What strangers send to an officer: texts that would act, files that are not what they are called, parts that are somebody else's."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.desk.conftest import NewScreen, Office, frame


@pytest.fixture
def hoa(office: Office, new_screen: NewScreen) -> Page:
    return office.unlocked(new_screen, "hoa")


def test_html_in_a_report_is_shown_as_it_was_typed_and_does_nothing(office: Office, hoa: Page) -> None:
    office.open(hoa, "html")
    expect(hoa.locator(".say")).to_contain_text(
        '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    )
    expect(hoa.locator(".report h2")).to_have_text("Chuyện khác, <b>Bản</b>")
    expect(hoa.locator(".facts")).to_contain_text('"><svg onload=alert(1)>')
    assert hoa.locator(".report img, .report svg, .report script, .report a, .list img").count() == 0
    assert hoa.title() == "Tin báo · Kẻng"


def test_marks_that_turn_text_round_and_null_bytes_are_written_out_and_change_nothing_around_them(
    office: Office, hoa: Page
) -> None:
    office.open(hoa, "rtl")
    expect(hoa.locator(".say .quoted")).to_have_text("Tôi tên [U+202E]gnưh[U+202C] và[U+0000] hết[U+200F].")
    expect(hoa.locator(".report h2")).to_have_text("Trộm cắp, [U+202E]Bản")
    assert hoa.locator(".quoted").first.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"


def test_a_megabyte_without_a_space_wraps_is_cut_and_can_be_read_whole_without_freezing_the_page(
    office: Office, hoa: Page
) -> None:
    office.open(hoa, "long")
    text = hoa.locator(".say .quoted")
    assert len(text.inner_text()) == 3000
    assert hoa.evaluate("document.documentElement.scrollWidth <= innerWidth")
    hoa.get_by_role("button", name="Xem hết (1.000.000 chữ)").click()
    assert len(text.evaluate("e => e.textContent")) == 1_000_000
    assert hoa.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(hoa.locator(f'[data-thread="{office.thread("long")}"]')).to_contain_text("aaaa")


def test_a_long_report_that_was_opened_before_the_list_came_to_it_keeps_its_words_there(
    office: Office, new_screen: NewScreen
) -> None:
    page = office.enter(new_screen, "hoa")
    waiting: list[Route] = []
    page.route("**/first-parts", lambda route: waiting.append(route))
    office.unlock(page)
    office.open(page, "long")
    row = page.locator(f'[data-thread="{office.thread("long")}"]')
    expect(row).to_contain_text("aaaa")
    assert len(waiting) == 1
    waiting[0].continue_()
    expect(page.get_by_text("Đang mở…")).to_have_count(0)
    expect(row).to_contain_text("aaaa")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("zip", "Ảnh 1: Tệp này không phải là ảnh nên không mở."),
        ("html-photo", "Ảnh 1: Tệp này không phải là ảnh nên không mở."),
        ("bomb", "Ảnh 1: Ảnh này lớn quá 40 triệu điểm nên không mở, để khỏi làm treo máy."),
        ("torn", "Ảnh 1: Tệp này bị hỏng, không mở được."),
        ("fake-voice", "Lời nói 1: Tệp này không phải là lời nói nên không mở."),
        ("torn-voice", "Lời nói 1: Tệp này bị hỏng, không mở được."),
    ],
)
def test_a_file_that_is_not_what_it_is_called_is_not_opened_and_a_sentence_says_so(
    office: Office, hoa: Page, name: str, sentence: str
) -> None:
    office.open(hoa, name)
    expect(hoa.locator(".refused")).to_have_text(sentence)
    expect(hoa.locator("iframe")).to_have_count(0)


def test_the_frame_in_which_photos_are_opened_reaches_neither_page_nor_network_nor_storage(
    office: Office, hoa: Page
) -> None:
    office.open(hoa, "story")
    inside = frame(hoa, "photo").locator("canvas")
    expect(inside).to_be_visible()
    tried = inside.evaluate(
        """async () => {
            const fails = async (act) => { try { await act(); return false } catch { return true } }
            const image = (src) => new Promise((ok, no) => Object.assign(new Image(), { onload: ok, onerror: no, src }))
            const worker = () => new Promise((ok, no) =>
                Object.assign(new Worker("data:text/javascript,postMessage(1)"), { onmessage: ok, onerror: no }))
            const tried = [
                () => fetch("/mailbox/"), () => fetch("data:,a"), () => image("/static/desk.svg"), () => parent.document.title,
                () => localStorage.length, () => document.cookie, () => worker(),
            ]
            return [origin, ...(await Promise.all(tried.map(fails)))]
        }"""
    )
    assert tried == ["null", True, True, True, True, True, True, True]
    assert hoa.locator(".medium.photo iframe").get_attribute("sandbox") == "allow-scripts"


def test_a_page_that_is_not_ours_can_hand_the_frame_nothing_twice_and_hears_no_text_from_it(
    office: Office, hoa: Page
) -> None:
    """The frame takes one file from the page around it; whatever else is posted to it is not heard."""
    office.open(hoa, "story")
    inside = frame(hoa, "photo").locator("canvas")
    expect(inside).to_be_visible()
    again = "{say: 'show', kind: 'voice', label: 'x', bytes: new ArrayBuffer(9)}"
    hoa.evaluate(f"document.querySelector('.medium.photo iframe').contentWindow.postMessage({again}, '*')")
    hoa.evaluate("postMessage({say: 'refused', why: 'broken'}, '*')")
    hoa.wait_for_timeout(300)
    expect(inside).to_be_visible()
    assert frame(hoa, "photo").locator("audio").count() == 0


def test_r12_a_part_by_somebody_without_the_thread_secret_stands_apart_marked_as_not_the_reporters(
    office: Office, hoa: Page
) -> None:
    office.open(hoa, "foreign")
    expect(hoa.locator(".talk")).to_contain_text("Tin thật.")
    expect(hoa.locator(".talk")).not_to_contain_text("ke khac")
    foreign = hoa.locator(".foreign-parts")
    expect(foreign).to_contain_text("Phần này không phải của người báo")
    expect(foreign).to_contain_text("Tin cua ke khac.")


def test_a_part_that_does_not_open_at_all_is_counted_and_the_rest_is_read(office: Office, hoa: Page) -> None:
    office.open(hoa, "unopened")
    expect(hoa.locator(".awaited")).to_contain_text("1 phần không mở được bằng khoá của hộp thư này.")
    expect(hoa.locator(".say")).to_contain_text("Có phần hỏng.")


def test_a_report_that_does_not_open_says_so_and_can_still_be_moved_on(office: Office, hoa: Page) -> None:
    office.open(hoa, "other-key")
    expect(hoa.locator(".report")).to_contain_text("Tin này không mở được bằng khoá của hộp thư.")
    expect(hoa.locator(f'[data-thread="{office.thread("other-key")}"]')).to_contain_text("Tin không mở được")
    expect(hoa.locator("#answer")).to_have_count(0)
    expect(hoa.locator('[data-to="verifying"]')).to_be_visible()


def test_photos_that_have_not_arrived_yet_are_told_of(office: Office, hoa: Page) -> None:
    office.open(hoa, "missing")
    expect(hoa.locator(".awaited")).to_contain_text("Còn 2 tệp ảnh hoặc lời nói chưa tới.")
    expect(frame(hoa, "photo").locator("canvas")).to_be_visible()


def test_a_report_by_the_plain_path_and_one_whose_key_was_not_checked_are_marked(office: Office, hoa: Page) -> None:
    office.open(hoa, "plain")
    expect(hoa.locator(".meta")).to_contain_text("Gửi bằng trang đơn giản: máy chủ đã thấy chữ này lúc gửi.")
    office.open(hoa, "unpinned")
    expect(hoa.locator(".meta")).to_contain_text("Khoá chưa kiểm theo áp phích.")


def test_part_json_full_of_wrong_kinds_is_read_as_if_the_fields_were_empty(office: Office, hoa: Page) -> None:
    office.open(hoa, "odd")
    expect(hoa.locator(".say")).to_contain_text("Các trường sai kiểu.")
    expect(hoa.locator(".report h2")).to_have_text("Tin báo")
    expect(hoa.locator(".facts")).to_have_count(0)
    expect(hoa.locator("#answer")).to_have_count(0)


def test_a_swapped_part_from_another_report_is_foreign_or_does_not_open(office: Office, hoa: Page) -> None:
    """A hostile server hands out another report's bytes under this one's name."""
    other = office.rows(
        "SELECT p.header, p.payload FROM mailbox_part p JOIN mailbox_thread t ON t.id = p.thread_id"
        """ WHERE t.key = ? AND p.direction = 'reporter' AND p."index" = 1""",
        office.thread("missing"),
    )[0]
    hoa.route(
        "**/api/parts/*", lambda route: route.fulfill(body=other[0] + other[1], content_type="application/octet-stream")
    )
    office.open(hoa, "story")
    expect(hoa.locator(".awaited")).to_contain_text("phần không mở được")
    expect(hoa.locator("iframe")).to_have_count(0)
