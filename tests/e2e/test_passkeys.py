"""Passkeys in a real browser, by Chromium's own authenticator without a body (WebAuthn over the DevTools protocol)."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.cast import PASSWORD
from tests.e2e.conftest import NewPage
from tests.e2e.officers_stage import Officers
from tests.e2e.reporter_stage import fits, violations

SETTING = """
import json
from tests.accounts.signing_in import give_phone
from tests.cast import Cast
cast = Cast()
_ = cast.box
phones = {person.username: give_phone(person) for person in (cast.hoa, cast.lan, cast.nam, cast.minh)}
print(json.dumps({"phones": phones}))
"""
KIND = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def officers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Officers]:
    staged = Officers.staged(tmp_path_factory.mktemp("passkeys"), SETTING)
    yield staged
    staged.server.stop()


class Device:
    """The browser's authenticator."""

    def __init__(self, page: Page) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        self.name = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": KIND})["authenticatorId"]

    def held(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.name})[
            "credentials"
        ]
        return found

    def put(self, key: dict[str, Any], **changed: object) -> None:
        self.cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self.name})
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.name, "credential": {**key, **changed}})

    def verified(self, yes: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.name, "isUserVerified": yes})


def with_passkey(
    officers: Officers, new_screen: NewPage, login: str, name: str = "Máy ở cơ quan"
) -> tuple[Page, Device]:
    """An officer who has signed in by password and code, and added a passkey."""
    page = officers.enter(new_screen, login, "/accounts/")
    device = Device(page)
    page.get_by_role("link", name="Thêm khoá truy cập").click()
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_label("Tên khoá").fill(name)
    page.get_by_role("button", name="Tạo khoá").click()
    expect(page.locator(".messages")).to_contain_text("Đã thêm khoá truy cập")
    return page, device


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/accounts/login/")


def by_passkey(page: Page) -> None:
    page.get_by_role("button", name="Vào bằng khoá truy cập").click()


def test_o1_a_passkey_is_added_named_signs_in_and_is_removed(officers: Officers, new_screen: NewPage) -> None:
    page, device = with_passkey(officers, new_screen, "hoa")
    assert [key["rpId"] for key in device.held()] == ["desk.localhost"]
    assert device.held()[0]["isResidentCredential"]
    sign_out(page)

    by_passkey(page)
    page.wait_for_url("**/mailbox/")
    expect(page.locator(".who")).to_contain_text("Giàng A Hoà")

    page.goto(f"{officers.server.desk}/accounts/")
    page.get_by_role("link", name="Đổi tên").click()
    page.get_by_label("Tên khoá").fill("Máy tính bàn")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("cell", name="Máy tính bàn")).to_be_visible()

    sign_out(page)
    page.fill("[name=login]", "hoa")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.get_by_role("button", name="Dùng khoá truy cập thay cho mã").click()
    page.wait_for_url("**/mailbox/")

    page.goto(f"{officers.server.desk}/accounts/")
    page.locator("summary", has_text="Gỡ").click()
    page.get_by_role("button", name="Đúng, gỡ khoá này").click()
    expect(page.locator(".messages")).to_contain_text("Đã gỡ khoá truy cập")
    sign_out(page)
    by_passkey(page)
    expect(page.locator(".messages")).to_contain_text("Khoá truy cập chưa dùng được")
    assert "/accounts/login/" in page.url


def test_o1_another_persons_passkey_a_copied_one_and_one_without_a_finger_are_refused(
    officers: Officers, new_screen: NewPage
) -> None:
    page, device = with_passkey(officers, new_screen, "lan")
    sign_out(page)
    by_passkey(page)
    page.wait_for_url("**/mailbox/")
    sign_out(page)
    stolen = device.held()[0]

    # A colleague's password is known; the passkey is Lan's. The page asks for one of the colleague's, which the device has not.
    other, others = with_passkey(officers, new_screen, "nam")
    theirs = others.held()[0]
    sign_out(other)
    others.put(stolen)
    other.fill("[name=login]", "nam")
    other.fill("[name=password]", PASSWORD)
    other.press("[name=password]", "Enter")
    other.get_by_role("button", name="Dùng khoá truy cập thay cho mã").click()
    expect(other.locator("form[data-passkey] [role=status]")).to_contain_text("đã bấm huỷ hoặc hết giờ chờ")
    # Nor does it help to give it the colleague's name.
    others.put(stolen, credentialId=theirs["credentialId"], userHandle=theirs["userHandle"])
    other.get_by_role("button", name="Dùng khoá truy cập thay cho mã").click()
    expect(other.locator(".messages")).to_contain_text("Khoá truy cập chưa dùng được")

    device.verified(False)
    by_passkey(page)
    expect(page.locator("form[data-passkey] [role=status]")).to_contain_text("đã bấm huỷ hoặc hết giờ chờ")
    device.verified(True)

    device.put(stolen, signCount=0)
    by_passkey(page)
    expect(page.locator(".messages")).to_contain_text("dấu hiệu bị sao chép")
    assert "/accounts/login/" in page.url


def test_o1_a_browser_gives_no_other_face_the_desks_passkey(officers: Officers, new_screen: NewPage) -> None:
    page, _device = with_passkey(officers, new_screen, "minh")
    asked = """async () => {
      try {
        await navigator.credentials.get({ publicKey: { challenge: new Uint8Array(32), rpId: "desk.localhost", timeout: 3000 } })
        return "given"
      } catch (error) { return error.name }
    }"""
    for face in (officers.server.my, officers.server.public):
        page.goto(face)
        assert page.evaluate(asked) == "SecurityError"


@pytest.mark.parametrize(("scheme", "language"), [("light", "vi"), ("dark", "en")])
def test_the_pages_of_passkeys_and_of_two_people_fit_a_small_phone_and_axe_finds_nothing(
    officers: Officers, new_screen: NewPage, scheme: str, language: str
) -> None:
    officers.server.python(
        "from tests.cast import *; from tests.accounts.two_people import asked; from types import SimpleNamespace as S\n"
        "from keng.accounts.models import Approval, User; from keng.units.models import Office\n"
        "Approval.objects.exists() or asked(S(post=Office.objects.get(code='bp-na-co-sa'), nam=User.objects.get(username='nam')))"
    )
    page = officers.enter(
        new_screen, "minh", "/accounts/", viewport={"width": 320, "height": 640}, color_scheme=scheme, bypass_csp=True
    )
    page.context.add_cookies([{"name": "django_language", "value": language, "url": officers.server.desk}])
    for address in ("/accounts/", "/approvals/", "/approvals/ask/", "/approvals/1/"):
        page.goto(officers.server.desk + address)
        assert page.locator("html").get_attribute("lang") == language
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert page.locator("h1").count() == 1, address
        assert fits(page), address
        assert violations(page) == [], address
