"""Takes the pictures in docs/pictures/ anew, walking through a demo of its own as villager, officer, custodian and so on:

    .venv/bin/python -m tools.pictures

Needs what the tests need (make test installs it: Chromium, Playwright, Pillow). Some three minutes. Nothing of it stays but the pictures.
"""

import base64
import hmac
import io
import json
import re
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FloatRect, Page, sync_playwright

from tests.e2e.server import ROOT, Server

FOLDER = ROOT / "docs/pictures"
# Bytes of one picture, and of all.
LARGEST, ALL = 150_000, 1_500_000
HALVES = (48, 32, 16)
POSTER_WIDTH = 720
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
HERE: dict[str, Any] = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    **HERE,
}
SCREEN: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 1.25, **HERE}
ZALO = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36 Zalo android"

POST, POLICE, BOX = "Đồn Biên phòng Na Cô Sa", "Công an tỉnh Điện Biên", "na-co-sa"
NEW_BOX, NEW_LOGIN, NEW_PASSWORD = "gop-y-na-co-sa", "pao", "ngo vang tren nuong xa"
STORY = "Đêm qua nhà tôi mất hai con trâu. Có vết bánh xe công nông đi ra phía suối. Chó sủa lúc gần sáng."
QUESTION = "Đồn đã nhận tin, cảm ơn bà con. Vết bánh xe có còn không, đi về hướng nào? Bà con đừng tự đi tìm."
NOTE = "Đã hỏi trưởng bản: tuần này bản bên cũng mất một con."


def smaller(png: bytes, *, width: int | None = None) -> bytes:
    """The picture with as few colours as it takes to stay below LARGEST bytes; `width` in pixels makes it narrower first."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if width:
        picture = picture.resize((width, picture.height * width // picture.width), Image.Resampling.LANCZOS)
    for half in HALVES:
        out = io.BytesIO()
        palette(picture, half).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST:
            break
    return out.getvalue()


def palette(picture: Image.Image, half: int) -> Image.Image:
    """In the `half` commonest colours, which are the page's own and stay exact, and as many more for what lies between and for photos."""
    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    exact = [shade for _count, colour in counted[:half] if isinstance(colour, tuple) for shade in colour]
    between = picture.quantize(half, dither=Image.Dither.NONE).getpalette() or []
    colours = Image.new("P", (1, 1))
    colours.putpalette([*exact, *between])
    return picture.quantize(palette=colours, dither=Image.Dither.NONE)


@dataclass
class Walk:
    """A browser before a served demo. `known` is what the demo keeps in logins.json, `receipt` the villager's once there is one."""

    browser: Browser
    server: Server
    known: dict[str, Any]
    receipt: str = ""
    taken: list[str] = field(default_factory=list)

    def keep(self, page: Page, name: str, *, whole: bool = False, clip: FloatRect | None = None) -> None:
        """A picture of what the screen shows; of the page to its end if `whole`."""
        page.wait_for_timeout(400)
        self.store(
            name, smaller(page.screenshot(full_page=whole or clip is not None, clip=clip, animations="disabled"))
        )

    def store(self, name: str, png: bytes) -> None:
        (FOLDER / f"{name}.png").write_bytes(png)
        self.taken.append(name)

    def page(self, **options: Any) -> Page:
        context: BrowserContext = self.browser.new_context(**options)
        context.set_default_timeout(60_000)
        return context.new_page()

    @property
    def poster(self) -> str:
        """The address in the poster's QR."""
        return f"{self.server.public}/b/{BOX}#{self.known['fingerprints'][BOX]}"

    def person(self, login: str) -> dict[str, str]:
        found: dict[str, str] = next(one for one in self.known["people"] if one["login"] == login)
        return found

    def officer(self, login: str) -> Page:
        """A screen with the officer signed in. Each login signs in once: a code is good once."""
        page, person = self.page(**SCREEN), self.person(login)
        page.goto(f"{self.server.desk}/")
        page.get_by_label("Tên đăng nhập").fill(login)
        page.get_by_label("Mật khẩu").fill(person["password"])
        page.get_by_role("button", name="Đăng nhập", exact=True).click()
        page.fill("[name=code]", code_soon(person["totp"]))
        with page.expect_navigation():
            page.get_by_role("button", name="Tiếp tục").click()
        return page

    def unlock(self, page: Page, login: str) -> None:
        page.fill("#passphrase", self.person(login)["passphrase"])
        page.click("#unlock")
        page.wait_for_selector(".lockbar")


def code_soon(secret: str) -> str:
    """The second factor's code (RFC 6238: SHA-1, 30 s, 6 digits) of a base32 secret; waits where it is about to change."""
    if time.time() % 30 > 25:
        time.sleep(30 - time.time() % 30)
    mac = hmac.digest(base64.b32decode(secret), (int(time.time()) // 30).to_bytes(8, "big"), "sha1")
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def below(page: Page, selector: str, height: int) -> FloatRect:
    """The part of the page, `height` pixels high, that begins a little above an element."""
    top = page.evaluate("(one) => document.querySelector(one).getBoundingClientRect().top + scrollY", selector)
    return {
        "x": 0,
        "y": max(0, top - 14),
        "width": page.viewport_size["width"] if page.viewport_size else 360,
        "height": height,
    }


# the villager


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


# the officer


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


# the administrator, a new officer, the custodian, the leader


def prepare_box(walk: Walk) -> str:
    """The administrator adds an officer and a box; returns the officer's one-time password."""
    quan = walk.officer("quan")
    quan.goto(f"{walk.server.desk}/people/add/")
    quan.get_by_label("Họ và tên").fill("Giàng A Páo")
    quan.get_by_label("Tên đăng nhập").fill(NEW_LOGIN)
    quan.get_by_label("Đơn vị").select_option(label=POST)
    quan.get_by_label("Cán bộ: đọc và trả lời tin").check()
    walk.keep(quan, "person")
    quan.get_by_role("button", name="Thêm cán bộ").click()
    password = quan.locator("#password").inner_text()
    quan.goto(f"{walk.server.desk}/boxes/add/")
    quan.get_by_label("Đơn vị").select_option(label=POST)
    quan.get_by_label("Tên hộp thư").fill("Góp ý bản Na Cô Sa")
    quan.get_by_label("Địa chỉ").fill(NEW_BOX)
    quan.get_by_label("Góp ý với xã").check()
    quan.get_by_label("Hộp thư cấp trên").select_option(label=POLICE)
    walk.keep(quan, "box", whole=True)
    quan.get_by_role("button", name="Lập hộp thư").click()
    quan.goto(f"{walk.server.desk}/units/03164/")
    walk.keep(quan, "villages")
    answer = quan.goto(f"{walk.server.desk}/boxes/{BOX}/poster.png")
    if answer is None or not answer.ok:
        raise SystemExit("no poster")
    walk.store("poster", smaller(answer.body(), width=POSTER_WIDTH))
    return password


def first_day(walk: Walk, password: str) -> str:
    """The new officer signs in and makes a key; returns its fingerprint."""
    pao = walk.page(**SCREEN)
    pao.goto(f"{walk.server.desk}/")
    pao.get_by_label("Tên đăng nhập").fill(NEW_LOGIN)
    pao.get_by_label("Mật khẩu").fill(password)
    pao.get_by_role("button", name="Đăng nhập", exact=True).click()
    pao.get_by_label("Mật khẩu được cấp").fill(password)
    pao.get_by_label("Mật khẩu mới", exact=True).fill(NEW_PASSWORD)
    pao.get_by_label("Mật khẩu mới, gõ lại").fill(NEW_PASSWORD)
    pao.get_by_role("button", name="Lưu mật khẩu").click()
    pao.wait_for_selector("img.qr")
    walk.keep(pao, "second-factor", whole=True)
    secret = re.sub(r"\s", "", pao.locator("#secret").text_content() or "")
    pao.get_by_label("Mã đang hiện trên điện thoại").fill(code_soon(secret))
    pao.get_by_role("button", name="Bật xác thực hai bước").click()
    pao.get_by_role("link", name="Tôi đã cất mã").click()
    pao.get_by_role("link", name="Làm khoá của tôi").click()
    pao.get_by_role("button", name="Làm khoá của tôi").click()
    pao.wait_for_selector("#words li")
    walk.keep(pao, "six-words", clip={"x": 0, "y": 0, "width": 1280, "height": 460})
    words = " ".join(word.strip() for word in pao.locator("#words li").all_inner_texts())
    pao.get_by_role("button", name="Đã chép xong").click()
    pao.get_by_label("Sáu từ trên giấy").fill(words)
    pao.get_by_role("button", name="Lưu khoá").click()
    pao.wait_for_selector("[data-step=done]:not([hidden])")
    return pao.locator("[data-fill=fingerprint]").inner_text()


def keep_keys(walk: Walk, mark: str) -> None:
    """The custodian grants the box to the new officer and founds the new box; the level above renews."""
    nam = walk.officer("nam")
    nam.goto(f"{walk.server.desk}/keys/boxes/{BOX}/")
    walk.unlock(nam, "nam")
    nam.get_by_label("Dấu khoá đọc được").fill(mark)
    walk.keep(nam, "keys", whole=True)
    nam.get_by_role("button", name="Cấp khoá", exact=True).click()
    nam.get_by_text("Đã cấp khoá cho Giàng A Páo").wait_for()
    nam.goto(f"{walk.server.desk}/keys/boxes/{NEW_BOX}/found")
    walk.unlock(nam, "nam")
    nam.get_by_label("Người giữ tờ A").fill("Lò Văn Nam")
    nam.get_by_label("Người giữ tờ B").fill("Giàng A Hoà")
    nam.get_by_role("button", name="Tạo khoá và hai tờ khôi phục").click()
    nam.wait_for_selector("#sheet-a .qr-code")
    walk.keep(nam, "found", clip={"x": 0, "y": 0, "width": 1280, "height": 1200})
    dung = walk.officer("dung")
    dung.goto(f"{walk.server.desk}/keys/boxes/{BOX}/renew")
    walk.unlock(dung, "dung")
    walk.keep(dung, "renew")


def lead(walk: Walk) -> None:
    minh = walk.officer("minh")
    minh.get_by_role("heading", name="Số liệu hộp thư").wait_for()
    walk.keep(minh, "figures", clip={"x": 0, "y": 0, "width": 1280, "height": 500})


def take(server: Server) -> list[str]:
    known = json.loads((server.var / "demo/logins.json").read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        walk = Walk(browser, server, known)
        report(walk)
        other_doors(walk)
        read(walk)
        come_back(walk)
        keep_keys(walk, first_day(walk, prepare_box(walk)))
        lead(walk)
        browser.close()
    return walk.taken


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "var")
        server.run("tools/prepare.sh")
        server.manage("demo")
        server.start()
        try:
            taken = take(server)
        finally:
            server.stop()
    for old in FOLDER.glob("*.png"):
        if old.stem not in taken:
            old.unlink()
    sizes = {name: (FOLDER / f"{name}.png").stat().st_size for name in sorted(taken)}
    for name, size in sizes.items():
        print(f"{name:<16}{size // 1024:>5} KB")
    if sum(sizes.values()) > ALL or max(sizes.values()) > LARGEST:
        sys.exit("The pictures are too large.")


if __name__ == "__main__":
    main()
