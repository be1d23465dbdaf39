"""`manage.py ledger_publish`: publishes now what is due, whatever the hour; `--anew` only looks through the files and mends them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keng.ledger.errors import LogRefused
from keng.ledger.folder import latest, write_out
from keng.ledger.publication import publish


class Command(BaseCommand):
    help = "Công bố sổ công khai ngay. / Publishes the public log now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anew",
            action="store_true",
            help="không công bố thêm, chỉ xem lại và sửa các tệp / nothing new: looks through the files and mends them",
        )

    def handle(self, *, anew: bool, **options: Any) -> None:
        try:
            if anew:
                write_out(anew=True)
            else:
                publish(force=True)
        except (LogRefused, OSError) as error:
            raise CommandError(str(error)) from error
        last = latest()
        size = last.size if last else 0
        self.stdout.write(f"Sổ công khai có {size} dòng. / The public log has {size} leaves.")
