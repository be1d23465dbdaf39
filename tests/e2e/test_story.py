"""The whole story in a real browser: a villager over 2G, the post's officer, the province's police; then what was written where.

R1: everything that could tell of the villager carries a marker; nothing that the server wrote anywhere may hold one.
"""

import base64
import io
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FrameLocator, Page

from tests.accounts.signing_in import code
from tests.cast import PASSPHRASE, PASSWORD
from tests.e2e.conftest import NewPage
from tests.e2e.server import ROOT, Server, free_port

SETTING = """
import json, sys
sys.path.insert(0, ".")
from tests.cast import Cast
from tests.e2e.desk.world import World
cast = Cast()
cast.box, cast.minh, cast.quan, cast.lan
print(json.dumps({
    "phones": World(cast).people(), "root": cast.keys.root.fingerprint, "a": cast.keys.sheet_a, "b": cast.keys.sheet_b,
    "police_a": cast.police_keys.sheet_a, "police_b": cast.police_keys.sheet_b,
}))
"""
# What a phone may give away, each with a word of its own to search for.
TEXT, PLACE, PHOTO, AGENT, REFERRER, LANGUAGE, COOKIE = (
    f"{word}-7f3a9c" for word in ("contrau", "dausuoi", "exifgps", "phone", "referrer", "x-lang", "session")
)
ADDRESS = "203.0.113.77"
QUESTION, MORE, REPLY = "câu-hỏi-7f3a9c vết bánh xe còn không?", "nói-thêm-7f3a9c còn vết.", "tỉnh-7f3a9c đã nhận."


def photo() -> bytes:
    """A small JPEG whose EXIF says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = PHOTO
    exif.get_ifd(0x8825)[2] = (21.0, 59.0, 15.0)
    out = io.BytesIO()
    Image.linear_gradient("L").resize((320, 240)).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


@dataclass
class Village:
    """A server with its worker, a folder for all that they write, and the 2G link that villagers reach them by."""

    server: Server
    folder: Path
    link: int
    known: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)

    @property
    def far(self) -> str:
        return f"http://127.0.0.1:{self.link}"

    def start(self, *command: str) -> None:
        with (self.folder / "printed.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=self.server.environ, stdout=log, stderr=log)
        self.running.append(process)

    def stop(self) -> None:
        for process in self.running:
            process.terminate()
            process.wait(timeout=30)
        self.server.stop()

    def holding(self, marker: bytes) -> list[str]:
        """Files below the folder in which the marker stands."""
        return [str(path) for path in self.folder.rglob("*") if path.is_file() and marker in path.read_bytes()]


@pytest.fixture
def village(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Village]:
    (tmp_path / "temp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temp"))
    server = Server(tmp_path / "var").prepare()
    known = json.loads(server.python(SETTING).splitlines()[-1])
    made = Village(server, tmp_path, free_port(), known)
    server.start()
    made.start(sys.executable, "manage.py", "work")
    made.start(sys.executable, "tools/slow_link.py", "--to", str(server.port), "--listen", str(made.link))
    wait_for(made.link)
    yield made
    made.stop()


def wait_for(port: int) -> None:
    for _attempt in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the slow link did not start")


def sign_in(page: Page, village: Village, login: str) -> None:
    page.goto(f"{village.server.desk}/accounts/login/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit], main form button:not([type])")
    page.fill("[name=code]", code(village.known["phones"][login]))  # type: ignore[index]
    with page.expect_navigation():
        page.click("main form button[type=submit], main form button:not([type])")
    page.goto(f"{village.server.desk}/mailbox/")
    page.fill("#passphrase", PASSPHRASE)
    page.click("#unlock")
    page.wait_for_selector(".lockbar")


def open_newest(page: Page) -> None:
    page.locator(".item").first.click()
    page.wait_for_selector("article .head h1, article .head h2")
    page.wait_for_selector("#answer, .no-reply")


def frame(page: Page, kind: str) -> FrameLocator:
    page.wait_for_selector(f".medium.{kind}.shown")
    return page.frame_locator(f".medium.{kind} iframe")


def move(page: Page, to: str) -> None:
    page.click(f"[data-to={to}]")
    page.click("#confirm-move")
    page.wait_for_selector(f"[data-to={to}]", state="detached")


def answer(page: Page, text: str) -> None:
    page.fill("#answer", text)
    page.click("#send-answer")
    page.locator("article").get_by_text(text).first.wait_for()


def villagers_phone(new_phone: NewPage, **options: object) -> Page:
    phone = new_phone(
        user_agent=f"Mozilla/5.0 (Linux; Android 10; {AGENT}) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
        extra_http_headers={
            "Accept-Language": f"vi,{LANGUAGE}",
            "X-Forwarded-For": ADDRESS,
            "Forwarded": f"for={ADDRESS}",
        },
        **options,
    )
    phone.set_default_timeout(60_000)  # 2G
    return phone


def report(phone: Page, village: Village) -> str:
    """Text, place, photo and voice through the slow link; returns the receipt as shown."""
    phone.context.add_cookies([{"name": "sessionid", "value": COOKIE, "url": village.far}])
    phone.goto(f"{village.far}/b/na-co-sa#{village.known['root']}", referer=f"https://example.vn/{REFERRER}")
    phone.wait_for_selector("#voice:enabled")
    phone.check("[name=what][value=theft]")
    phone.fill("#text", f"Đêm qua nhà tôi mất hai con trâu {TEXT}.")
    phone.fill("#place", f"sau nhà văn hoá {PLACE}")
    phone.select_option("#when", "today")
    phone.set_input_files("#photo", {"name": f"{PHOTO}.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    phone.wait_for_selector("#media img")
    phone.click("#voice")
    phone.locator("#voice", has_text=re.compile("0:0[2-9]")).wait_for()
    phone.click("#voice")
    phone.wait_for_selector("#media audio")
    phone.check("#forward")
    phone.click("#send")
    phone.wait_for_selector("#see h2")
    phone.click("#send")
    receipt = phone.locator("#receipt").inner_text()
    phone.get_by_text("cũng đã đến nơi").wait_for()
    return receipt


def return_with(phone: Page, village: Village, receipt: str) -> None:
    phone.goto(f"{village.far}/r")
    phone.fill("#code", receipt.replace(" ", "-"))
    phone.click("#open")


def test_r1_a_report_from_a_village_is_read_answered_forwarded_and_nothing_of_its_sender_is_written(
    village: Village, new_phone: NewPage, new_screen: NewPage, tmp_path: Path
) -> None:
    phone = villagers_phone(new_phone)
    receipt = report(phone, village)
    assert re.fullmatch(r"(\d{4} ){5}\d{4}", receipt)

    post = new_screen()
    sign_in(post, village, "hoa")
    open_newest(post)
    post.get_by_text(TEXT).first.wait_for()
    frame(post, "photo")
    frame(post, "voice")
    move(post, "verifying")
    answer(post, QUESTION)

    return_with(phone, village, receipt)
    phone.get_by_text(QUESTION).wait_for()
    phone.fill("#text", MORE)
    phone.click("#send")
    phone.wait_for_function("() => document.querySelector('#text')?.value === ''")

    post.reload()
    post.fill("#passphrase", PASSPHRASE)
    post.click("#unlock")
    post.get_by_text(MORE).first.wait_for()
    post.click("#forward")
    post.click("[data-box=ca-dien-bien]")
    post.get_by_text("Đã chuyển tin đến").first.wait_for()

    police = new_screen()
    sign_in(police, village, "dung")
    open_newest(police)
    for said in (TEXT, QUESTION, MORE):
        police.get_by_text(said).first.wait_for()
    frame(police, "photo")
    answer(police, REPLY)

    return_with(phone, village, receipt)
    phone.get_by_text(REPLY).wait_for()
    phone.get_by_text(QUESTION).wait_for()

    the_way_out_opens_it(village, tmp_path)
    nothing_is_written(village, receipt)


def test_r6_the_same_without_javascript_text_only(village: Village, new_phone: NewPage, new_screen: NewPage) -> None:
    phone = villagers_phone(new_phone, java_script_enabled=False)
    phone.context.add_cookies([{"name": "sessionid", "value": COOKIE, "url": village.far}])
    phone.goto(f"{village.far}/b/na-co-sa/plain", referer=f"https://example.vn/{REFERRER}")
    phone.fill("#text", f"Nhà tôi mất trâu {TEXT}, {PLACE}.")
    phone.click("#send")
    receipt = phone.locator("#receipt").inner_text()

    post = new_screen()
    sign_in(post, village, "hoa")
    open_newest(post)
    post.get_by_text(TEXT).first.wait_for()
    post.get_by_text("máy chủ đã thấy chữ này").first.wait_for()
    answer(post, QUESTION)

    phone.goto(f"{village.far}/r/plain")
    phone.fill("#code", receipt)
    phone.click("#open")
    phone.get_by_text(QUESTION).wait_for()
    phone.fill("#text", MORE)
    phone.click("#send")
    phone.wait_for_selector("#sent")

    nothing_is_written(village, receipt)


def the_way_out_opens_it(village: Village, tmp_path: Path) -> None:
    """The real `age`, the two paper sheets and a copy of the database open what the villager sent to the post (R2, O3)."""
    out, copy = tmp_path / "out", tmp_path / "copy.sqlite3"
    with sqlite3.connect(village.server.var / "keng.sqlite3") as live, sqlite3.connect(copy) as kept:
        live.backup(kept)
    for name in ("a", "b"):
        (tmp_path / f"sheet-{name}").write_text(village.known[name])
    script = [ROOT / "tools/open_report.sh", copy, "na-co-sa", tmp_path / "sheet-b", tmp_path / "sheet-a", out]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert any(TEXT in path.read_text() for path in out.rglob("text.txt"))
    assert list(out.rglob("photo.*"))
    shutil.rmtree(out)


def nothing_is_written(village: Village, receipt: str) -> None:
    """Searches every file below the folder: database, its log, what was printed, temporary files, a copy of the database."""
    time.sleep(1)
    with sqlite3.connect(village.server.var / "keng.sqlite3") as live, sqlite3.connect(village.folder / "b") as kept:
        live.backup(kept)
        dump = "\n".join(live.iterdump())
    (village.folder / "dump.sql").write_text(dump)
    digits = receipt.replace(" ", "")
    markers = [TEXT, PLACE, PHOTO, AGENT, REFERRER, LANGUAGE, COOKIE, ADDRESS, QUESTION, MORE, REPLY, receipt, digits]
    for marker in markers:
        for written in forms(marker):
            assert village.holding(written) == [], marker
    # The search itself works: it finds what officers are allowed to leave.
    assert village.holding(b"na-co-sa")
    assert os.path.getsize(village.folder / "b") > 100_000


def forms(marker: str) -> Iterator[bytes]:
    raw = marker.encode()
    yield from (raw, raw.hex().encode(), raw.hex().upper().encode(), marker.encode("utf-16-le"))
    for skipped in range(3):  # base64 of anything that has it inside
        inner = base64.b64encode(bytes(skipped) + raw)[4 * bool(skipped) : -4]
        if len(inner) > 8:
            yield inner
