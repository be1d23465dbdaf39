"""Reports and outcomes as the figures meet them: made through the ORM, wherever and whenever the test wants them."""

import secrets
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from keng.desk.models import Assessment, Intake, Matter, Membership, Outcome
from keng.mailbox.models import RESULTS, Box, State, StateChange, Thread
from tests.cast import Cast

DAY = timedelta(days=1)


def at(day: str, hour: int = 3) -> datetime:
    """A UTC hour of a day."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=hour)


def report(
    box: Box, day: str, *, opened: int | None = None, value: str = "", resolved: int | None = None, hour: int = 3
) -> Thread:
    """A report of `box`; `opened` and `resolved` say after how many hours. It is to be opened in 24 hours and resolved in 20 days."""
    came = at(day, hour)
    state = State.ACTED_ON if resolved is not None else State.RECEIVED if opened is None else State.OPENED
    thread = Thread.objects.create(
        key=secrets.token_hex(32), box=box, holder=box, state=state, hour=came, open_due=came + DAY,
        resolve_due=came + 20 * DAY, pin="", pin_mac="",
    )  # fmt: skip
    for name, after in ((State.OPENED, opened), (State.ACTED_ON, resolved)):
        if after is not None:
            StateChange.objects.create(thread=thread, state=name, hour=came + timedelta(hours=after))
    if value:
        Assessment.objects.create(thread=thread, category="theft", value=value)
    return thread


def reports(box: Box, day: str, number: int, *, valuable: int = 0) -> list[Thread]:
    return [
        report(box, day, opened=2, value="valuable" if at < valuable else "not_valuable", resolved=48)
        for at in range(number)
    ]


def enter(thread: Thread, cast: Cast, *, named: bool) -> None:
    Intake.objects.create(thread=thread, channel="in_person", named=named, by=cast.hoa)


def outcome(
    cast: Cast, box: Box, day: str, kind: str, quantity: str | int = 1, *, unit: str = "case", exhibit: str = "",
    corrects: Outcome | None = None, thread: Thread | None = None,
) -> Outcome:  # fmt: skip
    matter = corrects.matter if corrects else Matter.objects.create()
    if thread is not None:
        Membership.objects.create(thread=thread, matter=matter)
    return Outcome.objects.create(
        matter=matter, kind=kind, quantity=Decimal(quantity), unit=unit, exhibit=exhibit, day=date.fromisoformat(day),
        office=box.office, box=box, by=cast.hoa, corrects=corrects, reason="miscounted" if corrects else "",
    )  # fmt: skip


def is_result(state: str) -> bool:
    return state in RESULTS
