"""What an officer's digest says of residents' requests: how many are late or soon will be, with the pages that list them."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from keng.accounts.models import Role, User
from keng.accounts.permissions import may
from keng.core.registry import DigestLine, DigestPart, DigestSection
from keng.procedures.queue.listing import MANY, capped
from keng.procedures.requests.services import PERM
from keng.procedures.requests.waiting import WARNS, waiting

ADDRESS = "/requests/?warn="  # on the desk
SAYS = {"late": _("yêu cầu quá hạn trả lời hoặc làm xong"), "soon": _("yêu cầu sắp đến hạn")}


def sections(user: User, now: datetime) -> Sequence[DigestSection]:
    """Nothing while no clock is near its end. Two queries."""
    if not may(user, PERM):
        return []
    counted = capped({warn: waiting(user, now, warn) for warn in WARNS})
    if not any(counted.values()):
        return []
    lines = tuple(DigestLine(counted[warn], MANY, SAYS[warn], ADDRESS + warn) for warn in WARNS)
    return [DigestSection(_("Bà con yêu cầu sửa, xoá dữ liệu:"), lines)]


PART = DigestPart(roles=(Role.CASEWORKER,), sections=sections)
