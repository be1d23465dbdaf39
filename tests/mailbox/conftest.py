"""The mailbox's own: a loaded calendar, for every report is due some day, and the usual cast."""

from collections.abc import Iterator

import pytest

from keng.core import calendar
from keng.core.calendar.load import load_calendar
from tests.cast import Cast


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    load_calendar()
    yield Cast()
    calendar.forget()
