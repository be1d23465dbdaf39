"""The officer's desk: the list among 100,000 reports, unlocking, and the newest 50 opened in the browser. Conditions: docs/performance.md.

Times of the list are of whole requests to a real server, the slowest of its filters; times in the browser are with the processor
slowed to a quarter, scrypt too, which is therefore kept out of its worker: Chromium slows the page alone.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.server import ROOT, Server, environment

PORT = int(os.environ.get("BENCH_PORT", "8238"))
REPORTS, NEWEST = 100_000, 50
FILTERS = (
    "", "state=open", "state=done", "state=received", "state=sent", "late=1", "late=1&state=verifying",
    "due=open&state=open", "due=today&state=open", "whose=mine&state=open", "whose=nobody&state=open", "channel=phone",
    "channel=box", "channel=zalo&state=open", "pranks=1", "news=1",
)  # fmt: skip
TRIES = 25
SLOWER = 4
CHROMIUM = os.environ.get("KENG_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"

# Unlocks in the page itself and says when the list stood there and when the last of the newest reports had been opened.
UNLOCK = """
async ([passphrase, newest]) => {
  delete document.querySelector("[data-scrypt]").dataset.scrypt
  document.getElementById("passphrase").value = passphrase
  const until = async (holds) => {
    while (!holds()) await new Promise((look) => setTimeout(look, 10))
    return performance.now()
  }
  const opened = () => [...document.querySelectorAll(".item .preview")].filter((row) => row.textContent.startsWith("Đêm qua")).length
  const begun = performance.now()
  document.getElementById("unlock").click()
  const unlocked = await until(() => document.querySelector(".columns"))
  const shown = await until(() => opened() === newest)
  return [(unlocked - begun) / 1000, (shown - unlocked) / 1000]
}
"""

Figures = Iterator[dict[str, Any]]


def main() -> None:
    only = set(sys.argv[1:])
    with desk() as place:
        for name, measure in MEASURES.items():
            if not only or name in only:
                for figure in measure(place):
                    print(json.dumps(figure), flush=True)


def figure(name: str, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"name": f"desk.{name}", "value": value, "unit": unit, **more}


class Desk:
    """A database full of reports, an officer who is signed in (`cookie`), and what their key opens with."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.database = folder, folder / "keng.sqlite3"
        self.runs = 0
        self.cookie, self.passphrase = fill_database()

    def server(self) -> Server:
        self.runs += 1
        return Server(self.folder / f"run-{self.runs}", self.database, port=PORT)


@contextmanager
def desk() -> Iterator[Desk]:
    """On the disk where the data would lie, not in a memory file system."""
    place = ROOT / "var"
    place.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=place))
    os.environ.update(environment(folder, PORT))
    try:
        yield Desk(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill_database() -> tuple[str, str]:
    """Migrated, with the cast's box, 100,000 reports in every state and the newest 50 really sealed; returns session and passphrase."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from config.demo.age import seal_with_passphrase
    from keng.core.calendar.load import load_calendar
    from keng.desk.models import OfficerKey
    from tests.accounts.signing_in import enter
    from tests.cast import PASSPHRASE, Cast
    from tests.conftest import FaceClient

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    load_calendar()
    cast = Cast()
    add_old_reports(cast, REPORTS - NEWEST)
    add_newest_reports(cast, NEWEST)
    sealed = seal_with_passphrase(PASSPHRASE, f"{cast.pairs['hoa'][0]}\n".encode())
    OfficerKey.objects.filter(user=cast.hoa).update(sealed_identity=sealed)
    client = FaceClient("desk")
    enter(client, cast.hoa)
    connection.cursor().execute("ANALYZE")
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return client.cookies["sessionid"].value, PASSPHRASE


def add_old_reports(cast: Any, number: int) -> None:
    """Rows as a busy box has them after years: a tenth passed on, states in turn, parts of the usual size that nobody opens here."""
    from django.db import transaction

    from keng.core.ids import this_hour
    from keng.desk.models import Assessment, Assignment, Intake, RegisterEntry
    from keng.mailbox.models import Part, Passing, State, StateChange, Thread

    hour, states, police = this_hour(), State.values, cast.police
    pin = json.dumps({"v": 1, "box": cast.box.slug, "root": cast.keys.root.fingerprint, "seq": 1, "parts": ["0" * 64]})
    for first in range(0, number, 5000):
        threads = []
        for at in range(first, min(first + 5000, number)):
            received = hour - timedelta(hours=1 + at // 6)
            threads.append(
                Thread(
                    key=f"{at:064x}", box=cast.box, holder=police if at % 10 == 0 else cast.box, state=states[at % len(states)],
                    hour=received, open_due=received + timedelta(hours=24), resolve_due=received + timedelta(days=20), pin=pin,
                    pin_mac="0" * 64,
                )
            )  # fmt: skip
        parts = [
            Part(thread=one, box=cast.box, direction="reporter", index=0, hour=one.hour, digest=one.key, header=b"-" * 200,
                 payload=b"-" * 3700)
            for one in threads
        ]  # fmt: skip
        with transaction.atomic():
            Thread.objects.bulk_create(threads)
            Part.objects.bulk_create(parts)
            Assessment.objects.bulk_create(
                Assessment(thread=one, category="theft", reason="prank" if place % 50 == 0 else "")
                for place, one in enumerate(threads[::2])
            )
            # Nine of ten are somebody's, one in twenty mine; a fifth came by telephone, very few by Zalo; one in a hundred is a prank.
            Assignment.objects.bulk_create(
                Assignment(thread=one, officer=cast.hoa if place % 20 == 7 else cast.nam, by=cast.nam)
                for place, one in enumerate(threads)
                if place % 10 != 4
            )
            Intake.objects.bulk_create(
                Intake(thread=one, channel="zalo" if place % 300 == 1 else "phone", by=cast.hoa)
                for place, one in enumerate(threads)
                if place % 5 == 1
            )
            passed_on = [one for one in threads if one.holder == police]
            Passing.objects.bulk_create(
                Passing(thread=one, from_box=cast.box, to_box=police, hour=one.hour) for one in passed_on
            )
            StateChange.objects.bulk_create(
                StateChange(thread=one, state=one.state, hour=one.hour + timedelta(hours=1)) for one in threads
            )
            RegisterEntry.objects.bulk_create(
                RegisterEntry(box=cast.box, year=2026, number=first + place + 1, thread=one)
                for place, one in enumerate(threads)
            )


def add_newest_reports(cast: Any, number: int) -> None:
    """Sealed to the box's key and taken in by its one door."""
    from bench.reports import Target, seal_report
    from keng.mailbox.envelope import read_body
    from keng.mailbox.services import accept

    target = Target(cast.box.slug, cast.keys.recipient, cast.keys.root.fingerprint)
    for _one in range(number):
        line, sealed = read_body(seal_report(target, "Đêm qua hai người lạ dắt trâu khỏi bản. " * 40).body("0"))
        accept(slug=cast.box.slug, line=line, sealed=sealed)


def listing(place: Desk) -> Figures:
    """Whole requests, one after the other, over a connection that stays open."""
    medians: dict[str, float] = {}
    with place.server():
        line = HTTPConnection("127.0.0.1", PORT, timeout=60)
        for asked in FILTERS:
            times = [ask(line, place.cookie, asked) for _try in range(TRIES)]
            medians[asked or "all"] = round(statistics.median(times) * 1000, 1)
        line.close()
    yield figure("list_100k_ms", max(medians.values()), "ms", by_filter=medians, reports=REPORTS)


def ask(line: HTTPConnection, cookie: str, asked: str) -> float:
    """Seconds until the whole page of the list has come."""
    headers = {"Host": f"desk.localhost:{PORT}", "Cookie": f"sessionid={cookie}"}
    begun = time.perf_counter()
    line.request("GET", f"/mailbox/api/threads?{asked}", headers=headers)
    answer = line.getresponse()
    said = json.loads(answer.read())
    seconds = time.perf_counter() - begun
    if answer.status != 200 or not said["threads"]:
        raise RuntimeError(f"the list answered {answer.status}: {said}")
    return seconds


def queries(place: Desk) -> Figures:
    """Of one request with everything that stands before the view: session, second factor, permissions."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.conftest import FaceClient

    client = FaceClient("desk")
    client.cookies["sessionid"] = place.cookie
    client.get("/mailbox/api/threads")
    counted = {}
    for asked in FILTERS:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/mailbox/api/threads?{asked}")
        counted[asked or "all"] = len(captured)
    connection.close()
    yield figure("list_100k_queries", max(counted.values()), "queries", by_filter=counted)


def unlocking(place: Desk) -> Figures:
    """The best of three is what the page costs; the others share the machine with the browser's own start."""
    from playwright.sync_api import sync_playwright

    taken: list[list[float]] = []
    with place.server(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic", "--no-first-run"]
        )
        for _try in range(3):
            taken.append(unlock(browser, place))
        browser.close()
    unlocked, shown = min(taken, key=sum)
    yield figure("unlock_s", round(unlocked, 2), "s", all=[round(one, 2) for one, _other in taken], slower=SLOWER)
    yield figure("newest_50_s", round(shown, 2), "s", all=[round(one, 2) for _other, one in taken], slower=SLOWER)


def unlock(browser: Any, place: Desk) -> list[float]:
    """Seconds until the list stands there, and from then until the newest 50 have title and first words."""
    origin = f"http://desk.localhost:{PORT}"
    context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    context.add_cookies([{"name": "sessionid", "value": place.cookie, "url": origin}])
    page = context.new_page()
    page.goto(f"{origin}/mailbox/")
    page.wait_for_selector("#passphrase")
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    taken: list[float] = page.evaluate(UNLOCK, [place.passphrase, NEWEST])
    context.close()
    return taken


MEASURES = {"queries": queries, "listing": listing, "unlocking": unlocking}


if __name__ == "__main__":
    main()
