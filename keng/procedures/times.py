"""How long a commune really took: of the dossiers of one procedure whose result was ready in the last twelve whole months.

For our own eyes: what of it may be published, the public pages decide.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from keng.procedures.models import Dossier, Procedure, State
from keng.units.models import Unit

# The newest ones stand for all where there are more.
MOST_READ = 5000
ENDED_WELL = (State.DONE, State.RETURNED)


@dataclass(frozen=True)
class Times:
    """`number` dossiers, of which `in_time` were early or on time. Half took `typical` office minutes or less, nine of ten `most`."""

    number: int
    in_time: int
    typical: int
    most: int


def of(*, procedure: Procedure, unit: Unit, today: date) -> Times | None:
    """None where there was no such dossier. One query, answered by one index whatever the number of dossiers.

    Whole months, so that what is shown changes once a month and no single dossier can be seen coming in.
    """
    begun, ended = window(today)
    rows = Dossier.objects.filter(
        unit=unit, procedure=procedure, closed_at__gte=begun, closed_at__lt=ended, test=False, state__in=ENDED_WELL
    ).exclude(worked_minutes=None)
    read = rows.order_by("-closed_at").values_list("worked_minutes", "in_time")[:MOST_READ]
    ended_in = [(minutes, in_time) for minutes, in_time in read if minutes is not None]
    if not ended_in:
        return None
    took = sorted(minutes for minutes, _in_time in ended_in)
    return Times(
        number=len(ended_in),
        in_time=sum(in_time != "late" for _minutes, in_time in ended_in),
        typical=took[math.ceil(len(took) * 0.5) - 1],
        most=took[math.ceil(len(took) * 0.9) - 1],
    )


def window(today: date) -> tuple[datetime, datetime]:
    """From the first moment of the twelve whole months before that of `today` until after their last, in local time."""
    ended = today.replace(day=1)
    begun = ended.replace(year=ended.year - 1)
    return _midnight(begun), _midnight(ended)


def last_day(today: date) -> date:
    """The last day of that window."""
    return today.replace(day=1) - timedelta(days=1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
