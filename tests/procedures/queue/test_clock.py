"""A dossier's clock as it is drawn."""

from datetime import timedelta

import pytest

from keng.core import ids
from keng.procedures.models import State
from keng.procedures.queue import clock

pytestmark = pytest.mark.django_db


def drawn(dossier):
    return clock.bar(dossier, dossier.pauses.order_by("since"), ids.now())


def test_what_was_late_before_it_waits_stays_red_until_then_and_gets_no_later(cast):
    late = cast.row(-48, state=State.WAITING)
    late.pauses.create(since=late.due + timedelta(hours=24))
    bar = drawn(late)
    assert bar.late is not None
    assert bar.late.x == bar.due
    # A day of the two since it was due: the other one it waits.
    assert abs(bar.late.width - bar.pauses[0].width) <= 1
    assert bar.late.x + bar.late.width == bar.pauses[0].x


def test_what_waits_since_before_its_day_is_not_late_however_long_it_takes(cast):
    waiting = cast.row(-48, state=State.WAITING)
    waiting.pauses.create(since=waiting.due - timedelta(hours=1))
    assert drawn(waiting).late is None


def test_late_until_now_or_until_it_was_done(cast):
    running = cast.row(-48)
    assert drawn(running).late is not None
    done = cast.row(-48, code="03349-261122-0777", state=State.DONE)
    done.closed_at = done.due + timedelta(hours=5)
    assert drawn(done).late is not None
    done.closed_at = done.due
    assert drawn(done).late is None
