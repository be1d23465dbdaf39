"""What the administrator, a new officer, the custodian and the leader see."""

import re

from tools.pictures.walk import BOX, POSTER_WIDTH, SCREEN, Walk, code_soon, smaller

POST, POLICE = "Đồn Biên phòng Na Cô Sa", "Công an tỉnh Điện Biên"
NEW_BOX, NEW_LOGIN, NEW_PASSWORD = "gop-y-na-co-sa", "pao", "ngo vang tren nuong xa"


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
