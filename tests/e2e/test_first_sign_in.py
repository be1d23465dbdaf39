"""The first administrator and the first officer of a new installation, in a real browser: from the command line to the desk."""

import io
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.accounts.signing_in import code
from tests.e2e.conftest import NewPage
from tests.e2e.reporter_stage import fits, violations
from tests.e2e.server import Server

OFFICE = """
from datetime import date
from keng.units.models import Office, Unit
day = date(2025, 7, 1)
place = Unit.objects.create(code="11", name="Điện Biên", kind="tinh", valid_from=day)
name = "Công an tỉnh Điện Biên"
Office.objects.create(code="ca-dien-bien", name=name, kind="province_police", province=place, valid_from=day)
"""
OWN = "ngo vang tren nuong xa"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A new installation: one office, nobody yet."""
    server = Server(tmp_path_factory.mktemp("empty") / "var").prepare()
    server.python(OFFICE)
    server.start()
    yield server
    server.stop()


def read_qr(page: Page) -> str:
    """The secret, as a phone's camera reads it from the screen."""
    page.wait_for_load_state()
    picture = Image.open(io.BytesIO(page.locator("img.qr").screenshot()))
    found = zxingcpp.read_barcode(picture)
    assert found is not None, "no QR can be read"
    return parse_qs(urlsplit(found.text).query)["secret"][0]


def administrator(server: Server, login: str, name: str) -> str:
    """Adds one on the command line; returns the one-time password that it prints."""
    printed = server.manage("first_administrator", login, name, "--office", "ca-dien-bien")
    found = re.search(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}", printed)
    assert found, printed
    return found[0]


def first_steps(page: Page, server: Server, login: str, password: str) -> None:
    page.goto(server.desk + "/")
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_label("Mật khẩu được cấp").fill(password)
    page.get_by_label("Mật khẩu mới", exact=True).fill(OWN)
    page.get_by_label("Mật khẩu mới, gõ lại").fill(OWN)
    page.get_by_role("button", name="Lưu mật khẩu").click()
    page.get_by_label("Mã đang hiện trên điện thoại").fill(code(read_qr(page)))
    page.get_by_role("button", name="Bật xác thực hai bước").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="Tôi đã cất mã").click()


def test_o1_from_the_command_line_to_a_second_officer_at_the_desk(empty: Server, new_screen: NewPage) -> None:
    password = administrator(empty, "dau-tien", "Người Đầu Tiên")
    admin = new_screen()
    first_steps(admin, empty, "dau-tien", password)

    admin.get_by_role("link", name="Cán bộ").click()
    admin.get_by_role("link", name="Thêm cán bộ").click()
    admin.get_by_label("Họ và tên").fill("Giàng A Páo")
    admin.get_by_label("Tên đăng nhập").fill("giang-a-pao")
    admin.get_by_label("Cán bộ: đọc và trả lời tin").check()
    admin.get_by_role("button", name="Thêm cán bộ").click()
    slip = admin.locator("#password").inner_text()

    officer = new_screen()
    first_steps(officer, empty, "giang-a-pao", slip)
    officer.wait_for_url("**/mailbox/")
    expect(officer.locator(".who")).to_contain_text("Công an tỉnh Điện Biên")
    officer.get_by_role("button", name="Đăng xuất").click()
    officer.wait_for_url("**/accounts/login/")


def test_o1_the_page_counts_the_session_down_warns_and_leaves_at_its_end(empty: Server, new_screen: NewPage) -> None:
    password = administrator(empty, "dong-ho", "Đồng Hồ")
    page = new_screen()
    first_steps(page, empty, "dong-ho", password)
    page.clock.install()
    page.goto(empty.desk + "/people/")
    clock = page.locator("[data-session-left]")
    page.clock.run_for("36:00")
    expect(clock).to_have_text(re.compile(r"phiên còn 8[34] phút"))
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.run_for("01:20:00")
    expect(page.get_by_role("alert")).to_contain_text("sắp hết")
    # The server's clock goes on as ever: there the session is ended by hand.
    empty.python("from django.contrib.sessions.models import Session; Session.objects.all().delete()")
    page.clock.run_for("05:00")
    page.wait_for_url("**/accounts/login/**")


def test_the_desk_works_without_scripts(empty: Server, new_screen: NewPage) -> None:
    password = administrator(empty, "khong-js", "Không Js")
    page = new_screen(java_script_enabled=False)
    first_steps(page, empty, "khong-js", password)
    page.goto(empty.desk + "/people/@dau-tien/")
    page.get_by_text("Ngừng tài khoản", exact=True).click()
    page.get_by_role("button", name="Đúng, ngừng tài khoản").click()
    expect(page.locator(".messages")).to_contain_text("Đã ngừng tài khoản")


@pytest.mark.parametrize(("scheme", "language"), [("light", "vi"), ("dark", "en")])
def test_pages_fit_a_small_phone_and_axe_finds_nothing(
    empty: Server, new_screen: NewPage, scheme: str, language: str
) -> None:
    page = new_screen(viewport={"width": 320, "height": 640}, color_scheme=scheme, bypass_csp=True)

    def look() -> None:
        page.wait_for_load_state()  # a press waits only until the answer begins
        assert page.locator("html").get_attribute("lang") == language, page.url
        assert page.locator("h1").count() == 1, page.url
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert fits(page), page.url
        assert violations(page) == [], page.url

    login = f"nhin-{scheme}"
    password = administrator(empty, login, "Nhìn Xem")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": empty.desk}])
    page.goto(empty.desk + "/accounts/login/")
    look()
    for attempt in ("sai", password):
        page.fill("#id_login", login)
        page.fill("#id_password", attempt)
        page.click("main .primary")
        look()
    page.click("main .primary")
    look()
    for field, typed in (("oldpassword", password), ("password1", OWN), ("password2", OWN)):
        page.fill(f"#id_{field}", typed)
    page.click("main .primary")
    look()
    page.fill("#id_code", code(read_qr(page)))
    page.click("main .primary")
    look()
    for address in (
        "/accounts/",
        "/people/",
        "/people/add/",
        f"/people/@{login}/",
        "/boxes/",
        "/boxes/add/",
        "/nothing/",
    ):
        page.goto(empty.desk + address)
        look()
    for address in ("/people/add/", "/boxes/add/"):
        page.goto(empty.desk + address)
        page.click("main .primary")
        look()
