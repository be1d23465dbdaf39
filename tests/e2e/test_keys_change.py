"""A box's key is changed and its root replaced, in a real browser: new sheets, old reports readable, posters as they should be."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from config.demo.client import new_identity
from keng.mailbox import sealing
from tests.e2e.conftest import NewPage
from tests.e2e.keys_stage import SECRET_OF, Desk, finish_remaking, opened_by_age, sheet
from tests.e2e.keys_stage import desk as desk
from tests.e2e.keys_stage import desk_with_boxes as desk_with_boxes
from tests.e2e.keys_stage import founded as founded
from tests.e2e.keys_stage import hoa as hoa
from tests.e2e.keys_stage import nam as nam
from tests.e2e.reporter_stage import fits, violations

BOX = "/keys/boxes/na-co-sa/"
STANDING = "SELECT root, recipient, (SELECT MAX(seq) FROM mailbox_keystatement s WHERE s.box_id = b.id) FROM mailbox_box b WHERE slug = ?"
KEY_OF_HOA = "SELECT k.id, recipient FROM desk_officerkey k JOIN accounts_user u ON u.id = user_id WHERE username = 'hoa' AND until IS NULL"
HELD_BY_HOA = (
    "SELECT COUNT(*) FROM desk_grant g JOIN desk_officerkey k ON k.id = g.key_id JOIN accounts_user u ON u.id = k.user_id"
    " WHERE username = 'hoa' AND g.until IS NULL"
)
SEND = """
from config.demo import client
from config.demo.client import Reporter
from keng.core.calendar.load import load_calendar
from keng.mailbox.envelope import read_body
from keng.mailbox.services import accept
load_calendar()
client.solve = lambda **asked: "0"
phone = Reporter(slug="na-co-sa", recipient=%r, root=%r, seq=%d)
line, sealed = read_body(phone.first(%r))
accept(slug="na-co-sa", line=line, sealed=sealed)
print(phone.receipt)
print(phone.keys.thread)
"""


def fingerprint(root: str) -> str:
    return sealing.fingerprint(sealing.unb64u(root))


def send(desk: Desk, text: str, standing: tuple[str, str, int]) -> tuple[str, str]:
    """A report by a phone that read this statement; its receipt and thread."""
    root, recipient, seq = standing
    receipt, thread = desk.server.python(SEND % (recipient, fingerprint(root), seq, text)).split("\n")[-3:-1]
    return receipt, thread


def grant(desk: Desk, custodian: Page, colleague: Page, username: str, code: str | None = None) -> None:
    """Face to face: the colleague reads the fingerprint out, the custodian types it."""
    if code is None:
        desk.open(colleague, "/keys/")
        desk.unlock(colleague, username)
        code = desk.read_out(colleague)
    desk.open(custodian, BOX)
    desk.unlock(custodian, "nam")
    form = custodian.locator(f"form[data-give][data-username={username}]")
    form.locator("[name=code]").fill(code)
    form.locator("button").click()


def read(desk: Desk, page: Page, username: str, thread: str) -> Page:
    desk.open(page, f"/mailbox/#{thread}")
    page.reload()
    desk.unlock(page, username)
    return page


def begin_change(desk: Desk, nam: Page, sheets: tuple[str, str]) -> tuple[str, str]:
    desk.open(nam, BOX + "change")
    nam.fill("#keeper-a", "Mùa A Sua")
    nam.fill("#keeper-b", "Giàng A Hoà")
    nam.fill("#old-a", sheets[0])
    nam.fill("#old-b", sheets[1])
    desk.unlock(nam, "nam")
    nam.click("#prepare")
    nam.wait_for_selector("#sheet-a .qr-code")
    return sheet(nam, "a"), sheet(nam, "b")


@pytest.fixture
def both(desk: Desk, nam: Page, hoa: Page, founded: tuple[str, str]) -> tuple[Page, Page]:
    """The custodian and a colleague who holds the key too."""
    if desk.ask(HELD_BY_HOA) == (0,):
        grant(desk, nam, hoa, "hoa")
        expect(nam.locator(".done")).to_contain_text("Đã cấp khoá")
    return nam, hoa


def test_a_power_cut_before_the_last_press_leaves_everything_as_it_was(
    desk: Desk, nam: Page, founded: tuple[str, str]
) -> None:
    before = desk.ask(STANDING, "na-co-sa"), desk.ask(SECRET_OF, "na-co-sa")
    new = begin_change(desk, nam, founded)
    assert set(new).isdisjoint(founded)
    assert founded[0] not in nam.content()
    nam.click("#printed")
    desk.open(nam, "/keys/")
    assert (desk.ask(STANDING, "na-co-sa"), desk.ask(SECRET_OF, "na-co-sa")) == before


def test_one_sheet_alone_or_another_boxs_opens_no_change(desk: Desk, nam: Page, founded: tuple[str, str]) -> None:
    desk.open(nam, BOX + "change")
    nam.fill("#keeper-a", "Mùa A Sua")
    nam.fill("#keeper-b", "Giàng A Hoà")
    desk.unlock(nam, "nam")
    for a, b, said in ((founded[0], founded[0], "không mở được hộp thư"), ("", founded[1], "tờ A gõ chưa đúng")):
        nam.fill("#old-a", a)
        nam.fill("#old-b", b)
        nam.click("#prepare")
        expect(nam.locator("#step-1 .error")).to_contain_text(said)
    assert nam.locator(".qr-code").count() == 0


def test_r2_a_changed_key_reads_what_was_sent_before_meanwhile_and_after(
    desk: Desk, both: tuple[Page, Page], tmp_path: Path
) -> None:
    nam, hoa = both
    old = desk.ask(STANDING, "na-co-sa")
    _receipt, before = send(desk, "Tin gửi trước khi đổi khoá.", old)
    sent: list[str] = []
    nam.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    sheets = begin_change(desk, nam, desk.sheets["na-co-sa"])
    assert violations(nam) == []
    finish_remaking(nam, sheets)
    desk.sheets["na-co-sa"] = sheets
    new = desk.ask(STANDING, "na-co-sa")
    assert (new[0], new[1] != old[1], new[2]) == (old[0], True, old[2] + 1)
    assert "AGE-SECRET-KEY" not in nam.content().replace("AGE-SECRET-KEY-1…", "") + "".join(sent)
    expect(nam.locator("#record")).to_contain_text("Mùa A Sua")
    opened = opened_by_age(tmp_path, desk.ask(SECRET_OF, "na-co-sa")[0], sheets)
    assert opened.count("AGE-SECRET-KEY-1") == 2

    _receipt, meanwhile = send(desk, "Tin của điện thoại mở trang từ trước.", old)
    _receipt, after = send(desk, "Tin gửi sau khi đổi khoá.", new)
    read(desk, nam, "nam", before)
    for thread, text in ((before, "trước khi đổi"), (meanwhile, "mở trang từ trước"), (after, "sau khi đổi")):
        expect(nam.locator(f'[data-thread="{thread}"]')).to_contain_text(text)
    read(desk, hoa, "hoa", before)
    expect(hoa.locator(f'[data-thread="{before}"]')).to_contain_text("trước khi đổi")
    expect(hoa.locator(f'[data-thread="{after}"]')).not_to_contain_text("sau khi đổi")
    expect(hoa.locator(".faults")).to_contain_text("khoá hộp thư đã đổi")

    desk.open(nam, BOX)
    expect(nam.locator("main")).to_contain_text("Giàng A Hoà chưa có khoá mới")
    assert violations(nam) == []
    grant(desk, nam, hoa, "hoa")
    expect(nam.locator(".done")).to_contain_text("Đã cấp khoá")
    read(desk, hoa, "hoa", after)
    expect(hoa.locator(f'[data-thread="{after}"]')).to_contain_text("sau khi đổi")
    expect(hoa.locator(f'[data-thread="{before}"]')).to_contain_text("trước khi đổi")


def test_r2_a_colleagues_key_swapped_at_the_moment_of_granting_is_told_by_the_sixteen_characters(
    desk: Desk, nam: Page, hoa: Page, founded: tuple[str, str]
) -> None:
    """The page that the server gave the custodian names another key; what the colleague reads aloud is of the true one."""
    desk.open(hoa, "/keys/")
    desk.unlock(hoa, "hoa")
    code = desk.read_out(hoa)
    pk, recipient = desk.ask(KEY_OF_HOA)
    desk.change("UPDATE desk_grant SET until = since WHERE key_id = ?", pk)
    desk.change("UPDATE desk_officerkey SET recipient = ? WHERE id = ?", new_identity()[1], pk)
    posted: list[str] = []
    nam.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    try:
        grant(desk, nam, hoa, "hoa", code)
        expect(nam.locator("form[data-username=hoa] .error")).to_contain_text("Không khớp. Đừng cấp khoá")
    finally:
        desk.change("UPDATE desk_officerkey SET recipient = ? WHERE id = ?", recipient, pk)
    assert posted == []


def passed_on_by_the_new_posters_code(nam: Page, code: str) -> None:
    """The report that is open, whose phone trusted the old root."""
    nam.click('[data-to="verifying"]')
    nam.click("#confirm-move")
    expect(nam.locator("#confirm-move")).to_have_count(0)
    nam.locator("#forward:enabled").click()
    expect(nam.locator("dialog")).to_contain_text("đã thay khoá gốc sau khi tin này đến")
    expect(nam.locator("dialog [data-box]")).to_have_count(0)
    nam.fill("#poster-code", code)
    nam.click("#check-code")
    nam.locator('dialog [data-box="ca-dien-bien"]').click()
    expect(nam.locator("main")).to_contain_text("Đã chuyển")


def test_o3_a_replaced_root_recalls_the_posters_and_its_old_threads_read_but_seal_nothing_new(
    desk: Desk, nam: Page, new_screen: NewPage, founded: tuple[str, str]
) -> None:
    old = desk.ask(STANDING, "na-co-sa")
    receipt, thread = send(desk, "Tin của áp phích cũ.", old)
    desk.open(nam, BOX + "root")
    nam.fill("#reason", "Hai tờ khôi phục bị chép.")
    nam.get_by_role("button", name="Gửi đề nghị").click()
    expect(nam.locator("main")).to_contain_text("Chờ duyệt")
    desk.approve("box.root", "na-co-sa", "dung")
    desk.open(nam, BOX + "root")
    assert violations(nam) == []
    nam.fill("#keeper-a", "Mùa A Sua")
    nam.fill("#keeper-b", "Giàng A Hoà")
    desk.unlock(nam, "nam")
    nam.click("#prepare")
    nam.wait_for_selector("#sheet-a .qr-code")
    sheets = sheet(nam, "a"), sheet(nam, "b")
    finish_remaking(nam, sheets, above=True)
    desk.sheets["na-co-sa"] = sheets
    new = desk.ask(STANDING, "na-co-sa")
    assert (new[0] != old[0], new[2]) == (True, old[2] + 1)
    expect(nam.locator("#record")).to_contain_text("Biên bản thay khoá gốc")

    read(desk, nam, "nam", thread)
    expect(nam.locator(f'[data-thread="{thread}"]')).to_contain_text("áp phích cũ")
    nam.locator(f'[data-thread="{thread}"]').click()
    nam.fill("#answer", "Đồn đã nhận, bà con giữ an toàn.")
    nam.click("#send-answer")
    expect(nam.locator(".say").nth(1)).to_contain_text("giữ an toàn")

    phone = new_screen()
    phone.goto(f"{desk.server.public}/b/na-co-sa#{fingerprint(old[0])}")
    expect(phone.locator("#see .bad")).to_contain_text("tờ cũ đã thu hồi")
    expect(phone.locator("#send")).to_be_hidden()
    fits(phone)
    phone = new_screen()
    phone.goto(f"{desk.server.public}/b/na-co-sa#{fingerprint(new[0])}")
    expect(phone.locator("#trust")).to_contain_text("áp phích")
    expect(phone.locator("#see .bad")).to_have_count(0)
    phone.goto(f"{desk.server.public}/r")
    phone.fill("#code", receipt)
    phone.click("#open")
    phone.wait_for_selector("#state")
    expect(phone.locator("main")).to_contain_text("giữ an toàn")
    expect(phone.locator("main")).to_contain_text("đã thay khoá từ khi bà con gửi tin")
    assert phone.locator("textarea").count() == 0
    passed_on_by_the_new_posters_code(nam, fingerprint(new[0])[:12])


def test_both_new_sheets_recover_every_key_even_after_a_replaced_root(
    desk: Desk, nam: Page, founded: tuple[str, str], tmp_path: Path
) -> None:
    opened = opened_by_age(tmp_path, desk.ask(SECRET_OF, "na-co-sa")[0], desk.sheets["na-co-sa"]).split()
    recipients = {json.loads(text)["recipient"] for (text,) in desk.all("SELECT text FROM mailbox_keystatement")}
    from_paper = {desk.recipient_of(line) for line in opened[:-1]}
    assert from_paper <= recipients
    assert len(from_paper) == len(opened) - 1 >= 1
