"""The demo's invented reports before they are played: the same each time, and the published figures whatever the day."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from config.demo import boxes, plans
from config.demo.acts import ACTS
from config.demo.client import BoxKeys
from config.demo.inventing import FRAGMENTS, HERE, Story, sentences
from config.demo.telling import Telling
from keng.desk.models import REASONS
from keng.mailbox.kinds import KINDS
from keng.mailbox.models import Box

DAYS = [
    datetime(2026, 11, 22, 5, tzinfo=UTC),
    datetime(2027, 2, 28, 23, tzinfo=UTC),
    datetime(2028, 7, 1, 12, tzinfo=UTC),
]
on_each_day = pytest.mark.parametrize("now", DAYS, ids=lambda now: now.date().isoformat())


def acts(stories: list[Story], do: str) -> list[dict[str, object]]:
    return [act for story in stories for act in story["steps"] if act["do"] == do]


def test_the_same_moment_gives_the_same_stories() -> None:
    assert plans.invented(DAYS[0]) == plans.invented(DAYS[0])


@on_each_day
def test_whatever_the_day_lai_chau_has_its_75_reports_of_2025(now: datetime) -> None:
    told = [story for story in plans.invented(now) if story["box"] in ("ka-lang", "pa-u") and story["on"].year == 2025]
    quarters = Counter((story["on"].astimezone(HERE).month - 1) // 3 + 1 for story in told)
    assert quarters == {3: 34, 4: 41}
    values = Counter(act["value"] for act in acts(told, "assess"))
    assert values == {"valuable": 31, "not_valuable": 44}
    counted: Counter[str] = Counter()
    for act in acts(told, "count"):
        counted[str(act["kind"])] += int(act["quantity"]) if act["kind"] != "exhibit" else 0  # type: ignore[call-overload]
        assert act["on"].year == 2025  # type: ignore[attr-defined]
    [right] = acts(told, "correct")
    assert (counted["major_case"], counted["other_case"], counted["arrest"], right["quantity"]) == (2, 4, 8, 3)


@on_each_day
def test_every_story_is_in_order_and_speaks_the_vocabulary(now: datetime) -> None:
    for story in plans.invented(now):
        hours = [story["on"], *(act["on"] for act in story["steps"])]
        assert hours == sorted(hours), story
        assert plans.FOUNDED < hours[0] < now
        assert all(act["do"] in ACTS for act in story["steps"])
        assert not {"{", "}"} & set(story["text"])
        assert story["text"][0].isupper()
    assert len(plans.invented(now)) == 268


def test_each_report_is_assessed_in_the_words_of_its_box_with_a_reason_that_fits() -> None:
    kinds = {planned.slug: planned.kind for top, below in boxes.PROVINCES for planned in (top, *below)}
    filed: Counter[str] = Counter()
    for story in plans.invented(DAYS[0]):
        kind = KINDS[kinds[story["box"]]]
        assert story["what"] in kind.what
        [assessed] = acts([story], "assess")
        assert assessed["category"] in kind.what
        assert assessed["reason"] in REASONS[str(assessed["value"])]
        filed[f"{kinds[story['box']]} {story['what']}"] += 1
    assert len(filed) >= 15
    assert f"{Box.Kind.COMPLAINT} slow_papers" in filed


def test_nobody_who_reports_is_named_and_no_story_tells_of_a_people() -> None:
    told = " ".join(story["text"] for story in plans.invented(DAYS[0])) + str(FRAGMENTS)
    assert not [word for word in ("dân tộc", "người Mông", "người Thái", "người Kinh", "tên là") if word in told]


def test_a_fragment_in_the_middle_gets_its_capital() -> None:
    assert sentences("hôm qua mất trâu. sáng nay mới biết.") == "Hôm qua mất trâu. Sáng nay mới biết."


def test_what_a_story_would_do_later_has_not_happened_yet() -> None:
    now = DAYS[0]
    story = {
        "box": "x",
        "on": now - timedelta(hours=5),
        "text": "",
        "steps": [
            {"do": "open", "on": now - timedelta(hours=2), "by": "hoa"},
            {"do": "verify", "on": now + timedelta(hours=2), "by": "hoa"},
        ],
    }
    events = list(Telling(story, {"x": BoxKeys("x")}, now, ACTS, {}).events())
    assert [event.moment for event in events] == [now - timedelta(hours=5), now - timedelta(hours=2)]


@on_each_day
def test_key_statements_are_renewed_before_they_run_out(now: datetime) -> None:
    moments = sorted({moment for moment, _renew in boxes.renewals({}, founded=plans.FOUNDED, now=now)})
    covered = plans.FOUNDED
    for moment in moments:
        assert covered < moment <= covered + timedelta(days=boxes.TERM)
        covered = moment
    assert now < covered + timedelta(days=boxes.TERM)
