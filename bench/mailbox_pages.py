"""The reporter's pages as a cheap phone on 2G meets them: their bytes, when they can be used, how long sending takes.

Real Chromium, its processor slowed six times, through `tools/slow_link.py --profile 2g`, with TLS. Conditions: docs/performance.md.
"""

import base64
import io
import json
import os
import random
import re
import socket
import sqlite3
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import brotli
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bench.server import ROOT, environment

PORT = int(os.environ.get("BENCH_PORT", "8245"))
LINK = PORT + 1
CHROMIUM = os.environ.get("KENG_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
    "--no-first-run", "--ignore-certificate-errors", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True, "ignore_https_errors": True,
}  # fmt: skip
SLOWER = 6
UPLINK = 20_000 / 8  # bytes a second
REPEATS = 5
PATIENCE = 300_000  # ms

# Serves with TLS, which `manage.py serve` leaves to the nginx in front.
SERVE = """
import sys
from pathlib import Path
from granian import Granian
from granian.constants import HTTPModes, Interfaces
port, certificate, key = sys.argv[1:]
Granian("config.wsgi:application", address="127.0.0.1", port=int(port), interface=Interfaces.WSGI, blocking_threads=64,
        http=HTTPModes.http1, websockets=False, log_enabled=False, ssl_cert=Path(certificate), ssl_key=Path(key)).serve()
"""
# When the form can be used: it is there, enabled, painted, and the page answers.
USABLE = """
const look = () => {
  const text = document.getElementById("text")
  if (!text || text.disabled) return requestAnimationFrame(look)
  requestAnimationFrame(() => setTimeout(() => { window.usableAt = performance.now() }, 0))
}
requestAnimationFrame(look)
"""
# Static files are served by the same server; this one is added to them.
EMPTY = "/static/empty.html"
EMPTY_PAGE = "<!doctype html><html lang=vi><meta charset=utf-8><title>-</title><textarea id=text></textarea><p hidden>"
# Two sentences: sealed 3.8 KB.
TEXT = (
    "Đêm qua khoảng 11 giờ có hai người lạ đi xe máy vào bản, không bật đèn. Họ dừng ở cuối bản, chỗ cây gạo, "
    "nói chuyện với người trong nhà rồi chuyển mấy bao lên xe. Sáng nay nhà bên mất hai con trâu, chuồng bị cắt dây. "
)

Figures = Iterator[dict[str, Any]]


def main() -> None:
    only = set(sys.argv[1:])
    with place() as site, chromium() as browser:
        for name, measure in MEASURES.items():
            if not only or name in only:
                for one in measure(site, browser):
                    print(json.dumps(one), flush=True)


def figure(name: str, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"name": f"mailbox.{name}", "value": value, "unit": unit, **more}


class Site:
    """The demo, served with TLS on PORT and, slowed to 2G, on LINK."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.env = folder, environment(folder, PORT)
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        self.link: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        subprocess.run(["tools/prepare.sh"], cwd=ROOT, env=self.env, check=True, stdout=subprocess.DEVNULL)
        self.manage("demo")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=127.0.0.1", "-keyout", str(self.key), "-out", str(self.certificate)],
            check=True, capture_output=True,
        )  # fmt: skip
        made = json.loads((self.folder / "demo" / "logins.json").read_text())
        self.page = f"/b/na-co-sa#{made['fingerprints']['na-co-sa']}"

    def manage(self, command: str) -> None:
        run = [sys.executable, "manage.py", command]
        subprocess.run(run, cwd=ROOT, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def serve(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", SERVE, str(PORT), str(self.certificate), str(self.key)]
        started = subprocess.Popen(command, cwd=ROOT, env={**self.env, "PYTHONPATH": str(ROOT)})
        wait_for(PORT)
        return started

    def relink(self) -> None:
        """The 2G link anew: connections that a phone had open are gone."""
        self.unlink()
        command = [sys.executable, "tools/slow_link.py", "--to", str(PORT), "--listen", str(LINK), "--profile", "2g"]
        self.link = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        wait_for(LINK)

    def unlink(self) -> None:
        if self.link:
            self.link.terminate()
            self.link.wait()
            self.link = None

    @property
    def near(self) -> str:
        return f"https://127.0.0.1:{PORT}"

    @property
    def far(self) -> str:
        return f"https://127.0.0.1:{LINK}"

    def keep_empty_page(self) -> None:
        """A page of nothing but a text field, served by the same server, as long as the form with its head."""
        with self.serving():
            head, body = self.answer("/b/na-co-sa")
            path = self.folder / "static" / EMPTY.rpartition("/")[2]
            path.write_text(EMPTY_PAGE)
        with self.serving():
            empty_head, empty_body = self.answer(EMPTY)
        missing = len(head) + len(body) - len(empty_head) - len(empty_body)
        path.write_text(EMPTY_PAGE + base64.b64encode(random.Random(1).randbytes(missing))[:missing].decode())

    @contextmanager
    def serving(self) -> Iterator[None]:
        server = self.serve()
        try:
            yield
        finally:
            server.terminate()
            server.wait()

    def answer(self, address: str) -> tuple[bytes, bytes]:
        """Head and body as they travel, brotli asked for."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", PORT)) as plain, context.wrap_socket(plain) as line:
            request = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br\r\nConnection: close\r\n\r\n"
            line.sendall(request.encode())
            read = b"".join(iter(lambda: line.recv(65536), b""))
        head, _blank, body = read.partition(b"\r\n\r\n")
        return head, body

    def scripts(self, address: str) -> list[str]:
        """The scripts that a page names."""
        page = brotli.decompress(self.answer(address)[1]).decode()
        return [urljoin(address, found) for found in re.findall(r'<script[^>]+src="([^"]+)"', page)]

    def sealed_bytes(self) -> dict[int, int]:
        """Bytes of the sealed parts, by thread."""
        with sqlite3.connect(f"file:{self.folder / 'keng.sqlite3'}?mode=ro", uri=True) as database:
            rows = database.execute(
                "SELECT thread_id, sum(length(header) + length(payload)) FROM mailbox_part GROUP BY 1"
            )
            return dict(rows.fetchall())


def wait_for(port: int, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@contextmanager
def place() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="bench-pages-") as folder:
        site = Site(Path(folder))
        site.prepare()
        site.keep_empty_page()
        try:
            with site.serving():
                yield site
        finally:
            site.unlink()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def phone(browser: Browser) -> Iterator[Page]:
    """A phone that has never been here: no cache, no connection, a slow processor."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield page
    context.close()


def bytes_on_the_wire(site: Site, browser: Browser) -> Figures:
    """Bodies as sent to a browser that takes brotli: the form, its bundle, and all of `/r`."""
    for name, most, addresses in (
        ("html_br_bytes", 5 * 1024, ["/b/na-co-sa"]),
        ("bundle_br_bytes", 30 * 1024, site.scripts("/b/na-co-sa")),
        ("return_br_bytes", 40 * 1024, ["/r", *site.scripts("/r")]),
    ):
        total = sum(len(site.answer(address)[1]) for address in addresses)
        yield figure(name, total, "bytes", ratio=round(total / most, 3))


def requests(site: Site, browser: Browser) -> Figures:
    """All that a phone asks for from scanning the poster to the moment before sending."""
    asked: list[str] = []
    with phone(browser) as page:
        page.on("request", lambda request: asked.append(request.url))
        write(page, site.near + site.page)
        page.wait_for_timeout(2000)
    count = sum(url.startswith("http") for url in asked)
    yield figure("requests", count, "requests", ratio=round(count / 3, 3))


def usable(site: Site, browser: Browser) -> Figures:
    """When the form can be used, against an otherwise empty page of as many bytes on the same link."""
    times: dict[str, list[float]] = {site.page: [], EMPTY: []}
    for _round in range(REPEATS):
        for address, seen in times.items():
            site.relink()
            with phone(browser) as page:
                page.add_init_script(USABLE)
                page.goto(site.far + address, wait_until="commit")
                seen.append(until(page, "usableAt") / 1000)
    ours, empty = (statistics.median(seen) for seen in times.values())
    yield figure("usable_2g_ratio", round(ours / empty, 3), "ratio", ours_s=round(ours, 2), empty_s=round(empty, 2))


def send_text(site: Site, browser: Browser) -> Figures:
    """From the touch on "send" to the receipt, when the phone has no connection open: TCP, TLS, the part, its answer."""
    times = []
    for _round in range(REPEATS):
        site.relink()
        with phone(browser) as page:
            write(page, site.far + site.page)
            page.wait_for_timeout(4000)  # the preview is read
            site.relink()
            times.append(seconds_to(page, lambda page=page: page.locator("#receipt").wait_for()))  # type: ignore[misc]
    yield figure(
        "send_text_2g_s", round(statistics.median(times), 2), "s", ratio=round(statistics.median(times) / 6.5, 3)
    )


def send_media(site: Site, browser: Browser) -> Figures:
    """A photo of 12 megapixels and 10 s of voice: from the touch to the last part's arrival, against what the uplink can carry."""
    site.relink()
    with phone(browser) as page:
        before = site.sealed_bytes()
        write(page, site.far + site.page, attach)
        page.wait_for_timeout(15_000)  # the preview is looked at
        site.relink()
        seconds = seconds_to(page, lambda: page.get_by_text("cũng đã đến nơi").wait_for())
    [(_thread, sealed)] = site.sealed_bytes().items() - before.items()
    ratio = round(seconds / (sealed / UPLINK), 3)
    yield figure("send_media_2g_ratio", ratio, "ratio", seconds=round(seconds, 1), sealed_bytes=sealed)


def until(page: Page, *names: str) -> Any:
    """What a name of the page's window holds, as soon as it is there. (The page's policy forbids Playwright's own waiting.)"""
    return page.evaluate(
        """(names) => new Promise((found) => {
          const look = () => {
            const value = names.reduce((held, name) => held && held[name], window)
            if (value) found(value)
            else setTimeout(look, 20)
          }
          look()
        })""",
        names,
    )


def write(page: Page, address: str, then: Callable[[Page], None] | None = None) -> None:
    """A report up to the preview."""
    page.goto(address)
    until(page, "KENG", "go")
    page.fill("#text", TEXT)
    if then:
        then(page)
    page.click("#send")
    page.locator("#see h2").wait_for()


def seconds_to(page: Page, arrived: Callable[[], None]) -> float:
    start = time.monotonic()
    page.click("#send")
    arrived()
    return time.monotonic() - start


def attach(page: Page) -> None:
    page.set_input_files("#photo", {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": twelve_megapixels()})
    page.locator("#media img").wait_for()
    page.click("#voice")
    page.wait_for_timeout(10_000)
    page.click("#voice")
    page.locator("#media audio").wait_for()


def twelve_megapixels() -> bytes:
    """A JPEG of 4000 x 3000 with as much detail as a phone's: large shapes, grass, grain."""
    chance = random.Random(1)
    picture = Image.linear_gradient("L").resize((4000, 3000)).convert("RGB")
    for size, strength in ((24, 0.5), (160, 0.35), (1000, 0.2)):
        detail = Image.frombytes("RGB", (size, size * 3 // 4), chance.randbytes(size * (size * 3 // 4) * 3))
        picture = Image.blend(picture, detail.resize(picture.size, Image.Resampling.BICUBIC), strength)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def seal(site: Site, browser: Browser) -> Figures:
    """Sealing 5 MB on the page's own thread; pages do it in a worker, which is not slowed here."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["tools/node_modules.sh"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["node", "browser/build.mjs", folder, "--lab"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        script = (Path(folder) / "lab.js").read_text()
    with phone(browser) as page:
        page.route(
            "http://localhost/lab", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html")
        )
        page.goto("http://localhost/lab")
        page.add_script_tag(content=script)
        times = page.evaluate(
            """async () => {
              const recipient = await lab.age.identityToRecipient(await lab.age.generateX25519Identity())
              const bytes = new Uint8Array(5 * 1024 * 1024).map((_, i) => (i * 2654435761) >>> 24)
              const json = { v: 1, box: "na-co-sa", from: "reporter", index: 1, kind: "photo", hour: "2026-11-22T03" }
              const body = { name: "photo.jpg", bytes }
              const times = []
              for (let i = 0; i < 4; i++) {
                const start = performance.now()
                await lab.part.sealPart({ json, body, secret: bytes.slice(0, 32), thread: "0".repeat(64), recipients: [recipient] })
                times.push(performance.now() - start)
              }
              return times
            }"""
        )
    seconds = statistics.median(times) / 1000
    yield figure("seal_5mb_s", round(seconds, 2), "s", ratio=round(seconds / 1.5, 3))


MEASURES: dict[str, Callable[[Site, Browser], Figures]] = {
    "bytes": bytes_on_the_wire,
    "requests": requests,
    "usable": usable,
    "send_text": send_text,
    "send_media": send_media,
    "seal": seal,
}

if __name__ == "__main__":
    main()
