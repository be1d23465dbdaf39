"""Practice and the real thing never meet: nothing is passed from one to the other, nothing of practice is counted."""

from base64 import b64encode
from typing import Any

import pytest

from config.demo.client import BoxKeys
from config.demo.officer import Opened
from keng.desk.mailbox import reading
from keng.desk.mailbox import services as desk
from keng.mailbox.models import Box, Passing, State, Thread
from tests.cast import Cast
from tests.desk.mailbox.conftest import Officer, Report
from tests.desk.mailbox.conftest import cast as cast
from tests.desk.mailbox.conftest import report as report
from tests.desk.training.cast import SLUG, training_box
from tests.desk.training.test_reports import begin


@pytest.fixture
def keys(cast: Cast) -> BoxKeys:
    return training_box(cast)[1]


@pytest.fixture
def hoa(cast: Cast, keys: BoxKeys) -> Officer:
    return Officer(cast.hoa)


@pytest.fixture
def practice(hoa: Officer) -> Thread:
    """A practice report that is being verified."""
    thread = begin(hoa)
    desk.move(thread=thread, to=State.VERIFYING, version=Thread.objects.get(pk=thread.pk).version, by=hoa.user)
    return Thread.objects.get(pk=thread.pk)


def pass_on(officer: Officer, thread: Thread, keys: BoxKeys, to: BoxKeys) -> tuple[int, Any]:
    made = Opened(thread, keys).headers_for(to, None)
    headers = {digest: b64encode(header).decode() for digest, header in made.items()}
    body = {"to": to.slug, "version": thread.version, "headers": headers, "part": None}
    return officer.post(f"threads/{thread.key}/forward", body)


def test_a_practice_report_can_not_be_passed_to_a_real_box_even_where_a_statement_names_it(
    hoa: Officer, practice: Thread, keys: BoxKeys, cast: Cast
) -> None:
    assert pass_on(hoa, practice, keys, cast.police_keys) == (
        409,
        {"error": "training", "message": "Tin để tập không chuyển sang hộp thư thật được, tin thật không chuyển vào hộp thư để tập được."},
    )  # fmt: skip
    assert Thread.objects.get(pk=practice.pk).holder.slug == SLUG
    assert not Passing.objects.exists()


def test_a_real_report_can_not_be_passed_to_a_training_box(
    hoa: Officer, report: Report, cast: Cast, keys: BoxKeys
) -> None:
    Box.objects.filter(slug="ca-dien-bien").update(training=True)
    thread, _reporter = report()
    hoa.opens(thread)
    assert hoa.post(f"threads/{thread.key}/state", {"to": "verifying", "version": 2})[0] == 200
    status, said = pass_on(hoa, Thread.objects.get(pk=thread.pk), cast.keys, cast.police_keys)
    assert (status, said["error"]) == (409, "training")


def test_a_training_box_is_offered_no_real_box_to_pass_on_to(keys: BoxKeys, cast: Cast) -> None:
    assert reading.targets(Box.objects.get(slug=SLUG))["targets"] == {}
    assert set(reading.targets(cast.box)["targets"]) == {"ca-dien-bien"}
    Box.objects.filter(slug="ca-dien-bien").update(training=True)
    assert reading.targets(cast.box)["targets"] == {}
