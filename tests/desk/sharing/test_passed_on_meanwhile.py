"""Whoever waits on PostgreSQL while a report goes to another office is told that, not that it was erased."""

from collections.abc import Callable

import pytest

from keng.desk.mailbox import services as mailbox
from keng.desk.outcomes import services as outcomes
from keng.desk.sharing import services as sharing
from keng.mailbox.errors import Conflict, NotAllowed
from keng.mailbox.models import Thread
from tests.cast import Cast
from tests.desk.outcomes.conftest import pass_on
from tests.desk.register.conftest import Made
from tests.waiting import waits_for, writers_wait

pytestmark = writers_wait
Deed = Callable[[Thread, Cast], object]
DEEDS: dict[str, tuple[Deed, type[Exception], str]] = {
    "opened": (lambda thread, cast: mailbox.open_report(thread=thread, by=cast.nam), Conflict, "passed_on"),
    "assigned": (
        lambda thread, cast: sharing.assign(threads=[thread], to=cast.hoa, by=cast.nam), Conflict, "passed_on",
    ),
    "linked": (lambda thread, cast: outcomes.unlink(thread=thread, by=cast.nam), NotAllowed, "not_held"),
}  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS)
def test_s2_a_report_that_was_passed_on_meanwhile_is_said_to_be_elsewhere(cast: Cast, report: Made, deed: str) -> None:
    thread = report("verifying")
    seen = Thread.objects.select_related("holder__office", "box").get(pk=thread.pk)
    there = cast.police
    does, error, code = DEEDS[deed]
    became = waits_for(lambda: pass_on(thread, there), lambda: does(seen, cast))
    assert isinstance(became, error), became
    assert became.code == code  # type: ignore[attr-defined]
