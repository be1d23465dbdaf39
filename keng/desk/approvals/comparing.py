"""What a deed for two people changes, said beside each other: how it is now, how it will be. For whoever is to approve it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from keng.accounts.models import Approval
from keng.desk.models import Hanging
from keng.desk.sharing.people import named, who_open
from keng.ledger.models import Entry
from keng.mailbox import poster
from keng.mailbox.models import Box


@dataclass(frozen=True)
class Comparison:
    """`about` names the thing; `rows` are what is looked at, how it is now, how it will be."""

    about: str
    rows: list[tuple[str, str, str]]


def compare(approval: Approval) -> Comparison:
    """A few queries."""
    box = Box.objects.select_related("office").filter(slug=approval.subject).first()
    return COMPARISONS[approval.kind](approval, box) if box or approval.kind == "ledger.export" else gone(approval)


def export(approval: Approval, _box: Box | None) -> Comparison:
    entries = Entry.objects.exclude(verb="ledger.padding").count()
    copy = _("Trên máy chủ, và trong một tệp do đồng chí %(name)s giữ")
    return Comparison(
        _("Nhật ký của toàn hệ thống"),
        [
            (_("Nhật ký nằm ở đâu"), _("Chỉ trên máy chủ"), copy % {"name": named(approval.asked_by)}),
            (_("Ai đọc được"), _("Người vận hành máy chủ"), _("Thêm bất cứ ai cầm tệp")),
            (_("Số mục được chép ra"), "0", f"{entries:,}".replace(",", ".")),
        ],
    )


def recovery(approval: Approval, box: Box | None) -> Comparison:
    assert box is not None  # noqa: S101 - for the types: compare() asks for it
    readers = _readers(box)
    asker = named(approval.asked_by)
    after = readers if approval.asked_by in who_open([box]).get(box.pk, []) else [*readers, asker]
    return Comparison(
        box.title,
        [
            (_("Ai mở được hộp thư"), _names(readers), _names(after)),
            (
                _("Hai tờ giấy khôi phục"),
                _("Cất kín ở hai người"),
                _("Được mở ra và nhập vào máy của %(name)s") % {"name": asker},
            ),
            (_("Áp phích đang treo"), _("Dùng được"), _("Vẫn dùng được")),
        ],
    )


def root(approval: Approval, box: Box | None) -> Comparison:
    assert box is not None  # noqa: S101 - for the types: compare() asks for it
    copies = Hanging.objects.filter(box=box, gone_on=None).aggregate(sum=Sum("copies"))["sum"] or 0
    code = " ".join(poster.short_code(box)) if box.root else "–"
    return Comparison(
        box.title,
        [
            (_("Mã in trên áp phích"), code, _("Mã mới, chưa có")),
            (
                _("Áp phích đang treo"),
                _("%(copies)s tờ, dùng được") % {"copies": copies},
                _("%(copies)s tờ phải gỡ; ai quét sẽ được báo dừng") % {"copies": copies},
            ),
            (
                _("Ai mở được hộp thư"),
                _names(_readers(box)),
                _("Chỉ %(name)s, rồi cấp lại cho từng người") % {"name": named(approval.asked_by)},
            ),
        ],
    )


def gone(approval: Approval) -> Comparison:
    return Comparison(_("Hộp thư %(slug)s không còn") % {"slug": approval.subject}, [])


COMPARISONS: dict[str, Callable[[Approval, Box | None], Comparison]] = {
    "ledger.export": export,
    "box.recovery": recovery,
    "box.root": root,
}


def _readers(box: Box) -> list[str]:
    return [named(person) for person in who_open([box]).get(box.pk, [])]


def _names(people: list[str]) -> str:
    return ", ".join(people) or _("Chưa có ai")
