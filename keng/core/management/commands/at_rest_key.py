"""`manage.py at_rest_key`: makes the key that encrypts what lies in the database if there is none; `--rotate` makes a new one.

`--reseal` seals with it what older keys sealed. Prints where the keys lie, never a key.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keng.core import at_rest

KEEP = (
    "Khoá mới: {path}. Chép ngay một bản ra nơi khác, không để cùng bản sao cơ sở dữ liệu: mất khoá là mất mọi tệp đã mã hoá.\n"
    "A new key: {path}. Copy it elsewhere at once, apart from the database's backups: without it every encrypted file is lost."
)


class Command(BaseCommand):
    help = "Làm hoặc thay khoá mã hoá tệp trong cơ sở dữ liệu. / Makes or replaces the key of what lies encrypted in the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rotate",
            action="store_true",
            help="khoá mới cho tệp từ nay; khoá cũ vẫn mở tệp cũ / a new key for what comes; the old ones open what was",
        )
        parser.add_argument(
            "--reseal",
            action="store_true",
            help="mã hoá lại tệp cũ bằng khoá mới nhất / seals what older keys sealed with the newest",
        )

    def handle(self, *, rotate: bool, reseal: bool, **options: Any) -> None:
        try:
            made = at_rest.make() if rotate and at_rest.paths() else at_rest.ensure()
            at_rest.readable()
            if made:
                self.stderr.write(KEEP.format(path=made))
            if reseal:
                count = sum(at_rest.reseal())
                self.stderr.write(f"Đã mã hoá lại {count} tệp. / Sealed anew: {count}.")
        except (at_rest.KeyLost, OSError) as error:
            raise CommandError(f"Khoá mã hoá không dùng được. / The key can't be used: {error}.") from error
        for path in at_rest.paths():
            self.stdout.write(str(path))
