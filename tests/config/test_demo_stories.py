"""The demo's stories as they are written down, and the clock by which they are played."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from config.demo import stories
from config.demo.clock import at
from keng.core.ids import this_hour


def test_every_story_fits_before_now_and_names_only_what_is_there() -> None:
    media = {path.name for path in (settings.BASE_DIR / "config/demo/media").iterdir()}
    for story in stories.read():
        steps = story.get("steps", [])
        assert all(act["do"] in stories.ACTS for act in steps)
        assert [act["after"] for act in steps] == sorted(act["after"] for act in steps)
        assert all(act["after"] < story["ago"] for act in steps), story["text"]
        files = {*story.get("photos", []), *story.get("voice", []), *(act["file"] for act in steps if "file" in act)}
        assert files <= media


def test_the_clock_goes_back_for_whatever_is_stored_and_comes_forward_again() -> None:
    then = datetime(2026, 7, 24, 13, 45, tzinfo=UTC)
    with at(then):
        assert this_hour() == then.replace(minute=0)
        assert timezone.localdate().isoformat() == "2026-07-24"
        with at(then - timedelta(days=1)):
            assert this_hour().day == 23
        assert this_hour().day == 24
    assert abs(timezone.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert datetime.now(UTC) - this_hour() < timedelta(hours=1)
