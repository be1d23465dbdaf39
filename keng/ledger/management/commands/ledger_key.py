"""`manage.py ledger_key`: makes the key that signs the public log if there is none; `--rotate` replaces it. Prints the keys in use."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keng.ledger import keys
from keng.ledger.errors import LogRefused

NOW_ALONE = "--now chỉ đi cùng --rotate. / --now goes with --rotate only."


class Command(BaseCommand):
    help = "Làm hoặc thay khoá ký sổ công khai. / Makes or replaces the key that signs the public log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rotate",
            action="store_true",
            help="khoá mới, khoá cũ còn ký thêm 30 ngày / a new key; the old one signs on for 30 days",
        )
        parser.add_argument(
            "--now",
            action="store_true",
            help="khoá cũ thôi ký ngay, vì đã mất hay lộ / the old one stops at once, being lost or stolen",
        )

    def handle(self, *, rotate: bool, now: bool, **options: Any) -> None:
        if now and not rotate:
            raise CommandError(NOW_ALONE)
        try:
            if rotate:
                keys.rotate(by="manage.py", at_once=now)
            keys.ensure()
            signers = keys.signers()
        except (LogRefused, OSError) as error:
            raise CommandError(str(error)) from error
        for signer in signers:
            self.stdout.write(signer.verifier.vkey)
