"""Four errands of docs/using/administrator.md and leader.md, each one path: keys, two people, a look at all keys, several new officers."""

import json
import re
import time
import zipfile
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.accounts.signing_in import code
from tests.e2e.conftest import NewPage
from tests.e2e.errands.conftest import Post, press, sound
from tests.e2e.errands.test_people import today
from tests.e2e.keys_stage import sheet
from tests.e2e.officers_stage import NewScreen

POLICE = "Công an tỉnh Điện Biên"
STANDING = (
    "SELECT b.root, b.recipient, MAX(s.seq) FROM mailbox_box b JOIN mailbox_keystatement s ON s.box_id = b.id"
    " WHERE b.slug = 'ca-dien-bien'"
)


def unlock(post: Post, page: Page) -> None:
    page.fill("#passphrase", post.known["passphrase"])
    page.click("#unlock")
    page.wait_for_selector(".lockbar")


def fresh_code(post: Post, login: str) -> str:
    """What the phone shows once the code that was used to sign in is over."""
    sql = "SELECT data FROM mfa_authenticator a JOIN accounts_user u ON u.id = a.user_id WHERE a.type = 'totp' AND username = ?"
    used = json.loads(post.rows(sql, login)[0][0])["last_step"]
    while time.time() // 30 <= used:
        time.sleep(0.5)
    return code(post.known["phones"][login])


def test_a_leader_sees_in_two_minutes_which_keys_want_attention_and_of_whom(post: Post, new_screen: NewScreen) -> None:
    minh = post.enter(new_screen, "minh", "/figures/", bypass_csp=True)
    post.go(minh, "Mọi khoá")
    verdict = minh.get_by_role("region", name="Tóm tắt")
    worst = verdict.locator("li")
    expect(verdict.locator(".big")).to_have_text(re.compile(r"^\d+ khoá cần chú ý$"))
    assert 1 <= worst.count() <= 3
    rows = minh.locator("table.keys tbody tr")
    for place in range(worst.count()):  # what is worst stands first in the list below, too
        expect(rows.nth(place)).to_contain_text(worst.nth(place).locator("b").inner_text())
        expect(rows.nth(place).locator(".state")).not_to_have_text("Ổn")
    sound(minh)
    minh.locator("a.tile", has_text="Khoá hộp thư").click()
    police = rows.filter(has_text=POLICE).first
    expect(police).to_contain_text("Nguyễn Tiến Dũng")
    assert police.get_by_role("cell").last.inner_text().strip()
    sound(minh)
    assert not re.search(r"AGE-SECRET-KEY|age1", minh.content())


def test_an_evening_with_two_sheets_gives_a_box_another_key_under_the_same_posters(
    post: Post, new_screen: NewScreen
) -> None:
    root, recipient, seq = post.rows(STANDING)[0]
    dung = post.enter(new_screen, "dung", bypass_csp=True)
    post.go(dung, "Khoá")
    dung.get_by_role("link", name=POLICE, exact=True).click()
    dung.get_by_role("link", name="Đổi khoá, làm lại hai tờ").click()
    expect(dung.get_by_role("heading", level=1)).to_have_text(f"Đổi khoá hộp thư: {POLICE}")
    unlock(post, dung)
    dung.get_by_label("Khoá của tờ A").fill(post.known["sheets"][0])
    dung.get_by_label("Khoá của tờ B").fill(post.known["sheets"][1])
    dung.get_by_label("Người giữ tờ A").fill("Bùi Minh Tâm")
    dung.get_by_label("Người giữ tờ B").fill("Đinh Thị Ngọc")
    sound(dung)
    press(dung, "Mở khoá gốc và tạo khoá mới")
    dung.wait_for_selector("#sheet-a .qr-code")
    sheets = sheet(dung, "a"), sheet(dung, "b")
    assert set(sheets).isdisjoint(post.known["sheets"])
    sound(dung)
    press(dung, "Đã in xong, mỗi người cầm một tờ")
    for letter, secret in zip("AB", sheets, strict=True):
        dung.get_by_label(f"Tờ {letter} (").fill(secret[-6:])
    press(dung, "Tiếp")
    sound(dung)
    press(dung, "Đổi khoá hộp thư")
    expect(dung.get_by_text("Tin mới được khoá bằng khoá mới.")).to_be_visible()
    expect(dung.locator("#record")).to_contain_text("Đinh Thị Ngọc")
    sound(dung)
    after = post.rows(STANDING)[0]
    assert (after[0], after[1] != recipient, after[2]) == (root, True, seq + 1)
    post.known["sheets"] = list(sheets)

    xuan = post.enter(new_screen, "xuan", "/keys/", bypass_csp=True)
    unlock(post, xuan)
    expect(xuan.locator("#mine")).to_be_visible()
    mark = xuan.locator("#mine").inner_text()
    dung.get_by_role("link", name="Cấp khoá mới cho đồng nghiệp").click()
    expect(dung.locator("main")).to_contain_text("Cà Thị Xuân chưa có khoá mới: chỉ đọc được tin cũ.")
    unlock(post, dung)
    dung.locator("form[data-give][data-username=xuan]").get_by_label("Dấu khoá đọc được").fill(mark)
    sound(dung)
    press(dung, "Cấp khoá")
    expect(dung.locator(".done")).to_contain_text("Đã cấp khoá cho Cà Thị Xuân")


def test_quan_adds_three_officers_from_a_list_whose_roles_end_by_themselves(
    post: Post, new_screen: NewScreen, new_phone: NewPage
) -> None:
    last = today() + timedelta(days=5)
    until = f"{last:%d/%m/%Y}"
    people = [f"thay-{login}; {name}; cán bộ; {until}" for login, name in (("di", "Vừ A Dì"), ("po", "Lầu Thị Pó"))]
    quan = post.enter(new_screen, "quan", "/people/", bypass_csp=True)
    quan.get_by_role("link", name="Thêm nhiều người").click()
    quan.get_by_label("Đơn vị").select_option(label="Đồn Biên phòng Na Cô Sa")
    quan.get_by_label("Danh sách").fill("\n".join([*people, f"thay-vu; Ly A Vư; trưởng bản; {until}"]))
    press(quan, "Xem thử")
    expect(quan.get_by_role("alert")).to_contain_text("1 dòng chưa đúng nên chưa thêm được ai.")
    expect(quan.locator("main")).to_contain_text(
        "Vai trò là một trong: cán bộ, người giữ khoá, cán bộ hồ sơ, lãnh đạo, quản trị."
    )
    sound(quan)
    quan.get_by_label("Danh sách").fill("\n".join([*people, f"thay-vu; Ly A Vư; người giữ khoá; {until}"]))
    press(quan, "Xem thử")
    expect(quan.locator("main")).to_contain_text("3 người, đúng cả.")
    sound(quan)
    press(quan, "Đúng, thêm tất cả")
    slips = quan.locator(".slip")
    expect(slips).to_have_count(3)
    sound(quan)
    password = slips.filter(has_text="Vừ A Dì").locator("[data-password]").inner_text()
    quan.get_by_role("link", name="Đã in, về danh sách cán bộ").click()
    expect(quan.get_by_role("region", name="Vai trò sắp hết hạn")).to_contain_text("Ly A Vư: người giữ khoá")
    expect(quan.get_by_role("row", name="Lầu Thị Pó")).to_contain_text(f"đến hết {until}")
    sound(quan)

    di = new_phone()
    di.goto(f"{post.server.desk}/")
    di.get_by_label("Tên đăng nhập").fill("thay-di")
    di.get_by_label("Mật khẩu").fill(password)
    press(di, "Đăng nhập")
    expect(di.get_by_label("Mật khẩu được cấp")).to_be_visible()


def test_an_export_leaves_the_house_only_when_a_second_person_has_said_yes_and_once(
    post: Post, new_screen: NewScreen, tmp_path: Path
) -> None:
    quan = post.enter(new_screen, "quan", "/people/", bypass_csp=True)
    post.go(quan, "Duyệt")
    quan.get_by_role("link", name="Đề nghị một việc").click()
    quan.get_by_label("Xuất nhật ký").check()
    quan.get_by_label("Lý do").fill("Thanh tra tỉnh đối chiếu quý ba.")
    sound(quan)
    press(quan, "Gửi đề nghị")
    expect(quan.locator("main")).to_contain_text("Trần Quang Minh")
    expect(quan.get_by_role("button", name="Duyệt việc này")).to_have_count(0)
    sound(quan)

    minh = post.enter(new_screen, "minh", "/figures/", bypass_csp=True)
    minh.get_by_role("navigation", name="Các phần").get_by_role("link", name=re.compile("^Duyệt")).click()
    minh.get_by_role("link", name="Xem rồi quyết định").click()
    expect(minh.locator("main")).to_contain_text("Thanh tra tỉnh đối chiếu quý ba.")
    sound(minh)
    minh.get_by_label("Mã xác thực").fill(fresh_code(post, "minh"))
    press(minh, "Duyệt việc này")
    expect(minh.locator("main .state").first).to_have_text("Đã duyệt, chưa làm")
    sound(minh)

    quan.reload()
    command = quan.locator("main code").inner_text().split()
    assert command[:2] == ["manage.py", "ledger_export"]
    post.server.manage("ledger_key")
    post.server.manage("ledger_publish")
    out = tmp_path / "ledger.zip"
    post.server.manage("ledger_export", "--approval", command[command.index("--approval") + 1], "--out", str(out))
    with zipfile.ZipFile(out) as export:
        [name] = [one for one in export.namelist() if one.endswith("entries.jsonl")]
        entries = [json.loads(line) for line in export.read(name).splitlines()]
    assert "ledger.exported" in json.dumps(entries)
    quan.reload()
    expect(quan.locator("main .state").first).to_have_text("Đã làm")
