"""When a box is closed: one rule for its pages, for what is sent to it and for what is forwarded."""

from datetime import date

from django.utils import timezone


def is_closed(closed_on: date | str | None) -> bool:
    """From that day on. Raw SQL gives the day as ISO text on SQLite."""
    return closed_on is not None and str(closed_on) <= timezone.localdate().isoformat()
