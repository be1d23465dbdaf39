"""What a resident is told of each turn of their dossier: kinds of `Message` and the values that each has.

The resident's page makes a sentence of it. Never anybody's free text: a reason stands on the slip and in the dossier, and goes with them.
"""

from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from keng.core import ids
from keng.procedures.dossiers.mailing import mail
from keng.procedures.dossiers.routing import steps_of
from keng.procedures.models import Dossier, Message

# Kind -> its values besides `code` (the dossier's) and `name` (the procedure's). Days are ISO dates; `due` a moment in ISO, local time.
# A kind is the last word of the ledger's verb, but for "supplement_due", which only reminds.
VALUES: dict[str, tuple[str, ...]] = {
    "submitted": ("office",),  # who checks it: the office's name
    "accepted": ("office", "due"),
    "advanced": ("office", "step", "due"),  # `step`: title of the step that begins
    "routed": ("office",),  # who goes on with it
    "supplement_asked": ("office", "by_day", "items"),  # `items`: how many things are asked for
    "supplement_due": ("by_day",),  # a reminder, once
    "supplemented": ("office", "due"),  # `due` "" for one that is not accepted yet
    "refused": ("office",),
    "withdrawn": ("office",),
    "extended": ("office", "due", "before"),  # `before`: the moment that was promised until now
    "stopped": ("office",),
    "finished": ("office", "fetch"),  # `fetch`: name of the office where the result lies
    "handed_out": ("office",),
    "corrected": ("office",),
}


def tell(dossier: Dossier, kind: str, **more: Any) -> Message | None:
    """Puts a line on the resident's page, where there is a resident, and a letter into the post for whoever wants one.

    Kinds that are the office's own affair are not told.
    """
    if kind not in VALUES or dossier.citizen is None:
        return None
    known = {"code": dossier.code, "name": dossier.version.name, "office": dossier.office.name, **more}
    values = {name: known.get(name) or _of(dossier, name) for name in ("code", "name", *VALUES[kind])}
    made = Message.objects.create(citizen=dossier.citizen, dossier=dossier, kind=kind, values=values, at=ids.now())
    mail(made)
    return made


def _of(dossier: Dossier, name: str) -> str:
    if name == "due" and dossier.due is not None:
        return moment(dossier.due)
    if name == "step":
        steps = steps_of(dossier.version)
        return str(steps[dossier.step]["title"]) if dossier.step < len(steps) else ""
    return dossier.office.name if name == "fetch" else ""


def moment(at: datetime) -> str:
    """Local time in ISO, to the minute."""
    return localtime(at).isoformat(timespec="minutes")
