"""Whose dossiers somebody sees in the queue, and whose work is theirs today."""

from django.http import HttpRequest

from keng.accounts.absences import working_for
from keng.accounts.models import User
from keng.accounts.permissions import offices
from keng.procedures.dossiers.routing import today
from keng.procedures.queue.listing import Reach


def user_of(request: HttpRequest) -> User:
    """The officer: `@needs` let nobody else through."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("a view of the queue without @needs")
    return user


def reach_of(user: User) -> Reach:
    """Two queries."""
    seen = {office.pk: office for office in offices(user, "procedures.see_queue").only("code", "name")}
    return Reach(seen, tuple(one.pk for one in working_for(user, today())))


def works_at(user: User) -> frozenset[int]:
    """The ids of the offices where this person works on dossiers; of none, who only sees where they stand. One query."""
    return frozenset(offices(user, "procedures.work").values_list("pk", flat=True))
