"""`manage.py posters --all OUT.pdf`: the posters of all open boxes of a province in one file, and what was left out."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localdate

from keng.desk.boxes.states import with_until
from keng.mailbox.models import Box
from keng.mailbox.poster import FORMATS, write_pdf
from keng.units.models import PROVINCE_KINDS, Unit

WIDTH = 32  # of the bar
STEPS = 10  # lines, where there is no terminal to draw on


class Progress:
    """A bar that grows in place on a terminal; elsewhere a line for each tenth."""

    def __init__(self, say: Callable[[str, str], object], *, all: int, terminal: bool) -> None:
        self.say, self.all, self.terminal, self.tenths = say, all, terminal, 0

    def show(self, done: int) -> None:
        if self.terminal:
            filled = WIDTH * done // self.all
            bar = "█" * filled + "·" * (WIDTH - filled)
            self.say(f"\r{bar} {done}/{self.all}", "\n" if done == self.all else "")
        elif done * STEPS // self.all > self.tenths:
            self.tenths = done * STEPS // self.all
            self.say(f"{done}/{self.all}", "\n")


class Command(BaseCommand):
    help = "In áp phích của mọi hộp thư đang mở trong tỉnh vào một tệp PDF. / Prints the posters of all open boxes of a province."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="mọi hộp thư đang mở / all open boxes")
        parser.add_argument("--format", choices=[*FORMATS], default="a4", help="khổ in / format")
        parser.add_argument("--province", default=settings.PROVINCE, help="mã tỉnh / code of the province, 11")
        parser.add_argument("out", type=Path, help="tệp PDF sẽ ghi / the PDF to write")

    def handle(self, *, all: bool, format: str, province: str, out: Path, **options: Any) -> None:
        if not all:
            raise CommandError("Thêm --all để in mọi hộp thư. / Say --all to print all boxes.")
        place = Unit.objects.filter(code=province, kind__in=PROVINCE_KINDS).first()
        if place is None:
            raise CommandError(f"Không có tỉnh mã {province}. / There is no province {province}.")
        boxes = with_until(Box.objects.filter(office__province=place)).select_related("office__province")
        told = [(box, why_not(box)) for box in boxes.order_by("title", "slug")]
        printed = [box for box, reason in told if not reason]
        for box, reason in told:
            if reason:
                self.stdout.write(f"Bỏ qua {box.slug}: {reason}")
        if not printed:
            raise CommandError("Không có hộp thư nào để in. / There is no box to print.")
        self._write(printed, out, format, place.full_name)
        self.stdout.write(f"{len(printed)} hộp thư, {len(told) - len(printed)} bỏ qua: {out}")

    def _write(self, boxes: list[Box], out: Path, format: str, title: str) -> None:
        """Into a file beside `out` that takes its place when it is whole: a print that was stopped is never taken for one."""
        part = out.with_name(f".{out.name}.part")
        bar = Progress(self._say, all=len(boxes), terminal=self.stdout.isatty())
        try:
            with part.open("wb") as file:
                for done in write_pdf(boxes, file, format=format, title=title):
                    bar.show(done)
            part.replace(out)
        except OSError as error:
            sentence = f"Không ghi được {out}: {error.strerror}. / Cannot write {out}: {error.strerror}."
            raise CommandError(sentence) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _say(self, text: str, ending: str) -> None:
        self.stdout.write(text, ending=ending)
        self.stdout.flush()


def why_not(box: Box) -> str:
    """Why the box has no poster to hang, in both languages; `""` if it has one."""
    until = box.until  # type: ignore[attr-defined]
    reasons: Iterable[tuple[bool, str]] = (
        (box.closed_on is not None, "đã đóng / closed"),
        (box.training, "hộp thư để tập / for training"),
        (not box.root or until is None, "chưa lập khoá / no keys yet"),
        (until is not None and until < localdate(), "khoá hết hạn / its key statement ran out"),
    )
    return next((reason for holds, reason in reasons if holds), "")
