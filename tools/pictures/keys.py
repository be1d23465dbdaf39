"""The life of keys: all of them on one page, a key changed, a root to be replaced, who approves, passkeys, the record to print."""

import time
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from tools.pictures.keepers import POST
from tools.pictures.walk import BOX, PHONE, Walk, code_soon

LEAKED = "Hai tờ khôi phục cất cùng một tủ, tủ bị cạy đêm 20/11."
CHANGED, ITS_KEEPER = "ka-lang", "vinh"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def all_of(walk: Walk) -> None:
    walk.keep(walk.officer("minh", "/keys/all/"), "all-keys")
    change(walk)
    replace_root(walk)
    print_record(walk)
    passkeys(walk)
    several(walk)
    recalled(walk)


def change(walk: Walk) -> None:
    nam = walk.officer("nam", f"/keys/boxes/{BOX}/change")
    walk.unlock(nam, "nam")
    walk.keep(nam, "change", whole=True)


def replace_root(walk: Walk) -> None:
    """Asked for by the custodian, approved by the administrator of the level above; the page is not gone through to its end."""
    nam = walk.officer("nam", f"/keys/boxes/{BOX}/root")
    nam.get_by_label("Lý do").fill(LEAKED)
    nam.get_by_role("button", name="Gửi đề nghị").click()
    nam.get_by_text("Chờ duyệt").wait_for()
    quan = walk.officer("quan", "/approvals/")
    card = quan.locator(".card", has_text=LEAKED)
    walk.keep(quan, "approvals", clip={"x": 0, "y": 0, "width": 1280, "height": 760})
    card.get_by_role("link", name="Xem rồi quyết định").click()
    quan.get_by_role("button", name="Duyệt việc này").wait_for()
    walk.keep(quan, "approve", whole=True)
    time.sleep(30 - time.time() % 30)  # the code of the signing in is spent
    quan.get_by_label("Mã xác thực").fill(code_soon(walk.person("quan")["totp"]))
    quan.get_by_role("button", name="Duyệt việc này").click()
    quan.get_by_text("Đã duyệt, chưa làm").wait_for()
    nam = walk.officer("nam", f"/keys/boxes/{BOX}/root")
    walk.unlock(nam, "nam")
    walk.keep(nam, "root", whole=True)


def print_record(walk: Walk) -> None:
    vinh = walk.officer(ITS_KEEPER, f"/keys/boxes/{CHANGED}/")
    vinh.locator(".records a").first.click()
    vinh.wait_for_selector("#record")
    walk.keep_part(vinh, "record", "#record")


def passkeys(walk: Walk) -> None:
    hoa = walk.officer("hoa", "/accounts/")
    browser = hoa.context.new_cdp_session(hoa)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    hoa.get_by_role("link", name="Thêm khoá truy cập").click()
    if hoa.get_by_label("Mật khẩu").count():
        hoa.get_by_label("Mật khẩu").fill(walk.person("hoa")["password"])
        hoa.get_by_role("button", name="Tiếp tục").click()
    hoa.get_by_label("Tên khoá").fill("Máy ở phòng trực")
    hoa.get_by_role("button", name="Tạo khoá").click()
    hoa.get_by_role("cell", name="Máy ở phòng trực").wait_for()
    walk.keep(hoa, "passkeys", whole=True)


def several(walk: Walk) -> None:
    quan = walk.officer("quan", "/people/several/")
    last = datetime.now(UTC) + timedelta(days=92)
    names = (("vu-a-di", "Vừ A Dì"), ("lau-thi-po", "Lầu Thị Pó"), ("ly-a-vu", "Ly A Vư"))
    quan.get_by_label("Đơn vị").select_option(label=POST)
    quan.get_by_label("Danh sách").fill("\n".join(f"{login}; {name}; cán bộ; {last:%d/%m/%Y}" for login, name in names))
    quan.get_by_role("button", name="Xem thử").click()
    quan.get_by_role("button", name="Đúng, thêm tất cả").wait_for()
    walk.keep(quan, "several")


def recalled(walk: Walk) -> None:
    """A poster with a root that is not the box's any more: here, another box's."""
    phone: Page = walk.page(**PHONE)
    other = next(mark for slug, mark in walk.known["fingerprints"].items() if slug != BOX)
    phone.goto(f"{walk.server.public}/b/{BOX}#{other}")
    phone.locator("#see .bad").wait_for()
    walk.keep(phone, "recalled")
