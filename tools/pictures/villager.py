"""What a villager sees."""

from playwright.sync_api import Page

from tests.e2e.server import ROOT
from tools.pictures.walk import BOX, PHONE, Walk, below

ZALO = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36 Zalo android"
STORY = "Đêm qua nhà tôi mất hai con trâu. Có vết bánh xe công nông đi ra phía suối. Chó sủa lúc gần sáng."
QUESTION = "Đồn đã nhận tin, cảm ơn bà con. Vết bánh xe có còn không, đi về hướng nào? Bà con đừng tự đi tìm."


def report(walk: Walk) -> None:
    phone = walk.page(**PHONE)
    phone.goto(f"{walk.server.public}/")
    walk.keep(phone, "front")
    phone.goto(f"{walk.server.public}/b/{BOX}")
    phone.get_by_label("Mã ngắn").wait_for()
    walk.keep(phone, "short-code")
    phone.goto("about:blank")
    phone.goto(walk.poster)
    phone.get_by_text("Khoá đúng với áp phích").wait_for()
    phone.wait_for_selector("#voice:enabled")
    walk.keep(phone, "report")
    fill(phone)
    walk.keep(phone, "photo-voice", clip=below(phone, "fieldset:last-of-type", 560))
    phone.get_by_role("button", name="Xem lại rồi gửi").click()
    phone.wait_for_selector("#see h2")
    walk.keep(phone, "preview", clip=below(phone, "#see h2", 740))
    phone.get_by_role("button", name="Gửi đi").click()
    phone.get_by_text("cũng đã đến nơi").wait_for()
    walk.receipt = phone.locator("#receipt").inner_text()
    walk.keep(phone, "receipt", clip=below(phone, "h1", 740))


def fill(phone: Page) -> None:
    phone.get_by_label("Trộm cắp").check(force=True)
    phone.get_by_label("Kể lại bằng lời của mình").fill(STORY)
    phone.get_by_label("Bản, tổ").select_option(label="Bản Na Cô Sa 1")
    phone.get_by_label("Chỗ nào").fill("cạnh suối, sau nhà văn hoá")
    phone.get_by_label("Khi nào?").select_option(label="Hôm nay")
    phone.set_input_files("#photo", ROOT / "config/demo/media/tracks.jpg")
    phone.wait_for_selector("#media img")
    phone.click("#voice")
    phone.wait_for_timeout(1500)
    phone.click("#voice")
    phone.wait_for_selector("#media audio")
    phone.get_by_label("Cho phép chuyển tin lên cấp trên").check()


def other_doors(walk: Walk) -> None:
    phone = walk.page(**PHONE)
    phone.goto(f"{walk.server.public}/b/{BOX}/plain")
    walk.keep(phone, "plain")
    zalo = walk.page(**PHONE, user_agent=ZALO)
    zalo.goto(walk.poster)
    zalo.get_by_role("button", name="Chép địa chỉ").wait_for()
    walk.keep(zalo, "zalo", clip=below(zalo, "fieldset:last-of-type", 420))


def come_back(walk: Walk) -> None:
    phone = walk.page(**PHONE)
    phone.goto(f"{walk.server.public}/r")
    phone.get_by_label("Mã của bà con").fill(walk.receipt)
    phone.get_by_role("button", name="Mở", exact=True).click()
    phone.get_by_text(QUESTION).wait_for()
    walk.keep(phone, "return")
    phone.get_by_role("button", name="Tôi muốn xoá tin").click()
    walk.keep(phone, "delete", clip=below(phone, "#send", 420))
