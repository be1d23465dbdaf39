"""The growth of the public log as an SVG: a column a day, made by the server, coloured by the page's stylesheet."""

from collections.abc import Sequence
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, TOP, BOTTOM, GAP, WIDEST = 400, 130, 26, 24, 2, 24


def growth(points: Sequence[tuple[date, int]], *, says: str, size: str) -> SafeString:
    """`points`: (day, leaves on that day), the oldest first, at least one; `size`: the last one as it is written above its column."""
    highest = max(points[-1][1], 1)
    step = min(WIDTH / len(points), WIDEST)
    left = WIDTH - step * len(points)  # a young log begins at the right
    floor = HEIGHT - BOTTOM
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>',
        (
            (_round(left + at * step + GAP), _round(floor - tall), _round(step - GAP), _round(tall))
            for at, (_day, leaves) in enumerate(points)
            for tall in [leaves * (floor - TOP) / highest]
        ),
    )
    ends = [(_round(left + GAP), "", points[0][0]), (WIDTH, "end", points[-1][0])] if len(points) > 2 else []
    labels = format_html_join(
        "",
        '<text class="{}" x="{}" y="{}">{}</text>',
        ((kind, x, HEIGHT - 5, f"{day.day}/{day.month}") for x, kind, day in ends),
    )
    return format_html(
        '<svg class="growth" viewBox="0 0 {} {}" role="img" aria-label="{}"><path d="M0 {}h{}"/>{}{}'
        '<text class="end top" x="{}" y="{}">{}</text></svg>',
        WIDTH, HEIGHT, says, floor, WIDTH, bars, labels, WIDTH, TOP - 8, size,
    )  # fmt: skip


def _round(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
