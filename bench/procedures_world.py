"""A province with a million dossiers for the measurements of public services, on SQLite or PostgreSQL; not a measurement itself.

45 communes, each with its police and its service centre, 120 procedures, two years of dossiers by day and office: of a hundred, 95 are
closed, 3 are worked on, one waits for a supplement and one for being fetched. Each has a first and a last event. A world is made once in
the folder that BENCH_WORLD names and used again, by any measurement that is given the same; without it, for one process alone.
"""

import json
import os
import pwd
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.server import ROOT, environment

DOSSIERS, COMMUNES, PROCEDURES, OFFICERS, CITIZENS = 1_000_000, 45, 120, 4, 100_000
ENGINES = ("sqlite", "postgresql")
DAYS = 730
CHUNK = 20_000
TABLES = ("procedures_dossier", "procedures_event", "accounts_citizen")
COLUMNS = {
    "procedures_dossier": (
        "id", "code", "citizen_id", "procedure_id", "version_id", "form_id", "unit_id", "received_by_id", "first_office_id", "office_id",
        "closing_office_id", "owner_id", "channel", "state", "step", "step_due", "submitted_at", "accepted_at", "first_due", "due",
        "closed_at", "returned_at", "in_time", "answers", "test", "row_version", "worked_minutes",
    ),
    "procedures_event": ("id", "dossier_id", "at", "kind", "state", "office", "by", "note"),
    "accounts_citizen": ("id", "number", "name", "phone", "email", "source", "confirmed_on"),
}  # fmt: skip
STEPS = [
    {"title": "Kiểm tra, tiếp nhận", "text": "", "office": "service_centre", "hours": 4},
    {"title": "Thẩm tra, cập nhật", "text": "", "office": "", "hours": 16},
    {"title": "Ký, trả kết quả", "text": "", "office": "", "hours": 4},
]
ENDS = ("returned",) * 92 + ("refused",) * 4 + ("withdrawn",) * 2 + ("stopped",) * 2


@dataclass(frozen=True)
class Place:
    """A commune's unit code, the ids and codes of its offices, and who works there."""

    unit: str
    offices: tuple[tuple[int, str], ...]
    owners: tuple[tuple[tuple[int, str], ...], ...]


@contextmanager
def world(engine: str, dossiers: int = DOSSIERS) -> Iterator[None]:
    """Django set up on a filled database of that engine. Once a process."""
    kept = os.environ.get("BENCH_WORLD")
    above = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="keng-world-"))
    above.mkdir(parents=True, exist_ok=True)
    above.chmod(0o755)  # PostgreSQL runs as somebody else
    folder = above / f"{engine}-{dossiers}"
    try:
        with cluster(folder) if engine == "postgresql" else sqlite(folder) as url:
            os.environ.update({**environment(folder / "var", 8670), "KENG_DATABASE_URL": url})
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            if not (folder / "filled").exists():
                fill(dossiers)
                (folder / "filled").touch()
            yield
            from django.db import connection

            connection.close()
    finally:
        if not kept:
            shutil.rmtree(above, ignore_errors=True)


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    (folder / "var").mkdir(parents=True, exist_ok=True)
    yield f"sqlite://{folder / 'keng.sqlite3'}"


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A cluster of its own, reached by a socket in its folder; left lying when done."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    owner = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    (folder / "var").mkdir(parents=True, exist_ok=True)
    data, sockets = folder / "data", Path(tempfile.mkdtemp(prefix="keng-pg-", dir="/tmp"))

    def run(command: str, *args: str) -> None:
        as_owner = ["runuser", "-u", owner, "--"] if os.getuid() == 0 else []
        subprocess.run([*as_owner, str(binaries / command), *args], check=True, cwd=sockets, stdout=subprocess.DEVNULL)

    for place in (folder, sockets):
        shutil.chown(place, owner)
    new = not data.exists()
    if new:
        run(
            "initdb", "--pgdata", str(data), "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"
        )
    options = f"-k '{sockets}' -c listen_addresses='' -c max_wal_size=8GB"
    run("pg_ctl", "start", "--wait", "--silent", "-D", str(data), "-l", str(data / "log"), "-o", options)
    try:
        if new:
            run("createdb", "--host", str(sockets), "keng")
        yield f"postgresql://{owner}@/keng?host={sockets}"
    finally:
        run("pg_ctl", "stop", "--mode", "fast", "--silent", "-D", str(data))
        shutil.rmtree(sockets, ignore_errors=True)


def fill(dossiers: int = DOSSIERS, communes: int = COMMUNES) -> None:
    """Into an empty database, without its indexes and triggers, which are made again afterwards. A few minutes a million."""
    from django.db import connection, transaction

    from keng.core.calendar.load import load_calendar

    load_calendar()
    places = people_and_places(communes)
    procedures = catalogue()
    again = strip(connection)
    with transaction.atomic():
        write(connection, "accounts_citizen", citizens())
        write_dossiers(connection, dossiers, places, procedures)
    for sql in again:
        with connection.cursor() as cursor:
            cursor.execute(sql)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def people_and_places(communes: int) -> list[Place]:
    """The cast's province, and a caseworker or more at each office: `viec-commune-police-3-0`."""
    from keng.units.models import Office
    from tests.cast import office, unit
    from tests.procedures.cast import Province

    cast = Province()
    _ = cast.minh, cast.version
    head = Office.objects.filter(above=None).first()
    places = []
    for number in range(communes):
        commune = unit(f"{4100 + number:05}", f"Xã {number}", parent=cast.province)
        offices, owners = [], []
        for kind in ("commune_police", "service_centre"):
            made = office(f"{kind.replace('_', '-')}-{number}", f"{kind} {number}", kind, commune, above=head)
            offices.append((made.pk, made.code))
            owners.append(tuple(staff(made, OFFICERS)))
        places.append(Place(commune.pk, tuple(offices), tuple(owners)))
    return places


def staff(office: Any, number: int) -> Iterator[tuple[int, str]]:
    """(id, login) of new caseworkers, who have no password: hashing hundreds would take minutes."""
    from keng.accounts.models import Appointment, Role, User
    from keng.core.ids import this_hour

    for at in range(number):
        one = User(
            username=f"viec-{office.code}-{at}",
            name=f"Cán bộ {office.code} {at}",
            password="!",
            must_change_password=False,
        )
        one.save()
        Appointment.objects.create(
            user=one, office=office, role=Role.CASEWORKER, since=this_hour() - timedelta(days=30)
        )
        yield one.pk, one.username


def catalogue() -> list[tuple[int, int]]:
    """(procedure, version) ids: a few are asked for daily, most rarely."""
    from keng.procedures.models import Field, Procedure, ProcedureVersion
    from keng.units.models import OfficeKind
    from tests.cast import FOUNDED

    field = Field.objects.get_or_create(slug="cu-tru", defaults={"name": "Cư trú"})[0]
    made = []
    for number in range(PROCEDURES):
        procedure = Procedure.objects.create(code=f"9.{number:06}", field=field)
        version = ProcedureVersion.objects.create(
            procedure=procedure, number=1, name=f"Thủ tục số {number}", search_key=f"thu tuc so {number}", agency="Công an xã",
            competent=OfficeKind.COMMUNE_POLICE, steps=STEPS, amount=3, result="Giấy xác nhận", online="full", valid_from=FOUNDED,
        )  # fmt: skip
        made.append((procedure.pk, version.pk))
    return made


def strip(connection: Any) -> list[str]:
    """Drops what slows filling from TABLES; returns the statements that bring it back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN"
                " (SELECT conname FROM pg_constraint)", [list(TABLES)],
            )  # fmt: skip
            found = cursor.fetchall()
            for name, _sql in found:
                cursor.execute(f'DROP INDEX "{name}"')
            return [sql for _name, sql in found] + [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in TABLES]
        marks = ", ".join(["%s"] * len(TABLES))
        cursor.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
            f" AND tbl_name IN ({marks})", TABLES,
        )  # fmt: skip
        found = cursor.fetchall()
        for kind, name, _sql in found:
            cursor.execute(f'DROP {kind} "{name}"')
        return [sql for _kind, _name, sql in found]


def write(connection: Any, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """By COPY, or by executemany on the bare connection: Django would adapt each value."""
    names = ", ".join(f'"{name}"' for name in COLUMNS[table])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join("?" * len(COLUMNS[table]))
        connection.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def citizens() -> Iterator[tuple[Any, ...]]:
    for at in range(CITIZENS):
        yield at + 1, f"{11_000_000_000 + at:012}", f"Người Dân {at}", "", "", "pvhcc", "2026-01-05"


def write_dossiers(connection: Any, number: int, places: list[Place], procedures: list[tuple[int, int]]) -> None:
    """Day after day, each commune counting its codes from one; ids at random, as in life."""
    dice = random.Random(1)
    now = datetime.now(UTC).replace(microsecond=0)
    dossiers: list[tuple[Any, ...]] = []
    events: list[tuple[Any, ...]] = []
    counted: dict[tuple[str, int], int] = {}
    for at in range(number):
        place = places[at % len(places)]
        age = at * DAYS // number  # days ago; code numbers run on within the day
        seq = counted[place.unit, age] = counted.get((place.unit, age), 0) + 1
        row = Row(dice, now, age, place, dice.choice(procedures[: 10 if at % 3 else None]), seq)
        dossiers.append(row.dossier(at % CITIZENS + 1))
        events.extend(row.events())
        if len(dossiers) == CHUNK or at == number - 1:
            write(connection, "procedures_dossier", dossiers)
            write(connection, "procedures_event", events)
            dossiers, events = [], []


class Row:
    """One dossier, submitted `age` days ago."""

    def __init__(
        self, dice: random.Random, now: datetime, age: int, place: Place, procedure: tuple[int, int], seq: int
    ) -> None:
        self.id, self.dice, self.procedure, self.place = dice.getrandbits(63), dice, procedure, place
        self.submitted = now - timedelta(days=age, minutes=seq * 7 % 1440, seconds=dice.randrange(60))
        self.code = f"{place.unit}-{now - timedelta(days=age):%y%m%d}-{seq:04}"
        self.side = dice.randrange(2)
        # The open ones are young, but for a few that lie long.
        self.state = self.turn(age)

    def turn(self, age: int) -> str:
        chance = self.dice.random()
        if age <= 21 or chance < 0.005:
            return self.dice.choices(("submitted", "processing", "waiting", "done", "returned"), (1, 2, 1, 1, 1))[0]
        return self.dice.choice(ENDS)

    def dossier(self, citizen: int) -> tuple[Any, ...]:
        office, _code = self.place.offices[self.side]
        received_by = office if self.dice.random() < 0.4 else None
        centre, _code = self.place.offices[1]
        owner = None if self.dice.random() < 0.2 else self.dice.choice(self.place.owners[self.side])[0]
        accepted = None if self.state == "submitted" else self.submitted + timedelta(hours=2)
        due = accepted and accepted + timedelta(days=self.dice.randrange(3, 12))
        closed = (
            self.submitted + timedelta(days=3) if self.state not in ("submitted", "processing", "waiting") else None
        )
        return (
            self.id, self.code, citizen, *self.procedure, None, self.place.unit, received_by, received_by or centre, office,
            office if closed else None, owner,
            self.dice.choice(("online", "online", "counter", "home")), self.state, self.dice.randrange(3),
            stamp(self.submitted + timedelta(hours=4)), stamp(self.submitted), stamp(accepted), stamp(due), stamp(due), stamp(closed),
            stamp(closed) if self.state == "returned" else None, "on" if closed else "",
            json.dumps({"address": f"Bản {citizen}, {self.place.unit}", "until": "2027-01-01"}), False, 3, 900 if closed else None,
        )  # fmt: skip

    def events(self) -> Iterator[tuple[Any, ...]]:
        code = self.place.offices[self.side][1]
        owner = self.place.owners[self.side][0][1]
        yield self.dice.getrandbits(63), self.id, stamp(self.submitted), "submitted", "submitted", code, "", ""
        if self.state != "submitted":
            at = stamp(self.submitted + timedelta(hours=2))
            yield self.dice.getrandbits(63), self.id, at, "accepted", self.state, code, owner, ""


def stamp(moment: datetime | None) -> str | None:
    """As both databases read it: SQLite's own text, without a zone; PostgreSQL's sessions are in UTC."""
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else None


if __name__ == "__main__":
    raise SystemExit(f"{ROOT.name}: a world for `python -m bench.procedures_queue`, not a measurement")
