"""Which requests wait for an office, by the legal clock that runs: first to answer, once agreed to to act."""

from datetime import datetime

from django.db.models import Case, F, QuerySet, When

from keng.accounts.models import User
from keng.accounts.permissions import offices
from keng.procedures.models import DataRequest
from keng.procedures.queue.listing import bounds
from keng.procedures.requests.services import PERM, UNDER_WAY, State

WARNS = ("late", "soon")
DUE = Case(When(state=State.FILED, then=F("answer_by")), default=F("act_by"))


def waiting(user: User, now: datetime, warn: str = "") -> QuerySet[DataRequest]:
    """At the offices where this person answers, the most pressing first; `warn`: only those that are late, or that soon will be."""
    here = DataRequest.objects.filter(dossier__office__in=offices(user, PERM), state__in=UNDER_WAY)
    rows = here.annotate(due=DUE).order_by("due", "pk")
    if warn == "late":
        return rows.filter(due__lt=now)
    return rows.filter(due__gte=now, due__lt=bounds(now)["soon"][1]) if warn == "soon" else rows
