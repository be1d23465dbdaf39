"""Who stands in for whom, whatever the work: reports and dossiers alike. The calendar's pages are the desk's."""

from datetime import date

from keng.accounts.models import Absence, User
from keng.accounts.permissions import TABLE, appointments

KEEP = "accounts.keep_absences"
# Lines of work: who stands in takes part in one that the absent does, at the same office.
LINES = ("desk.share_work", "procedures.work")


def working_for(user: User, day: date) -> set[User]:
    """Whose work is the user's on `day`: their own and that of those for whom they stand in; whom these stand in for is not theirs."""
    standing = Absence.objects.filter(stand_in=user, first__lte=day, last__gte=day, officer__is_active=True)
    return {user, *(absence.officer for absence in standing.select_related("officer"))}


def lines(user: User) -> set[tuple[int, str]]:
    """What the user works on now: (id of the office, line of work). One query."""
    held = appointments(user).values_list("office", "role")
    return {(office, line) for office, role in held for line in LINES if role in TABLE[line]}


def shared_lines(officer: User, stand_in: User) -> set[tuple[int, str]]:
    """Of what the officer works on, what the stand-in can do for them."""
    return lines(officer) & lines(stand_in) if stand_in.is_active else set()
