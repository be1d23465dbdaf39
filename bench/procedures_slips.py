"""A thousand slips: issued in one transaction each, then laid out, sealed and kept. Conditions: docs/performance.md.

The floor is the same typst, page by page, on an empty template that holds nothing but the QR.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import segno
import typst

from bench.server import ROOT, environment

SLIPS = int(os.environ.get("BENCH_SLIPS", "1000"))
PORT = int(os.environ.get("BENCH_PORT", "8680"))

FILL = """
import json, time
from datetime import date, datetime, UTC
from django.db import transaction
from keng.accounts.models import Citizen, User
from keng.procedures.models import Attachment, Dossier, Field, Procedure, ProcedureVersion
from keng.procedures.slips import issue
from keng.signing import documents
from keng.units.models import Coverage, Office, Unit

since = date(2025, 7, 1)
province = Unit.objects.create(code="11", name="Điện Biên", kind="tinh", valid_from=since)
unit = Unit.objects.create(code="03349", name="Thanh Yên", kind="xa", parent=province, valid_from=since)
office = Office.objects.create(code="ca-thanh-yen", name="Công an xã Thanh Yên", kind="commune_police", province=province, valid_from=since)
Coverage.objects.create(office=office, unit=unit, valid_from=since)
khoa = User.objects.create(username="khoa", name="Cà Văn Khoa")
field = Field.objects.create(slug="cu-tru", name="Cư trú")
procedure = Procedure.objects.create(code="1.004194", field=field)
version = ProcedureVersion.objects.create(
    procedure=procedure, number=1, name="Đăng ký tạm trú", search_key="dang ky tam tru", agency="Công an xã",
    competent="commune_police", amount=3, result="Thông báo kết quả", valid_from=since,
)
moment = datetime(2026, 11, 2, 1, 5, tzinfo=UTC)
found = []
for number in range(COUNT):
    citizen = Citizen.objects.create(number=f"{number:012}", name=f"Quàng Văn {number}", source="bench", confirmed_on=since)
    dossier = Dossier.objects.create(
        code=f"H11-261102-{number:04}", citizen=citizen, procedure=procedure, version=version, unit=unit, office=office, owner=khoa,
        channel="online", state="processing", submitted_at=moment, accepted_at=moment, first_due=moment, due=moment,
    )
    for title in ("Giấy tờ chứng minh chỗ ở hợp pháp", "Tờ khai CT01", "Ảnh chân dung"):
        Attachment.objects.create(citizen=citizen, dossier=dossier, title=title, name="tep.pdf", kind="application/pdf", size=9, sha256="")
    found.append(dossier)
start = time.monotonic()
issued = []
for dossier in found:
    with transaction.atomic():
        issued.append(issue.receipt(dossier))
between = time.monotonic()
size = sum(len(documents.pdf(one)) for one in issued)
done = time.monotonic()
print(json.dumps({"issue_s": between - start, "whole_s": done - start, "bytes": size // COUNT}))
"""
EMPTY = """
#let paper = json(bytes(sys.inputs.values))
#set page(paper: "a4")
#image(bytes(paper.qr), format: "svg", width: 27mm)
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-slips-") as folder:
        made = slips(environment(Path(folder), PORT))
    floor = only_the_codes()
    more = {
        "floor": round(floor, 2),
        "ratio": round(made["whole_s"] / floor, 2),
        "issue_ms": round(1000 * made["issue_s"] / SLIPS, 2),
        "pdf_bytes": made["bytes"],
    }
    seconds = made["whole_s"] * 1000 / SLIPS
    print(
        json.dumps({"name": "procedures.slips_1000_s", "value": round(seconds, 1), "unit": "s", "most": 60, **more}),
        flush=True,
    )


def slips(env: dict[str, str]) -> dict[str, float]:
    """Seconds until all are issued, and until all are laid out; bytes of one."""
    run = [sys.executable, "manage.py"]
    subprocess.run([*run, "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    done = subprocess.run(
        [*run, "shell", "-v0", "-c", FILL.replace("COUNT", str(SLIPS))],
        cwd=ROOT, env=env, check=True, capture_output=True, text=True,
    )  # fmt: skip
    read: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return read


def only_the_codes() -> float:
    """Seconds that segno and typst need for as many QRs, each a PDF of its own."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "empty.typ"
        template.write_text(EMPTY)
        start = time.monotonic()
        for _number in range(SLIPS):
            qr = segno.make(f"https://dichvucong.example/verify/{secrets.token_hex(9)}", error="m").svg_inline()
            qr = qr.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
            values = json.dumps({"qr": qr})
            typst.compile(
                str(template), root=folder, format="pdf", sys_inputs={"values": values}, ignore_system_fonts=True
            )
        return time.monotonic() - start


if __name__ == "__main__":
    main()
