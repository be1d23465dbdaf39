"""The figures of dossiers among a million: the page, what a number opens to, and counting all anew. Conditions: docs/performance.md.

In this process through the test client, as a leader of the whole province, of all offices and of one; the median of five. The
floor is a signed-in page of the desk that reads nothing of dossiers; beside it, what grouping the dossiers themselves would take.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from bench.procedures_queue import queries
from bench.procedures_world import DOSSIERS, ENGINES, world
from bench.server import ROOT

TRIES = 5
YEAR = os.environ.get("BENCH_YEAR", "2026")
PAGES = (
    "/dossiers/figures/?period={year}",
    "/dossiers/figures/?period={year}&office={office}",
    "/dossiers/figures/lines/?period={year}&figure=procedures.received",
    "/dossiers/figures/lines/?period={year}&figure=procedures.open&office={office}",
    "/dossiers/figures/lines/?period={year}&figure=procedures.late&office={office}&page=20",
    "/dossiers/figures/figures.csv?period={year}",
    "/dossiers/register/?office={office}&first={year}-01-01&last={year}-12-31",
)


def main() -> None:
    """Each engine in a process of its own, for settings are read once."""
    if len(sys.argv) > 1:
        measure(sys.argv[1])
        return
    with tempfile.TemporaryDirectory(prefix="keng-worlds-") as folder:
        env = {"BENCH_WORLD": folder, **os.environ}
        for engine in ENGINES:
            subprocess.run([sys.executable, "-m", "bench.procedures_figures", engine], cwd=ROOT, env=env, check=True)


def measure(engine: str) -> None:
    with world(engine):
        from django.core.management import call_command

        from keng.accounts.models import User
        from keng.procedures.figures import upkeep
        from keng.procedures.models import DossierTally
        from tests.accounts.signing_in import straight_in
        from tests.conftest import FaceClient

        call_command("collectstatic", verbosity=0, interactive=False)
        anew = once(upkeep.tally.count_all)
        client = FaceClient("desk")
        straight_in(client, User.objects.get(username="minh"))
        said = {"year": YEAR, "office": "commune-police-20"}
        ms = {page: timed(client, page.format(**said)) for page in PAGES}
        asked = {page: queries(client, page.format(**said)) for page in PAGES}
        tell("figures_ms", engine, max(ms.values()), "ms", floor=timed(client, "/accounts/"), by_page=ms, queries=asked)
        more = {"rows": DossierTally.objects.count(), "without_sums_ms": round(1000 * once(from_dossiers))}
        tell("figures_anew_s", engine, round(anew, 1), "s", dossiers=DOSSIERS, **more)


def tell(name: str, engine: str, value: float, unit: str, **more: Any) -> None:
    print(json.dumps({"name": f"procedures.{name}.{engine}", "value": value, "unit": unit, **more}), flush=True)


def timed(client: Any, address: str) -> float:
    """Milliseconds, the median."""

    def ask() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")

    ask()
    return round(1000 * statistics.median(once(ask) for _time in range(TRIES)), 1)


def once(run: Callable[[], object]) -> float:
    start = time.monotonic()
    run()
    return time.monotonic() - start


def from_dossiers() -> None:
    """The whole province's year by commune, counted from the dossiers themselves."""
    from django.db.models import Count

    from keng.procedures.models import Dossier

    of_year = Dossier.objects.filter(submitted_at__year=int(YEAR), test=False).order_by()
    list(of_year.values_list("unit", "channel").annotate(Count("pk")))


if __name__ == "__main__":
    main()
