"""Who may do what: TABLE is the whole of it. Each view of the desk says with `@needs` which line it stands under.

An appointment holds a role at one office. OWN reaches that office, BELOW it and the offices under it.
Whether an officer holds a *grant* (a box's key) is the desk's to check: without one there is nothing to read with.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import wraps
from typing import Any

import rules
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from keng.accounts.models import Appointment, Role, User
from keng.units.models import Office


class Reach(Enum):
    OWN = "own"
    BELOW = "below"


ADMINISTRATOR, OFFICER, CUSTODIAN, LEADER = Role.ADMINISTRATOR, Role.OFFICER, Role.CUSTODIAN, Role.LEADER
CASEWORKER = Role.CASEWORKER
OWN, BELOW = Reach.OWN, Reach.BELOW

TABLE: dict[str, dict[Role, Reach]] = {
    # reports: an administrator and a leader read nothing
    "desk.read_box": {OFFICER: OWN, CUSTODIAN: OWN},
    # the office's day: register, assignment, hand-over, absences; none of it sealed
    "desk.see_register": {OFFICER: OWN, CUSTODIAN: OWN, LEADER: BELOW},
    "desk.share_work": {OFFICER: OWN, CUSTODIAN: OWN},
    # keys
    "desk.own_key": {OFFICER: OWN, CUSTODIAN: OWN},
    "desk.grant_box": {CUSTODIAN: OWN},
    "desk.see_keys": {ADMINISTRATOR: BELOW, CUSTODIAN: BELOW, LEADER: BELOW},
    # what needs two people: whoever may ask for a deed stands at the deed; another of these says yes
    "accounts.approve": {ADMINISTRATOR: BELOW, CUSTODIAN: BELOW, LEADER: BELOW},
    "desk.export_ledger": {ADMINISTRATOR: BELOW},
    # boxes and posters
    "desk.manage_boxes": {ADMINISTRATOR: BELOW},
    "desk.print_poster": {ADMINISTRATOR: BELOW, OFFICER: OWN, CUSTODIAN: OWN},
    "desk.keep_places": {ADMINISTRATOR: BELOW, OFFICER: OWN, CUSTODIAN: OWN},
    # languages and voices of the reporter's page
    "desk.add_language": {ADMINISTRATOR: BELOW},
    "desk.write_wording": {ADMINISTRATOR: BELOW, OFFICER: OWN, CUSTODIAN: OWN},
    "desk.record_prompt": {OFFICER: OWN, CUSTODIAN: OWN},
    "desk.approve_prompt": {ADMINISTRATOR: BELOW, CUSTODIAN: OWN},
    # people, villages, offices
    "accounts.manage_people": {ADMINISTRATOR: BELOW},
    "units.manage_units": {ADMINISTRATOR: BELOW},
    # figures: counts, never a report
    "desk.see_figures": {LEADER: BELOW, OFFICER: OWN, CUSTODIAN: OWN},
    # dossiers: whose data a caseworker sees, the dossier itself says besides; a leader sees counts and codes
    "procedures.work": {CASEWORKER: OWN},
    "procedures.see_queue": {CASEWORKER: OWN, LEADER: BELOW},
    "procedures.see_figures": {CASEWORKER: OWN, LEADER: BELOW},
    "procedures.answer_requests": {CASEWORKER: OWN},
    # who is away and who stands in, whatever the work: reports and dossiers alike
    "accounts.keep_absences": {OFFICER: OWN, CUSTODIAN: OWN, CASEWORKER: OWN},
    # the catalogue and its forms: one for the whole province
    "procedures.edit_catalogue": {ADMINISTRATOR: BELOW},
    # what is late at the offices below, as counts
    "desk.see_late_below": {LEADER: BELOW, OFFICER: BELOW, CUSTODIAN: BELOW},
}

# No chain of command is longer; one query walks it.
LEVELS = 4


def appointments(user: User | AnonymousUser) -> QuerySet[Appointment]:
    """The user's appointments that hold now; none for somebody signed out or deactivated."""
    if not isinstance(user, User) or not user.is_active:
        return Appointment.objects.none()
    now = datetime.now(UTC)
    return Appointment.objects.filter(Q(until=None) | Q(until__gt=now), user=user, since__lte=now)


def has_role(user: User | AnonymousUser, office: Office | None, role: Role) -> bool:
    """Whether the user holds `role` now, at `office` or (None) anywhere."""
    held = appointments(user).filter(role=role)
    return held.exists() if office is None else held.filter(office=office).exists()


def offices(user: User | AnonymousUser, perm: str) -> QuerySet[Office]:
    """The offices over which the user holds `perm`: what every list and every look-up on the desk is filtered by. One query."""
    row = TABLE[perm]
    held = appointments(user)
    scope = Q(pk__in=held.filter(role__in=row).values("office"))
    reaching = [role for role, reach in row.items() if reach is BELOW]
    if reaching:
        below = held.filter(role__in=reaching).values("office")
        for level in range(1, LEVELS + 1):
            scope |= Q(**{"__".join(["above"] * level) + "__in": below})
    return Office.objects.filter(scope)


def may(user: User | AnonymousUser, perm: str, office: Any = None) -> bool:
    """Whether the user holds `perm` over `office` (an office or anything with `.office`), or anywhere if None."""
    if office is None:
        return appointments(user).filter(role__in=TABLE[perm]).exists()
    over, row = getattr(office, "office", office), TABLE[perm]
    if BELOW not in row.values():  # asked at each deed on a dossier: no walk up the chain where no role reaches down it
        return appointments(user).filter(office=over.pk, role__in=row).exists()
    return offices(user, perm).filter(pk=over.pk).exists()


def _predicate(perm: str) -> Any:
    return rules.predicate(lambda user, office: may(user, perm, office), name=perm)


for _perm in TABLE:
    rules.add_perm(_perm, _predicate(_perm))

View = Callable[..., HttpResponseBase]
# From the arguments in a view's address to the ids of the offices that may be asked for; none: there is no such thing.
Scope = Callable[..., Iterable[int]]


class Door(Enum):
    """Who gets as far as a view's own check."""

    OPEN = "anybody, signed in or not"
    SIGNING_IN = "signed in by password, before the second factor is set up"
    DESK = "signed in with both factors"


@dataclass(frozen=True)
class Gate:
    """What a view declares. The desk refuses a view without one."""

    door: Door
    perm: str = ""
    scope: Scope | None = None


def needs(perm: str, *, office: Scope | None = None) -> Callable[[View], View]:
    """The view is for those who hold `perm`: 403 to a role that never does, 404 to somebody else's office, as if it were not there.

    `office` gets the arguments of the address and gives the ids of the offices concerned; every address that names
    a thing must have it, save where the thing is a unit that anybody may see. Put it outermost.
    """
    TABLE[perm]

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not may(request.user, perm):
                raise PermissionDenied(perm)
            if office is not None and not offices(request.user, perm).filter(pk__in=list(office(**kwargs))).exists():
                raise Http404
            return view(request, *args, **kwargs)

        return declare(checked, Gate(Door.DESK, perm, office))

    return decorate


def declare(view: View, gate: Gate) -> View:
    """Writes a gate on a view of ours or of a library."""
    view.gate = gate  # type: ignore[attr-defined]
    return view


def open_to_all(view: View) -> View:
    """Signing in, signing out, the language switch, what hangs on a wall: nothing that names anybody."""
    return declare(view, Gate(Door.OPEN))


def signed_in(view: View) -> View:
    """One's own account: everybody on the desk, whatever the role."""
    return declare(view, Gate(Door.DESK))


def while_signing_in(view: View) -> View:
    """Changing the first password, setting up the second factor."""
    return declare(view, Gate(Door.SIGNING_IN))
