"""Sixteen at once file applications among a million dossiers, on SQLite and PostgreSQL: how many a second, and is a number missing.

Each client calls the service that the pages call: the form checked by its schema, the office found, the code given, attachments moved,
event, ledger entry and message written, the draft gone, all on disk. `spread` is over 45 communes, `one` all in one, where every code waits
for the last. The floor is a bare INSERT of a row of that size, committed one by one by a single client. Conditions: docs/performance.md.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from typing import Any

from bench.procedures_world import DOSSIERS, ENGINES, world
from bench.server import ROOT

CLIENTS, EACH = 16, 60
ANSWERS = {"address": "Bản Noong Vai, xã Thanh Yên, tỉnh Điện Biên, nhà bà Giàng Thị Sua"}


def main() -> None:
    """Each engine in a process of its own, for settings are read once. An argument: fewer dossiers than a million."""
    if len(sys.argv) > 2:
        measure(sys.argv[1], int(sys.argv[2]))
        return
    dossiers = sys.argv[1] if len(sys.argv) > 1 else str(DOSSIERS)
    with tempfile.TemporaryDirectory(prefix="keng-intake-") as folder:
        for engine in ENGINES:
            # A world of its own: what is filed here would be counted there.
            env = {**os.environ, "BENCH_WORLD": folder}
            command = [sys.executable, "-m", "bench.procedures_intake", engine, dossiers]
            subprocess.run(command, cwd=ROOT, env=env, check=True)


def measure(engine: str, dossiers: int) -> None:
    with world(engine, dossiers):
        number_on()
        floor = bare(CLIENTS * EACH // 4)
        gaps = 0
        for name, communes in (("one", 1), ("spread", 45)):
            rate, wrong = run(communes)
            gaps += wrong
            more = {
                "floor_per_s": round(floor, 1),
                "ratio": round(rate / floor, 2),
                "clients": CLIENTS,
                "among": dossiers,
            }
            told = f"procedures.intake_per_s.{engine}" if name == "spread" else f"procedures.intake_one_per_s.{engine}"
            print_figure(told, round(rate, 1), "1/s", **more)
        print_figure(f"procedures.intake_gaps.{engine}", gaps, "", filed=2 * CLIENTS * EACH)


def print_figure(name: str, value: float, unit: str, **more: Any) -> None:
    print(json.dumps({"name": name, "value": value, "unit": unit, **more}), flush=True)


def run(communes: int) -> tuple[float, int]:
    """Filed a second, and how many numbers are missing or given twice."""
    from django.db import connections

    from keng.procedures.dossiers import services

    work = [drafts(communes) for _ in range(CLIENTS)]
    codes: list[str] = []
    failed: list[BaseException] = []
    ready = threading.Barrier(CLIENTS + 1)

    def client(mine: list[Any]) -> None:
        ready.wait()
        try:
            codes.extend([services.submit(draft=one, by=None).code for one in mine])
        except BaseException as error:  # noqa: BLE001 - told by the one who waits
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=(mine,)) for mine in work]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if failed:
        raise failed[0]
    return len(codes) / seconds, gaps(codes)


def gaps(codes: list[str]) -> int:
    """In each series touched: numbers missing between those given now, and numbers that two have; the database is asked too."""
    from keng.procedures.dossiers.numbering import last_number
    from keng.procedures.dossiers.routing import today

    series: dict[str, list[int]] = {}
    for code in codes:
        unit, _day, number = code.split("-")
        series.setdefault(unit, []).append(int(number))
    wrong = 0
    for unit, numbers in series.items():
        doubles = sum(count - 1 for count in Counter(numbers).values())
        missing = set(range(min(numbers), last_number(unit=unit, day=today()) + 1)) - set(numbers)
        wrong += doubles + len(missing)
    return wrong


def drafts(communes: int) -> list[Any]:
    """Filled in and ready to be filed, in turn for each of the communes."""
    from keng.accounts.models import Citizen
    from keng.procedures.models import Draft, ProcedureVersion
    from keng.units.models import Unit

    version = ProcedureVersion.objects.select_related("form").get(procedure__code="1.004194")
    units = list(Unit.objects.filter(code__in=[f"{4100 + number:05}" for number in range(communes)]).order_by("code"))
    number = Citizen.objects.order_by("number").values_list("number", flat=True).first()
    citizen = Citizen.objects.get(number=number)
    made = Draft.objects.bulk_create(
        Draft(citizen=citizen, version=version, form=version.form, unit=units[at % communes], answers=ANSWERS)
        for at in range(EACH)
    )
    return list(made)


def number_on() -> None:
    """The world's dossiers of today were written past the services: their series go on after them."""
    from keng.procedures.dossiers.routing import today
    from keng.procedures.models import Dossier, DossierNumber

    day = today()
    last: Counter[str] = Counter()
    for code in Dossier.objects.filter(code__contains=f"-{day:%y%m%d}-").values_list("code", flat=True):
        unit, _day, number = code.split("-")
        last[unit] = max(last[unit], int(number))
    DossierNumber.objects.bulk_create(DossierNumber(unit=unit, day=day, last=number) for unit, number in last.items())


def bare(number: int) -> float:
    """Rows a second by a plain INSERT and COMMIT each, one client."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (id BIGINT PRIMARY KEY, code VARCHAR(30), answers TEXT)")
    text = json.dumps(ANSWERS) * 5
    begun = time.perf_counter()
    for at in range(number):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bare VALUES (%s, %s, %s)", [secrets.randbits(63), f"03349-261122-{at:04}", text]
            )
    seconds = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare")
    return number / seconds


if __name__ == "__main__":
    main()
