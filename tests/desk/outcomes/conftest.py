"""Matters in tests: the cast with a calendar, reports straight in the database, officers who are signed in."""

import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from config.demo.client import seal
from keng.accounts.models import User
from keng.core import calendar
from keng.core.calendar.load import load_calendar
from keng.core.ids import this_hour
from keng.desk.models import Outcome
from keng.desk.outcomes import services
from keng.mailbox.models import Box, Passing, State, Thread
from tests.cast import Cast
from tests.desk.mailbox.conftest import Officer

Make = Callable[..., Thread]
Count = Callable[..., Outcome]


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    load_calendar()
    made = Cast()
    _ = made.box
    yield made
    calendar.forget()


@pytest.fixture
def hoa(cast: Cast) -> Officer:
    return Officer(cast.hoa)


@pytest.fixture
def nam(cast: Cast) -> Officer:
    return Officer(cast.nam)


@pytest.fixture
def dung(cast: Cast) -> Officer:
    return Officer(cast.dung)


@pytest.fixture
def make(cast: Cast) -> Make:
    """`make()`: a report that a box has opened; `holder=` where another holds it now."""

    def a_report(box: Box | None = None, *, holder: Box | None = None, hour: datetime | None = None) -> Thread:
        at = hour or this_hour()
        first = box or cast.box
        made = Thread.objects.create(
            key=secrets.token_hex(32), box=first, holder=holder or first, state=State.VERIFYING, hour=at,
            open_due=at, resolve_due=at, pin="", pin_mac="",
        )  # fmt: skip
        if holder is not None:
            Passing.objects.create(thread=made, from_box=first, to_box=holder)
        return made

    return a_report


@pytest.fixture
def count(cast: Cast) -> Count:
    """`count(thread, 2)`: two people were caught, written down by `hoa` unless it says otherwise."""

    def a_line(
        thread: Thread, quantity: Any = 1, kind: str = "arrest", unit: str = "person", *, by: User | None = None,
        day: date | None = None, **more: Any,
    ) -> Outcome:  # fmt: skip
        return services.record(
            thread=thread, kind=kind, quantity=Decimal(str(quantity)), unit=unit, day=day or today(),
            by=by or cast.hoa, **more,
        )  # fmt: skip

    return a_line


def today() -> date:
    return timezone.localdate()


def pass_on(thread: Thread, to: Box) -> None:
    """As forwarding leaves it, without the keys."""
    Passing.objects.create(thread=thread, from_box=thread.holder, to_box=to)
    thread.holder = to
    thread.state = State.FORWARDED
    thread.save()


def sealed(cast: Cast, text: str) -> bytes:
    return seal(cast.keys.recipient, text.encode())
