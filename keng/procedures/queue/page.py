"""What a dossier's page shows: to who may see the queue where it stands; to whoever `opened` it, whose it is and what they wrote."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keng.accounts.models import User
from keng.ledger.verbs import verbs
from keng.procedures import forms
from keng.procedures.dossiers.routing import steps_of
from keng.procedures.models import Dossier, Event, State, Supplement
from keng.procedures.queue import clock, deeds, words
from keng.signing import documents

EVENTS = 200
LOOKS = ("read", "file_read")
RELATED = ("procedure", "version__procedure", "office", "owner", "unit", "received_by", "citizen", "form")


@dataclass(frozen=True)
class Turn:
    """An event for the time line. `who` is a name, "" the resident; `note` is empty for whoever has not opened the dossier."""

    at: datetime
    says: str
    who: str
    office: str
    note: str
    look: bool


def of_code(code: str) -> Dossier:
    """Raises DoesNotExist."""
    return Dossier.objects.select_related(*RELATED).get(code=code)


def where(dossier: Dossier, now: datetime, *, opened: bool) -> dict[str, Any]:
    """What anybody who sees the queue sees."""
    inner = steps_of(dossier.version)
    return {
        "dossier": dossier,
        "due": words.due_of(dossier, now),
        "step_due": words.step_due_of(dossier, now),
        "steps": [
            {"title": step["title"], "hours": step["hours"], "place": place(at, dossier)}
            for at, step in enumerate(inner)
        ],
        "bar": clock.bar(dossier, dossier.pauses.order_by("since"), now),
        "turns": turns(dossier, opened=opened),
    }


def place(at: int, dossier: Dossier) -> str:
    """done | current | ahead."""
    if at < dossier.step or dossier.state in (State.DONE, State.RETURNED):
        return "done"
    return "current" if at == dossier.step and dossier.state in deeds.OPEN_STATES else "ahead"


def turns(dossier: Dossier, *, opened: bool) -> list[Turn]:
    """Newest first. Two queries."""
    events = list(dossier.events.order_by("-at", "-pk")[:EVENTS])
    names = dict(User.objects.filter(username__in={event.by for event in events}).values_list("username", "name"))
    return [
        Turn(
            event.at, says(event), names.get(event.by, event.by), event.office, event.note if opened else "",
            event.kind in LOOKS,
        )
        for event in events
    ]  # fmt: skip


def says(event: Event) -> str:
    verb = "procedures.file.read" if event.kind == "file_read" else f"procedures.dossier.{event.kind}"
    return str(verbs[verb]) if verb in verbs else event.kind


def whose(dossier: Dossier) -> dict[str, Any]:
    """The resident's data: only for an answer whose request left a look, or belongs to a sitting that did (`services.opened`)."""
    papers = list(dossier.attachments.order_by("given_at", "pk"))
    return {
        "citizen": dossier.citizen,
        "answers": forms.shown(dossier.form, dossier.answers) if dossier.form else [],
        "papers": [paper for paper in papers if not paper.result],
        "results": [paper for paper in papers if paper.result],
        "supplement": Supplement.objects.filter(dossier=dossier).first(),
        "slips": documents.of_case(dossier.code),
    }
