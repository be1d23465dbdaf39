"""A report's matter as the page gets it: the reports that tell of it, and every line ever counted, so that its past can be seen."""

from base64 import b64encode
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from keng.desk.models import Membership, Outcome, RegisterEntry
from keng.desk.outcomes import standing
from keng.mailbox.models import Box, Thread


def matter(thread: Thread, boxes: Sequence[Box], *, held: bool) -> dict[str, Any]:
    """For an officer who can open `boxes`. An office that passed the report on gets the sums, and its own lines to put them right; the
    other reports and what is sealed are for the holder. At most five queries, whatever the number of reports and lines.
    """
    membership = Membership.objects.filter(thread=thread).first()
    if membership is None:
        return {"members": [], "outcomes": [], "sums": []}
    mine = {box.pk for box in boxes}
    lines = (
        Outcome.objects.filter(matter=membership.matter_id).select_related("office", "by").order_by("hour", "day", "pk")
    )
    if not held:
        own = [_line(line, mine) for line in _in_order(lines.filter(box__in=mine))]
        return {"members": [], "outcomes": own, "sums": sums(membership.matter_id)}
    return {
        "members": _members(membership, boxes),
        "outcomes": [_line(line, mine, opens=line.box_id == thread.holder_id) for line in _in_order(lines)],
        "sums": sums(membership.matter_id),
    }


def sums(matter: int) -> list[dict[str, str]]:
    """What came of it by kind and unit, without who or when. One query."""
    lines = standing(training=True).filter(matter=matter).order_by("kind", "exhibit", "unit")
    summed = lines.values_list("kind", "exhibit", "unit").annotate(Sum("quantity"))
    return [
        {"kind": kind, "exhibit": exhibit, "unit": unit, "quantity": plain(quantity)}
        for kind, exhibit, unit, quantity in summed
    ]


def _in_order(lines: QuerySet[Outcome]) -> list[Outcome]:
    """By the hour of writing, each correction after what it corrects: several may stand in one hour, and ids tell no order."""
    found = list(lines)
    after = {line.corrects_id: line for line in found if line.corrects_id}
    chains: list[Outcome] = []
    for first in (line for line in found if not line.corrects_id):
        line: Outcome | None = first
        while line is not None:
            chains.append(line)
            line = after.get(line.pk)
    return chains


def _members(membership: Membership, boxes: Sequence[Box]) -> list[dict[str, Any]]:
    found = Membership.objects.filter(matter=membership.matter_id).select_related("thread__holder")
    members = sorted(found, key=lambda one: (one.role != Membership.Role.MAIN, one.thread.hour, one.thread.key))
    entries = RegisterEntry.objects.filter(box__in=boxes, thread__in=[one.thread_id for one in members])
    numbers = {(entry.thread_id, entry.box_id): str(entry) for entry in entries}
    mine = {box.pk for box in boxes}
    return [
        {
            "thread": one.thread.key,
            "box": one.thread.holder.slug,
            "title": one.thread.holder.title,
            "held": one.thread.holder_id in mine,
            "role": one.role,
            "state": one.thread.state,
            "hour": one.thread.hour.isoformat(),
            "number": numbers.get((one.thread_id, one.thread.holder_id), ""),
        }
        for one in members
    ]


def _line(line: Outcome, mine: set[int], *, opens: bool = False) -> dict[str, Any]:
    """`opens`: the key in use is that of the box to which the remarks are sealed."""
    sealed = bytes(line.remarks) if opens and line.remarks is not None else None
    return {
        "id": str(line.pk),
        "kind": line.kind,
        "exhibit": line.exhibit,
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "day": line.day.isoformat(),
        "office": line.office.name,
        "by": str(line.by),
        "hour": line.hour.isoformat(),
        "corrects": str(line.corrects_id) if line.corrects_id else None,
        "reason": line.reason,
        "remarks": b64encode(sealed).decode() if sealed is not None else None,
        "mine": line.box_id in mine,
    }


def plain(quantity: Decimal) -> str:
    """`0.35`, `2`: no zeros at the end, no exponent."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
