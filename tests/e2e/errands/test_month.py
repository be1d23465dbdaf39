"""Errand 10 of docs/using/officer.md: the end of the month, for who keeps the register and for the leader who reads its figure."""

import re

from playwright.sync_api import expect

from tests.e2e.errands.conftest import PDF, Post, press, sound
from tests.e2e.officers_stage import FETCHED, NewScreen


def test_10_nam_prints_the_register_and_puts_an_outcome_right_and_the_leaders_figure_opens_to_both(
    post: Post, new_screen: NewScreen
) -> None:
    nam = post.at(new_screen, "nam")
    post.go(nam, "Sổ tin")
    expect(nam.get_by_role("heading", level=1)).to_have_text("Sổ tiếp nhận tin")
    line = nam.get_by_role("row", name=post.number("wrong"))
    expect(line).to_contain_text("Người bị bắt giữ: 2 người")
    sound(nam)
    printed = nam.get_by_role("link", name="In sổ (PDF)").get_attribute("href")
    assert nam.evaluate(FETCHED, printed) == PDF

    line.get_by_role("link").first.click()
    post.unlock(nam)
    nam.get_by_role("button", name="Sửa: 2 người bị bắt giữ").click()
    nam.get_by_label("Số lượng").fill("1")
    nam.get_by_label("Lý do sửa").select_option(label="Gõ nhầm")
    press(nam, "Lưu sửa")
    expect(nam.locator(".outcomes .line")).to_contain_text("1 người bị bắt giữ")
    nam.get_by_text("Đã sửa 1 lần").click()
    expect(nam.locator(".past li")).to_contain_text("2 người → 1 người")
    sound(nam)

    minh = post.enter(new_screen, "minh", bypass_csp=True)
    minh.goto(f"{post.server.desk}/")
    expect(minh.get_by_role("heading", level=1)).to_contain_text("Số liệu hộp thư")
    minh.locator(".results li", has_text="Người bị bắt giữ").get_by_role("link").click()
    counted = minh.get_by_role("row", name=post.number("wrong"))
    expect(counted).to_contain_text("1 người")
    expect(counted).to_contain_text(re.compile("là 2"))
    sound(minh)
