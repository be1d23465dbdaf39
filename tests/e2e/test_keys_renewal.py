"""Renewing a box's statement and recovering the box, in a real browser: by the level above and from paper, and what is refused."""

import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key
from playwright.sync_api import Page, expect

from config.demo.client import Root, new_identity
from keng.mailbox import sealing
from tests.e2e.conftest import NewPage
from tests.e2e.keys_stage import SECRET_OF, Desk, opened_by_age
from tests.e2e.keys_stage import desk as desk
from tests.e2e.keys_stage import desk_with_boxes as desk_with_boxes
from tests.e2e.keys_stage import founded as founded
from tests.e2e.keys_stage import nam as nam
from tests.e2e.reporter_stage import violations

STATEMENTS_OF = "SELECT COUNT(*) FROM mailbox_keystatement s JOIN mailbox_box b ON b.id = s.box_id WHERE slug = ?"
STANDING = (
    "SELECT s.id, text, signature, recipient FROM mailbox_keystatement s JOIN mailbox_box b ON b.id = s.box_id"
    " WHERE slug = ? ORDER BY seq DESC"
)


def test_the_level_above_renews_with_its_own_boxs_key(
    desk: Desk, new_screen: NewPage, founded: tuple[str, str]
) -> None:
    page = desk.screen(new_screen, "dung")
    before = desk.ask(STATEMENTS_OF, "na-co-sa")[0]
    desk.open(page, "/keys/boxes/na-co-sa/renew")
    page.click("#renew")
    expect(page.locator("#renew-error")).to_contain_text("mở khoá")
    desk.unlock(page, "dung")
    page.select_option("#months", "13")
    page.click("#renew")
    expect(page.locator("#renewed")).to_contain_text("Đã gia hạn đến")
    assert desk.ask(STATEMENTS_OF, "na-co-sa") == (before + 1,)


def test_both_sheets_renew_and_one_twice_or_swapped_does_not(desk: Desk, nam: Page, founded: tuple[str, str]) -> None:
    before = desk.ask(STATEMENTS_OF, "na-co-sa")[0]
    desk.open(nam, "/keys/boxes/na-co-sa/renew")
    for a, b, told in (
        (founded[1], founded[0], "không mở được"),
        (founded[0], founded[0], "không mở được"),
        (founded[0][:-1], founded[1], "tờ A gõ chưa đúng"),
    ):
        nam.fill("#sheet-a", a)
        nam.fill("#sheet-b", b)
        nam.click("#renew")
        expect(nam.locator("#renew-error")).to_contain_text(told)
    assert desk.ask(STATEMENTS_OF, "na-co-sa") == (before,)
    nam.fill("#sheet-a", " ".join(re.findall("..", founded[0].lower())))
    nam.click("#renew")
    expect(nam.locator("#renewed")).to_contain_text("Đã gia hạn đến")
    assert founded[0] not in nam.content()


def rewrite(desk: Desk, text: str, recipient: str) -> None:
    """What somebody with the database in hand can do to the statement that stands."""
    desk.change("UPDATE mailbox_keystatement SET text = ? WHERE id = ?", text, desk.ask(STANDING, "na-co-sa")[0])
    desk.change("UPDATE mailbox_box SET recipient = ? WHERE slug = ?", recipient, "na-co-sa")


@pytest.mark.parametrize("way", ["above", "paper"])
def test_r2_a_statement_altered_in_the_database_is_never_signed_anew(
    desk: Desk, new_screen: NewPage, nam: Page, founded: tuple[str, str], way: str
) -> None:
    before = desk.ask(STATEMENTS_OF, "na-co-sa")
    _row, text, _signature, recipient = desk.ask(STANDING, "na-co-sa")
    page = nam if way == "paper" else desk.screen(new_screen, "dung")
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    stranger = new_identity()[1]
    rewrite(desk, text.replace(recipient, stranger), stranger)
    try:
        desk.open(page, "/keys/boxes/na-co-sa/renew")
        if way == "above":
            desk.unlock(page, "dung")
        else:
            page.fill("#sheet-a", founded[0])
            page.fill("#sheet-b", founded[1])
        page.click("#renew")
        expect(page.locator("#renew-error")).to_contain_text("trên máy chủ đã bị đổi, nên chưa ký gì")
    finally:
        rewrite(desk, text, recipient)
    assert posted == []
    assert desk.ask(STATEMENTS_OF, "na-co-sa") == before


def test_a_statement_that_has_run_out_is_renewed_with_what_it_said(
    desk: Desk, new_screen: NewPage, founded: tuple[str, str], tmp_path: Path
) -> None:
    row, text, signature, recipient = desk.ask(STANDING, "na-co-sa")
    pkcs8 = opened_by_age(tmp_path, desk.ask(SECRET_OF, "na-co-sa")[0], founded).splitlines()[1]
    private = load_der_private_key(sealing.unb64u(pkcs8), None)
    assert isinstance(private, EllipticCurvePrivateKey)
    old = Root(private).sign({**json.loads(text), "from": "2025-01-01", "until": "2025-12-01"})
    desk.change(
        "UPDATE mailbox_keystatement SET text = ?, signature = ?, until = '2025-12-01' WHERE id = ?",
        old["statement"],
        old["signature"],
        row,
    )
    page = desk.screen(new_screen, "dung")
    desk.open(page, "/keys/boxes/na-co-sa/renew")
    desk.unlock(page, "dung")
    page.click("#renew")
    expect(page.locator("#renewed")).to_contain_text("Đã gia hạn đến")
    renewed, was = (json.loads(one) for one in (desk.ask(STANDING, "na-co-sa")[1], text))
    assert (renewed["recipient"], renewed["forward"]) == (recipient, was["forward"])
    assert renewed["seq"] == was["seq"] + 1


def test_o3_both_sheets_give_the_box_back_to_a_custodian_who_lost_the_passphrase(
    desk: Desk, new_screen: NewPage, nam: Page, founded: tuple[str, str]
) -> None:
    desk.open(nam, "/keys/")
    nam.click("main summary")
    nam.click("#make")
    words = " ".join(nam.locator("#words li").all_inner_texts())
    nam.click("#written")
    nam.fill("#back", words)
    nam.click("#store")
    nam.wait_for_selector("[data-step=done]:not([hidden])")
    desk.passphrases["nam"] = words
    desk.open(nam, "/keys/boxes/na-co-sa/")
    nam.get_by_role("link", name="Mở lại bằng hai tờ khôi phục").click()
    nam.fill("#reason", "Người giữ khoá quên cụm từ.")
    nam.get_by_role("button", name="Gửi đề nghị").click()
    expect(nam.locator("main")).to_contain_text("Chờ duyệt")
    assert nam.locator("#passphrase").count() == 0
    desk.approve("box.recovery", "na-co-sa", "dung")
    nam.reload()
    nam.wait_for_selector("#passphrase")
    assert violations(nam) == []
    desk.unlock(nam, "nam")
    nam.fill("#sheet-a", founded[0])
    nam.fill("#sheet-b", founded[1])
    nam.click("#recover")
    expect(nam.locator("#recovered")).to_be_visible()
    desk.open(nam, "/keys/")
    desk.unlock(nam, "nam")
    expect(nam.locator("#tried")).to_contain_text("Hộp thư na-co-sa")
