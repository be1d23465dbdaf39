"""What the day's filters show: each against a small world in which a plain loop over every report says what it should."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from keng.accounts.models import Absence, User
from keng.core.ids import this_hour
from keng.desk.mailbox import counting, inbox
from keng.desk.models import (
    Assessment,
    Assignment,
    Channel,
    Handover,
    HandoverItem,
    Intake,
    Matter,
    Membership,
    RegisterEntry,
)  # fmt: skip
from keng.mailbox.models import Passing, State, Thread
from tests.cast import Cast
from tests.desk.mailbox.conftest import Officer
from tests.desk.mailbox.test_inbox import add, keys

OPEN = ("received", "opened", "verifying", "forwarded")


@dataclass
class World:
    """Reports of every state, age, officer and channel at one box, made by a seeded die; what stands beside each is kept in plain dicts."""

    cast: Cast
    now: datetime
    threads: list[Thread]
    officer: dict[int, User] = field(default_factory=dict)
    channel: dict[int, str] = field(default_factory=dict)
    pranks: set[int] = field(default_factory=set)
    offered: set[int] = field(default_factory=set)

    def due(self, one: Thread) -> datetime:
        return one.open_due if one.state == "received" else one.resolve_due

    def due_today(self, one: Thread) -> bool:
        local = timezone.localtime(self.due(one))
        return one.state in OPEN and local.date() <= timezone.localtime(self.now).date()

    def late(self, one: Thread) -> bool:
        return one.state in OPEN and self.due(one) < self.now


def officers(cast: Cast) -> list[User | None]:
    return [None, cast.hoa, cast.nam]


@pytest.fixture
def world(cast: Cast) -> World:
    die, now = random.Random(7), this_hour()
    states = [state for state in State.values if state != State.FORWARDED] * 12
    threads = []
    for place, state in enumerate(states):
        (one,) = add(
            cast.box, 1, first=place, state=state, hour=now - timedelta(hours=die.randrange(900)),
            open_due=now + timedelta(hours=die.randrange(-30, 30)), resolve_due=now + timedelta(hours=die.randrange(-60, 60)),
        )  # fmt: skip
        threads.append(one)
    made = World(cast, now, threads)
    handover = Handover.objects.create(box=cast.box, giver=cast.nam, taker=cast.hoa)
    for one in threads:
        who = die.choice(officers(cast))
        if who:
            made.officer[one.pk] = who
            Assignment.objects.create(thread=one, officer=who, by=cast.nam)
        if die.random() < 0.5:
            made.channel[one.pk] = die.choice(Channel.values)
            Intake.objects.create(thread=one, channel=made.channel[one.pk], by=cast.hoa)
        if die.random() < 0.2:
            made.pranks.add(one.pk)
            Assessment.objects.create(thread=one, value="not_valuable", reason="prank")
        if die.random() < 0.1:
            made.offered.add(one.pk)
            HandoverItem.objects.create(handover=handover, thread=one, label="x")
    return made


Holds = Callable[[World, Thread], bool]
STATES: dict[str, Holds] = {
    "": lambda world, one: True,
    "open": lambda world, one: one.state in OPEN,
    "done": lambda world, one: one.state not in OPEN,
    "verifying": lambda world, one: one.state == "verifying",
}
DUES: dict[str, Holds] = {
    "": lambda world, one: True,
    "open": lambda world, one: one.state == "received" and world.due_today(one),
    "today": lambda world, one: world.due_today(one),
}
WHOSE: dict[str, Holds] = {
    "": lambda world, one: True,
    "mine": lambda world, one: world.officer.get(one.pk) == world.cast.hoa,
    "nobody": lambda world, one: one.pk not in world.officer,
    "offered": lambda world, one: one.pk in world.offered,
}
CHANNELS: dict[str, Holds] = {
    "": lambda world, one: True,
    "box": lambda world, one: one.pk not in world.channel,
    "phone": lambda world, one: world.channel.get(one.pk) == "phone",
}


def test_every_combination_of_filters_shows_what_a_look_at_each_report_says(world: World, hoa: Officer) -> None:
    seen_any = 0
    for state, due, whose, channel, late, pranks in product(STATES, DUES, WHOSE, CHANNELS, ("", "1"), ("", "1")):
        asked = {"state": state, "due": due, "whose": whose, "channel": channel, "late": late, "pranks": pranks}
        wanted = inbox.read_filter(asked, [world.cast.box], world.cast.hoa)
        found = {row["id"] for row in inbox.page(wanted, world.now)[0]}
        expected = {
            one.pk
            for one in world.threads
            if STATES[state](world, one) and DUES[due](world, one) and WHOSE[whose](world, one)
            and CHANNELS[channel](world, one) and (not late or world.late(one)) and (pranks or one.pk not in world.pranks)
        }  # fmt: skip
        assert len(found) == min(50, len(expected)), asked
        assert found <= expected, asked
        seen_any += bool(found)
    assert seen_any > 100


def test_the_tiles_count_exactly_what_pressing_them_shows(world: World, hoa: Officer) -> None:
    counts = hoa.get("threads")[1]["counts"]
    shown: dict[str, dict[str, str]] = {
        "due_open": {"due": "open"}, "due": {"due": "today"}, "late": {"late": "1"},
        "mine": {"whose": "mine", "state": "open"}, "offered": {"whose": "offered"},
    }  # fmt: skip
    for name, asked in shown.items():
        assert counts[name] == len(all_of(hoa, asked)) > 0, name
    for state in State.values:
        assert counts[state] == len(all_of(hoa, {"state": state})), state
    assert counts["pranks"] == len(world.pranks)
    assert len(all_of(hoa, {"pranks": "1"})) == len(world.threads)


def all_of(officer: Officer, asked: dict[str, str]) -> list[dict[str, Any]]:
    """The whole list, page by page."""
    rows, before = [], ""
    while True:
        said = officer.get("threads", **asked, before=before)[1]
        rows += said["threads"]
        before = said["next"]
        if not before:
            return rows


def test_what_is_due_stands_in_the_order_of_its_due_hours_so_that_the_late_come_first_also_over_two_pages(
    cast: Cast, hoa: Officer
) -> None:
    now, die = this_hour(), random.Random(3)
    for place in range(120):
        add(
            cast.box, 1, first=place, state=("received", "verifying")[place % 2], hour=now - timedelta(hours=place),
            open_due=now - timedelta(hours=die.randrange(40)), resolve_due=now - timedelta(hours=die.randrange(40)),
        )  # fmt: skip
    rows = all_of(hoa, {"due": "today"})
    dues = [row["open_due"] if row["state"] == "received" else row["resolve_due"] for row in rows]
    assert dues == sorted(dues)
    assert len({row["thread"] for row in rows}) == 120


@pytest.mark.parametrize(("hours", "due"), [(0, True), (23, True), (24, False)])
def test_today_ends_at_midnight_by_the_clock_on_the_wall(cast: Cast, hoa: Officer, hours: int, due: bool) -> None:
    midnight = timezone.localtime(this_hour()).replace(hour=0)
    add(cast.box, 1, state="verifying", resolve_due=midnight + timedelta(hours=hours))
    assert len(hoa.get("threads", due="today")[1]["threads"]) == due


def test_the_work_of_somebody_away_is_the_stand_ins_on_those_days_alone(cast: Cast, hoa: Officer, nam: Officer) -> None:
    (thread,) = add(cast.box, 1, state="verifying")
    Assignment.objects.create(thread=thread, officer=cast.nam, by=cast.nam)
    today = timezone.localdate()
    assert keys(hoa.get("threads", whose="mine")[1]) == []
    absence = Absence.objects.create(officer=cast.nam, stand_in=cast.hoa, first=today, last=today)
    assert keys(hoa.get("threads", whose="mine")[1]) == [thread.key]
    assert hoa.get("threads")[1]["counts"]["mine"] == 1
    Absence.objects.filter(pk=absence.pk).update(first=today - timedelta(days=3), last=today - timedelta(days=1))
    assert keys(hoa.get("threads", whose="mine")[1]) == []


def test_a_row_says_who_works_on_it_its_number_channel_links_and_whence_it_came(
    cast: Cast, hoa: Officer, dung: Officer
) -> None:
    thread, other = add(cast.box, 2, holder=cast.police, state="verifying")
    Passing.objects.create(thread=thread, from_box=cast.box, to_box=cast.police)
    Assignment.objects.create(thread=thread, officer=cast.dung, by=cast.dung)
    RegisterEntry.objects.create(box=cast.police, year=2026, number=7, thread=thread)
    RegisterEntry.objects.create(box=cast.box, year=2026, number=31, thread=thread)
    Intake.objects.create(thread=thread, channel="zalo", by=cast.hoa)
    matter = Matter.objects.create()
    Membership.objects.create(thread=thread, matter=matter)
    Membership.objects.create(thread=other, matter=matter, role="duplicate")
    row, _other = dung.get("threads")[1]["threads"]
    assert {name: row[name] for name in ("assigned", "number", "channel", "linked", "from", "prank")} == {
        "assigned": {"username": "dung", "name": "Nguyễn Tiến Dũng"},
        "number": "007/2026",
        "channel": "zalo",
        "linked": 1,
        "from": "Đồn Biên phòng Na Cô Sa",
        "prank": False,
    }
    theirs = next(row for row in hoa.get("threads", state="sent")[1]["threads"] if row["thread"] == thread.key)
    assert theirs["number"] == "031/2026"
    assert not {"assigned", "from", "linked", "category"} & theirs.keys()


def test_another_offices_prank_mark_hides_the_report_from_nobody_who_passed_it_on(cast: Cast, hoa: Officer) -> None:
    (thread,) = add(cast.box, 1, holder=cast.police, state="verifying")
    Assessment.objects.create(thread=thread, value="not_valuable", reason="prank")
    assert keys(hoa.get("threads", state="sent")[1]) == [thread.key]


def test_counting_takes_four_queries_and_four_for_ones_own(
    world: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(4):
        counting.counts([world.cast.box], world.now)
    with django_assert_num_queries(4):
        counting.own([world.cast.box], world.cast.hoa, world.now)
