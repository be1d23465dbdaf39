"""What somebody sees who waits for the first demo, and what stopping it leaves."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.test import override_settings

from config.demo import clock, world
from config.management.commands import demo
from keng.core import calendar, ids
from keng.core.calendar import rules


@pytest.fixture
def out(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """The terminal; the clock goes on by a minute at each look."""
    minutes = iter(range(0, 6000, 60))
    monkeypatch.setattr(demo.time, "monotonic", lambda: float(next(minutes)))
    return StringIO()


def test_each_twentieth_is_told_once_and_from_the_second_on_what_is_left(out: StringIO) -> None:
    progress = demo.Progress(OutputWrapper(out))
    progress.tell(0, 0)
    for done in range(100):
        progress.tell(done, 100)
    first, *lines = out.getvalue().splitlines()
    assert "mất vài phút" in first
    assert lines[0] == "    5 %"
    assert lines[1] == "   10 %, còn khoảng 18 phút"  # 2 minutes for a tenth
    assert lines[-1] == "   95 %, còn khoảng 60 giây"
    assert len(lines) == 19


def test_what_takes_no_steps_is_told_too(out: StringIO) -> None:
    progress = demo.Progress(OutputWrapper(out))
    for done in range(3):
        progress.tell(done, 3)
    assert [line[:5] for line in out.getvalue().splitlines()] == ["   30", "   65"]


def test_who_stops_it_is_told_that_nothing_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(**_more: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(world, "load_or_make", stopped)
    with pytest.raises(CommandError, match="chưa lập gì") as told:
        call_command("demo")
    assert told.value.returncode == 130


@pytest.mark.django_db
def test_the_calendar_is_read_once_while_a_year_is_played(django_assert_num_queries: Any) -> None:
    calendar.forget()
    moment = ids.now()
    with clock.at_one_go():
        rules.rules()
        with django_assert_num_queries(0), clock.at(moment.replace(year=2025, month=8, day=9)):
            rules.rules()
    with clock.at(moment.replace(year=2025, month=8, day=9)), django_assert_num_queries(3):
        rules.rules()
    calendar.forget()


def test_an_installation_that_is_no_demo_gets_none() -> None:
    with override_settings(DEMO=False), pytest.raises(CommandError, match="KENG_DEMO=1"):
        call_command("demo")
