"""The drills of docs/operating/drills.md, run from the document itself: its blocks, on a server with reports in it (S1, R2, R10, O4)."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.cast import PASSPHRASE
from tests.e2e.conftest import NewPage
from tests.e2e.officers_stage import Officers
from tests.e2e.server import ROOT, Server

DOCUMENT = ROOT / "docs/operating/drills.md"
BLOCK = re.compile(r"^```sh ([a-z-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`(tests/[a-z0-9_/]+\.py)`")
PARTS = ("**When**", "**Who**", "**Time**", "**It worked when**", "**Tests**")
SAID = "Đêm qua nhà tôi mất hai con trâu."
SETTING = f"""
import json, sys
sys.path.insert(0, ".")
from config.demo import client
from config.demo.client import seal_with_passphrase
from keng.desk.models import OfficerKey
from tests.accounts.signing_in import give_phone
from tests.cast import Cast, PASSPHRASE
from tests.e2e.desk.world import World, no_work
client.solve = no_work
cast = Cast()
sent = World(cast).report({SAID!r})
sealed = seal_with_passphrase(PASSPHRASE, cast.pairs["hoa"][0].encode() + b"\\n")
OfficerKey.objects.filter(user=cast.hoa).update(sealed_identity=sealed)
print(json.dumps({{
    "phones": {{"hoa": give_phone(cast.hoa)}},
    "thread": sent.reporter.keys.thread,
    "sheets": [cast.keys.sheet_b, cast.keys.sheet_a],
    "key": {{"recipient": cast.keys.recipient, "root": cast.keys.root.fingerprint}},
}}))
"""
# Reports that come in one after another until standard input is closed; prints each that was acknowledged.
COMING_IN = """
import select, sys
from itertools import count
sys.path.insert(0, ".")
from config.demo import client
from config.demo.client import Reporter
from keng.mailbox.envelope import read_body
from keng.mailbox.services import accept
from tests.e2e.desk.world import no_work
client.solve = no_work
for number in count():
    if select.select([sys.stdin], [], [], 0)[0]:
        break
    reporter = Reporter(slug="na-co-sa", recipient=sys.argv[1], root=sys.argv[2])
    line, sealed = read_body(reporter.first(f"Tin thứ {number}."))
    accept(slug="na-co-sa", line=line, sealed=sealed)
    print(reporter.keys.thread, flush=True)
"""
# Commands of the machine that a test can't have: services, other users, owners of files.
SYSTEMCTL = """#!/bin/bash
if [ "$1" = stop ]; then
  [ -s "$DRILL/pid" ] && kill "$(cat "$DRILL/pid")" && while kill -0 "$(cat "$DRILL/pid")" 2>/dev/null; do
    [ "$(ps -o stat= -p "$(cat "$DRILL/pid")" | cut -c1)" = Z ] && break; sleep 0.1; done
  : >"$DRILL/pid"
else
  setsid "$DRILL_PYTHON" manage.py serve >>"$DRILL/server.log" 2>&1 </dev/null & echo $! >"$DRILL/pid"
fi
"""
RUNUSER = '#!/bin/bash\nshift 3\nexec "$@"\n'
INSTALL = '#!/bin/bash\n[ "$1" = -o ] && shift 2\nexec /usr/bin/install "$@"\n'


def blocks() -> dict[str, str]:
    return dict(BLOCK.findall(DOCUMENT.read_text()))


@dataclass
class Machine:
    """A machine on which Kẻng runs: the document's folders are `folder`'s. `took` are the seconds of each block."""

    folder: Path
    stage: Officers
    took: dict[str, float] = field(default_factory=dict)

    @property
    def server(self) -> Server:
        return self.stage.server

    @property
    def database(self) -> Path:
        return self.server.var / "keng.sqlite3"

    def here(self, text: str) -> str:
        places = {
            "/var/lib/keng": str(self.server.var),
            "/backup": str(self.folder / "backup"),
            "/etc/keng.env": str(self.folder / "keng.env"),
            "/opt/keng": str(ROOT),
            ".venv/bin/python": sys.executable,
        }
        for there, here in places.items():
            text = text.replace(there, here)
        return text

    def prepare(self) -> None:
        tools = self.folder / "bin"
        tools.mkdir()
        for name, content in (("systemctl", SYSTEMCTL), ("runuser", RUNUSER), ("install", INSTALL)):
            (tools / name).write_text(content)
            (tools / name).chmod(0o755)
        settings = {name: value for name, value in self.server.environ.items() if name.startswith(("KENG_", "DJANGO_"))}
        (self.folder / "keng.env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        assert self.server.process
        (self.folder / "pid").write_text(str(self.server.process.pid))
        (self.folder / "backup").mkdir()

    def run(self, name: str, typed: str = "", *, fails: bool = False) -> str:
        """Runs a block of the document after the one that each drill begins with; what it printed."""
        script = self.folder / f"{name}.sh"
        script.write_text("set -eo pipefail\n" + self.here(blocks()["setup"] + blocks()[name]))
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        environ = {"PATH": path, "LC_ALL": "C.UTF-8", "DRILL": str(self.folder), "DRILL_PYTHON": sys.executable}
        begun = time.monotonic()
        done = subprocess.run(["bash", script], input=typed, env=environ, capture_output=True, text=True, timeout=300)
        self.took[name] = time.monotonic() - begun
        assert (done.returncode != 0) is fails, f"{name}: {done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def manage(self, *arguments: str) -> str:
        return self.server.manage(*arguments)

    def threads(self, database: Path) -> set[str]:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as found:
            return {key for (key,) in found.execute("SELECT key FROM mailbox_thread")}

    def reports(self) -> subprocess.Popen[str]:
        """Reports come in beside the server, from now on until its input is closed."""
        source = f"import django; django.setup(set_prefix=False)\n{COMING_IN}"
        key = self.stage.known["key"]
        command = [sys.executable, "-c", source, key["recipient"], key["root"]]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.server.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def wait(self) -> None:
        until = time.monotonic() + 60
        while not self.server.answers():
            assert time.monotonic() < until, (self.folder / "server.log").read_text()
            time.sleep(0.1)

    def end(self) -> None:
        pid = (self.folder / "pid").read_text().strip()
        if pid:
            os.kill(int(pid), signal.SIGTERM)
        if self.server.process:
            self.server.process.wait(timeout=60)


@pytest.fixture(scope="module")
def at_rest(tmp_path_factory: pytest.TempPathFactory) -> Officers:
    """What every drill begins with; not serving."""
    return Officers.prepared(tmp_path_factory.mktemp("drills"), SETTING)


@pytest.fixture
def machine(at_rest: Officers, tmp_path: Path) -> Iterator[Machine]:
    shutil.copytree(at_rest.server.var, tmp_path / "var")
    made = Machine(tmp_path, Officers(Server(tmp_path / "var").start(), at_rest.known))
    made.prepare()
    yield made
    made.end()


def read_by_an_officer(machine: Machine, new_screen: NewPage) -> None:
    """Signs in, unlocks, and reads the report in a browser."""
    page = machine.stage.enter(new_screen, "hoa")
    page.fill("#passphrase", PASSPHRASE)
    page.click("#unlock")
    page.click(f'[data-thread="{machine.stage.known["thread"]}"]')
    expect(page.locator(".say").first).to_contain_text(SAID)


# the document


def test_each_drill_says_when_who_how_long_and_how_to_know_it_worked() -> None:
    drills = DOCUMENT.read_text().split("\n## ")[1:]
    assert len(drills) == 7
    for drill in drills:
        assert [part for part in PARTS if part not in drill] == [], drill.splitlines()[0]
        assert NAMED.findall(drill), "each names the test that runs it"


def test_every_test_that_the_document_names_is_there_and_every_block_is_run_here() -> None:
    text = DOCUMENT.read_text()
    assert [name for name in NAMED.findall(text) if not (ROOT / name).exists()] == []
    assert text.count("```sh") == len(blocks())
    run_here = set(re.findall(r'\.run\("([a-z-]+)"', Path(__file__).read_text())) | {"setup"}
    assert set(blocks()) == run_here


# all passphrases lost


def test_r2_two_sheets_open_a_report_without_keng_and_without_our_script(machine: Machine) -> None:
    sheet_b, sheet_a = machine.stage.known["sheets"]
    printed = machine.run("sheets", typed=f"{sheet_b}\n{sheet_a}\n")
    assert SAID in printed
    for name, sheet in (("b", sheet_b), ("a", sheet_a)):
        (machine.folder / "backup" / name).write_text(sheet + "\n")
    assert SAID in machine.run("by-hand")
    assert sorted(path.name for path in (machine.folder / "backup").iterdir()) == ["a", "b"]


def test_o3_one_sheet_twice_opens_nothing(machine: Machine) -> None:
    sheet_b, _sheet_a = machine.stage.known["sheets"]
    assert SAID not in machine.run("sheets", typed=f"{sheet_b}\n{sheet_b}\n", fails=True)


# a backup


def test_s1_a_backup_taken_while_reports_come_in_restores_to_a_desk_that_reads_them_and_a_log_that_goes_on(
    machine: Machine, new_screen: NewPage
) -> None:
    machine.manage("ledger_publish")
    coming = machine.reports()
    assert coming.stdout
    before = [coming.stdout.readline().strip() for _ in range(40)]
    printed = machine.run("backup")
    assert printed.splitlines()[-1] == "ok"
    kept = machine.threads(machine.folder / "backup/keng.sqlite3")
    after: set[str] = set()
    while not after - kept:
        after.add(coming.stdout.readline().strip())
    rest, _nothing = coming.communicate(timeout=120)
    assert coming.returncode == 0
    everything = {*before, *after, *rest.split(), machine.stage.known["thread"]}
    assert {*before, machine.stage.known["thread"]} <= kept < everything

    # The log goes on after the backup: the world has seen more than the backup knows.
    machine.manage("ledger_publish")
    with urlopen(f"{machine.server.public}/ledger/checkpoint", timeout=10) as answer:
        seen = answer.read().decode()

    machine.run("restore")
    assert machine.threads(machine.database) == kept
    assert machine.threads(machine.folder / "backup/before-restore.sqlite3") == everything, "nothing is thrown away"
    printed = machine.run("adopt")
    assert "nguyên vẹn" in printed
    machine.wait()
    with urlopen(f"{machine.server.public}/ledger/checkpoint", timeout=10) as answer:
        assert int(answer.read().decode().splitlines()[1]) > int(seen.splitlines()[1])
    (machine.folder / "kept").write_text(seen)
    machine.manage("verify_ledger", "--known", str(machine.folder / "kept"))
    read_by_an_officer(machine, new_screen)


def test_s1_the_backup_on_an_empty_disk_is_the_whole_desk_again(machine: Machine, new_screen: NewPage) -> None:
    machine.manage("ledger_publish")
    machine.run("backup")
    machine.end()
    machine.server.process = None
    (machine.folder / "pid").write_text("")
    machine.server.var.rename(machine.folder / "the-lost-disk")
    machine.run("new-disk")
    keys = machine.folder / "the-lost-disk" / "ledger-keys"
    keys.rename(machine.server.var / "ledger-keys")  # kept apart from the machine
    assert "nguyên vẹn" in machine.run("adopt")
    machine.wait()
    read_by_an_officer(machine, new_screen)


# the public log


def test_a_lost_log_key_is_replaced_and_the_log_goes_on(machine: Machine) -> None:
    machine.manage("ledger_publish")
    for file in (machine.server.var / "ledger-keys").iterdir():
        file.unlink()
    done = subprocess.run(
        [sys.executable, "manage.py", "ledger_publish"],
        cwd=ROOT, env=machine.server.environ, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode != 0
    assert "ledger_key --rotate --now" in done.stderr
    assert "nguyên vẹn" in machine.run("log-key")


@pytest.mark.parametrize("altered", [False, True])
def test_o4_after_a_witness_shouts_the_check_clears_the_operator_or_names_what_was_altered(
    machine: Machine, altered: bool
) -> None:
    machine.manage("ledger_publish")
    with urlopen(f"{machine.server.public}/ledger/checkpoint", timeout=10) as answer:
        (machine.folder / "backup/kept").write_bytes(answer.read())
    if altered:
        bury(machine)
    printed = machine.run("witness", fails=altered)
    assert ("nguyên vẹn" in printed) is not altered
    assert (machine.folder / "backup/as-found.sqlite3").exists()


def bury(machine: Machine) -> None:
    """Somebody with the database in hand makes a report vanish: the entry that tells of it becomes another."""
    with sqlite3.connect(machine.database, timeout=20) as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f"DROP TRIGGER {name}")
        changed = database.execute(
            "UPDATE ledger_entry SET subject = 'x' WHERE verb = 'mailbox.part.received'"
        ).rowcount
    assert changed == 1
