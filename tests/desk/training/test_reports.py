"""Practice reports: made for an officer who presses the button, opened by the training box's key, answered by nobody."""

import json

import pytest
from django.utils import timezone

from config.demo.client import BoxKeys
from config.demo.officer import Opened
from keng.desk.models import Grant
from keng.desk.training import services
from keng.desk.training.stories import GUIDED, OTHERS
from keng.ledger.models import Entry
from keng.mailbox.errors import NotAllowed, Refused
from keng.mailbox.models import Box, Part, State, Thread
from tests.accounts.signing_in import enter
from tests.cast import Cast
from tests.conftest import FaceClient
from tests.desk.mailbox.conftest import Officer
from tests.desk.mailbox.conftest import cast as cast
from tests.desk.training.cast import SLUG, training_box

ALL = 1 + len(OTHERS)


@pytest.fixture
def keys(cast: Cast) -> BoxKeys:
    return training_box(cast)[1]


@pytest.fixture
def box(keys: BoxKeys) -> Box:
    return Box.objects.get(slug=SLUG)


@pytest.fixture
def hoa(cast: Cast, box: Box) -> Officer:
    return Officer(cast.hoa)


def ask(officer: Officer, slug: str = SLUG) -> tuple[int, dict[str, object]]:
    response = officer.client.post(f"/training/api/{slug}/reports")
    return response.status_code, json.loads(response.content) if response["Content-Type"] == "application/json" else {}


def begin(officer: Officer) -> Thread:
    _status, said = ask(officer)
    thread = Thread.objects.get(key=said["report"])
    officer.opens(thread)
    return thread


def test_the_button_makes_the_guided_report_and_a_few_more_that_the_boxs_key_opens(hoa: Officer, keys: BoxKeys) -> None:
    status, said = ask(hoa)
    assert (status, said["added"]) == (201, ALL)
    thread = Thread.objects.get(key=said["report"])
    report = Opened(thread, keys)
    assert report.first["what"] == GUIDED.what
    assert report.first["village"] == GUIDED.village
    text, photo = (report.open(part) for part in thread.parts.order_by("index"))
    assert text.body.decode() == GUIDED.text
    assert (photo.name, photo.body, photo.foreign) == ("photo.jpg", GUIDED.photo, False)
    texts = set()
    for other in Thread.objects.exclude(pk=thread.pk):
        opened = Opened(other, keys)
        texts.add(opened.open(other.parts.get()).body.decode())
    assert texts == {story.text for story in OTHERS}


def test_every_invented_report_says_that_it_is_one() -> None:
    assert all(story.text.startswith("Đây là tin để tập.") for story in (GUIDED, *OTHERS))


def test_pressing_again_makes_no_more_while_they_wait(hoa: Officer) -> None:
    _status, first = ask(hoa)
    assert ask(hoa) == (200, {"report": first["report"], "added": 0})
    assert Thread.objects.filter(box__slug=SLUG).count() == ALL


def test_an_officer_goes_on_with_the_report_that_they_began(hoa: Officer, cast: Cast) -> None:
    begun = begin(hoa)
    assert ask(hoa) == (200, {"report": begun.key, "added": 0})
    status, others = ask(Officer(cast.nam))
    assert (status, others["added"]) == (201, 1)  # the guided one only: the others still wait
    assert others["report"] != begun.key


def test_once_it_is_closed_the_next_walk_has_a_new_report(hoa: Officer) -> None:
    begun = begin(hoa)
    Thread.objects.filter(pk=begun.pk).update(state=State.CLOSED)
    _status, said = ask(hoa)
    assert said["report"] != begun.key
    assert Thread.objects.get(key=said["report"]).state == State.RECEIVED


def test_a_box_full_of_unfinished_practice_takes_no_more(
    hoa: Officer, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST", ALL)
    begin(hoa)
    status, said = ask(Officer(cast.nam))
    assert (status, said["error"]) == (409, "full")
    assert "24 tin" in str(said["message"])
    assert Thread.objects.filter(box__slug=SLUG).count() == ALL


def test_the_ledger_says_who_filled_the_box_and_never_twice_for_nothing(hoa: Officer) -> None:
    ask(hoa)
    ask(hoa)
    [entry] = Entry.objects.filter(verb=services.FILLED)
    assert (entry.subject, entry.by, entry.office) == (SLUG, "hoa", "bp-na-co-sa")


def test_no_secret_of_a_practice_report_is_kept(hoa: Officer, keys: BoxKeys) -> None:
    """Its answers are for nobody: what would open them was random and is gone."""
    _status, said = ask(hoa)
    thread = Thread.objects.get(key=said["report"])
    secret = Opened(thread, keys).first["secret"].encode()
    stored = [bytes(value) for part in Part.objects.all() for value in (part.header, part.payload)]
    stored += [repr(row).encode() for row in (*Thread.objects.values_list(), *Entry.objects.values_list())]
    assert not any(secret in one for one in stored)


def test_a_box_for_real_reports_is_never_filled(hoa: Officer, cast: Cast) -> None:
    assert ask(hoa, "na-co-sa")[0] == 404
    with pytest.raises(NotAllowed):
        services.practise(box=cast.box, by=cast.hoa)
    assert not Thread.objects.exists()


def test_o2_only_those_who_hold_the_training_boxs_key_practise_in_it(hoa: Officer, cast: Cast) -> None:
    lan, dung = Officer(cast.lan), Officer(cast.dung)
    assert ask(lan)[0] == ask(dung)[0] == 404
    Grant.objects.filter(box__slug=SLUG, key__user=cast.hoa).update(until=timezone.now())
    assert ask(hoa)[0] == 404
    minh = FaceClient("desk")
    enter(minh, cast.minh)
    assert minh.post(f"/training/api/{SLUG}/reports").status_code == 403
    assert not Thread.objects.exists()


def test_asking_by_get_changes_nothing(hoa: Officer) -> None:
    assert hoa.client.get(f"/training/api/{SLUG}/reports").status_code == 405
    assert not Thread.objects.exists()


@pytest.mark.parametrize("state", ["closed", "unopened", "keyless"])
def test_a_training_box_that_takes_nothing_says_so(cast: Cast, box: Box, state: str) -> None:
    today = timezone.localdate()
    changed = {"closed": {"closed_on": today}, "unopened": {"opened_on": None}, "keyless": {"recipient": ""}}[state]
    Box.objects.filter(pk=box.pk).update(**changed)
    with pytest.raises(Refused) as refused:
        services.practise(box=Box.objects.get(pk=box.pk), by=cast.hoa)
    assert refused.value.code == "closed"
