"""The life of keys in a real browser: an officer makes a key, a custodian founds a box and grants it, officers unlock."""

import re
from pathlib import Path

import pyrage
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Request, expect

from config.demo.client import new_identity
from keng.desk.keys.own import fingerprint
from tests.e2e.conftest import NewPage
from tests.e2e.keys_stage import SECRET_OF, Desk, begin_founding, finish_founding, opened_by_age, sheet
from tests.e2e.keys_stage import desk as desk
from tests.e2e.keys_stage import desk_with_boxes as desk_with_boxes
from tests.e2e.keys_stage import founded as founded
from tests.e2e.keys_stage import hoa as hoa
from tests.e2e.keys_stage import nam as nam
from tests.e2e.reporter_stage import fits, violations

KEY_OF = (
    "SELECT recipient, sealed_identity FROM desk_officerkey k JOIN accounts_user u ON u.id = k.user_id"
    " WHERE username = ? AND until IS NULL"
)
GRANTS_OF = "SELECT COUNT(*) FROM desk_grant g JOIN mailbox_box b ON b.id = g.box_id WHERE slug = ? AND g.until IS NULL"
MINUTE = 60_000


# an officer's own key


def test_an_officer_makes_a_key_that_only_the_six_words_open(desk: Desk, hoa: Page) -> None:
    recipient, sealed = desk.ask(KEY_OF, "hoa")
    identity = pyrage.passphrase.decrypt(sealed, desk.passphrases["hoa"]).decode().strip()
    assert str(pyrage.x25519.Identity.from_str(identity).to_public()) == recipient
    assert b" 16\n" in sealed[:80]
    desk.open(hoa, "/keys/")
    assert fingerprint(recipient) not in hoa.content()
    desk.unlock(hoa, "hoa")
    expect(hoa.locator("#mine")).to_have_text(fingerprint(recipient))
    hoa.click("#lock-again")
    expect(hoa.locator("#mine")).to_be_hidden()


def test_r2_an_officer_never_reads_out_the_fingerprint_of_a_key_swapped_in_the_database(desk: Desk, hoa: Page) -> None:
    recipient, _sealed = desk.ask(KEY_OF, "hoa")
    stranger = new_identity()[1]
    swap = "UPDATE desk_officerkey SET recipient = ? WHERE recipient = ?"
    desk.change(swap, stranger, recipient)
    try:
        desk.open(hoa, "/keys/")
        hoa.fill("#passphrase", desk.passphrases["hoa"])
        hoa.click("#unlock")
        expect(hoa.locator("#passphrase-error")).to_contain_text("không khớp với khoá vừa mở")
        assert fingerprint(stranger) not in hoa.content()
    finally:
        desk.change(swap, recipient, stranger)


def test_words_typed_wrong_store_nothing(desk: Desk, new_screen: NewPage) -> None:
    page = desk.screen(new_screen, "dung")  # has a key: makes another only if all goes through
    before = desk.ask(KEY_OF, "dung")
    desk.open(page, "/keys/")
    page.click("main summary")
    page.click("#make")
    words = page.locator("#words li").all_inner_texts()
    page.click("#written")
    expect(page.locator("#words")).to_be_hidden()
    for typed, told in (("", "sáu từ"), (" ".join(words[:3]), "Từ thứ 4"), (" ".join([*words, words[0]]), "Từ thứ 6")):
        page.fill("#back", typed)
        page.click("#store")
        expect(page.locator("#back-error")).to_contain_text(told)
    assert desk.ask(KEY_OF, "dung") == before


def test_a_wrong_passphrase_gets_one_clear_sentence(desk: Desk, hoa: Page) -> None:
    desk.open(hoa, "/keys/")
    hoa.fill("#passphrase", "mot hai ba bon nam sau")
    hoa.click("#unlock")
    expect(hoa.locator("#passphrase-error")).to_have_text("Cụm từ không đúng. Đồng chí xem lại từng từ rồi gõ lại.")
    desk.unlock(hoa, "hoa")


def test_accents_spaces_and_capitals_do_not_matter(desk: Desk, hoa: Page) -> None:
    desk.open(hoa, "/keys/")
    hoa.fill("#passphrase", "  " + desk.passphrases["hoa"].upper().replace(" ", "   ").replace("A", "Ạ"))
    hoa.click("#unlock")
    expect(hoa.locator("#tried")).to_contain_text("Cụm từ đúng.")


def test_the_passphrase_is_not_offered_to_the_browsers_password_store(desk: Desk, hoa: Page) -> None:
    desk.open(hoa, "/keys/")
    field = hoa.locator("#passphrase")
    expect(field).to_have_attribute("autocomplete", "off")
    expect(field).to_have_attribute("type", "text")
    assert field.evaluate("(e) => getComputedStyle(e).webkitTextSecurity") == "disc"
    hoa.check("#passphrase-show")
    assert field.evaluate("(e) => getComputedStyle(e).webkitTextSecurity") == "none"


# founding


def test_r2_a_founding_sends_no_secret_and_prints_two_pages_that_age_opens(
    desk: Desk, nam: Page, tmp_path: Path
) -> None:
    sent: list[Request] = []
    nam.on("request", lambda request: sent.append(request))
    sheets = begin_founding(desk, nam, "gop-y")
    printed = nam.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    finish_founding(nam, sheets)
    record = nam.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", record)) == 1
    assert "AGE-SECRET-KEY" not in nam.content()

    bodies = " ".join(request.post_data or "" for request in sent) + " ".join(request.url for request in sent)
    assert "recovery" in bodies
    for secret in (*sheets, "AGE-SECRET", desk.passphrases["nam"], "Lò Văn Nam"):
        assert secret not in bodies

    recovery, _root, recipient = desk.ask(SECRET_OF, "gop-y")
    opened = opened_by_age(tmp_path, recovery, sheets)
    box_key = opened.splitlines()[0]
    assert str(pyrage.x25519.Identity.from_str(box_key).to_public()) == recipient


def test_a_sheets_code_is_read_by_a_camera(desk: Desk, nam: Page, tmp_path: Path) -> None:
    begin_founding(desk, nam, "phan-anh")
    for letter in "ab":
        picture = tmp_path / f"{letter}.png"
        nam.locator(f"#sheet-{letter} .qr-code").screenshot(path=picture)
        (code,) = zxingcpp.read_barcodes(Image.open(picture))
        assert code.text == sheet(nam, letter)


def test_a_keeper_who_types_the_wrong_ending_stops_the_ceremony(desk: Desk, nam: Page) -> None:
    sheet_a, sheet_b = begin_founding(desk, nam, "phan-anh")
    nam.click("#printed")
    nam.fill("#tail-a", sheet_b[-6:])
    nam.fill("#tail-b", sheet_b[-6:])
    nam.click("#typed")
    expect(nam.locator("#step-3 .error")).to_contain_text("tờ A")
    nam.fill("#tail-a", sheet_a[-6:].lower())
    nam.click("#typed")
    nam.click("#store")  # without having compared the root of the level above
    expect(nam.locator("#step-4 .error")).to_contain_text("so dấu khoá gốc")
    assert desk.ask(SECRET_OF, "phan-anh") is None


def test_the_ceremony_wants_two_different_keepers_and_an_open_key(desk: Desk, nam: Page) -> None:
    desk.open(nam, "/keys/boxes/phan-anh/found")
    nam.click("#prepare")
    expect(nam.locator("#step-1 .error")).to_contain_text("hai người giữ")
    nam.fill("#keeper-a", "Lò Văn Nam")
    nam.fill("#keeper-b", "lò văn nam")
    nam.click("#prepare")
    expect(nam.locator("#step-1 .error")).to_contain_text("hai người khác nhau")
    nam.fill("#keeper-b", "Giàng A Hoà")
    nam.click("#prepare")
    expect(nam.locator("#step-1 .error")).to_contain_text("mở khoá")


def test_a_ceremony_left_alone_takes_the_sheets_off_the_screen(desk: Desk, nam: Page) -> None:
    nam.clock.install()
    begin_founding(desk, nam, "phan-anh")
    nam.clock.fast_forward(11 * MINUTE)
    expect(nam.locator("#step-1")).to_be_visible()
    assert "AGE-SECRET-KEY" not in nam.content()


# grants


def not_quite(read_out: str) -> list[tuple[str, str]]:
    """The fingerprint with one character changed in each group, a group short, with one too many; and what is said of each."""
    other = {at: "z" if read_out[at] != "z" else "y" for at in (0, 5, 10, 15)}
    changed = [read_out[:at] + letter + read_out[at + 1 :] for at, letter in other.items()]
    short = [("", "đủ 16"), (read_out[-4:], "đủ 16"), (read_out[:-1], "đủ 16")]
    return [*short, *((typed, "Không khớp") for typed in (*changed, read_out + "0"))]


def as_somebody_writes(read_out: str) -> str:
    return read_out.upper().replace("0", "o").replace("1", "l", 1).replace("1", "I").replace(" ", " - ")


def test_a_custodian_grants_only_when_the_fingerprints_agree(
    desk: Desk, nam: Page, hoa: Page, founded: tuple[str, str]
) -> None:
    desk.open(hoa, "/keys/")
    desk.unlock(hoa, "hoa")
    hoa.wait_for_selector("#mine")
    read_out = hoa.locator("#mine").inner_text()
    desk.open(nam, "/keys/boxes/na-co-sa/")
    form = nam.locator("form[data-username=hoa][data-give]")
    # Each by itself: four letters of it may well stand by chance inside another key.
    groups = "|".join(read_out.split())
    assert not re.search(rf"\b({groups})\b|{read_out.replace(' ', '')}", nam.content())
    form.locator("[name=code]").fill(read_out)
    form.locator("button").click()
    expect(form.locator(".error")).to_contain_text("mở khoá")
    desk.unlock(nam, "nam")
    for typed, told in not_quite(read_out):
        form.locator("[name=code]").fill(typed)
        form.locator("button").click()
        expect(form.locator(".error")).to_contain_text(told)
    assert desk.ask(GRANTS_OF, "na-co-sa") == (1,)
    form.locator("[name=code]").fill(as_somebody_writes(read_out))
    form.locator("button").click()
    expect(nam.get_by_text("Đã cấp khoá cho Giàng A Hoà.")).to_be_visible()
    assert desk.ask(GRANTS_OF, "na-co-sa") == (2,)
    desk.open(hoa, "/keys/")
    desk.unlock(hoa, "hoa")
    expect(hoa.locator("#tried")).to_contain_text("Hộp thư na-co-sa")


def test_a_custodian_ends_a_grant_after_being_told_what_that_means(
    desk: Desk, nam: Page, founded: tuple[str, str]
) -> None:
    desk.open(nam, "/keys/boxes/na-co-sa/")
    before = desk.ask(GRANTS_OF, "na-co-sa")[0]
    row = nam.locator("tr", has=nam.locator("form[data-username=nam][data-end]"))
    row.locator("summary").click()
    expect(row).to_contain_text("Những tin đã đọc thì vẫn biết")
    if before == 1:
        row.locator("button").click()
        expect(row.locator(".error")).to_contain_text("người cuối cùng")
        assert desk.ask(GRANTS_OF, "na-co-sa") == (1,)


# as pages


@pytest.mark.parametrize(
    "path",
    ["/keys/", "/keys/boxes/na-co-sa/", "/keys/boxes/phan-anh/found", "/keys/boxes/na-co-sa/renew"],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_fit_a_phone_and_axe_finds_nothing(
    desk: Desk, new_screen: NewPage, nam: Page, founded: tuple[str, str], path: str, language: str
) -> None:
    page = desk.screen(new_screen, "nam", viewport={"width": 360, "height": 740})
    page.context.add_cookies([{"name": "django_language", "value": language, "url": desk.server.desk}])
    desk.open(page, path)
    page.wait_for_load_state("networkidle")
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert fits(page)
    assert violations(page) == []


def test_every_step_of_the_ceremony_fits_a_phone_and_axe_finds_nothing(desk: Desk, nam: Page) -> None:
    nam.set_viewport_size({"width": 360, "height": 740})
    sheets = begin_founding(desk, nam, "phan-anh")
    for step, leave in ((2, "#printed"), (3, "#typed"), (4, "")):
        assert nam.locator(f"section[data-step='{step}']").is_visible()
        assert fits(nam)
        assert violations(nam) == []
        if step == 3:
            for letter, secret in zip("ab", sheets, strict=True):
                nam.fill(f"#tail-{letter}", secret[-6:])
        if leave:
            nam.click(leave)
