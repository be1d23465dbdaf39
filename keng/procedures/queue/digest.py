"""What an officer's digest says of dossiers: how many are late, due, late with a step, not taken by anybody.

Each number with the page that lists them."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import Role, User
from keng.core.calendar import add_working_days
from keng.core.registry import DigestLine, DigestPart, DigestSection
from keng.procedures.models import Dossier
from keng.procedures.queue import listing
from keng.procedures.queue.filters import NOBODY, Asked
from keng.procedures.queue.listing import Reach
from keng.procedures.queue.reach import reach_of

ADDRESS = "/dossiers/"  # on the desk; the worker that writes digests serves no face, and so can't ask for it
HEADINGS = {"mine": _("Hồ sơ thủ tục đồng chí đang giữ:"), "office": _("Hồ sơ thủ tục của đơn vị:")}


def sections(user: User, now: datetime) -> list[DigestSection]:
    """Their own, for who has any line of work; their offices', for who sees the queue of any. Four queries, whatever the counts."""
    reach = reach_of(user)
    if not reach.offices:
        return []
    tabs = ("mine", "office") if user.has_perm("procedures.work") else ("office",)
    asked = [(one, says) for tab in tabs for one, says in pages(tab, now)]
    counted = listing.capped({one.address(): rows(one, reach, now) for one, _says in asked})
    return [
        DigestSection(
            HEADINGS[tab],
            tuple(
                DigestLine(counted[one.address()], listing.MANY, says, ADDRESS + one.address())
                for one, says in asked
                if one.tab == tab
            ),
        )
        for tab in tabs
    ]


def pages(tab: str, now: datetime) -> list[tuple[Asked, Promise]]:
    """The pages of the queue that are counted, and what each shows. Nobody's own is untaken."""
    today = timezone.localdate(now)
    told: list[tuple[Asked, Promise]] = [
        (Asked(tab=tab, warn="late"), _("hồ sơ quá hạn")),
        (Asked(tab=tab, warn="today"), _("hồ sơ đến hạn hôm nay")),
        # The next day on which anything can be due: on a Friday that is Monday.
        (
            Asked(tab=tab, since=today + timedelta(days=1), until=add_working_days(today, 1)),
            _("hồ sơ đến hạn ngày làm việc tới"),
        ),
        (Asked(tab=tab, step_warn="late"), _("hồ sơ có bước đã quá hạn")),
        (Asked(tab=tab, step_warn="soon"), _("hồ sơ có bước sắp hết hạn")),
    ]
    return told if tab == "mine" else [*told, (Asked(tab=tab, owner=NOBODY), _("hồ sơ chưa ai nhận xử lý"))]


def rows(asked: Asked, reach: Reach, now: datetime) -> QuerySet[Dossier]:
    """What that page of the queue lists."""
    whose = Q(owner__in=reach.whose) if asked.tab == "mine" else Q(office__in=list(reach.offices))
    return Dossier.objects.filter(listing.within(asked, now), listing.conditions(asked), whose, pile=asked.pile)


PART = DigestPart(roles=(Role.CASEWORKER, Role.LEADER), sections=sections)
