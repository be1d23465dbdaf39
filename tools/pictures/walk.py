"""What every picture needs: a browser before a served demo, officers who are signed in, small files."""

import base64
import hmac
import io
import shutil
import time
from dataclasses import dataclass, field
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FloatRect, Page

from tests.e2e.server import ROOT, Server

FOLDER = ROOT / "docs/pictures"
# Bytes of one picture, and of all.
LARGEST, ALL = 150_000, 3_800_000
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
BOX = "na-co-sa"
SCREEN: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 1.25, **HERE}


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
    sessions: dict[str, Any] = field(default_factory=dict)

    def keep(self, page: Page, name: str, *, whole: bool = False, clip: FloatRect | None = None) -> None:
        """A picture of what the screen shows; of the page to its end if `whole`, else of a part of the page."""
        page.wait_for_timeout(400)
        self.store(
            name, smaller(page.screenshot(full_page=whole or clip is not None, clip=clip, animations="disabled"))
        )

    def keep_part(self, page: Page, name: str, selector: str) -> None:
        """A picture of one element, on a screen high enough for all of it."""
        page.set_viewport_size({"width": 1280, "height": 1600})
        page.wait_for_timeout(400)
        shown = section(page, selector)
        self.store(name, smaller(page.screenshot(clip=shown, animations="disabled")))
        page.set_viewport_size(SCREEN["viewport"])

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

    def officer(self, login: str, path: str = "/") -> Page:
        """A screen at this address of the desk with the officer signed in. A code is good once: later screens share the first's session."""
        page, person = self.page(**SCREEN, storage_state=self.sessions.get(login)), self.person(login)
        page.goto(f"{self.server.desk}{path}")
        if login in self.sessions:
            return page
        page.get_by_label("Tên đăng nhập").fill(login)
        page.get_by_label("Mật khẩu").fill(person["password"])
        page.get_by_role("button", name="Đăng nhập", exact=True).click()
        page.fill("[name=code]", code_soon(person["totp"]))
        with page.expect_navigation():
            page.get_by_role("button", name="Tiếp tục").click()
        self.sessions[login] = page.context.storage_state()
        if path != "/":
            page.goto(f"{self.server.desk}{path}")
        return page

    def reader(self, login: str, path: str = "/mailbox/") -> Page:
        """An officer at the unlocked mailbox."""
        page = self.officer(login, path)
        self.unlock(page, login)
        page.wait_for_selector(".item .preview:visible")
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


def section(page: Page, selector: str, margin: int = 12) -> FloatRect:
    """An element with a little room round it, in pixels of the page."""
    page.locator(selector).first.scroll_into_view_if_needed()
    found = page.locator(selector).first.bounding_box()
    if found is None:
        raise SystemExit(f"nothing to see of {selector}")
    x, y = max(0, found["x"] - margin), max(0, found["y"] - margin)
    return {"x": x, "y": y, "width": found["width"] + 2 * margin, "height": found["height"] + 2 * margin}


def below(page: Page, selector: str, height: int) -> FloatRect:
    """The part of the page, `height` pixels high, that begins a little above an element."""
    top = page.evaluate("(one) => document.querySelector(one).getBoundingClientRect().top + scrollY", selector)
    return {
        "x": 0,
        "y": max(0, top - 14),
        "width": page.viewport_size["width"] if page.viewport_size else 360,
        "height": height,
    }
