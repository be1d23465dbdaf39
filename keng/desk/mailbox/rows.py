"""What the list says of each report: never more than its state where another office holds it. Few queries, whatever the number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Max

from keng.desk.mailbox import above, inbox
from keng.desk.models import Assessment, Assignment, Membership, RegisterEntry, Seen
from keng.mailbox.models import Box, Part, Passing


def rows(found: Sequence[dict[str, Any]], boxes: Sequence[Box], now: datetime) -> list[dict[str, Any]]:
    """`found` as `inbox.page` gives it; `boxes` are those that the officer can open."""
    beside = Beside(found, boxes, now)
    return [beside.row(row) for row in found]


@dataclass
class Beside:
    """What stands beside the reports of one page, each kind asked for once, by the id of the report."""

    found: Sequence[dict[str, Any]]
    boxes: Sequence[Box]
    now: datetime

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        held = row["holder_id"] in self.mine
        known = {
            "thread": row["key"],
            "box": self.names[row["holder_id"]].slug,
            "origin": self.names[row["box_id"]].slug,
            "kind": self.names[row["box_id"]].kind,
            "state": row["state"],
            "hour": row["hour"].isoformat(),
            "held": held,
            "number": self._number(row, held),
        }
        return known | (self._held(row) if held else self._elsewhere(row))

    def _held(self, row: dict[str, Any]) -> dict[str, Any]:
        parts = self.parts[row["id"]]
        reporter, seen = parts.get(Part.Direction.REPORTER, 0), self.seen.get(row["id"])
        return {
            "open_due": row["open_due"].isoformat(),
            "resolve_due": row["resolve_due"].isoformat(),
            "late": inbox.is_late(row, self.now),
            "version": row["version"],
            "category": row["assessment__category"] or "",
            "value": row["assessment__value"] or "",
            "prank": row["assessment__reason"] == Assessment.Reason.PRANK,
            "parts": reporter,
            "answers": parts.get(Part.Direction.OFFICER, 0),
            "unread": seen is not None and reporter > seen,
            "channel": row["intake__channel"] or "",
            "tell_due": owed.isoformat() if (owed := inbox.to_tell(row)) else "",
            "assigned": self.assigned.get(row["id"]),
            "from": self.came_from.get((row["id"], row["holder_id"]), ""),
            "linked": self.linked.get(row["membership__matter"], 1) - 1,
        }

    def _elsewhere(self, row: dict[str, Any]) -> dict[str, Any]:
        moved = self.moved.get(row["id"])
        return {
            "title": self.names[row["holder_id"]].title,
            "news": moved is not None and moved >= self.now - inbox.NEWS,
            "outcomes": self.outcomes.get(row["id"], []),
        }

    def _number(self, row: dict[str, Any], held: bool) -> str:
        """As the holder's register has it; of a report that was passed on, as one's own has."""
        boxes = [row["holder_id"]] if held else self.mine
        return next((self.numbers[row["id"], box] for box in boxes if (row["id"], box) in self.numbers), "")

    @cached_property
    def mine(self) -> set[int]:
        return {box.pk for box in self.boxes}

    @cached_property
    def ids(self) -> list[int]:
        return [row["id"] for row in self.found]

    @cached_property
    def passed_on(self) -> list[int]:
        return [row["id"] for row in self.found if row["holder_id"] not in self.mine]

    @cached_property
    def names(self) -> dict[int, Box]:
        known = {box.pk: box for box in self.boxes}
        others = {row[name] for row in self.found for name in ("box_id", "holder_id")} - known.keys()
        return known | Box.objects.in_bulk(others)

    @cached_property
    def parts(self) -> dict[int, dict[str, int]]:
        """How many parts each side has sent, by direction."""
        counted: dict[int, dict[str, int]] = {thread: {} for thread in self.ids}
        found = Part.objects.filter(thread__in=self.ids).order_by()
        for thread, direction, number in found.values_list("thread", "direction").annotate(Count("pk")):
            counted[thread][direction] = number
        return counted

    @cached_property
    def seen(self) -> dict[int, int]:
        return dict(Seen.objects.filter(thread__in=self.ids).values_list("thread", "parts"))

    @cached_property
    def assigned(self) -> dict[int, dict[str, str]]:
        live = Assignment.objects.filter(thread__in=self.ids, until=None)
        found = live.values_list("thread", "officer__username", "officer__name")
        return {thread: {"username": username, "name": name} for thread, username, name in found}

    @cached_property
    def numbers(self) -> dict[tuple[int, int], str]:
        entries = RegisterEntry.objects.filter(thread__in=self.ids)
        return {(entry.thread_id or 0, entry.box_id): str(entry) for entry in entries}

    @cached_property
    def came_from(self) -> dict[tuple[int, int], str]:
        """The title of the box that passed the report on to this one, last."""
        found = Passing.objects.filter(thread__in=self.ids).order_by("hour")
        return {(thread, to): title for thread, to, title in found.values_list("thread", "to_box", "from_box__title")}

    @cached_property
    def linked(self) -> dict[int, int]:
        """How many reports tell of a matter."""
        matters = {row["membership__matter"] for row in self.found} - {None}
        found = Membership.objects.filter(matter__in=matters).order_by()
        return dict(found.values_list("matter").annotate(Count("pk")))

    @cached_property
    def moved(self) -> dict[int, datetime]:
        """When the report last came to a state elsewhere, or something was last counted of it."""
        changes = inbox.moved_since_passed_on(self.boxes).filter(thread__in=self.passed_on).order_by()
        latest: dict[int, datetime] = dict(changes.values_list("thread").annotate(Max("hour")))
        for thread, hour in above.last_counted(self.passed_on, self.boxes).items():
            latest[thread] = max(hour, latest.get(thread, hour))
        return latest

    @cached_property
    def outcomes(self) -> dict[int, list[dict[str, str]]]:
        return above.outcomes(self.passed_on)
