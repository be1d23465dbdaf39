"""Twelve bars, one a month: where the lines of a year stand, and the way to a month."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT, WIDTH, GAP = 64, 34, 8  # in the units of the picture


@dataclass(frozen=True)
class Bar:
    """`x`, `y`, `width` and `height` as SVG has them, from the top left."""

    month: int
    number: int
    chosen: bool
    x: int
    y: int
    height: int
    width: int = WIDTH

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def above(self) -> int:
        """Where the number stands."""
        return self.y - 5


def months(numbers: Sequence[int], chosen: int) -> list[Bar]:
    """A month with any line has at least a stroke of a bar."""
    most = max(numbers) or 1
    heights = [max(round(HEIGHT * number / most), 2) if number else 0 for number in numbers]
    return [
        Bar(month, number, month == chosen, (month - 1) * (WIDTH + GAP), 20 + HEIGHT - height, height)
        for month, (number, height) in enumerate(zip(numbers, heights, strict=True), start=1)
    ]
