"""`manage.py verify_ledger`: whether all that was done still stands in the log as it was published and signed; changes nothing."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keng.ledger.models import Checkpoint, Entry
from keng.ledger.verbs import ADOPTED
from keng.ledger.verification import verify

WIDTH = 32  # of the bar
NOTE_MOST = 64 * 1024
UNREADABLE = (
    "Không đọc được trang chốt giữ riêng {path}: cần tệp mà nhân chứng hoặc thư hằng ngày đã giữ. / "
    "Can't read the kept checkpoint {path}: give a file that the witness or the daily mail kept."
)


class Command(BaseCommand):
    help = (
        "Đối chiếu sổ trong cơ sở dữ liệu với những gì đã công bố và đã ký. / "
        "Checks the ledger in the database against what was published and signed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--known", action="append", default=[], help="trang chốt giữ riêng / a checkpoint kept elsewhere"
        )
        parser.add_argument("--all", action="store_true", help="kể hết chỗ sai / list all that is wrong")

    def handle(self, *, known: list[str], all: bool, **options: Any) -> None:
        kept = [_read(path) for path in known]
        found = 0
        for finding in verify(known=kept, progress=self._progress):
            found += 1
            self.stderr.write(str(finding).replace(" / ", "\n"))
            if not all:
                break
        if found:
            sys.exit(1)
        last = Checkpoint.objects.order_by("size").last()
        size, day = (last.size, f"{last.day:%d/%m/%Y}") if last else (0, "–")
        lost = Entry.objects.filter(verb=ADOPTED).count()
        self.stdout.write(
            f"Sổ nguyên vẹn: {size} dòng, trang chốt cuối {day}.\nThe ledger is whole: {size} leaves, last checkpoint {day}."
        )
        if lost:
            self.stdout.write(
                f"Trong đó {lost} dòng mất nội dung khi khôi phục bản sao lưu.\n"
                f"Of them {lost} lost their content when a backup was restored."
            )

    def _progress(self, done: int, of: int) -> None:
        if self.stderr.isatty() and of:
            filled = min(WIDTH, WIDTH * done // of)
            bar = "█" * filled + "·" * (WIDTH - filled)
            self.stderr.write(f"\r{bar} {done}/{of}", ending="\n" if done >= of else "")


def _read(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            return file.read(NOTE_MOST).decode()
    except (OSError, ValueError) as error:
        raise CommandError(UNREADABLE.format(path=path)) from error
