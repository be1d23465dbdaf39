"""What became of a report at the offices it was passed on to: counts by kind and the way it went, for whoever held it before."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Max, Sum

from keng.desk.models import Outcome
from keng.desk.outcomes import standing
from keng.desk.outcomes.reading import plain
from keng.mailbox.models import Box, Passing, Thread


def outcomes(threads: Iterable[int]) -> dict[int, list[dict[str, str]]]:
    """The sums of each report's matter by kind and unit, by the report's id. One query."""
    counted = standing(training=True).filter(matter__members__thread__in=list(threads))
    sums = counted.order_by("kind", "exhibit", "unit").values_list("matter__members__thread", "kind", "exhibit", "unit")
    found: dict[int, list[dict[str, str]]] = {}
    for thread, kind, exhibit, unit, quantity in sums.annotate(Sum("quantity")):
        line = {"kind": kind, "exhibit": exhibit, "unit": unit, "quantity": plain(quantity)}
        found.setdefault(thread, []).append(line)
    return found


def last_counted(threads: Iterable[int], boxes: Sequence[Box]) -> dict[int, datetime]:
    """When an office other than those of `boxes` last counted something of each report. One query."""
    counted = Outcome.objects.filter(matter__members__thread__in=list(threads)).exclude(box__in=boxes).order_by()
    return dict(counted.values_list("matter__members__thread").annotate(Max("hour")))


def way(thread: Thread) -> list[dict[str, str]]:
    """The boxes that the report came to, in order, each with the hour. One query."""
    passings = Passing.objects.filter(thread=thread).select_related("to_box").order_by("hour", "pk")
    return [{"box": one.to_box.slug, "title": one.to_box.title, "hour": one.hour.isoformat()} for one in passings]
