"""What every page of the desk shows of the person signed in: where, as what, which sections, how long still."""

import math
import time
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keng.accounts import approvals
from keng.accounts.models import Role, User
from keng.accounts.permissions import TABLE, appointments

# What the navigation offers, in order: section, address, name, the permission that opens it.
SECTIONS = (
    ("mailbox", "/mailbox/", pgettext_lazy("nav", "Tin báo"), "desk.read_box"),
    ("register", "/register/", _("Sổ tin"), "desk.see_register"),
    ("keys", "/keys/", _("Khoá"), "desk.own_key"),
    ("boxes", "/boxes/", _("Hộp thư & áp phích"), "desk.print_poster"),
    ("languages", "/languages/", _("Tiếng nói"), "desk.write_wording"),
    ("people", "/people/", _("Cán bộ"), "accounts.manage_people"),
    ("units", "/units/", _("Địa bàn"), "units.manage_units"),
    ("figures", "/figures/", _("Số liệu"), "desk.see_figures"),
    ("dossiers", "/dossiers/", pgettext_lazy("nav", "Hồ sơ"), "procedures.see_queue"),
    ("requests", "/requests/", _("Yêu cầu dữ liệu"), "procedures.answer_requests"),
    ("dossier-figures", "/dossiers/figures/", _("Số liệu hồ sơ"), "procedures.see_figures"),
    ("procedures", "/procedures/", _("Thủ tục"), "procedures.edit_catalogue"),
    ("approvals", "/approvals/", pgettext_lazy("nav", "Duyệt"), approvals.PERM),
    ("all-keys", "/keys/all/", _("Mọi khoá"), "desk.see_keys"),
)
# Addresses that belong to a section beside its own.
ALSO = {"register": ("/handovers/", "/absences/"), "dossier-figures": ("/dossiers/register/",)}
SESSION_UNTIL = "desk_until"


@dataclass(frozen=True)
class Section:
    name: str
    address: str
    title: str
    current: bool
    count: int = 0


@dataclass(frozen=True)
class Shell:
    """`offices` and `roles` are names for reading; `minutes` and `seconds` say how long the session lasts still."""

    offices: list[str]
    roles: list[str]
    sections: list[Section]
    seconds: int

    @property
    def where(self) -> str:
        """The offices in the room that the header has: two by name, of more the first and how many others."""
        return ", ".join(self.offices) if len(self.offices) < 3 else f"{self.offices[0]} +{len(self.offices) - 1}"

    @property
    def minutes(self) -> int:
        return math.ceil(self.seconds / 60)


def signed_in(request: HttpRequest) -> dict[str, object]:
    """`shell`, asked of the database only by a page that shows it; None for somebody not (wholly) signed in."""
    return {"shell": SimpleLazyObject(lambda: shell(request))}


def shell(request: HttpRequest) -> Shell | None:
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not getattr(request, "second_factor_used", False):
        return None
    held = list(appointments(user).select_related("office").order_by("office__name", "role"))
    roles = {Role(appointment.role) for appointment in held}
    until = int(request.session.get(SESSION_UNTIL, 0))
    here = current(request.path)
    return Shell(
        offices=list(dict.fromkeys(appointment.office.name for appointment in held)),
        roles=[str(role.label) for role in Role if role in roles],
        sections=[
            Section(name, address, str(title), name == here, waiting(user) if name == "approvals" else 0)
            for name, address, title, perm in SECTIONS
            if roles & TABLE[perm].keys()
        ],
        seconds=max(0, until - int(time.time())),
    )


def waiting(user: User) -> int:
    """How many deeds wait for this person's word. One query, for those alone who may approve."""
    return approvals.for_approval(user).count()


def current(path: str) -> str:
    """The section that a page belongs to: of two whose addresses begin it, the one that says more."""
    starts = [(address, name) for name, own, _title, _perm in SECTIONS for address in (own, *ALSO.get(name, ()))]
    return max(((len(address), name) for address, name in starts if path.startswith(address)), default=(0, ""))[1]
