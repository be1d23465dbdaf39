"""What may be published of a count of reports (C5). The rule is public; it holds against whoever knows it.

A count under FEW, none at all included, is not told: that somebody reported is what the person reported wants to know. A part is told
only where its rest is not small either. Nothing depends on anything but the one count and the one part, so no second figure narrows it:
a hidden number always leaves at least FEW possibilities, whatever else is published (`tests/desk/figures/test_suppression.py` tries).
"""

from collections.abc import Iterable, Mapping

FEW = 5
# A part of fewer than this many would be small on one side at least, so none is told of them.
SPLIT = 2 * FEW

# Least and most that it can be, equal where it is exact. None: nothing is told.
Range = tuple[int, int]
Shown = Range | None


def whole(number: int) -> Shown:
    """A count of reports as published."""
    return (number, number) if number >= FEW else None


def part(number: int, of: int) -> Shown:
    """How many of `of` reports are so: exactly where they and the others are FEW or more, else that one of the two is under FEW."""
    if of < SPLIT:
        return None
    if number < FEW:
        return (0, FEW - 1)
    if of - number < FEW:
        return (of - FEW + 1, of)
    return (number, number)


def suppress(received: int, parts: Mapping[str, int]) -> dict[str, Shown]:
    """What is published of one group's quarter. Raises ValueError for a part that is no part."""
    if any(not 0 <= number <= received for number in parts.values()):
        raise ValueError("a part is more than the whole")
    return {"received": whole(received), **{name: part(number, received) for name, number in parts.items()}}


def total(shown: Iterable[Shown]) -> Shown:
    """The sum of what is told, of which nothing follows that was not told; None where nothing is."""
    told = [one for one in shown if one is not None]
    return (sum(least for least, _most in told), sum(most for _least, most in told)) if told else None
