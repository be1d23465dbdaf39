"""How long a cheap phone on 2G takes to learn that its report stands in the public log. Conditions: docs/performance.md.

Real Chromium, its processor slowed six times, through `tools/slow_link.py --profile 2g`, with TLS, as in `bench.mailbox_pages`.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page

from bench.mailbox_pages import PATIENCE, PORT, Site, chromium, phone, wait_for
from bench.server import ROOT
from keng.ledger.notes import WITNESS, Signer

REPEATS = 3
MOST = 6.0  # seconds
# Takes a report, publishes the demo and cosigns, as the hour and a witness do; the receipt is printed last.
PUBLISH = """
import time
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from config.demo.client import Reporter
from keng.ledger import cosigning, notes
from keng.ledger.folder import latest
from keng.ledger.publication import publish
from keng.mailbox.envelope import read_body
from keng.mailbox.models import Box
from keng.mailbox.plain import root_of
from keng.mailbox.services import accept
witness = notes.Signer("nhan-chung.vn/keng", Ed25519PrivateKey.from_private_bytes(bytes.fromhex({seed!r})), notes.WITNESS)
box = Box.objects.get(slug="na-co-sa")
reporter = Reporter(slug=box.slug, recipient=box.recipient, root=root_of(box))
line, sealed = read_body(reporter.first("Mất trâu"))
accept(slug=box.slug, line=line, sealed=sealed)
publish(force=True)
text = notes.read(latest().note).text
cosigning.store((latest().note + witness.line(text, time=int(time.time()))).encode())
print(reporter.receipt)
"""
# When the thread's answer and when the verdict came onto the page.
WATCH = """
new MutationObserver(() => {
  const log = document.getElementById("log")
  if (!window.stateAt && document.getElementById("state")) window.stateAt = performance.now()
  if (!window.verdictAt && log && log.dataset.standing) window.verdictAt = performance.now(), window.standing = log.dataset.standing
}).observe(document, { subtree: true, childList: true, attributes: true })
"""
# A browser without Ed25519 of its own fetches the library.
NO_ED25519 = """
const importKey = crypto.subtle.importKey.bind(crypto.subtle)
crypto.subtle.importKey = (format, key, algorithm, ...rest) =>
  algorithm && algorithm.name === "Ed25519"
    ? Promise.reject(new DOMException("no", "NotSupportedError"))
    : importKey(format, key, algorithm, ...rest)
"""

Figures = Iterator[dict[str, Any]]


def main() -> None:
    with logged() as (site, receipt), chromium() as browser:
        for figure in verify(site, browser, receipt):
            print(json.dumps(figure), flush=True)


@contextmanager
def logged() -> Iterator[tuple[Site, str]]:
    """The demo with a published, cosigned log, served near and far, and the receipt of one report."""
    seed = os.urandom(32)
    witness = Signer("nhan-chung.vn/keng", Ed25519PrivateKey.from_private_bytes(seed), WITNESS)
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        site.env["KENG_WITNESSES"] = witness.verifier.vkey
        site.prepare()
        source = "import django; django.setup(set_prefix=False)\n" + PUBLISH.format(seed=seed.hex())
        env = {**site.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
        run = [sys.executable, "-c", source]
        done = subprocess.run(run, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
        with site.serving():
            wait_for(PORT)
            try:
                yield site, done.stdout.split()[-1]
            finally:
                site.unlink()


def verify(site: Site, browser: Browser, receipt: str) -> Figures:
    """From pressing "open" to the verdict: keys, request, answer with its proof, check. And from the thread on screen to the verdict.

    `ratio` of the first is to the limit, of the second to the whole; `fast_line_ratio` to the same without the link.
    """
    for name, script in (("verify_2g", ""), ("verify_2g_library", NO_ED25519)):
        far = [measure(site, browser, site.far, receipt, script) for _round in range(REPEATS)]
        near = [measure(site, browser, site.near, receipt, script) for _round in range(REPEATS)]
        check, whole = (statistics.median(one[i] for one in far) for i in (0, 1))
        fast = statistics.median(one[1] for one in near)
        over = {"fast_line_s": round(fast, 2), "fast_line_ratio": round(whole / fast, 2)}
        yield {
            "name": f"return.{name}_s",
            "value": round(whole, 2),
            "unit": "s",
            "ratio": round(whole / MOST, 3),
            **over,
        }
        yield {
            "name": f"return.{name}_check_s",
            "value": round(check, 3),
            "unit": "s",
            "ratio": round(check / whole, 3),
        }


def measure(site: Site, browser: Browser, address: str, receipt: str, script: str) -> tuple[float, float]:
    """Seconds from the thread to the verdict, and from the touch on "open" to the verdict; the receipt is typed a digit at a time."""
    site.relink()
    with phone(browser) as page:
        page.add_init_script(WATCH + script)
        page.goto(address + "/r")
        page.wait_for_selector("#open")
        page.locator("#code").press_sequentially(receipt, delay=250)  # 24 digits in six seconds: quicker than anybody
        began = page.evaluate("performance.now()")
        page.click("#open", timeout=PATIENCE)
        verdict = when(page, "verdictAt")
        assert page.evaluate("window.standing") == "proven"
        return (verdict - when(page, "stateAt")) / 1000, (verdict - began) / 1000


def when(page: Page, name: str) -> float:
    """A moment of the page's clock, in milliseconds, as soon as it is known."""
    return float(
        page.evaluate(
            "(name) => new Promise((found) => { const look = () => window[name] ? found(window[name]) : setTimeout(look, 20); look() })",
            name,
        )
    )


if __name__ == "__main__":
    main()
