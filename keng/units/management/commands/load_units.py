"""`manage.py load_units`: the official provinces and communes, and their dated changes, from the files that come with Kẻng."""

from typing import Any

from django.core.management.base import BaseCommand

from keng.units.load import load_units

SHOWN = 40


class Command(BaseCommand):
    help = "Nạp danh mục tỉnh, xã và các thay đổi có ngày. Chạy lại không làm thay đổi gì."

    def handle(self, *args: Any, **options: Any) -> None:
        lines = load_units()
        added = [line for line in lines if line.startswith("+")]
        for line in added[: SHOWN if options["verbosity"] < 2 else None]:
            self.stdout.write(line)
        if len(added) > SHOWN and options["verbosity"] < 2:
            self.stdout.write(f"… và {len(added) - SHOWN} đơn vị nữa (xem hết: -v 2)")
        for line in lines[len(added) :]:
            self.stdout.write(line)
        self.stdout.write(f"Địa bàn: {len(lines)} thay đổi." if lines else "Địa bàn: không có gì thay đổi.")
