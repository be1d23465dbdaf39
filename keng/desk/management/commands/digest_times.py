"""`manage.py digest_times`: shows at which times digests go out; with times and a day, sets others from that day on."""

from datetime import date, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localdate

from keng.desk.digest import times


class Command(BaseCommand):
    help = "Xem hoặc đặt giờ gửi thư báo trong ngày làm việc. / Shows or sets the times of the digest on working days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("times", nargs="*", type=time.fromisoformat, metavar="HH:MM", help="07:00 13:30")
        parser.add_argument("--since", type=date.fromisoformat, help="ngày bắt đầu / first day, 2026-12-01")

    def handle(self, *, since: date | None, **options: Any) -> None:
        wanted: list[time] = options["times"]
        today = localdate()
        if wanted:
            if since is None or since <= today:
                raise CommandError("Thêm --since với một ngày sau hôm nay. / Say --since with a day after today.")
            try:
                times.put(times=wanted, since=since)
            except times.BadTimes as error:
                raise CommandError(str(error)) from error
        for day in [today, *([since] if since else [])]:
            self.stdout.write(f"{day:%d/%m/%Y}: {', '.join(f'{at:%H:%M}' for at in times.on(day)) or '–'}")
