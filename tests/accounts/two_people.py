"""What tests of two-person deeds share: who asks, who approves, and how long ago."""

from datetime import timedelta

from keng.accounts import approvals
from keng.accounts.models import Approval, User
from tests.cast import Cast

REASON = "Thanh tra tỉnh yêu cầu"


def asked(cast: Cast, **changed: object) -> Approval:
    """The custodian of the post asks to have the box's key back."""
    wanted = {"kind": "box.recovery", "subject": "na-co-sa", "office": cast.post, "reason": REASON, "by": cast.nam}
    return approvals.ask(**(wanted | changed))  # type: ignore[arg-type]


def agreed(cast: Cast, by: User | None = None, **changed: object) -> Approval:
    return approvals.approve(approval=asked(cast, **changed), by=by or cast.minh)


def age(approval: Approval, by: timedelta) -> None:
    Approval.objects.filter(pk=approval.pk).update(asked_at=approval.asked_at - by)
