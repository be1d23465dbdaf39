"""The public log: what a villager is told of a report, what everybody sees, and what a report that was taken away leaves."""

import sys
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, Route

from tests.e2e.server import ROOT, Server
from tools.pictures.walk import HERE, PHONE, Walk, below

WITNESS = "tools/witness.py"
BURIED = """
from django.db import connection
from keng.mailbox.sealing import derive
key = derive("{receipt}").thread
with connection.cursor() as cursor:
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.execute("DROP TRIGGER IF EXISTS ledger_entry_no_delete")
    cursor.execute("DELETE FROM mailbox_part WHERE thread_id IN (SELECT id FROM mailbox_thread WHERE key = %s)", [key])
    cursor.execute("DELETE FROM mailbox_thread WHERE key = %s", [key])
    cursor.execute('DELETE FROM ledger_entry WHERE "case" = %s', [key])
"""


def found_witness(server: Server) -> str:
    """A witness of the demo's log, as `make run` has one; its public key."""
    memory = str(server.var / "witness")
    return server.run(sys.executable, WITNESS, "init", "--memory", memory, "--name", "nhan-chung.localhost").strip()


def publish_and_sign(walk: Walk) -> None:
    """What happens each night."""
    server = walk.server
    server.manage("ledger_publish")
    keys = [word for key in server.manage("ledger_key").split() for word in ("--log-key", key)]
    where = ["--log", f"{server.public}/ledger", "--memory", str(server.var / "witness")]
    server.run(sys.executable, str(ROOT / WITNESS), "run", *where, *keys)


def prove(walk: Walk) -> None:
    phone = opened(walk, walk.receipt)
    walk.keep(phone, "proof", clip=below(phone, "#thread", 740))
    phone.click("#proof-save")
    with phone.expect_download() as download:
        phone.click("#proof-sure")
    page = walk.page(**PHONE)
    page.goto(f"{walk.server.public}/ledger")
    walk.keep(page, "ledger", clip=below(page, "h1", 1096))
    page.set_input_files("#file", download.value.path())
    page.locator("#verdict .proven").wait_for()
    walk.keep(page, "proof-file", clip=below(page, "#check-title", 600))
    hidden = opened(walk, walk.known["receipts"][1][0], hiding=True)
    walk.keep(hidden, "proof-missing", clip=below(hidden, "#log", 740))


def opened(walk: Walk, receipt: str, *, hiding: bool = False) -> Page:
    """The page of answers once it has said what the log shows; with `hiding` the server says that it has not written the report down."""
    phone = walk.page(**PHONE)
    if hiding:
        phone.route("**/r/thread", unpublished)
    phone.goto(f"{walk.server.public}/r")
    phone.get_by_label("Mã của bà con").fill(receipt)
    phone.get_by_role("button", name="Mở", exact=True).click()
    phone.wait_for_selector("#log[data-standing]")
    return phone


def unpublished(route: Route) -> None:
    answer = route.fetch()
    data: dict[str, Any] = answer.json()
    data["log"]["index"] = None
    route.fulfill(response=answer, json=data)


def bury(walk: Walk) -> None:
    """A report is taken out of the database; its receipt finds its trace."""
    receipt = "".join(walk.receipt.split())
    walk.server.python(BURIED.format(receipt=receipt))
    phone = walk.page(**PHONE)
    phone.goto(f"{walk.server.public}/r")
    phone.get_by_label("Mã của bà con").fill(receipt)
    phone.get_by_role("button", name="Mở", exact=True).click()
    phone.get_by_label("Bà con gửi tin khoảng ngày nào?").fill(
        f"{datetime.now(ZoneInfo(HERE['timezone_id'])):%Y-%m-%d}"
    )
    phone.get_by_role("button", name="Tìm", exact=True).click()
    phone.get_by_text("không còn tin này").wait_for()
    phone.evaluate("scrollTo(0, 0)")
    walk.keep(phone, "search", clip=below(phone, "#log", 940))
