"""The officers' queue and a dossier's page among a million dossiers of 45 communes, on SQLite and on PostgreSQL.

In this process through the test client, with all that stands before a view: session, second factor, permissions. `queue_1m_ms` is the
slowest of the pages asked for, by a caseworker of one office and a leader over the province; of each the median of five. Beside: the
floor of the same run (a signed-in page of the desk that reads nothing of dossiers), and the same pages over a tenth of the dossiers.
Conditions: docs/performance.md.
"""

import html
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from bench.procedures_world import COMMUNES, DOSSIERS, ENGINES, world
from bench.server import ROOT

TRIES = 5
CASEWORKER = (
    "", "tab=office", "tab=waiting", "tab=done", "tab=closed", "tab=office&warn=late", "tab=office&state=submitted&owner=-",
    "tab=office&step_warn=late", "tab=office&step_warn=soon",
    "tab=office&procedure=9.000003", "tab=closed&procedure=9.000099", "tab=closed&state=stopped&channel=home",
    "tab=closed&since=2025-12-01&until=2026-01-31", "tab=office&step=2&channel=counter", "q=0007", "q={code}", "q={day}-0011",
)  # fmt: skip
LEADER = (
    "", "tab=waiting", "tab=done", "tab=closed", "warn=today", "tab=closed&procedure=9.000003", "tab=closed&procedure=9.000099",
    "step_warn=late", "step_warn=late&channel=counter", "tab=closed&state=withdrawn&channel=home",
    "procedure=9.000077&state=submitted", "office={office}", "tab=closed&office={office}&state=refused", "owner={login}", "q=0007",
    "q=9-0011", "q=999999-0001", "tab=closed&since=2025-12-01&until=2026-01-31&channel=counter", "{next}",
)  # fmt: skip

Figures = Iterator[dict[str, Any]]


def main() -> None:
    """Each engine in a process of its own, for settings are read once; both in one folder, so that worlds are used again."""
    if len(sys.argv) > 1:
        measure(*sys.argv[1:])
        return
    with tempfile.TemporaryDirectory(prefix="keng-worlds-") as folder:
        env = {"BENCH_WORLD": folder, **os.environ}
        for engine in ENGINES:
            small = run(engine, DOSSIERS // 10, env)
            for one in run(engine, DOSSIERS, env):
                tenth = next(less["value"] for less in small if less["name"] == one["name"])
                print(json.dumps({**one, "of_a_tenth": tenth, "growth": round(one["value"] / tenth, 2)}), flush=True)


def run(engine: str, dossiers: int, env: dict[str, str]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bench.procedures_queue", engine, str(dossiers)]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def measure(engine: str, dossiers: str = str(DOSSIERS)) -> None:
    with world(engine, int(dossiers)):
        for figure in figures(engine, int(dossiers)):
            print(json.dumps(figure), flush=True)


def figures(engine: str, dossiers: int) -> Figures:
    from django.core.management import call_command

    from keng.accounts.models import User
    from keng.core import at_rest
    from tests.accounts.signing_in import straight_in
    from tests.conftest import FaceClient

    call_command("collectstatic", verbosity=0, interactive=False)
    at_rest.ensure()
    asked = things()
    officer, leader = FaceClient("desk"), FaceClient("desk")
    straight_in(officer, User.objects.get(username=asked["login"]))
    straight_in(leader, User.objects.get(username="minh"))
    floor = timed(officer, "/accounts/")
    ms, counts = {}, {}
    for who, client, pages in (("officer", officer, CASEWORKER), ("leader", leader, LEADER)):
        further = onwards(client.get("/dossiers/?tab=closed"))
        for page in pages:
            address = f"/dossiers/?{page.format(**asked, next=further)}"
            ms[f"{who}: {page}"] = timed(client, address)
            counts[f"{who}: {page}"] = queries(client, address)
    yield told("queue_1m_ms", engine, ms, "ms", floor, dossiers)
    yield told("queue_1m_queries", engine, counts, "queries", queries(officer, "/accounts/"), dossiers)
    yield told("dossier_ms", engine, dossier_pages(officer, asked["login"]), "ms", floor, dossiers)
    yield told("resident_ms", engine, resident_pages(asked["login"]), "ms", floor, dossiers)


def told(name: str, engine: str, by_page: dict[str, float], unit: str, floor: float, dossiers: int) -> dict[str, Any]:
    worst = max(by_page, key=lambda page: by_page[page])
    value = by_page[worst]
    return {
        "name": f"procedures.{name}.{engine}", "value": value, "unit": unit, "floor": floor, "ratio": round(value / floor, 2),
        "slowest": worst, "by_page": by_page, "dossiers": dossiers, "communes": COMMUNES,
    }  # fmt: skip


def things() -> dict[str, str]:
    """What the addresses name: an office in the middle, who works there, a code of theirs."""
    from keng.procedures.models import Dossier
    from keng.units.models import Office

    office = Office.objects.get(code="commune-police-20")
    some = Dossier.objects.filter(office=office).order_by("-submitted_at")[40]
    return {
        "office": office.code,
        "login": f"viec-{office.code}-0",
        "code": some.code,
        "day": some.code.rsplit("-", 2)[1],
    }


def dossier_pages(client: Any, login: str) -> dict[str, float]:
    """Closed and opened; the first look at one's own is written down, and measured apart."""
    from keng.procedures.models import Dossier, Pile

    here = Dossier.objects.filter(office__code=login.removeprefix("viec-").rsplit("-", 1)[0], pile=Pile.RUNNING)
    own = [
        f"/dossiers/{code}/" for code in here.filter(owner__username=login).values_list("code", flat=True)[: TRIES + 1]
    ]
    strange = here.exclude(owner__username=login).values_list("code", flat=True)[0]
    first = [once(client, address) for address in own]
    return {
        "first look at one's own": round(statistics.median(first[1:]), 1),
        "one's own again": timed(client, own[0]),
        "another's, closed": timed(client, f"/dossiers/{strange}/"),
    }


def resident_pages(login: str) -> dict[str, float]:
    """Of somebody whose dossier was just looked at: the resident's own pages."""
    from keng.ledger.models import Entry
    from keng.procedures.models import Dossier
    from tests.conftest import FaceClient
    from tests.procedures.citizens import as_citizen

    looked_at = Entry.objects.filter(verb="procedures.dossier.read", by=login).values_list("case", flat=True)[0]
    citizen = Dossier.objects.get(code=looked_at).citizen
    client = FaceClient("my")
    as_citizen(client, citizen)
    return {
        page: timed(client, page) for page in ("/", f"/dossiers/{looked_at}", "/looks", "/messages", "/papers", "/me")
    }


def onwards(answer: Any) -> str:
    """The query string of the next page, as its link has it."""
    found = re.search(r'rel="next" href="\?([^"]+)"', answer.content.decode())
    if not found:
        raise RuntimeError("a million dossiers on one page")
    return html.unescape(found[1])


def timed(client: Any, address: str) -> float:
    """Milliseconds, median of TRIES after one that warms up."""
    once(client, address)
    return round(statistics.median(once(client, address) for _try in range(TRIES)), 1)


def once(client: Any, address: str) -> float:
    begun = time.perf_counter()
    answer = client.get(address)
    taken = (time.perf_counter() - begun) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return taken


def queries(client: Any, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


if __name__ == "__main__":
    main()
