"""One report as the page gets it: sealed parts for the officer's browser to open, sealed notes, states, the clock."""

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Length

from keng.core.ids import hour_of
from keng.desk.intake import telling as intake
from keng.desk.mailbox import above, deadlines, inbox
from keng.desk.models import Assessment, Assignment, Note, RegisterEntry
from keng.mailbox import public_answers
from keng.mailbox.models import Box, KeyStatement, Part, Rewrap, State, Thread
from keng.units.models import Office

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class ForHolder(TypedDict):
    """The header with which the box that holds the report opens a part."""

    for_holder: bytes


# A first part is text; one that is larger than this is opened only when its report is, not with the list.
FIRST_PART_AT_MOST = 64 * 1024


def base64(raw: bytes | memoryview) -> str:
    return b64encode(bytes(raw)).decode()


def hour(moment: datetime) -> str:
    return moment.isoformat()


def whole_header() -> Coalesce:
    """The header for the box that holds the report now: the one written on forwarding, or the part's own."""
    rewrapped = Rewrap.objects.filter(part=OuterRef("pk"), box=OuterRef("thread__holder"))
    return Coalesce(Subquery(rewrapped.values("header")[:1]), F("header"))


def parts(threads: Iterable[Thread] | QuerySet[Thread]) -> "QuerySet[WithAnnotations[Part, ForHolder]]":
    return Part.objects.filter(thread__in=threads).annotate(for_holder=whole_header())


def first_parts(keys: Sequence[str], boxes: Sequence[Box]) -> dict[str, dict[str, Any]]:
    """The sealed first part of each of these reports that the boxes hold, by thread key; a large one only by its size. Two queries."""
    first = parts(Thread.objects.filter(key__in=keys, holder__in=boxes)).filter(
        direction=Part.Direction.REPORTER, index=0
    )
    sizes = {
        pk: (key, size)
        for pk, key, size in first.annotate(size=Length("payload")).values_list("pk", "thread__key", "size")
    }
    small = [pk for pk, (_key, size) in sizes.items() if size <= FIRST_PART_AT_MOST]
    found: dict[str, dict[str, Any]] = {key: {"size": size} for key, size in sizes.values()}
    bodies = first.filter(pk__in=small).values_list("thread__key", "digest", "for_holder", "payload")
    for key, digest, header, payload in bodies:
        found[key] |= {"digest": digest, "sealed": base64(bytes(header) + bytes(payload))}
    return found


def sealed_part(digest: str, thread: Thread) -> bytes:
    """One part as a whole age file that the holder's identity opens."""
    header, payload = parts([thread]).filter(digest=digest).values_list("for_holder", "payload").get()
    return bytes(header) + bytes(payload)


def report(thread: Thread, now: datetime) -> dict[str, Any]:
    """The report for an officer of the box that holds it. Sizes are bytes of the payload."""
    assessment = Assessment.objects.filter(thread=thread).first() or Assessment(thread=thread)
    listed = parts([thread]).annotate(size=Length("payload")).order_by("direction", "index")
    found = list(listed.select_related("box").defer("payload", "header"))
    return {
        **state_of(thread, held=True),
        "open_due": hour(thread.open_due),
        "resolve_due": hour(thread.resolve_due),
        "version": thread.version,
        "late": inbox.is_late(vars(thread), hour_of(now)),
        "boxes": {part.box.slug: part.box.title for part in found},
        "erase_on": thread.erase_on and thread.erase_on.isoformat(),
        "allowed": list(thread.may_become),
        "assessment": {
            "category": assessment.category,
            "value": assessment.value,
            "reason": assessment.reason,
            "complex": assessment.complex,
            "extended": assessment.extended,
        },
        "clock": deadlines.running(thread, now, complex=assessment.complex, extended=assessment.extended),
        "parts": [
            {
                "box": part.box.slug,
                "direction": part.direction,
                "index": part.index,
                "digest": part.digest,
                "size": part.size,
                "hour": hour(part.hour),
                "header": base64(part.for_holder),
            }
            for part in found
        ],
        "number": str(RegisterEntry.objects.filter(thread=thread, box=thread.holder).first() or ""),
        "intake": intake.shown(thread),
        "public_answer": public_answers.shown(thread),
        "assigned": assigned(thread),
        "office": heading(thread.holder.office),
        "notes": [
            {"id": str(note.pk), "name": str(note.by), "hour": hour(note.hour), "sealed": base64(note.sealed)}
            for note in Note.objects.filter(thread=thread, box=thread.holder)
            .select_related("by")
            .order_by("hour", "pk")
        ],
    }


def assigned(thread: Thread) -> dict[str, str] | None:
    """Who works on it now."""
    live = Assignment.objects.filter(thread=thread, until=None).select_related("officer").first()
    return None if live is None else {"username": live.officer.username, "name": live.officer.name}


def heading(office: Office) -> dict[str, str]:
    """What stands at the head of the office's papers."""
    return {"name": office.name, "above": office.above.name if office.above else ""}


def state_of(thread: Thread, *, held: bool) -> dict[str, Any]:
    """What both the office that holds a report and those that passed it on may see: states, hours, where it is and how it came there."""
    changes = thread.changes.order_by("hour").values_list("state", "hour")
    in_order = sorted(changes, key=lambda change: (change[1], State.values.index(change[0])))
    return {
        "thread": thread.key,
        "box": thread.holder.slug,
        "title": thread.holder.title,
        "origin": thread.box.slug,
        "kind": thread.box.kind,
        "held": held,
        "state": thread.state,
        "hour": hour(thread.hour),
        "changes": [{"state": state, "hour": hour(moment)} for state, moment in in_order],
        "way": above.way(thread),
    }


def targets(box: Box) -> dict[str, Any]:
    """The box's own statement, and those of the boxes it names, for the browser to check to which it may pass a report. Two queries."""
    own = KeyStatement.objects.filter(box=box).order_by("-seq").first()
    if own is None:
        return {"own": None, "targets": {}}
    named = [slug for slug, _root in json.loads(own.text).get("forward", [])]
    latest = KeyStatement.objects.filter(box=OuterRef("box")).order_by("-seq").values("pk")[:1]
    statements = KeyStatement.objects.filter(
        box__slug__in=named, box__closed_on=None, box__training=box.training, pk=Subquery(latest)
    )
    found = {
        one.box.slug: {"title": one.box.title, "signed": signed(one, one.box)}
        for one in statements.select_related("box")
    }
    return {"own": signed(own, box), "targets": found}


def signed(statement: KeyStatement, box: Box) -> dict[str, str]:
    """As it travels (protocol, section 2)."""
    return {"statement": statement.text, "signature": statement.signature, "root": box.root}
