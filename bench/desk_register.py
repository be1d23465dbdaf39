"""A register of ten thousand reports: its print, and a page of it in the browser. Conditions: docs/performance.md.

Every report has been assessed, every third is somebody's, every fifth has two outcomes, every tenth was passed on, every hundredth was
erased. The floor is the same typst on a bare table of the same texts, once, in one process.
"""

import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.server import environment

LINES = 10_000
PORT = int(os.environ.get("BENCH_PORT", "8330"))
PAGES = 15

BARE = """
#let rows = json(bytes(sys.inputs.values)).rows
#set page(paper: "a4", flipped: true, margin: 10mm)
#set text(font: "Be Vietnam Pro", size: 8pt)
#table(columns: (16.5mm, 20mm, 22mm, 26mm, 24mm, 28mm, 26mm, 20mm, 40mm, 54.5mm), ..rows.flatten())
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-register-") as folder:
        os.environ.update(environment(Path(folder), PORT))
        cast = fill(LINES)
        seconds, size, rows = printed(cast)
        mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        floor = bare(Path(folder), rows)
        print_figure(
            "register_10k_s",
            round(seconds, 2),
            "s",
            floor_s=round(floor, 2),
            ratio=round(seconds / floor, 2),
            bytes=size,
        )
        print_figure("register_10k_mb", round(mb, 1), "MB", lines=LINES)
        milliseconds, queries = page(cast)
        print_figure("register_page_ms", round(milliseconds, 1), "ms", queries=queries, lines=LINES)


def print_figure(name: str, value: float, unit: str, **more: Any) -> None:
    print(json.dumps({"name": f"desk.{name}", "value": value, "unit": unit, **more}), flush=True)


def fill(number: int) -> Any:
    """Migrated, with the cast's box and a year of its reports, the first of January first."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command

    from keng.core.calendar.load import load_calendar
    from tests.cast import Cast

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    load_calendar()
    cast = Cast()
    for first in range(0, number, 1000):
        add(cast, first, min(first + 1000, number))
    return cast


def add(cast: Any, first: int, last: int) -> None:
    from datetime import UTC, datetime, timedelta

    from keng.desk.models import Assessment, Assignment, Matter, Membership, Outcome, RegisterEntry
    from keng.mailbox.models import Passing, State, Thread

    begun = datetime(2026, 1, 1, tzinfo=UTC)
    threads = [
        Thread(
            key=secrets.token_hex(32), box=cast.box, holder=cast.police if at % 10 == 0 else cast.box,
            state=State.values[1 + at % 6], hour=(hour := begun + timedelta(hours=at % 7000)), open_due=hour,
            resolve_due=hour + timedelta(days=20), pin="", pin_mac="",
        )
        for at in range(first, last)
    ]  # fmt: skip
    told = [one for at, one in enumerate(threads, start=first) if at % 5 == 0]
    matters = Matter.objects.bulk_create(Matter() for _one in told)
    kept = {one.pk for at, one in enumerate(threads, start=first) if at % 100}
    Thread.objects.bulk_create(threads)
    RegisterEntry.objects.bulk_create(
        RegisterEntry(box=cast.box, year=2026, number=at + 1, thread=one if one.pk in kept else None, hour=one.hour)
        for at, one in enumerate(threads, start=first)
    )
    Assessment.objects.bulk_create(
        Assessment(thread=one, category="theft", value="valuable", reason="new_fact") for one in threads
    )
    Assignment.objects.bulk_create(Assignment(thread=one, officer=cast.hoa, by=cast.nam) for one in threads[::3])
    Membership.objects.bulk_create(Membership(thread=one, matter=two) for one, two in zip(told, matters, strict=True))
    Passing.objects.bulk_create(
        Passing(thread=one, from_box=cast.box, to_box=cast.police) for one in threads if one.holder == cast.police
    )
    counted = {"day": begun.date(), "office": cast.post, "box": cast.box, "by": cast.hoa}
    for kind in ({"kind": "arrest", "unit": "person"}, {"kind": "exhibit", "exhibit": "heroin", "unit": "gram"}):
        Outcome.objects.bulk_create(Outcome(matter=one, quantity=2, **kind, **counted) for one in matters)


def printed(cast: Any) -> tuple[float, int, list[list[str]]]:
    """Seconds from the click to the whole PDF, its bytes, and the texts that it shows."""
    from django.utils import translation

    from keng.desk.register import paper
    from keng.desk.register.book import Period

    with translation.override("vi"):
        rows: Any = paper.printed(cast.box, Period(2026))["rows"]
        begun = time.perf_counter()
        made = paper.as_pdf(cast.box, Period(2026))
    return time.perf_counter() - begun, len(made), rows


def bare(folder: Path, rows: list[list[str]]) -> float:
    (folder / "bare.typ").write_text(BARE)
    values = json.dumps({"rows": [[*row, *[""] * (10 - len(row))] for row in rows]}).encode()
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "keng.core.pdf_apart", str(folder / "bare.typ"), "plain"],
        input=values, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return time.perf_counter() - begun


def page(cast: Any) -> tuple[float, int]:
    """The median of whole requests for the newest fifty lines, and how many queries one makes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.accounts.signing_in import enter
    from tests.conftest import FaceClient

    client = FaceClient("desk")
    enter(client, cast.hoa)
    times = []
    for _try in range(PAGES):
        begun = time.perf_counter()
        answer = client.get("/register/na-co-sa/?year=2026")
        times.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise RuntimeError(f"the register answered {answer.status_code}")
    with CaptureQueriesContext(connection) as captured:
        client.get("/register/na-co-sa/?year=2026")
    connection.close()
    return sorted(times)[PAGES // 2] * 1000, len(captured)


if __name__ == "__main__":
    main()
