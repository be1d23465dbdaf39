"""Lets the demo's past happen in the past: what is stored meanwhile bears the hour that the story says, the ledger's entries too."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from unittest.mock import patch

from django.utils import timezone

from keng.core import ids


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within it `keng.core.ids` and `django.utils.timezone` take `moment` (aware) for now. Only for a command that runs alone."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return moment.astimezone(tz)

    with patch.object(ids, "datetime", Then), patch.object(timezone, "now", lambda: moment):
        yield
