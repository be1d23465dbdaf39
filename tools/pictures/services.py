"""Public services: a resident's pages on a phone, and the caseworkers' desk. A resident signs in by the demo's stand-in."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import FloatRect, Page

from tests.accounts.citizens.providers import start
from tools.pictures.walk import PHONE, Walk

PROCEDURE = "1.004194"
TOP: FloatRect = {"x": 0, "y": 0, "width": 1280, "height": 760}


def serve_them(walk: Walk) -> None:
    with provider(walk):
        reside(walk)
    work(walk)
    keep_posted(walk)
    lead(walk)


@contextmanager
def provider(walk: Walk) -> Iterator[None]:
    running = start("mock", walk.server.var, port=walk.server.port + 1)
    try:
        yield
    finally:
        running.stop()


def resident(walk: Walk, who: str) -> Page:
    page = walk.page(**PHONE)
    page.goto(f"{walk.server.my}/sign-in")
    page.get_by_role("button", name="Tới trang định danh").click()
    page.get_by_role("button", name=who, exact=True).first.click()
    page.wait_for_url(re.compile(re.escape(walk.server.my)))
    return page


def reside(walk: Walk) -> None:
    phone = walk.page(**PHONE)
    phone.goto(f"{walk.server.public}/services/p/{PROCEDURE}?xa=03349")
    walk.keep(phone, "procedure")
    phone = resident(walk, "an")
    walk.keep(phone, "my-page")
    phone.locator(".todo, .rowlink[href*='/dossiers/']").first.click()
    phone.wait_for_load_state()
    walk.keep(phone, "my-dossier")
    phone.goto(f"{walk.server.my}/looks")
    walk.keep(phone, "who-looked")
    phone.goto(f"{walk.server.my}/apply/{PROCEDURE}")
    phone.locator("main form button.primary").click()
    if phone.locator("#unit").count():
        phone.locator("#unit").select_option(label="Xã Thanh Yên")
        phone.get_by_role("button", name="Đi tiếp").click()
    phone.get_by_role("heading", name="Người đăng ký").wait_for()
    walk.keep(phone, "apply")


def work(walk: Walk) -> None:
    mai = walk.officer("mai", "/dossiers/?tab=office")
    walk.keep(mai, "queue", clip=TOP)
    mai.locator("[data-row] a").first.click()
    mai.wait_for_load_state()
    take = mai.get_by_role("button", name="Nhận xử lý")
    if take.count():
        take.click()
        mai.wait_for_load_state()
    mai.goto(mai.url)
    walk.keep(mai, "dossier")
    mai.goto(f"{walk.server.desk}/dossiers/wall/")
    mai.goto(walk.server.desk + str(mai.get_by_text("Mở bảng của").get_attribute("href")))
    walk.keep(mai, "wall", clip=TOP)


def keep_posted(walk: Walk) -> None:
    ngoc = walk.officer("ngoc", f"/procedures/p/{PROCEDURE}/")
    ngoc.get_by_role("button", name="Soạn bản mới").click()
    ngoc.wait_for_load_state()
    ngoc.goto(f"{walk.server.desk}/procedures/p/{PROCEDURE}/")
    walk.keep(ngoc, "posting")
    ngoc.goto(f"{walk.server.desk}/procedures/forms/tam-tru/")
    ngoc.get_by_role("button", name="Soạn bản mới").click()
    ngoc.goto(f"{walk.server.desk}/procedures/forms/tam-tru/edit/")
    walk.keep(ngoc, "form-editor")


def lead(walk: Walk) -> None:
    walk.keep(walk.officer("chinh", "/dossiers/figures/"), "dossier-figures")
