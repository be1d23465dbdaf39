"""`manage.py load_procedures`: the sample procedures that come with Kẻng, published in an administrator's name."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keng.accounts.models import User
from keng.procedures.catalogue.load import NobodyToPublish, load_procedures, only_administrator
from keng.procedures.errors import Refused


class Command(BaseCommand):
    help = "Nạp tám thủ tục mẫu. Chạy lại không làm thay đổi gì; thủ tục đã có thì giữ nguyên."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", default="", help="tên đăng nhập của quản trị cấp tỉnh công bố các thủ tục này")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            by = User.objects.get(username=options["by"]) if options["by"] else only_administrator()
            codes = load_procedures(by=by)
        except User.DoesNotExist:
            raise CommandError(f"Không có ai tên đăng nhập là {options['by']}.") from None
        except NobodyToPublish as error:
            raise CommandError(str(error)) from None
        except Refused as error:
            raise CommandError(str(error.sentence)) from None
        for code in codes:
            self.stdout.write(f"+ {code}")
        self.stdout.write(f"Thủ tục: thêm {len(codes)}." if codes else "Thủ tục: không có gì thay đổi.")
