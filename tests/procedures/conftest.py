"""Office days and hours, and a key for what lies encrypted."""

import pytest

from keng.core import at_rest
from keng.core.calendar.load import load_calendar
from tests.procedures.cast import Province


@pytest.fixture(autouse=True)
def _calendar_and_keys(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        load_calendar()
    at_rest.ensure()


@pytest.fixture
def cast() -> Province:
    """The province, its service centres, police and committee there from the start."""
    made = Province()
    _ = (made.centre, made.other_centre, made.neighbour, made.thu, made.khoa, made.version)
    return made
