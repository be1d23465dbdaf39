"""Who looked at a resident's data, from the ledger's entries: which office, as what, when, why, in which dossier (C1).

Never who by name: the office answers for its people. The entry itself is in the public log, and its proof can be taken along.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import Role
from keng.ledger.models import Entry
from keng.procedures.consents import ASSISTED
from keng.procedures.dossiers.services import REASONS
from keng.procedures.models import Consent, DraftLook, Event
from keng.units.models import Office

# What shows a resident's data to somebody. A new way to see data needs a verb here: the queue's tests look for it.
WHAT = {
    "procedures.dossier.read": _("xem hồ sơ"),
    "procedures.draft.read": _("mở hồ sơ đang nhập"),
    "procedures.file.read": _("mở tệp"),
}
WHY = {**REASONS, ASSISTED: _("nhập hồ sơ giúp bà con")}


@dataclass(frozen=True)
class Look:
    """`title`: of the file that was opened, "" for the dossier as a whole. `published`: its leaf is in the public log.

    `code` is the dossier's; "" for what an officer fills in and has not filed, whose procedure `about` names.
    """

    entry: int
    at: datetime
    office: str
    role: str
    what: str
    why: str
    title: str
    code: str
    about: str
    published: bool


def entries(cases: Collection[str]) -> QuerySet[Entry]:
    """Newest first. By the index on `case`."""
    return Entry.objects.filter(case__in=cases, verb__in=WHAT).order_by("-hour", "-pk")


def looks(found: list[Entry]) -> list[Look]:
    """In words; three queries, however many."""
    names = dict(Office.objects.filter(code__in={one.office for one in found}).values_list("code", "name"))
    keys = [one.pk for one in found]
    # By the dossier too: the index of events is on that.
    events = {
        one.entry: one for one in Event.objects.filter(dossier__code__in={one.case for one in found}, entry__in=keys)
    }
    filling = DraftLook.objects.filter(entry__in=keys).select_related("consent__dossier", "consent__version")
    before = {one.entry: one for one in filling}
    made = [_look(one, names, events.get(one.pk), before.get(one.pk)) for one in found]
    return sorted(made, key=lambda look: look.at, reverse=True)


def _look(entry: Entry, names: dict[str, str], event: Event | None, before: DraftLook | None) -> Look:
    role, _colon, reason = entry.purpose.partition(":")
    at = before or event
    return Look(
        entry=entry.pk,
        at=at.at if at else entry.hour,
        office=names.get(entry.office, entry.office),
        role=str(Role(role).label) if role in Role.values else "",
        what=str(WHAT[entry.verb]),
        why=str(WHY.get(reason, reason)),
        title=before.title if before else event.note if event and entry.verb == "procedures.file.read" else "",
        code=_code(before.consent) if before else entry.case,
        about=before.consent.version.name if before and before.consent.version else "",
        published=entry.place is not None,
    )


def _code(consent: Consent) -> str:
    return consent.dossier.code if consent.dossier else ""
