"""Slips count working time, so the calendar is loaded; and what stands on them is sealed."""

import pytest
from django.core.management import call_command

from keng.core import at_rest
from tests.procedures.cast import Province


@pytest.fixture
def cast(db: None) -> Province:
    at_rest.ensure()
    call_command("load_calendar", verbosity=0)
    return Province()
