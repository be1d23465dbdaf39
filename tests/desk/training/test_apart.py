"""Practice and the real thing never meet: nothing is passed from one to the other, nothing of practice is counted."""

from base64 import b64encode
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from config.demo.client import BoxKeys
from config.demo.officer import Opened
from keng.core.ids import this_hour
from keng.core.indicators import Asked, indicators
from keng.desk.digest import counts
from keng.desk.figures import publication
from keng.desk.figures.periods import quarter_of
from keng.desk.mailbox import reading
from keng.desk.mailbox import services as desk
from keng.desk.models import Membership, Outcome, Published
from keng.desk.outcomes import services as counting
from keng.desk.outcomes import standing
from keng.desk.register import paper
from keng.desk.register.book import Period
from keng.desk.rising import late
from keng.desk.sharing import minutes
from keng.desk.sharing import services as sharing
from keng.mailbox.errors import NotAllowed
from keng.mailbox.models import Box, Passing, State, Thread
from keng.units.models import Office
from tests.cast import Cast
from tests.conftest import FaceClient
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


def test_a_practice_report_and_a_real_one_can_not_be_linked_either_way(
    hoa: Officer, practice: Thread, report: Report
) -> None:
    real, _reporter = report()
    hoa.opens(real)
    for one, other in ((practice, real), (real, practice)):
        with pytest.raises(NotAllowed) as refused:
            counting.link(thread=one, to=other, role="duplicate", by=hoa.user)
        assert refused.value.code == "training"
    assert not Membership.objects.exists()


@pytest.fixture
def counted(hoa: Officer, practice: Thread) -> Thread:
    """Practice taken to the end: of value, with an outcome, resolved."""
    fresh = Thread.objects.get(pk=practice.pk)
    said = {"category": "theft", "value": "valuable", "reason": "new_fact", "complex": False, "extended": False}
    desk.assess(thread=fresh, version=fresh.version, by=hoa.user, **said)  # type: ignore[arg-type]
    today = timezone.localdate()
    counting.record(thread=fresh, kind="major_case", quantity=Decimal(1), unit="case", day=today, by=hoa.user)
    fresh = Thread.objects.get(pk=practice.pk)
    desk.move(thread=fresh, to=State.ACTED_ON, version=fresh.version, by=hoa.user)
    return fresh


def test_what_was_counted_in_practice_is_in_no_sum(counted: Thread) -> None:
    assert Outcome.objects.count() == standing(training=True).count() == 1
    assert not standing().exists()


def test_practice_is_in_no_published_figure(counted: Thread, report: Report) -> None:
    """Ten real reports and the practice ones of the same quarter: ten are published, of none of which anything came."""
    for _each in range(10):
        report()
    quarter = quarter_of(timezone.localdate())
    figures = publication.reports("11", quarter)
    assert figures["crime"]["received"] == [10, 10]
    assert publication.outcomes("11", quarter) == []
    publication.publish_due(publication.day_of(quarter))
    published = Published.objects.get(period=quarter.code)
    assert published.figures["reports"]["crime"]["received"] == [10, 10]
    assert published.figures["outcomes"] == []


def test_a_province_with_training_boxes_alone_publishes_nothing(cast: Cast, keys: BoxKeys) -> None:
    Box.objects.filter(training=False).update(training=True)
    publication.publish_due(timezone.localdate() + timedelta(days=400))
    assert not Published.objects.exists()


def test_no_indicator_counts_practice(counted: Thread, cast: Cast, report: Report) -> None:
    today = timezone.localdate()
    asked = Asked(offices=(cast.post.pk,), first=today - timedelta(days=365), last=today)
    assert len(list(indicators)) > 20
    for name, indicator in indicators:
        assert indicator.count(asked) == 0, name
        assert not indicator.open(asked).exists(), name
    report()
    assert indicators["mailbox.received"].count(asked) == 1  # real ones do count


def test_the_portal_names_no_training_box(keys: BoxKeys, public: FaceClient) -> None:
    page = public.get("/?commune=03164").content.decode()
    assert SLUG not in page


@pytest.mark.parametrize("address", ["/boxes/tap-na-co-sa/", "/register/tap-na-co-sa/"])
def test_pages_of_a_training_box_say_so_from_afar(hoa: Officer, address: str) -> None:
    page = hoa.client.get(address).content.decode()
    assert 'class="training-band"' in page
    real = hoa.client.get(address.replace(SLUG, "na-co-sa")).content.decode()
    assert "training-band" not in real


def test_papers_of_a_training_box_say_that_they_are_worth_nothing(
    hoa: Officer, practice: Thread, cast: Cast, report: Report
) -> None:
    box = Box.objects.get(slug=SLUG)
    assert any(
        "KHÔNG CÓ GIÁ TRỊ" in str(said) for said in paper.printed(box, Period(timezone.localdate().year))["subtitles"]
    )  # type: ignore[union-attr]
    practised = sharing.give(box=box, threads=[practice], to=cast.nam, by=hoa.user)
    assert "BIÊN BẢN TẬP, KHÔNG CÓ GIÁ TRỊ" in minutes.handover_values(practised)["subtitles"]  # type: ignore[operator]
    assert 'class="training-band"' in hoa.client.get(f"/handovers/{practised.pk}/").content.decode()
    real, _reporter = report()
    hoa.opens(real)
    given = sharing.give(box=cast.box, threads=[real], to=cast.nam, by=hoa.user)
    assert not any("TẬP" in str(said) for said in minutes.handover_values(given)["subtitles"])  # type: ignore[union-attr]


def test_the_list_and_its_counts_leave_practice_out_until_its_box_is_asked_for(hoa: Officer, report: Report) -> None:
    begin(hoa)
    real, _reporter = report()
    _status, said = hoa.get("threads")
    assert [row["thread"] for row in said["threads"]] == [real.key]
    assert (said["counts"]["received"], said["counts"]["opened"]) == (1, 0)
    _status, said = hoa.get("threads", box=SLUG)
    assert len(said["threads"]) == 4
    assert (said["counts"]["received"], said["counts"]["opened"]) == (3, 1)


def test_practice_that_nobody_opened_is_late_in_no_digest_and_at_no_level(
    hoa: Officer, practice: Thread, cast: Cast, report: Report
) -> None:
    long_ago = this_hour() - timedelta(days=60)
    Thread.objects.filter(box__slug=SLUG).update(open_due=long_ago, resolve_due=long_ago)
    offices = Office.objects.filter(pk=cast.post.pk)
    work = counts.work_of(hoa.user, timezone.localdate(), this_hour())
    assert work.own == counts.Waiting(0, 0, 0, 0, 0)
    assert [row.late.all for row in late.by_office(offices, this_hour())] == [0]
    report()
    Thread.objects.filter(box=cast.box).update(open_due=long_ago)
    assert [row.late.all for row in late.by_office(offices, this_hour())] == [1]  # a real one is
    work = counts.work_of(hoa.user, timezone.localdate(), this_hour())
    assert work.own is not None
    assert work.own.late == 1
