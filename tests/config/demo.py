"""The demo, made once for all tests of a module that look at it, and how its paper opens its reports."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pyrage
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.db.models import QuerySet
from django.test import override_settings

from config.demo import world
from keng.core import calendar
from keng.core.calendar.load import load_calendar
from keng.desk.models import BoxSecret, Outcome
from keng.mailbox import sealing
from keng.mailbox.models import Part, Rewrap, Thread
from keng.units.load import load_units

NOW = datetime.now(UTC)
DOSSIERS = 120  # of the two thousand, spread over the whole time


class Made:
    """The demo, its printed lines and its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.printed = self.run()
        self.demo, _new = world.load_or_make(now=NOW, dossiers=DOSSIERS)

    def run(self, *options: str) -> str:
        out = StringIO()
        call_command("demo", "--dossiers", str(DOSSIERS), *options, stdout=out)
        return out.getvalue()

    def sheet(self, slug: str, letter: str) -> str:
        return (self.folder / "demo" / "sheets" / f"{slug}-{letter}.txt").read_text().split()[-1]

    def identity(self, slug: str) -> str:
        return self.identities(slug)[0]

    def identities(self, slug: str) -> list[str]:
        """The box's keys, newest first, recovered from paper."""
        outer = bytes(BoxSecret.objects.get(box__slug=slug).recovery)
        inner = pyrage.decrypt(outer, [pyrage.x25519.Identity.from_str(self.sheet(slug, "b"))])
        return (
            pyrage.decrypt(inner, [pyrage.x25519.Identity.from_str(self.sheet(slug, "a"))]).decode().splitlines()[:-1]
        )


def witness(folder: Path) -> str:
    """As `make run` has one made; returns its verifier key."""
    command = [sys.executable, "tools/witness.py", "init", "--memory", str(folder / "witness"), "--name", "nhan-chung"]
    return subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    """Made once for all that look at it; undone at the end."""
    folder = tmp_path_factory.mktemp("var")
    kept = {
        "VAR": folder,
        "LEDGER_FOLDER": folder / "ledger",
        "LEDGER_KEYS": folder / "ledger-keys",
        "WITNESSES": [witness(folder)],
    }
    with django_db_blocker.unblock(), override_settings(**kept), transaction.atomic():  # type: ignore[attr-defined]
        load_units()
        load_calendar()
        yield Made(folder)
        transaction.set_rollback(True)
    calendar.forget()


def header_for(part: Part, slug: str) -> bytes:
    rewrap = Rewrap.objects.filter(part=part, box__slug=slug).first()
    return bytes(rewrap.header if rewrap else part.header)


def opens(identity: str, sealed: bytes) -> bool:
    try:
        return bool(pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)]))
    except pyrage.DecryptError:
        return False


def opened(made: Made, thread: Thread) -> list[sealing.OpenedPart]:
    """All parts of a report as the box that holds it reads them."""
    slug = thread.holder.slug
    secret, parts = None, []
    for part in thread.parts.order_by("-direction", "index"):
        sealed = header_for(part, slug) + bytes(part.payload)
        identity = next(one for one in made.identities(slug) if opens(one, sealed))
        read = sealing.open_part(
            sealed=sealed, identity=identity, thread=thread.key, sender=part.direction, index=part.index, secret=secret
        )
        secret = secret or sealing.unb64u(read.json["secret"])
        parts.append(read)
    return parts


def sums(lines: QuerySet[Outcome]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for line in lines:
        totals[line.exhibit or line.kind] += int(line.quantity)
    return totals
