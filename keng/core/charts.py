"""Charts as SVG, made by the server: no script, no inline style (colours come from the page's stylesheet by class), text that is text.

Every chart stands beside a table with the same numbers; a reader who sees no picture is told so by `says`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

STEP, HEIGHT, TOP, BOTTOM, WIDE = 64, 190, 26, 26, 38
# Least and most; None where nothing is told.
Range = tuple[int, int] | None


@dataclass(frozen=True)
class Column:
    """One column: the whole, and the part of it that is drawn darker. What lies between least and most is drawn pale."""

    label: str
    whole: Range
    part: Range = None


def columns(data: Sequence[Column], *, says: str, untold: str) -> SafeString:
    """Columns side by side, the tallest as high as the picture; `untold` is written where a number is not told."""
    highest = max([column.whole[1] for column in data if column.whole] or [1]) or 1
    drawn = [_column(column, at, (HEIGHT - TOP - BOTTOM) / highest, untold) for at, column in enumerate(data)]
    width = STEP * max(len(data), 1)
    return format_html(
        '<svg class="columns" viewBox="0 0 {} {}" width="{}" role="img" aria-label="{}"><path class="base" d="M0 {}h{}"/>{}</svg>',
        width, HEIGHT, width, says, HEIGHT - BOTTOM, width, format_html_join("", "{}", ((one,) for one in drawn)),
    )  # fmt: skip


def _column(column: Column, at: int, scale: float, untold: str) -> SafeString:
    left, middle, floor = at * STEP + (STEP - WIDE) // 2, at * STEP + STEP // 2, HEIGHT - BOTTOM
    label = format_html('<text x="{}" y="{}">{}</text>', middle, HEIGHT - 7, column.label)
    if column.whole is None:
        return format_html('<text class="untold" x="{}" y="{}">{}</text>{}', middle, floor - 8, untold, label)
    bars = [("whole", 0, column.whole[1])]
    if column.part is not None:
        least, most = column.part
        bars += [("part", 0, least), ("maybe", least, most)]
    drawn = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
        (
            (kind, left, _round(floor - most * scale), WIDE, _round((most - least) * scale))
            for kind, least, most in bars
            if most > least
        ),
    )
    top = _round(floor - column.whole[1] * scale - 7)
    return format_html('{}<text class="top" x="{}" y="{}">{}</text>{}', drawn, middle, top, column.whole[1], label)


def bar(least: int, most: int, of: int) -> SafeString:
    """A thin bar that fills its place: the part of a whole. Says nothing to a screen reader, as the number stands beside it."""
    filled, pale = (_round(100 * number / of if of else 0) for number in (least, most - least))
    return format_html(
        '<svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="whole" width="100" height="6"/>'
        '<rect class="part" width="{}" height="6"/><rect class="maybe" x="{}" width="{}" height="6"/></svg>',
        filled, filled, pale,
    )  # fmt: skip


def _round(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
