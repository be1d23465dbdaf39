"""Reports for the register and the office's day: rows without sealed parts, since nothing here opens any."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.demo.clock import at
from keng.core import calendar
from keng.core.calendar.load import load_calendar
from keng.core.ids import random_id, this_hour
from keng.desk.register.services import enter
from keng.mailbox.models import Box, State, Thread
from tests.cast import Cast

Made = Callable[..., Thread]
NOW = datetime(2026, 11, 22, 3, 20, tzinfo=UTC)


def make(box: Box, state: str = State.OPENED, *, hour: datetime | None = None, **more: Any) -> Thread:
    hour = hour or this_hour()
    return Thread.objects.create(
        key=f"{random_id():064x}", box=more.pop("came_to", box), holder=box, state=state, hour=hour,
        open_due=hour + timedelta(hours=24), resolve_due=hour + timedelta(days=20), pin="", pin_mac="", **more,
    )  # fmt: skip


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """Numbers tell their year, so all of it happens at one moment."""
    load_calendar()
    with at(NOW):
        yield Cast()
    calendar.forget()


@pytest.fixture
def report(cast: Cast) -> Made:
    """`report("verifying")`: a report of the post's box; with `number=True` it stands in the register, opened by Hoà."""

    def one(state: str = State.OPENED, *, number: bool = True, **more: Any) -> Thread:
        thread = make(more.pop("box", cast.box), state, **more)
        if number:
            enter(thread=thread, by=cast.hoa)
        return thread

    return one
