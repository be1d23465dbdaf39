"""The calendar as an operator has it after `manage.py load_calendar`."""

from collections.abc import Iterator

import pytest

from keng.core import calendar
from keng.core.calendar.load import load_calendar


@pytest.fixture
def loaded(db: None) -> Iterator[None]:
    load_calendar()
    yield
    calendar.forget()


@pytest.fixture
def empty(db: None) -> Iterator[None]:
    calendar.forget()
    yield
    calendar.forget()
