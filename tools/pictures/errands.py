"""The errands of docs/using/officer.md, in the demo."""

import re
from datetime import date, timedelta

from playwright.sync_api import Page

from tools.pictures.walk import BOX, Walk

SUGGESTIONS_BY = "hanh"
TOLD = "Chiều qua anh ấy thấy ba người lạ gùi hàng qua suối, đi về phía biên giới."


def walk_all(walk: Walk) -> None:
    practise(walk)
    begin_shift(walk)
    count_and_link(walk)
    pranks(walk)
    enter(walk)
    above(walk)
    share(walk)
    month(walk)
    answer_publicly(walk)


def practise(walk: Walk) -> None:
    hoa = walk.officer("hoa", "/mailbox/")
    hoa.get_by_role("button", name="Tập thử 10 phút").click()
    walk.unlock(hoa, "hoa")
    for title in ("Mở tin", "Đọc tin", "Xem ảnh", "Trả lời"):
        hoa.locator(".tour-card h2", has_text=title).wait_for()
        if title == "Mở tin":
            hoa.wait_for_timeout(1500)  # until the list listens to the keyboard
            hoa.keyboard.press("Enter")
        elif title != "Trả lời":
            hoa.locator(".tour-card").get_by_role("button", name="Tiếp").click()
    walk.keep(hoa, "tour")


def begin_shift(walk: Walk) -> None:
    hoa = walk.reader("hoa")
    hoa.get_by_role("button", name=re.compile("Cần mở hôm nay")).click()
    hoa.wait_for_timeout(800)
    walk.keep(hoa, "today", clip={"x": 0, "y": 0, "width": 1280, "height": 620})


def newest(walk: Walk, login: str) -> Page:
    page = walk.reader(login)
    page.locator(".item").first.click()
    page.wait_for_selector(".side .progress-steps")
    page.wait_for_timeout(800)
    return page


def count_and_link(walk: Walk) -> None:
    hoa = newest(walk, "hoa")
    kinds = hoa.locator(".kinds")
    kinds.get_by_role("button", name="Bắt giữ").click()
    hoa.locator("#save-outcome").click()
    hoa.locator(".outcomes .line").first.wait_for()
    kinds.get_by_role("button", name="Tang vật").click()
    hoa.get_by_label("Loại tang vật").select_option(label="Gia súc")
    hoa.get_by_label("Số lượng").fill("2")
    walk.keep_part(hoa, "outcomes", ".outcomes")
    hoa.get_by_role("button", name="Thôi", exact=True).click()
    hoa.locator(".outcomes .correct").first.click()
    walk.keep_part(hoa, "correct", ".outcomes .lines")
    hoa.get_by_role("button", name="Nối với tin khác").click()
    walk.keep_part(hoa, "duplicates", ".related")


def pranks(walk: Walk) -> None:
    hoa = walk.reader("hoa")
    for place in range(1, 4):
        hoa.locator(".pick").nth(place).check()
    hoa.locator('[data-verb="prank"]').click()
    walk.keep(hoa, "pranks", clip={"x": 0, "y": 0, "width": 640, "height": 800})


def enter(walk: Walk) -> None:
    hoa = walk.officer("hoa", "/mailbox/new")
    hoa.get_by_label("Hộp thư", exact=True).select_option(BOX)
    hoa.locator("[name=channel][value=in_person]").check()
    hoa.get_by_label("Ghi đúng lời người báo").fill(TOLD)
    walk.keep(hoa, "enter", clip={"x": 0, "y": 0, "width": 1280, "height": 760})
    hoa.get_by_label("Mã ngắn trên áp phích").fill(walk.known["fingerprints"][BOX][:12])
    hoa.get_by_role("button", name="Khoá tin và lưu").click()
    hoa.wait_for_selector("#receipt")
    walk.keep(hoa, "slip", clip={"x": 0, "y": 0, "width": 1280, "height": 620})


def above(walk: Walk) -> None:
    """Of what was passed on, the first that something came of; else the last."""
    hoa = walk.officer("hoa", "/mailbox/?state=sent")
    walk.unlock(hoa, "hoa")
    hoa.locator(".item").first.wait_for()
    for place in range(hoa.locator(".item").count()):
        hoa.locator(".item").nth(place).click()
        hoa.locator(".side .outcomes").wait_for()
        hoa.wait_for_timeout(500)
        if hoa.locator(".outcomes .sums .line").count():
            break
    walk.keep(hoa, "above")


def share(walk: Walk) -> None:
    nam = walk.officer("nam", f"/handovers/give/{BOX}/")
    nam.get_by_label("Bàn giao cho").select_option(label="Vàng Thị Thu (thu)")
    walk.keep(nam, "handover")
    thu = walk.officer("thu", "/absences/add/")
    first = date.fromisoformat(thu.get_by_label("Từ ngày").input_value())
    thu.get_by_label("Đến hết ngày").fill((first + timedelta(days=3)).isoformat())
    thu.get_by_label("Người trực thay").select_option(label="Giàng A Hoà (hoa)")
    thu.get_by_role("button", name="Ghi", exact=True).click()
    thu.wait_for_selector("table.calendar")
    walk.keep(thu, "absences")


def month(walk: Walk) -> None:
    walk.keep(walk.officer("nam", f"/register/{BOX}/"), "register")


def answer_publicly(walk: Walk) -> None:
    """The first suggestion whose sender allows a public answer."""
    hanh = walk.officer(SUGGESTIONS_BY, "/mailbox/?state=all")
    walk.unlock(hanh, SUGGESTIONS_BY)
    hanh.wait_for_selector(".item .preview:visible")
    for place in range(hanh.locator(".item").count()):
        hanh.locator(".item").nth(place).click()
        hanh.wait_for_selector(".side .progress-steps")
        hanh.wait_for_timeout(700)
        if hanh.locator("details.public-answer").count():
            break
    hanh.click("details.public-answer summary")
    hanh.fill("#public-asked", "Bao giờ sửa cầu treo sang bản Na Cô Sa 1?")
    hanh.fill("#public-answered", "Xã đã có kinh phí. Thợ làm từ đầu tháng sau, xong trước Tết.")
    walk.keep_part(hanh, "public-answer", "details.public-answer")
