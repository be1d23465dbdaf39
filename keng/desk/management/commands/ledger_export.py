"""`manage.py ledger_export --approval 12 --out FOLDER|FILE.zip`: what an auditor takes along, once two people have agreed to it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keng.accounts.approvals import NotApproved
from keng.accounts.models import Approval
from keng.desk.ledger_export import KIND, hand_over
from keng.ledger.errors import LogRefused
from keng.ledger.export import NotPublished

NONE = "Không có đề nghị số {number} về xuất nhật ký. / There is no request {number} for an export."
THERE = "{out} đã có sẵn; chọn tên khác. / {out} is there already; choose another name."
CANNOT = "Không ghi được {out}: {why}. / Can't write {out}: {why}."
NOTHING = (
    "Sổ chưa công bố lần nào, nên chưa có gì để kiểm. / Nothing has been published yet, so there is nothing to check."
)
DONE = """\
Đã xuất {size} dòng vào {out}. Trong đó có tên đăng nhập của cán bộ: giữ trên đĩa có mã hoá, giao tận tay, xoá khi kiểm xong.
{size} leaves are in {out}. It holds logins of officers: keep it on an encrypted disk, hand it over in person, delete it after the audit.
Khoá của sổ để người kiểm đối chiếu với nguồn khác / The log's keys, for the auditor to compare with another source: /ledger/keys"""


class Command(BaseCommand):
    help = (
        "Xuất nhật ký cho người kiểm tra; cần một đề nghị đã được người thứ hai duyệt. / "
        "Exports the ledger for an auditor; needs a request that a second person approved."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--approval", type=int, required=True, help="số của đề nghị / number of the request")
        parser.add_argument("--out", type=Path, required=True, help="thư mục mới hoặc tệp .zip / new folder or .zip")

    def handle(self, *, approval: int, out: Path, **options: Any) -> None:
        asked = Approval.objects.filter(pk=approval, kind=KIND).select_related("asked_by").first()
        if asked is None:
            raise CommandError(NONE.format(number=approval))
        try:
            size = hand_over(approval=asked, out=out, progress=self._progress)
        except FileExistsError as error:
            raise CommandError(THERE.format(out=out)) from error
        except OSError as error:
            raise CommandError(CANNOT.format(out=out, why=error.strerror or error)) from error
        except NotPublished as error:
            raise CommandError(NOTHING) from error
        except (NotApproved, LogRefused) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(DONE.format(size=size, out=out))

    def _progress(self, done: int, of: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done}/{of}", ending="\n" if done == of else "")
