"""The ledger's export leaves the house by two people (O3): one asked for it, another approved, the command spends their approval."""

import shutil
from pathlib import Path

from django.db import transaction

from keng.accounts import approvals
from keng.accounts.approvals import NotApproved
from keng.accounts.models import Approval
from keng.ledger import export
from keng.ledger.export import NotPublished, Progress, open_target
from keng.ledger.folder import latest
from keng.ledger.services import append
from keng.mailbox.models import Part

KIND, SUBJECT = "ledger.export", "ledger"
VERBS = {"desk.ledger.exported": "xuất nhật ký cho người kiểm tra"}


def hand_over(*, approval: Approval, out: Path, progress: Progress = lambda done, of: None) -> int:
    """Writes the export to `out`, which must not be there yet; returns the number of published entries.

    The entry and the end of the approval come first: whatever happens later, nothing has left without them.
    Raises NotApproved, OSError (before anything is spent, where `out` can't be made), NotPublished.
    """
    _check(approval)
    if latest() is None:
        raise NotPublished
    target = open_target(out)
    with transaction.atomic():
        spent = approvals.spend(kind=KIND, subject=SUBJECT, by=approval.asked_by)
        append(
            verb="desk.ledger.exported",
            subject=SUBJECT,
            office=spent.office.code,
            by=spent.asked_by.username,
            purpose=spent.reason,
            case=f"{KIND} {spent.pk}",
        )
    present = Part.objects.order_by("digest").values_list("digest", flat=True).iterator()
    try:
        return export.write(target, present=present, progress=progress)
    except OSError:
        _discard(out)  # half of it is personal data too
        raise


def _discard(out: Path) -> None:
    if out.is_dir():
        shutil.rmtree(out, ignore_errors=True)
    else:
        out.unlink(missing_ok=True)


def _check(approval: Approval) -> None:
    """Before a file is made: the paper is for this, and good."""
    good = Approval.objects.filter(approvals.usable(), pk=approval.pk, kind=KIND, subject=SUBJECT).exists()
    if not good:
        raise NotApproved(approvals.NEEDS_TWO)
