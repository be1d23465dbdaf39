"""Other words for the same key, and a key whose words are forgotten: the whole way, in a real browser."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pyrage
import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import NewPage
from tests.e2e.keys_stage import Desk
from tests.e2e.keys_stage import desk as desk
from tests.e2e.keys_stage import desk_with_boxes as desk_with_boxes
from tests.e2e.keys_stage import founded as founded
from tests.e2e.keys_stage import hoa as hoa
from tests.e2e.keys_stage import nam as nam
from tests.e2e.reporter_stage import fits, violations
from tests.e2e.test_keys_in_a_browser import KEY_OF

PASSPHRASE_API = "**/keys/api/key/passphrase"
MEGABYTE = "nương bản suối " * 70_000
# Between the words, and round all of them: a table, a web page, a numbered list, marks that nobody sees.
AS_PASTED = [("\t", "\r\n"), ("\u00a0", "\u3000"), ("\n2. ", ""), (" \u200e", "\ufeff"), (", ", ".")]


def full_width(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if letter.isalpha() else letter for letter in text)


def with_apart_accents(text: str) -> str:
    """As a phone may paste it: capitals, the accents as characters of their own."""
    return text.upper().replace("A", "A\u0302\u0301").replace("O", "O\u031b\u0300").replace("E", "E\u0323")


def ask_for_new_words(desk: Desk, page: Page, old: str) -> str:
    """To where six new words are typed back; returns them."""
    desk.open(page, "/keys/")
    page.click("#change")
    page.fill("#old", old)
    page.click("#old-open")
    page.wait_for_selector("#words li")
    words = " ".join(page.locator("#words li").all_inner_texts())
    page.click("#written")
    page.fill("#back", words)
    return words


def opens(desk: Desk, username: str, words: str) -> bool:
    _recipient, sealed = desk.ask(KEY_OF, username)
    try:
        pyrage.passphrase.decrypt(sealed, words)
    except pyrage.DecryptError:
        return False
    return True


def test_no_other_words_can_be_drawn_while_the_key_is_stored_under_these(desk: Desk, hoa: Page) -> None:
    held: list[Route] = []
    hoa.route(PASSPHRASE_API, lambda route: held.append(route))
    new = ask_for_new_words(desk, hoa, desk.passphrases["hoa"])
    with hoa.expect_request(PASSPHRASE_API):
        hoa.click("#store")
    expect(hoa.locator("#look")).to_be_disabled()
    held.pop().continue_()
    expect(hoa.get_by_role("heading", name="Đã đổi cụm từ")).to_be_visible()
    desk.passphrases["hoa"] = new
    assert opens(desk, "hoa", new)


def test_six_new_words_open_the_same_key_and_the_old_ones_do_not(desk: Desk, hoa: Page) -> None:
    old = desk.passphrases["hoa"]
    recipient, old_file = desk.ask(KEY_OF, "hoa")
    sent: list[str] = []
    hoa.on("request", lambda request: sent.append(request.post_data or ""))
    new = ask_for_new_words(desk, hoa, old)
    hoa.click("#store")
    expect(hoa.get_by_role("heading", name="Đã đổi cụm từ")).to_be_visible()
    desk.passphrases["hoa"] = new
    assert (opens(desk, "hoa", new), opens(desk, "hoa", old)) == (True, False)
    assert desk.ask(KEY_OF, "hoa")[0] == recipient
    posted = " ".join(sent)
    assert "sealed_identity" in posted
    assert not any(secret in posted for secret in (old, new, "AGE-SECRET"))
    # The page keeps neither, and the desk unlocks by the new ones.
    assert not any(word in hoa.content() for word in (old, new))
    desk.open(hoa, "/keys/")
    desk.unlock(hoa, "hoa")
    hoa.click("#lock-again")
    hoa.fill("#passphrase", old)
    hoa.click("#unlock")
    expect(hoa.locator("#passphrase-error")).to_contain_text("Cụm từ không đúng")
    # secure_delete: the file that the old words open is overwritten, not only let go.
    desk.server.python(
        "from django.db import connection; connection.cursor().execute('PRAGMA wal_checkpoint(TRUNCATE)')"
    )
    assert bytes(old_file) not in (desk.server.var / "keng.sqlite3").read_bytes()


def test_the_old_words_are_asked_for_even_where_the_desk_is_unlocked(desk: Desk, hoa: Page) -> None:
    desk.open(hoa, "/keys/")
    desk.unlock(hoa, "hoa")
    hoa.click("#change")
    for typed, told in (("", "Đồng chí gõ cụm từ sáu từ."), ("sai rồi sai rồi sai rồi", "Cụm từ đang dùng chưa đúng")):
        hoa.fill("#old", typed)
        hoa.click("#old-open")
        expect(hoa.locator("#old-error")).to_contain_text(told)
    expect(hoa.locator("#words li")).to_have_count(0)


def test_a_line_that_fails_while_storing_leaves_old_words_or_new_and_says_that_it_is_not_known(
    desk: Desk, hoa: Page
) -> None:
    old = desk.passphrases["hoa"]

    def lose_the_request(route: Route) -> None:
        route.abort()

    def lose_the_answer(route: Route) -> None:
        route.fetch(
            url=route.request.url.replace("desk.localhost", "127.0.0.1"),
            headers={**route.request.headers, "host": f"desk.localhost:{desk.server.port}"},
        )
        route.abort()

    new = ask_for_new_words(desk, hoa, old)
    for lose, stands in ((lose_the_request, old), (lose_the_answer, new)):
        hoa.route(PASSPHRASE_API, lose)
        hoa.click("#store")
        expect(hoa.locator("#back-error")).to_contain_text("chưa biết đã đổi hay chưa")
        hoa.unroute(PASSPHRASE_API)
        assert (opens(desk, "hoa", old), opens(desk, "hoa", new)) == (stands == old, stands == new)
        hoa.fill("#back", new)
    # Once more, with a line: the page finds that it was stored.
    hoa.click("#store")
    expect(hoa.get_by_role("heading", name="Đã đổi cụm từ")).to_be_visible()
    desk.passphrases["hoa"] = new
    assert opens(desk, "hoa", new)


def test_words_pasted_from_anywhere_are_read(desk: Desk, hoa: Page) -> None:
    words = desk.passphrases["hoa"]
    desk.open(hoa, "/keys/")
    pasted = [round_it + between.join(words.split()) + round_it for between, round_it in AS_PASTED]
    for typed in (*pasted, full_width(words), with_apart_accents(words)):
        # As a paste puts it: `fill` of a single-line field would drop the lines' ends itself.
        hoa.locator("#passphrase").evaluate("(field, text) => { field.value = text }", typed)
        hoa.click("#unlock")
        expect(hoa.locator("#tried")).to_contain_text("Cụm từ đúng.")
        hoa.click("#lock-again")


def test_s3_a_megabyte_for_a_passphrase_gets_a_sentence_at_once_everywhere(
    desk: Desk, hoa: Page, new_screen: NewPage
) -> None:
    asked: list[str] = []
    hoa.on("request", lambda request: asked.append(request.url))
    desk.open(hoa, "/keys/")
    hoa.wait_for_load_state("networkidle")
    asked.clear()
    paste = "([selector, text]) => { document.querySelector(selector).value = text }"
    hoa.evaluate(paste, ["#passphrase", MEGABYTE])
    hoa.click("#unlock", timeout=3000)
    expect(hoa.locator("#passphrase-error")).to_contain_text("quá dài", timeout=1000)
    hoa.click("#change")
    hoa.evaluate(paste, ["#old", MEGABYTE])
    hoa.click("#old-open", timeout=3000)
    expect(hoa.locator("#old-error")).to_contain_text("quá dài", timeout=1000)
    assert asked == [], "nothing is asked of the server, and no worker starts"
    hoa.reload()
    hoa.click("main summary")
    hoa.click("#make")
    hoa.click("#written")
    hoa.fill("#back", MEGABYTE)
    assert len(hoa.input_value("#back")) == 2000
    hoa.click("#store")
    expect(hoa.locator("#back-error")).to_contain_text("quá dài", timeout=1000)
    assert opens(desk, "hoa", desk.passphrases["hoa"])


def test_a_forgotten_passphrase_a_new_key_and_a_custodian_who_grants_anew(
    desk: Desk, nam: Page, hoa: Page, founded: tuple[str, str]
) -> None:
    grant(desk, nam, hoa)
    first = desk.ask(KEY_OF, "hoa")[0]

    # forgotten: the page says what a new key costs, and who gives the box's key again
    desk.open(hoa, "/keys/")
    hoa.click("summary:has-text('Quên cụm từ')")
    expect(hoa.locator("details[open]")).to_contain_text("người giữ khoá cấp lại")
    hoa.click("#make")
    words = " ".join(hoa.locator("#words li").all_inner_texts())
    hoa.click("#written")
    hoa.fill("#back", words)
    hoa.click("#store")
    hoa.wait_for_selector("[data-step=done]:not([hidden])")
    expect(hoa.locator("[data-step=done]")).to_contain_text("Gặp người giữ khoá (Lò Văn Nam)")
    desk.passphrases["hoa"] = words
    assert desk.ask(KEY_OF, "hoa")[0] != first

    # until then: no box opens, and each page says what comes next
    desk.open(hoa, "/mailbox/")
    expect(hoa.locator(".empty")).to_contain_text("Nhờ người giữ khoá của đơn vị so dấu khoá")
    desk.open(hoa, "/keys/")
    expect(hoa.locator("table")).to_contain_text("Chưa có khoá")
    desk.unlock(hoa, "hoa")
    expect(hoa.locator("#tried")).to_have_text("Cụm từ đúng.")

    # the custodian finds the officer among those without the key, and grants after hearing the new fingerprint
    grant(desk, nam, hoa)
    desk.open(hoa, "/keys/")
    desk.unlock(hoa, "hoa")
    expect(hoa.locator("#tried")).to_contain_text("Hộp thư na-co-sa")


def grant(desk: Desk, nam: Page, hoa: Page) -> None:
    desk.open(hoa, "/keys/")
    desk.unlock(hoa, "hoa")
    read_out = hoa.locator("#mine")
    expect(read_out).to_be_visible()
    desk.open(nam, "/keys/boxes/na-co-sa/")
    desk.unlock(nam, "nam")
    form = nam.locator("form[data-username=hoa][data-give]")
    form.locator("[name=code]").fill(read_out.inner_text())
    form.locator("button").click()
    expect(nam.get_by_text("Đã cấp khoá cho Giàng A Hoà.")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_each_step_fits_and_axe_finds_nothing(desk: Desk, new_screen: NewPage, hoa: Page, width: int) -> None:
    hoa.set_viewport_size({"width": width, "height": 740})
    desk.open(hoa, "/keys/")
    hoa.click("#change")
    assert fits(hoa)
    assert violations(hoa) == []
    hoa.fill("#old", desk.passphrases["hoa"])
    hoa.click("#old-open")
    hoa.wait_for_selector("#words li")
    assert fits(hoa)
    assert violations(hoa) == []


def test_the_file_still_opens_with_the_age_command(desk: Desk, hoa: Page, tmp_path: Path) -> None:
    """What is stored is a plain age file: `age -d` asks for the six words."""
    age = shutil.which("age")
    script = shutil.which("script")
    assert age, "the tests need the age command (Debian: age)"
    assert script, "the tests need the script command (Debian: bsdutils)"
    (tmp_path / "key.age").write_bytes(desk.ask(KEY_OF, "hoa")[1])
    done = subprocess.run(
        [script, "-qec", f"{age} -d -o key {tmp_path / 'key.age'}", "/dev/null"],
        cwd=tmp_path,
        input=desk.passphrases["hoa"] + "\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (tmp_path / "key").exists(), done.stdout
    assert (tmp_path / "key").read_text().startswith("AGE-SECRET-KEY-1")


def test_r2_no_passphrase_is_in_the_database(desk: Desk, hoa: Page) -> None:
    words = desk.passphrases["hoa"]
    with sqlite3.connect(f"file:{desk.server.var / 'keng.sqlite3'}?mode=ro", uri=True) as database:
        dump = "\n".join(database.iterdump())
    assert words not in dump
    assert words.replace(" ", "-") not in dump
