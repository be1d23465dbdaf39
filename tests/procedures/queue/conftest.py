"""A province with people at work."""

import pytest

from tests.procedures.queue.desk import Desk


@pytest.fixture
def cast() -> Desk:
    """The province with its offices there from the start."""
    made = Desk()
    _ = (made.centre, made.other_centre, made.neighbour, made.thu, made.khoa, made.version)
    return made
