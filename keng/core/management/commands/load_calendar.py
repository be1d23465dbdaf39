"""`manage.py load_calendar`: days off, office hours and legal clocks from the files that come with Kẻng."""

from typing import Any

from django.core.management.base import BaseCommand

from keng.core.calendar.load import load_calendar


class Command(BaseCommand):
    help = "Nạp ngày nghỉ, giờ làm việc và các thời hạn theo luật. Chạy lại không làm thay đổi gì."

    def handle(self, *args: Any, **options: Any) -> None:
        changes = load_calendar()
        for line in changes:
            self.stdout.write(line)
        self.stdout.write(f"Lịch: {len(changes)} thay đổi." if changes else "Lịch: không có gì thay đổi.")
