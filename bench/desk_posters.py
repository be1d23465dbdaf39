"""A province's posters in one PDF: a thousand boxes, A4 with the guide behind each. Conditions: docs/performance.md.

The floor is the same typst on a thousand pages that hold nothing but the QR; of memory, a Django process that printed one poster.
"""

import io
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from textwrap import indent

import segno
import typst

from bench.server import ROOT, environment

BOXES = 1000
PORT = int(os.environ.get("BENCH_PORT", "8398"))

FILL = """
import secrets
from datetime import date, timedelta
from keng.mailbox.models import Box, KeyStatement
from keng.mailbox.sealing import b64u
from keng.units.models import Coverage, Office, Unit

since = date(2025, 7, 1)
province = Unit.objects.create(code="11", name="Điện Biên", kind="tinh", valid_from=since)
for number in range(COUNT):
    unit = Unit.objects.create(code=f"{number:05}", name=f"Số {number}", kind="xa", parent=province, valid_from=since)
    office = Office.objects.create(
        code=f"ca-{number:05}", name=f"Công an xã Số {number}", kind="commune_police", province=province, valid_from=since
    )
    Coverage.objects.create(office=office, unit=unit, valid_from=since)
    box = Box.objects.create(
        slug=office.code, office=office, title=office.name, languages=["vi"], root=b64u(secrets.token_bytes(65)), opened_on=since
    )
    KeyStatement.objects.create(box=box, seq=1, text="", signature="", until=date.today() + timedelta(days=99))
"""
ONLY_QR = """
#let codes = json(bytes(sys.inputs.values)).codes
#for code in codes [#image(bytes(code), format: "svg", width: 111mm) #pagebreak(weak: true)]
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-posters-") as folder:
        env = environment(Path(folder), PORT)
        fill(env, BOXES)
        seconds, megabytes = printed(env, Path(folder) / "out.pdf")
        size = (Path(folder) / "out.pdf").stat().st_size
    with tempfile.TemporaryDirectory(prefix="bench-posters-") as folder:
        env = environment(Path(folder), PORT)
        fill(env, 1)
        _seconds, floor_mb = printed(env, Path(folder) / "out.pdf")
    floor_s = only_the_codes()
    tell("1000_s", seconds, "s", most=20, floor=round(floor_s, 2), ratio=round(seconds / floor_s, 2), pdf_bytes=size)
    tell("1000_mb", megabytes, "MB", most=300, floor=round(floor_mb), ratio=round(megabytes / floor_mb, 2))


def tell(name: str, value: float, unit: str, **more: float) -> None:
    print(json.dumps({"name": f"posters.{name}", "value": round(value, 1), "unit": unit, **more}), flush=True)


def fill(env: dict[str, str], count: int) -> None:
    run = [sys.executable, "manage.py"]
    subprocess.run([*run, "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    subprocess.run(
        [
            *run,
            "shell",
            "-v0",
            "-c",
            "from django.db import transaction\nwith transaction.atomic():\n"
            + indent(FILL.replace("COUNT", str(count)), "    "),
        ],
        cwd=ROOT,
        env=env,
        check=True,
    )


def printed(env: dict[str, str], out: Path) -> tuple[float, float]:
    """Seconds and the peak of resident memory in MB of the whole command."""
    start = time.monotonic()
    command = [sys.executable, "manage.py", "posters", "--all", "--province", "11", str(out)]
    child = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit("manage.py posters failed")
    return time.monotonic() - start, used.ru_maxrss / 1024


def only_the_codes() -> float:
    """Seconds that segno and typst need for a thousand QRs on a page each."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "codes.typ"
        template.write_text(ONLY_QR)
        start = time.monotonic()
        codes = [code(f"https://baotin.tinh.example/b/ca-{n:05}#{secrets.token_hex(13)}") for n in range(BOXES)]
        typst.compile(str(template), root=folder, format="pdf", sys_inputs={"values": json.dumps({"codes": codes})})
        return time.monotonic() - start


def code(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="q", micro=False, boost_error=False).save(out, kind="svg", border=4)
    return out.getvalue().decode()


if __name__ == "__main__":
    main()
