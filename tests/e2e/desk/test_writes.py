"""An officer notes, answers, assesses, decides and passes on; two at once; a line that drops. In a real browser, on real keys."""

import base64
import json

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk.conftest import NewScreen, Office, frame, save_assessment


@pytest.fixture
def hoa(office: Office, new_screen: NewScreen) -> Page:
    return office.unlocked(new_screen, "hoa")


def move(page: Page, to: str) -> None:
    page.click(f'[data-to="{to}"]')
    page.click("#confirm-move")
    expect(page.locator("#confirm-move")).to_have_count(0)


def test_r2_notes_and_answers_reach_whom_they_are_for_and_no_byte_of_them_is_stored_in_the_clear(
    office: Office, hoa: Page
) -> None:
    office.open(hoa, "written")
    hoa.fill("#note", "Nguồn tin đáng tin, đã gặp trưởng bản.")
    hoa.click("#save-note")
    expect(hoa.locator(".notes li")).to_contain_text("Nguồn tin đáng tin")
    expect(hoa.locator(".notes li small")).to_contain_text("Giàng A Hoà, ")
    hoa.click("#send-answer")
    expect(hoa.locator(".answer .error")).to_have_text("Đồng chí viết trả lời trước đã.")
    for text in ("Vết bánh xe công nông còn không?", "Có ai khác thấy xe không?"):
        hoa.fill("#answer", text)
        hoa.click("#send-answer")
        expect(hoa.locator(".say.ours").last).to_contain_text(text)
    assert hoa.input_value("#answer") == ""
    assert [(part.json["kind"], part.body.decode(), part.foreign) for part in office.answers("written")] == [
        ("answer", "Vết bánh xe công nông còn không?", False),
        ("answer", "Có ai khác thấy xe không?", False),
    ]
    stored = office.everything_stored()
    for secret in ("Nguồn tin đáng tin", "Vết bánh xe", "mất hai con trâu", office.known["passphrase"]):
        assert secret.encode() not in stored
    # The list shows the report to every test of the shared office, and that is written once for each hour in which it does.
    done = [verb for verb in office.verbs("written", "hoa") if verb != "mailbox.report.listed"]
    assert done == [
        "mailbox.answer.sent", "mailbox.answer.sent", "mailbox.note.written", "mailbox.report.read",
        "mailbox.report.registered", "mailbox.state.opened",
    ]  # fmt: skip


def test_an_assessment_is_kept_and_a_complex_case_gets_its_time_with_a_sealed_reason(office: Office, hoa: Page) -> None:
    office.open(hoa, "assessed")
    expect(hoa.locator("#save-assessment")).to_be_disabled()
    hoa.select_option("#category", "theft")
    hoa.select_option("#value", "valuable")
    hoa.check("#complex")
    hoa.click("#save-assessment")
    expect(hoa.locator(".assess .error")).to_have_text("Đồng chí ghi lý do đổi thời hạn.")
    assert office.rows("SELECT COUNT(*) FROM desk_assessment a JOIN mailbox_thread t ON t.id = a.thread_id WHERE t.key = ?",
                       office.thread("assessed")) == [(0,)]  # fmt: skip
    hoa.fill("#reason", "Liên quan ba bản.")
    hoa.click("#save-assessment")
    expect(hoa.locator(".clock b")).to_have_text("Việc phức tạp: 2 tháng")
    expect(hoa.locator(".notes")).to_contain_text("Chuyển sang việc phức tạp. Lý do: Liên quan ba bản.")
    hoa.check("#extended")
    hoa.fill("#reason", "Chờ giám định.")
    hoa.click("#save-assessment")
    expect(hoa.locator(".clock b")).to_have_text("Đã gia hạn thêm 2 tháng")
    assert hoa.input_value("#category") == "theft"
    assert office.verbs("assessed", "hoa").count("mailbox.deadline.moved") == 2
    assert "Chờ giám định".encode() not in office.everything_stored()


def test_only_the_steps_of_the_table_are_offered_and_each_is_asked_once_more(office: Office, hoa: Page) -> None:
    office.open(hoa, "moved")
    expect(hoa.locator(".moves button")).to_have_text(["Bắt đầu xác minh"])
    hoa.click('[data-to="verifying"]')
    expect(hoa.locator(".moves")).to_contain_text("Người báo sẽ thấy.")
    hoa.get_by_role("button", name="Thôi").click()
    expect(hoa.locator(".progress-steps [aria-current]")).to_contain_text("Đã mở")
    move(hoa, "verifying")
    expect(hoa.locator(".moves button")).to_have_text(["Đã xử lý xong", "Không có căn cứ", "Chưa đủ căn cứ"])
    move(hoa, "acted_on")
    expect(hoa.locator(".clock")).to_have_count(0)
    expect(hoa.locator(".moves button")).to_have_text(["Đóng tin"])
    expect(hoa.locator(f'[data-thread="{office.thread("moved")}"]')).to_have_count(0)
    hoa.select_option("#filter-state", "done")
    expect(hoa.locator(f'[data-thread="{office.thread("moved")}"]')).to_contain_text("Đã xử lý")


def test_a_report_is_passed_on_whole_its_reporter_is_told_by_a_part_that_vouches_and_the_former_office_sees_the_state(
    office: Office, hoa: Page, new_screen: NewScreen
) -> None:
    office.open(hoa, "forwarded")
    expect(hoa.locator("#forward")).to_be_disabled()
    expect(hoa.locator("#forward-why")).to_have_text("Bắt đầu xác minh rồi mới chuyển được.")
    move(hoa, "verifying")
    hoa.fill("#answer", "Chúng tôi đang xem.")
    hoa.click("#send-answer")
    expect(hoa.locator(".say.ours")).to_have_count(1)
    hoa.fill("#note", "Chỉ trong đồn.")
    hoa.click("#save-note")
    expect(hoa.locator(".notes li")).to_have_count(1)
    hoa.click("#forward")
    hoa.click('dialog [data-box="ca-dien-bien"]')
    expect(hoa.locator(".nothing")).to_contain_text("Đã chuyển tin đến Công an tỉnh Điện Biên.")
    assert "mất hai con trâu" not in hoa.locator(".reading").inner_text()

    vouching = office.answers("forwarded")[-1]
    root = office.rows("SELECT root FROM mailbox_box WHERE slug = 'ca-dien-bien'")[0][0]
    assert (vouching.json["kind"], vouching.json["to"], vouching.foreign) == ("forward", "ca-dien-bien", False)
    assert vouching.json["root"] == fingerprint_of(root)

    hoa.select_option("#filter-state", "sent")
    hoa.click(f'[data-thread="{office.thread("forwarded")}"]')
    expect(hoa.locator(".report")).to_contain_text("Đơn vị đồng chí chỉ còn thấy trạng thái.")
    expect(hoa.locator(".report textarea, .side button, .side select")).to_have_count(0)

    dung = office.unlocked(new_screen, "dung")
    office.open(dung, "forwarded")
    expect(dung.locator(".say").first).to_contain_text("Đêm qua nhà tôi mất hai con trâu")
    expect(dung.locator(".say.ours").first).to_contain_text("Chúng tôi đang xem.")
    expect(dung.locator(".say.ours").last).to_contain_text("Đã chuyển tin đến: Công an tỉnh Điện Biên")
    expect(frame(dung, "photo").locator("canvas")).to_be_visible()
    expect(dung.locator(".foreign-parts")).to_be_hidden()
    expect(dung.locator(".notes li")).to_have_count(0)
    dung.fill("#answer", "Công an tỉnh đã nhận.")
    dung.click("#send-answer")
    expect(dung.locator(".say.ours").last).to_contain_text("Công an tỉnh đã nhận.")
    assert office.answers("forwarded")[-1].body.decode() == "Công an tỉnh đã nhận."


def fingerprint_of(root: str) -> str:
    from keng.mailbox.sealing import fingerprint, unb64u

    return fingerprint(unb64u(root))


def test_r4_a_report_is_passed_on_to_no_box_whose_key_our_own_root_does_not_vouch_for(
    office: Office, hoa: Page
) -> None:
    """A hostile server answers with the right statement under another box's name: the officer's browser seals nothing."""

    office.open(hoa, "swapped")
    move(hoa, "verifying")
    path = f"/mailbox/api/threads/{office.thread('swapped')}/targets"
    said = hoa.evaluate("path => fetch(path).then(answer => answer.json())", path)
    said["targets"]["ca-dien-bien"]["signed"] = said["own"]
    hoa.route("**/targets", lambda route: route.fulfill(json=said))
    hoa.click("#forward")
    expect(hoa.locator("dialog")).to_contain_text("Khoá của nơi nhận không kiểm được, nên không chuyển.")
    expect(hoa.locator("dialog [data-box]")).to_have_count(0)


def test_r4_a_report_with_an_unchecked_key_is_passed_on_only_by_the_code_on_the_offices_own_poster(
    office: Office, hoa: Page
) -> None:
    """Nobody but the server names our root for such a report, and a hostile one would name its own."""
    office.open(hoa, "unpinned")
    move(hoa, "verifying")
    hoa.click("#forward")
    for typed, sentence in (
        ("abc", "Mã ngắn có 12 chữ và số."),
        ("0123 4567 89ab", "Khoá của nơi nhận không kiểm được"),
    ):
        hoa.fill("#poster-code", typed)
        hoa.click("#check-code")
        expect(hoa.locator("dialog")).to_contain_text(sentence)
        expect(hoa.locator("dialog [data-box]")).to_have_count(0)
    hoa.locator("dialog").get_by_role("button", name="Thôi").click()
    code = fingerprint_of(office.rows("SELECT root FROM mailbox_box WHERE slug = 'na-co-sa'")[0][0])[:12]
    hoa.click("#forward")
    hoa.fill("#poster-code", f"{code[:4]} {code[4:8]}-{code[8:].upper()}")
    hoa.click("#check-code")
    hoa.click('dialog [data-box="ca-dien-bien"]')
    expect(hoa.locator(".nothing")).to_contain_text("Đã chuyển tin đến Công an tỉnh Điện Biên.")


def test_a_report_whose_reporter_said_no_is_not_passed_on(office: Office, hoa: Page) -> None:
    office.open(hoa, "no-reply")
    expect(hoa.locator("#forward")).to_be_disabled()
    expect(hoa.locator("#forward-why")).to_have_text("Người báo không cho phép chuyển tin này.")
    expect(hoa.locator(".no-reply")).to_have_text("Người báo đã chọn không cần trả lời, nên không gửi trả lời được.")
    expect(hoa.locator("#answer")).to_have_count(0)


def test_two_officers_at_once_the_second_hears_who_did_what_and_keeps_what_was_typed(
    office: Office, hoa: Page, new_screen: NewScreen
) -> None:
    nam = office.unlocked(new_screen, "nam")
    for page in (hoa, nam):
        office.open(page, "two")
    hoa.fill("#answer", "Bà con cho biết thêm giờ nào?")
    hoa.fill("#note", "Xem lại với xã bên.")
    hoa.select_option("#category", "drugs")
    move(nam, "verifying")
    nam.select_option("#category", "theft")
    save_assessment(nam)

    hoa.click("#save-assessment")
    expect(hoa.locator(".banner")).to_contain_text("Đồng chí Lò Văn Nam đã bắt đầu xác minh, đánh giá tin, lúc ")
    assert office.rows("SELECT category FROM desk_assessment a JOIN mailbox_thread t ON t.id = a.thread_id WHERE t.key = ?",
                       office.thread("two")) == [("theft",)]  # fmt: skip
    hoa.click("#see-new")
    expect(hoa.locator(".banner")).to_be_hidden()
    expect(hoa.locator(".progress-steps [aria-current]")).to_contain_text("Đang xác minh")
    assert hoa.input_value("#answer") == "Bà con cho biết thêm giờ nào?"
    assert hoa.input_value("#note") == "Xem lại với xã bên."
    assert hoa.input_value("#category") == "drugs"
    save_assessment(hoa)

    nam.fill("#answer", "Nam hỏi.")
    hoa.click("#send-answer")
    expect(hoa.locator(".say.ours")).to_have_count(1)
    nam.click("#send-answer")
    expect(nam.locator(".banner")).to_contain_text("Đồng chí Giàng A Hoà đã ")
    nam.click("#see-new")
    expect(nam.locator(".say.ours")).to_contain_text("Bà con cho biết thêm giờ nào?")
    assert nam.input_value("#answer") == "Nam hỏi."
    nam.click("#send-answer")
    expect(nam.locator(".say.ours")).to_have_count(2)
    assert [part.body.decode() for part in office.answers("two")] == ["Bà con cho biết thêm giờ nào?", "Nam hỏi."]


def test_a_draft_outlives_a_look_at_another_report(office: Office, hoa: Page) -> None:
    office.open(hoa, "drafted")
    hoa.fill("#answer", "Chưa viết xong…")
    office.open(hoa, "plain")
    assert hoa.input_value("#answer") == ""
    office.open(hoa, "drafted")
    assert hoa.input_value("#answer") == "Chưa viết xong…"


def test_when_the_line_drops_what_was_typed_stays_and_goes_out_once_afterwards(office: Office, hoa: Page) -> None:
    office.open(hoa, "offline")
    hoa.fill("#answer", "Cảm ơn bà con.")
    hoa.context.set_offline(True)
    hoa.click("#send-answer")
    expect(hoa.locator(".answer .error")).to_contain_text("Không nối được máy chủ.")
    assert hoa.input_value("#answer") == "Cảm ơn bà con."
    hoa.context.set_offline(False)
    hoa.click("#send-answer")
    expect(hoa.locator(".say.ours")).to_have_count(1)
    assert len(office.answers("offline")) == 1


def test_r2_what_the_browser_posts_is_age_files_and_choices_and_no_word_that_was_written(
    office: Office, hoa: Page
) -> None:
    posted: list[str] = []
    hoa.on("request", lambda request: posted.append(request.post_data or "") if request.method == "POST" else None)
    office.open(hoa, "drafted")
    hoa.fill("#note", "Chữ của ghi chú.")
    hoa.click("#save-note")
    expect(hoa.locator(".notes li")).to_have_count(1)
    sealed = [json.loads(body)["sealed"] for body in posted if "sealed" in body]
    assert [base64.b64decode(one).startswith(b"age-encryption.org/v1\n-> X25519 ") for one in sealed] == [True]
    assert "ghi chú" not in "".join(posted)
