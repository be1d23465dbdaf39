"""Boxes to which a box may forward, by what its statement says, whose root was replaced since: a report for them can't be passed on."""

from collections.abc import Sequence
from dataclasses import dataclass

from keng.desk.keys.own import in_groups
from keng.desk.keys.status import BoxKeys
from keng.mailbox.models import Box
from keng.mailbox.poster import root_of


@dataclass(frozen=True)
class Neighbour:
    """A box named in `forward`, with the fingerprint of the root that the statement names; `stale`: it has another one now."""

    box: Box
    named: str

    @property
    def named_groups(self) -> str:
        return in_groups(self.named)

    @property
    def stale(self) -> bool:
        return bool(self.box.root) and root_of(self.box) != self.named


def neighbours(boxes: Sequence[BoxKeys]) -> dict[int, list[Neighbour]]:
    """By the box's id, those to which each may forward, by title. One query, and one for their statements."""
    named = {slug for keys in boxes for slug, _root in keys.said.get("forward", [])}
    found = {box.slug: box for box in Box.objects.filter(slug__in=named).prefetch_related("statements")}
    return {
        keys.box.pk: sorted(
            (Neighbour(found[slug], root) for slug, root in keys.said.get("forward", []) if slug in found),
            key=lambda neighbour: neighbour.box.title,
        )
        for keys in boxes
    }
