"""Boxes, key statements, sealed parts: no person is known here."""

from datetime import timedelta

from django.apps import AppConfig

from keng.core.registry import Chore, audits, chores
from keng.ledger.verbs import verbs

VERBS = {
    "mailbox.part.received": "nhận một phần của tin",
    "mailbox.answer.sent": "gửi trả lời cho người báo",
    "mailbox.public_answer.published": "trả lời công khai một góp ý",
    "mailbox.public_answer.withdrawn": "rút một trả lời công khai",
    "mailbox.state.opened": "mở tin",
    "mailbox.state.verifying": "bắt đầu xác minh tin",
    "mailbox.state.forwarded": "tin sang trạng thái đã chuyển cấp trên",
    "mailbox.state.acted_on": "đã xử lý tin",
    "mailbox.state.adopted": "tiếp thu góp ý",
    "mailbox.state.answered": "trả lời góp ý",
    "mailbox.state.partly": "kết luận phản ánh đúng một phần",
    "mailbox.state.unfounded": "kết luận tin không có căn cứ",
    "mailbox.state.not_enough": "kết luận chưa đủ căn cứ để xử lý",
    "mailbox.state.closed": "đóng tin",
    "mailbox.forwarded": "chuyển tin cho hộp thư khác",
    "mailbox.report.deletion_asked": "người báo xin xoá tin",
    "mailbox.report.deleted": "xoá tin theo ý người báo",
    "mailbox.statement.published": "công bố khoá mới của hộp thư",
}


class MailboxApp(AppConfig):
    name = "keng.mailbox"
    label = "mailbox"

    def ready(self) -> None:
        from keng.mailbox.audit import audit
        from keng.mailbox.languages.prompts import VERBS as PROMPT_VERBS
        from keng.mailbox.languages.wordings import VERBS as WORDING_VERBS
        from keng.mailbox.services import Settling, erase_due

        for verb, meaning in {**VERBS, **WORDING_VERBS, **PROMPT_VERBS}.items():
            verbs.register(verb, meaning)
        chores.register("mailbox.erase_due", Chore(timedelta(hours=1), erase_due))
        chores.register("mailbox.settle", Chore(timedelta(hours=1), Settling()))
        audits.register("mailbox", audit)
