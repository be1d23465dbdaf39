"""Reports that were opened before there was a register: the migration gives them numbers in the order in which they were opened."""

import importlib
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps

from keng.core.ids import this_hour
from keng.desk.models import RegisterEntry
from keng.ledger.models import Entry
from keng.mailbox.models import Box, StateChange, Thread
from tests.cast import Cast

pytestmark = pytest.mark.django_db
number = importlib.import_module("keng.desk.migrations.0007_number_opened_reports").number
NEW_YEAR = datetime(2025, 12, 31, 17, tzinfo=UTC)  # midnight in Vietnam


@pytest.fixture
def cast() -> Cast:
    return Cast()


def opened(cast: Cast, letter: str, hour: datetime, *, holder: Box | None = None) -> Thread:
    thread = Thread.objects.create(
        key=letter * 64, box=cast.box, holder=holder or cast.box, state="opened", hour=hour, open_due=hour, resolve_due=hour,
        pin="", pin_mac="",
    )  # fmt: skip
    StateChange.objects.create(thread=thread, state="opened", hour=hour)
    return thread


def written(verb: str, thread: Thread, office: str, hour: datetime, purpose: str = "") -> None:
    Entry.objects.create(verb=verb, subject=thread.key, case=thread.key, office=office, hour=hour, purpose=purpose)


def numbers(box: Box) -> dict[str, str]:
    return {entry.thread.key[0]: str(entry) for entry in RegisterEntry.objects.filter(box=box).select_related("thread")}


def test_numbers_follow_the_hour_of_opening_and_begin_anew_with_the_local_year(cast: Cast) -> None:
    opened(cast, "c", NEW_YEAR)
    opened(cast, "a", NEW_YEAR - timedelta(hours=1))
    opened(cast, "b", NEW_YEAR - timedelta(days=40))
    opened(cast, "d", NEW_YEAR + timedelta(hours=5))
    number(apps, None)
    assert numbers(cast.box) == {"b": "001/2025", "a": "002/2025", "c": "001/2026", "d": "002/2026"}
    assert set(RegisterEntry.objects.values_list("hour", flat=True)) >= {NEW_YEAR}


def test_a_report_that_nobody_opened_gets_no_number(cast: Cast) -> None:
    Thread.objects.create(
        key="e" * 64, box=cast.box, holder=cast.box, open_due=this_hour(), resolve_due=this_hour(), pin="", pin_mac=""
    )
    number(apps, None)
    assert not RegisterEntry.objects.exists()


def test_a_box_that_was_handed_a_report_numbers_it_when_its_own_office_first_read_it(cast: Cast) -> None:
    thread = opened(cast, "a", NEW_YEAR, holder=cast.police)
    unread = opened(cast, "b", NEW_YEAR, holder=cast.police)
    for one in (thread, unread):
        written("mailbox.forwarded", one, cast.post.code, NEW_YEAR, purpose=cast.police.slug)
    for hours in (7, 3):
        written("mailbox.report.read", thread, cast.province_police.code, NEW_YEAR + timedelta(hours=hours))
    number(apps, None)
    assert numbers(cast.police) == {"a": "001/2026"}
    assert RegisterEntry.objects.get(box=cast.police).hour == NEW_YEAR + timedelta(hours=3)
    assert numbers(cast.box).keys() == {"a", "b"}


def test_run_again_it_goes_on_where_it_stood_and_changes_no_number(cast: Cast) -> None:
    opened(cast, "a", NEW_YEAR)
    number(apps, None)
    opened(cast, "b", NEW_YEAR - timedelta(minutes=60))
    opened(cast, "c", NEW_YEAR + timedelta(hours=1))
    number(apps, None)
    number(apps, None)
    assert numbers(cast.box) == {"a": "001/2026", "b": "001/2025", "c": "002/2026"}
