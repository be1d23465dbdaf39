"""Who of one's own office last changed a report, and how: what an officer is told whose change came second."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.accounts.models import User
from keng.ledger.models import Entry
from keng.mailbox.models import Thread

# After a name: "Lò Văn Nam đã …".
DID: dict[str, str | Promise] = {
    "mailbox.state.opened": gettext_lazy("mở tin"),
    "mailbox.state.verifying": gettext_lazy("bắt đầu xác minh"),
    "mailbox.state.acted_on": gettext_lazy("ghi kết quả “Đã xử lý”"),
    "mailbox.state.adopted": gettext_lazy("ghi kết quả “Đã tiếp thu”"),
    "mailbox.state.answered": gettext_lazy("ghi kết quả “Đã trả lời”"),
    "mailbox.state.partly": gettext_lazy("ghi kết quả “Đúng một phần”"),
    "mailbox.state.unfounded": gettext_lazy("ghi kết quả “Không có căn cứ”"),
    "mailbox.state.not_enough": gettext_lazy("ghi kết quả “Chưa đủ căn cứ”"),
    "mailbox.state.closed": gettext_lazy("đóng tin"),
    "mailbox.forwarded": gettext_lazy("chuyển tin cho đơn vị khác"),
    "mailbox.report.assessed": gettext_lazy("đánh giá tin"),
    "mailbox.deadline.moved": gettext_lazy("đổi thời hạn giải quyết"),
    "mailbox.answer.sent": gettext_lazy("trả lời người báo"),
}


def what_they_did(thread: Thread, *, by: User) -> str:
    """One sentence on what colleagues of `by` did to the report in the last hour in which they did anything; "" if they did nothing.

    The ledger keeps no finer time, so all of that hour is named.
    """
    entries = Entry.objects.filter(case=thread.key, office=thread.holder.office.code, verb__in=DID).exclude(
        by__in=("", by.username)
    )
    last = entries.order_by("-hour").values_list("hour", flat=True).first()
    if last is None:
        return ""
    done: dict[str, list[str]] = {}
    for login, verb in entries.filter(hour=last).values_list("by", "verb"):
        done.setdefault(login, []).append(verb)
    names = dict(User.objects.filter(username__in=done).values_list("username", "name"))
    local = timezone.localtime(last)
    return _("%(who)s, lúc %(hour)s giờ ngày %(day)s. Việc đồng chí vừa làm chưa được lưu.") % {
        "who": "; ".join(_told(names.get(login, login), verbs) for login, verbs in sorted(done.items())),
        "hour": local.hour,
        "day": date_format(local, "d/m"),
    }


def _told(name: str, verbs: list[str]) -> str:
    did = [str(said) for verb, said in DID.items() if verb in verbs]
    return _("Đồng chí %(name)s đã %(did)s") % {"name": name, "did": ", ".join(did)}
