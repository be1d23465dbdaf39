"""Taking in many dossiers at one press: all of them, or none and which of them can't be."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from keng.accounts.models import User
from keng.accounts.permissions import offices
from keng.core.group_commit import group_commit
from keng.procedures.dossiers import services
from keng.procedures.errors import Refused
from keng.procedures.models import Dossier

AT_ONCE = 100
TOLD = 5  # of those that can't be, by name


class NotAll(Refused):
    """`codes` are those that stood in the way."""

    def __init__(self, sentence: str, codes: Sequence[str], status: int = 409) -> None:
        super().__init__(sentence, "not_all", status)
        self.codes = list(codes)


class SomeRefused(Exception):
    """Out of the writing thread, which knows no language."""

    def __init__(self, refused: Sequence[tuple[Dossier, Refused]]) -> None:
        super().__init__()
        self.refused = refused


def accept_all(codes: Sequence[str], by: User) -> int:
    """Accepts the dossiers of these codes; returns how many. Raises Refused: none was accepted then."""
    if not codes:
        raise Refused(_("Chưa chọn hồ sơ nào. Đồng chí đánh dấu vào ô đầu dòng."), "none")
    if len(codes) > AT_ONCE:
        raise Refused(_("Mỗi lần tiếp nhận nhiều nhất 100 hồ sơ."), "too_many")
    mine = offices(by, "procedures.work").values("pk")
    found = list(Dossier.objects.filter(code__in=codes, office__in=mine).select_related("office", "version", "owner"))
    gone = [code for code in codes if code not in {dossier.code for dossier in found}]
    if gone:
        raise NotAll(_("Không còn ở đơn vị: %(codes)s. Chưa hồ sơ nào được tiếp nhận.") % {"codes": listed(gone)}, gone)

    def job() -> None:
        # Inside, so that what was accepted before the one that can't be goes back with it.
        refused = services.accept_many(dossiers=found, by=by)
        if refused:
            raise SomeRefused(refused)

    try:
        group_commit(job)
    except SomeRefused as some:
        raise NotAll(told(some.refused), [dossier.code for dossier, _why in some.refused]) from some
    return len(found)


def told(refused: Sequence[tuple[Dossier, Refused]]) -> str:
    said = "; ".join(f"{dossier.code}: {why.sentence}" for dossier, why in refused[:TOLD])
    more = len(refused) - TOLD
    tail = _(" Và %(count)s hồ sơ khác.") % {"count": more} if more > 0 else ""
    return _("Chưa hồ sơ nào được tiếp nhận, vì %(said)s%(tail)s") % {"said": said, "tail": tail}


def listed(codes: Sequence[str]) -> str:
    return ", ".join(codes[:TOLD]) + ("…" if len(codes) > TOLD else "")
