"""C5: no hidden count of reports can be worked out from what is published, by whoever knows the rule and has every page."""

import itertools
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.desk.figures import suppression
from keng.desk.figures.suppression import FEW, Range, Shown, part, suppress, total, whole
from tests.desk.figures.attacker import narrowest, small

World = dict[str, int]
MOST = 14  # reports in a quarter of the small worlds: past it the rule sees no difference
GUARANTEED = FEW


def quarters(parts: int, most: int = MOST) -> Iterator[World]:
    for received in range(most + 1):
        for numbers in itertools.product(range(received + 1), repeat=parts):
            yield {"received": received, **{f"part{at}": number for at, number in enumerate(numbers)}}


def published(world: World) -> str:
    return json.dumps(
        suppress(world["received"], {name: number for name, number in world.items() if name != "received"})
    )


def test_c5_a_count_under_five_is_not_told_not_even_that_it_is_none():
    assert [whole(number) for number in range(7)] == [None] * 5 + [(5, 5), (6, 6)]


@pytest.mark.parametrize(
    ("number", "of", "shown"),
    [
        (31, 75, (31, 31)), (5, 10, (5, 5)), (4, 10, (0, 4)), (0, 10, (0, 4)), (6, 10, (6, 10)), (10, 10, (6, 10)),
        (5, 9, None), (0, 5, None), (3, 3, None), (38, 40, (36, 40)), (35, 40, (35, 35)),
    ],
)  # fmt: skip
def test_c5_a_part_is_told_only_where_its_rest_is_not_small(number: int, of: int, shown: Shown):
    assert part(number, of) == shown


def test_c5_one_quarter_with_three_parts_keeps_five_values_for_every_hidden_count():
    assert narrowest(quarters(3, 12), published, small) >= GUARANTEED
    assert narrowest(quarters(2), published, small) == GUARANTEED


def two_quarters() -> Iterator[tuple[World, World]]:
    worlds = list(quarters(1, 12))
    return itertools.product(worlds, worlds)  # type: ignore[return-value]


def with_year(world: tuple[World, World]) -> str:
    """Two quarters and their year, which is the sum of what they show."""
    shown = [suppress(one["received"], {"part0": one["part0"]}) for one in world]
    return json.dumps([*shown, {name: total(one[name] for one in shown) for name in ("received", "part0")}])


def of_both(world: tuple[World, World]) -> dict[str, int]:
    return {f"{at} {name}": number for at, one in enumerate(world) for name, number in small(one).items()}


def test_c5_the_year_tells_nothing_of_its_quarters():
    assert narrowest(two_quarters(), with_year, of_both) >= GUARANTEED


def with_percentages(world: World) -> str:
    """As a page could print them: of every range its ends, rounded."""
    shown = suppress(world["received"], {"part0": world["part0"]})
    whole_, one = shown["received"], shown["part0"]
    return json.dumps([shown, [round(100 * end / whole_[0]) for end in one] if whole_ and one else None])


def test_c5_percentages_of_what_is_shown_tell_nothing_more():
    assert narrowest(quarters(1, 30), with_percentages, small) >= GUARANTEED


def something_came_of_it(world: World) -> bool:
    return world["received"] > 0


def test_c5_even_an_outcome_that_proves_a_report_leaves_four_values():
    """Outcomes stand exactly: an arrest in a province's first quarter tells that there was a report, and no more."""
    worlds = [world for world in quarters(1) if something_came_of_it(world)]
    assert narrowest(worlds, published, small) >= GUARANTEED - 1


def zero_is_shown(number: int) -> Shown:
    return (number, number) if number >= FEW or number == 0 else None


def complement_is_shown(number: int, of: int) -> Shown:
    return (number, number) if number >= FEW else None


def small_quarters_are_split(number: int, of: int) -> Shown:
    """Suppresses each side of a split of any size by itself: of 8 reports "under 5" and "under 5" are 4 and 4."""
    if number < FEW:
        return (0, FEW - 1)
    return (of - FEW + 1, of) if of - number < FEW else (number, number)


@pytest.mark.parametrize(
    ("what", "broken"),
    [("whole", zero_is_shown), ("part", complement_is_shown), ("part", small_quarters_are_split)],
    ids=["zero is told", "the rest is told", "small quarters are split"],
)
def test_c5_the_attacker_sees_through_a_broken_rule(monkeypatch, what, broken):
    """A test that cannot fail is a defect: these rules look safe, and are not."""
    monkeypatch.setattr(suppression, what, broken)
    assert narrowest(quarters(1), published, small) < GUARANTEED


def test_c5_the_attacker_sees_through_a_year_counted_by_itself():
    def public(world: tuple[World, World]) -> str:
        return json.dumps([with_year(world), whole(sum(one["received"] for one in world))])

    assert narrowest(two_quarters(), public, of_both) == 1


@given(received=st.integers(min_value=0, max_value=10**6), data=st.data())
def test_what_is_shown_holds_the_truth_and_is_exact_or_as_wide_as_promised(received, data):
    number = data.draw(st.integers(min_value=0, max_value=received))
    shown: Range | None = part(number, received)
    if shown is None:
        assert received < 2 * FEW
        return
    least, most = shown
    assert 0 <= least <= number <= most <= received
    assert most - least in (0, FEW - 1)
    if least == most:
        assert min(number, received - number) >= FEW


def test_a_part_that_is_more_than_the_whole_is_a_mistake_not_a_figure():
    with pytest.raises(ValueError, match="part"):
        suppress(10, {"valuable": 11})
