"""Prompts are recorded, approved and heard; a language is added."""

from playwright.sync_api import Page

from tools.pictures.walk import BOX, PHONE, Walk, below

SPOKEN = ("page.what", "page.choice.crime.theft", "page.choice.crime.drugs", "page.tell")


def speak(walk: Walk) -> None:
    hoa = walk.officer("hoa", f"/languages/boxes/{BOX}/?language=vi")
    for key in SPOKEN:
        record(hoa, key)
    hoa.evaluate("scrollTo(0, 0)")
    walk.keep(hoa, "prompts")
    nam = walk.officer("nam", f"/languages/boxes/{BOX}/approve/?language=vi")
    for key in SPOKEN:
        approve(nam, key)
    phone = walk.page(**PHONE)
    phone.goto(walk.poster)
    phone.get_by_text("Khoá đúng với áp phích").wait_for()
    walk.keep(phone, "speakers", clip=below(phone, "fieldset", 420))
    phone.goto(f"{walk.server.public}/b/{BOX}/guide")
    walk.keep(phone, "guide")
    phone.goto(f"{walk.server.public}/b/gop-y-quang-lam")
    phone.get_by_text("Xã đã trả lời những gì").click()
    phone.wait_for_load_state()
    walk.keep(phone, "answers")
    quan = walk.officer("quan", "/languages/add/")
    quan.locator("[name=ready]").first.check()
    quan.locator("[name=name]").fill("Hmoob")
    quan.locator("main form button.primary").click()
    quan.goto(f"{walk.server.desk}/languages/")
    quan.locator("main tbody a").first.click()
    quan.wait_for_load_state()
    walk.keep(quan, "sentences")


def record(page: Page, key: str) -> None:
    one = page.locator(f'[data-key="{key}"]')
    one.get_by_role("button", name="Ghi").first.click()
    page.wait_for_timeout(1500)
    one.locator("button.on").click()
    one.get_by_role("button", name="Giữ bản này").click()
    page.wait_for_selector(f'[data-key="{key}"][data-state="waiting"]')


def approve(page: Page, key: str) -> None:
    one = page.locator(f'[data-key="{key}"]')
    one.get_by_role("button", name="Nghe").click()
    page.wait_for_timeout(2500)
    one.get_by_role("button", name="Duyệt").click()
    page.wait_for_selector(f'[data-key="{key}"][data-state="approved"]')
