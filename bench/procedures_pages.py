"""What villagers ask of public services: the search over 6,000 procedures, a procedure's page as a phone loads it, a commune's real times.

On SQLite and on PostgreSQL, in this process; the times among a million dossiers. `search_first_of_30`: of the queries in
procedures_queries.txt, those whose right answer came first. Conditions: docs/performance.md.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli

from bench.procedures_world import DOSSIERS, ENGINES, world
from bench.server import ROOT

QUERIES = Path(__file__).with_name("procedures_queries.txt")
TRIES = 7
FILES = ("static/public.css", "static/desk.svg", "keng/portal/static/portal/services.css")
MOST_BYTES = 30_000

Figures = Iterator[dict[str, Any]]


def main() -> None:
    """Each engine in a process of its own, for settings are read once."""
    if len(sys.argv) > 1:
        engine, dossiers = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else DOSSIERS
        with world(engine, dossiers):
            for figure in figures(engine, dossiers):
                print(json.dumps(figure), flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="keng-worlds-") as folder:
        for engine in ENGINES:
            command = [sys.executable, "-m", "bench.procedures_pages", engine]
            subprocess.run(command, cwd=ROOT, env={"BENCH_WORLD": folder, **os.environ}, check=True)


def queries() -> list[tuple[str, str]]:
    """What is typed, and the name that must come first."""
    lines = [line for line in QUERIES.read_text().splitlines() if line and not line.startswith("#")]
    return [(typed, meant) for typed, _sign, meant in (line.partition(" = ") for line in lines)]


def median_ms(run: Callable[[], object]) -> float:
    took = []
    for _try in range(TRIES):
        begun = time.perf_counter()
        run()
        took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1000


def figures(engine: str, dossiers: int) -> Figures:
    from django.db import transaction

    yield real_times(engine, dossiers)
    with transaction.atomic():
        # Taken back at the end: other measurements use this world's own catalogue.
        yield from of_the_catalogue(engine)
        transaction.set_rollback(True)


def real_times(engine: str, dossiers: int) -> dict[str, Any]:
    """The commune and procedure with the most dossiers."""
    from django.db.models import Count
    from django.utils import timezone

    from keng.procedures import times
    from keng.procedures.models import Dossier, Procedure
    from keng.units.models import Unit

    most = Dossier.objects.values("unit", "procedure").annotate(number=Count("pk")).order_by("-number").first()
    if most is None:
        raise RuntimeError("the world is empty")
    unit, procedure = Unit.objects.get(pk=most["unit"]), Procedure.objects.get(pk=most["procedure"])
    today = timezone.localdate()
    found = times.of(procedure=procedure, unit=unit, today=today)
    value = median_ms(lambda: times.of(procedure=procedure, unit=unit, today=today))
    more = {"dossiers": dossiers, "counted": found.number if found else 0}
    return {"name": f"procedures.times_ms.{engine}", "value": round(value, 2), "unit": "ms", **more}


def of_the_catalogue(engine: str) -> Figures:
    from django.db import connection

    from bench.procedures_catalogue import fill
    from keng.accounts.models import User
    from keng.procedures.models import ProcedureVersion
    from keng.procedures.search import find

    fill(by=User.objects.get(username="quan"))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself after a load
    posted = ProcedureVersion.objects.in_force().count()
    begun = time.perf_counter()
    find("tạm trú")
    first = (time.perf_counter() - begun) * 1000
    took, right = [], 0
    for typed, meant in queries():
        took.append(median_ms(lambda typed=typed: find(typed)))  # type: ignore[misc]
        right += [version.name for version in find(typed, 1)] == [meant]
    yield {
        "name": f"procedures.search_ms.{engine}", "value": round(max(took), 1), "unit": "ms", "most": 30,
        "median": round(statistics.median(took), 1), "procedures": posted, "after_a_change_ms": round(first),
    }  # fmt: skip
    if engine == ENGINES[0]:
        yield {"name": "procedures.search_first_of_30", "value": right, "unit": "queries", "least": len(took)}
        yield heaviest_page()


def heaviest_page() -> dict[str, Any]:
    """Of the samples, written out in full: page, stylesheets and icon, each compressed as nginx would."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)

    from keng.procedures.models import Procedure
    from tests.conftest import FaceClient

    client, sizes = FaceClient("public"), {}
    for code in (
        Procedure.objects.exclude(code__startswith="9.").exclude(code__startswith="2.1").values_list("code", flat=True)
    ):
        answer = client.get(f"/services/p/{code}")
        if answer.status_code == 200:
            sizes[code] = len(brotli.compress(answer.content, quality=5))
    rest = sum(len(brotli.compress((ROOT / name).read_bytes(), quality=11)) for name in FILES)
    code, page = max(sizes.items(), key=lambda each: each[1])
    more = {"most": MOST_BYTES, "page": page, "files": rest, "code": code, "pages": len(sizes)}
    return {"name": "procedures.page_br_bytes", "value": page + rest, "unit": "bytes", **more}


if __name__ == "__main__":
    main()
