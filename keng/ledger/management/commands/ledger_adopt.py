"""`manage.py ledger_adopt`: after an older backup was restored, takes the leaves that it lacks from the published files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from keng.ledger.adoption import adopt
from keng.ledger.errors import LogRefused


class Command(BaseCommand):
    help = "Lấy lại từ sổ công khai những dòng mà bản sao lưu không có. / Takes back leaves that an older backup lacks."

    def handle(self, **options: Any) -> None:
        try:
            done = adopt(by="manage.py")
        except (LogRefused, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Sổ công khai lại có {done.size} dòng: {done.found} dòng còn trong bản sao lưu, {done.lost} dòng mất nội dung. / "
            f"The public log has {done.size} leaves again: {done.found} were in the backup, {done.lost} lost their content."
        )
