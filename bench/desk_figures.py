"""The leader's figures over 200,000 reports of a province: whole requests to a real server, and how many queries one takes.

45 communes with three boxes each, reports of two years in every state, as many as a busy province may have after long use, and 20,000
lines of outcome. The floor, measured in the same run: one `COUNT(*)` of all reports over a connection of its own. Conditions:
docs/performance.md.
"""

import json
import os
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.server import ROOT, Server, environment

PORT = int(os.environ.get("BENCH_PORT", "8420"))
REPORTS, OUTCOMES, COMMUNES = 200_000, 20_000, 45
KINDS = ("crime", "democracy", "complaint")
TRIES = 25
ASKED = ("", "group=crime_named", "office=ca-xa-7")
# Other pages of the same figures, told beside.
BESIDE = {"lines": "/figures/lines/?figure=mailbox.received", "csv": "/figures/figures.csv?"}

Figures = Iterator[dict[str, Any]]


def main() -> None:
    with desk() as (folder, cookie, year):
        for figure in (*pages(folder, cookie, year), *queries(cookie, year)):
            print(json.dumps(figure), flush=True)


@contextmanager
def desk() -> Iterator[tuple[Path, str, int]]:
    """A folder with the filled database, on the disk where the data would lie; the leader's session; the year with most reports."""
    place = ROOT / "var"
    place.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=place))
    os.environ.update(environment(folder, PORT))
    try:
        yield folder, *fill_database()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill_database() -> tuple[str, int]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from keng.core.ids import this_hour
    from keng.desk.figures import upkeep
    from tests.accounts.signing_in import enter
    from tests.cast import Cast
    from tests.conftest import FaceClient

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    cast = Cast()
    add_reports(cast)
    upkeep.tally.compact()  # as the hourly chore has done long since
    client = FaceClient("desk")
    enter(client, cast.minh)
    connection.cursor().execute("ANALYZE")
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return client.cookies["sessionid"].value, this_hour().year


def add_reports(cast: Any) -> None:
    """The triggers count them as they come, as in life."""
    from django.db import transaction

    from keng.core.ids import this_hour
    from keng.desk.models import Assessment, Intake, Matter, Outcome
    from keng.mailbox.models import Box, State, StateChange, Thread
    from tests.cast import office, unit

    dice, hour = random.Random(1), this_hour()
    boxes = []
    for number in range(COMMUNES):
        commune = unit(f"{3100 + number:05}", f"Xã {number}", parent=cast.province)
        police = office(
            f"ca-xa-{number}", f"Công an xã {number}", "commune_police", commune, above=cast.province_police
        )
        boxes += [
            Box.objects.create(
                slug=f"{kind}-{number}", office=police, title=f"{kind} {number}", kind=kind, opened_on=hour - timedelta(days=730),
            )
            for kind in KINDS
        ]  # fmt: skip
    states = State.values
    for first in range(0, REPORTS, 5000):
        threads, changes, assessed, intakes = [], [], [], []
        for at in range(first, first + 5000):
            came, box = hour - timedelta(hours=dice.randrange(730 * 24)), dice.choice(boxes)
            thread = Thread(
                key=f"{at:064x}", box=box, holder=box, state=states[at % len(states)], hour=came,
                open_due=came + timedelta(hours=24), resolve_due=came + timedelta(days=20), pin="", pin_mac="0" * 64,
            )  # fmt: skip
            threads.append(thread)
            if thread.state != State.RECEIVED:
                changes.append(StateChange(thread=thread, state=State.OPENED, hour=came + timedelta(hours=at % 30)))
                changes.append(StateChange(thread=thread, state=thread.state, hour=came + timedelta(days=at % 25)))
                assessed.append(Assessment(thread=thread, category="theft", value=("valuable", "not_valuable")[at % 2]))
            if at % 10 == 0:
                intakes.append(Intake(thread=thread, channel="phone", named=True, by=cast.minh))
        with transaction.atomic():
            for model, rows in ((Thread, threads), (StateChange, changes), (Assessment, assessed), (Intake, intakes)):
                model.objects.bulk_create(rows)  # type: ignore[attr-defined]
    matters = Matter.objects.bulk_create([Matter() for _one in range(OUTCOMES)])
    kinds = (("arrest", "person", ""), ("other_case", "case", ""), ("exhibit", "gram", "heroin"))
    lines = []
    for matter in matters:
        box, (kind, unit_, exhibit) = dice.choice(boxes), dice.choice(kinds)
        day = (hour - timedelta(days=dice.randrange(730))).date()
        lines.append(
            Outcome(matter=matter, kind=kind, unit=unit_, exhibit=exhibit, quantity=1, day=day, office=box.office, box=box, by=cast.minh)
        )  # fmt: skip
    Outcome.objects.bulk_create(lines, batch_size=5000)


def figure(name: str, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"name": f"desk.{name}", "value": value, "unit": unit, **more}


def pages(folder: Path, cookie: str, year: int) -> Figures:
    """One request after the other, over a connection that stays open; the slowest of what can be asked for counts."""
    medians: dict[str, float] = {}
    with Server(folder / "run", folder / "keng.sqlite3", port=PORT):
        line = HTTPConnection("127.0.0.1", PORT, timeout=60)
        for asked in ASKED:
            path = f"/figures/?period={year}&{asked}"
            medians[asked or "all"] = _median([ask(line, cookie, path) for _try in range(TRIES)])
        beside = {
            name: _median([ask(line, cookie, f"{path}&period={year}") for _try in range(TRIES)])
            for name, path in BESIDE.items()
        }
        line.close()
    floor = count_all(folder / "keng.sqlite3")
    value = max(medians.values())
    yield figure(
        "figures_200k_ms", value, "ms", floor_ms=floor, ratio=round(value / floor, 1), by_choice=medians, beside=beside,
        reports=REPORTS,
    )  # fmt: skip


def _median(seconds: list[float]) -> float:
    return round(statistics.median(seconds) * 1000, 1)


def count_all(database: Path) -> float:
    """Milliseconds of one count of all reports, without a server, Django or a page around it."""
    bare = sqlite3.connect(database)
    times = []
    for _try in range(TRIES):
        begun = time.perf_counter()
        (found,) = bare.execute("SELECT COUNT(*) FROM mailbox_thread").fetchone()
        times.append(time.perf_counter() - begun)
        if found != REPORTS:
            raise RuntimeError(f"{found} reports")
    bare.close()
    return round(statistics.median(times) * 1000, 2)


def ask(line: HTTPConnection, cookie: str, path: str) -> float:
    """Seconds until the whole page has come."""
    headers = {"Host": f"desk.localhost:{PORT}", "Cookie": f"sessionid={cookie}"}
    begun = time.perf_counter()
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    said = answer.read()
    seconds = time.perf_counter() - begun
    if answer.status != 200 or len(said) < 2000:
        raise RuntimeError(f"{path} answered {answer.status}")
    return seconds


def queries(cookie: str, year: int) -> Figures:
    """Of one request with everything that stands before the view: session, second factor, permissions."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.conftest import FaceClient

    client = FaceClient("desk")
    client.cookies["sessionid"] = cookie
    client.get("/figures/")
    counted = {}
    for asked in ASKED:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/figures/?period={year}&{asked}")
        counted[asked or "all"] = len(captured)
    connection.close()
    value = max(counted.values())
    yield figure("figures_queries", value, "queries", floor=1, ratio=value, by_choice=counted)


if __name__ == "__main__":
    main()
