"""What an officer of the post sees, at the mailbox."""

from playwright.sync_api import Page

from tools.pictures.villager import QUESTION
from tools.pictures.walk import Walk

NOTE = "Đã hỏi trưởng bản: tuần này bản bên cũng mất một con."


def read(walk: Walk) -> None:
    hoa = walk.officer("hoa")
    hoa.wait_for_selector("#passphrase")
    walk.keep(hoa, "unlock", clip={"x": 0, "y": 0, "width": 1280, "height": 440})
    walk.unlock(hoa, "hoa")
    open_newest(hoa)
    thu = walk.officer("thu")
    walk.unlock(thu, "thu")
    open_newest(thu)
    move(hoa)
    hoa.fill("#answer", QUESTION)
    hoa.click("#send-answer")
    hoa.locator("article").get_by_text(QUESTION).first.wait_for()
    hoa.get_by_label("Loại tin").select_option(label="Trộm cắp tài sản")
    hoa.get_by_label("Giá trị của tin").select_option(label="Có giá trị")
    hoa.get_by_role("button", name="Lưu đánh giá").click()
    hoa.get_by_placeholder("Chỉ đơn vị mở được").fill(NOTE)
    hoa.get_by_role("button", name="Lưu ghi chú").click()
    hoa.get_by_text(NOTE).first.wait_for()
    hoa.wait_for_timeout(1500)
    hoa.evaluate("() => document.querySelectorAll('*').forEach((one) => one.scrollTo(0, 0))")
    walk.keep(hoa, "desk")
    thu.fill("#answer", "Bà con cho biết trâu mấy tuổi?")
    thu.click("[data-to=verifying]")
    thu.click("#confirm-move")
    thu.get_by_role("button", name="Xem bản mới").wait_for()
    walk.keep(thu, "two-officers")
    hoa.click("#forward")
    hoa.wait_for_selector("dialog [data-box]")
    walk.keep(hoa, "forward")
    hoa.keyboard.press("Escape")
    hoa.set_viewport_size({"width": 360, "height": 740})
    hoa.get_by_text("‹ Danh sách").click()
    walk.keep(hoa, "list-phone")


def open_newest(page: Page) -> None:
    page.locator(".item").first.click()
    page.wait_for_selector(".medium.photo.shown")


def move(page: Page) -> None:
    page.click("[data-to=verifying]")
    page.click("#confirm-move")
    page.wait_for_selector("[data-to=verifying]", state="detached")
