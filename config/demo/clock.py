"""Lets the demo's past happen in the past: what is stored meanwhile bears the hour that the story says, the ledger's entries too."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from itertools import count
from unittest.mock import patch

from django.utils import timezone

from keng.core import ids
from keng.core.calendar import rules

# What happens in one minute of a story still happens one after the other.
TICKS = count()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within it `keng.core.ids` and `django.utils.timezone` take `moment` (aware) for now. Only for a command that runs alone."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return (moment + timedelta(microseconds=next(TICKS) % 1_000_000)).astimezone(tz)

    with patch.object(ids, "datetime", Then), patch.object(timezone, "now", lambda: moment):
        yield


@contextmanager
def at_one_go() -> Iterator[None]:
    """Within it a year passes in a minute: the calendar is read once, not in each of its hours, and garbage is looked for rarely."""
    hour, often = ids.this_hour(), gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        with patch.object(rules, "this_hour", lambda: hour):
            yield
    finally:
        gc.set_threshold(*often)
