import pytest

from keng.core import at_rest
from keng.core.calendar.load import load_calendar
from tests.accounts.signing_in import straight_in
from tests.conftest import FaceClient
from tests.procedures.cast import Province


@pytest.fixture
def cast() -> Province:
    load_calendar()
    at_rest.ensure()
    made = Province()
    _ = (made.centre, made.other_centre, made.neighbour, made.version)
    return made


@pytest.fixture
def thu(desk: FaceClient, cast: Province) -> FaceClient:
    straight_in(desk, cast.thu)
    return desk
