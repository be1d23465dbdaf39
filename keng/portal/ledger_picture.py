"""The growth of the public log as an SVG: a column a day, made by the server, coloured by the page's stylesheet."""

from collections.abc import Sequence
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, TOP, BOTTOM, GAP = 640, 170, 26, 26, 3


def growth(points: Sequence[tuple[date, int]], *, says: str, size: str) -> SafeString:
    """`points`: (day, leaves on that day), the oldest first, at least one; `size`: the last one as it is written above its column."""
    highest = max(points[-1][1], 1)
    step = WIDTH / len(points)
    floor = HEIGHT - BOTTOM
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>',
        (
            (_round(at * step), _round(floor - tall), _round(step - GAP), _round(tall))
            for at, (_day, leaves) in enumerate(points)
            for tall in [leaves * (floor - TOP) / highest]
        ),
    )
    first, last = (f"{day.day}/{day.month}" for day in (points[0][0], points[-1][0]))
    return format_html(
        '<svg class="growth" viewBox="0 0 {} {}" role="img" aria-label="{}"><path d="M0 {}h{}"/>{}<text x="0" y="{}">{}</text>'
        '<text class="end" x="{}" y="{}">{}</text><text class="end top" x="{}" y="{}">{}</text></svg>',
        WIDTH, HEIGHT, says, floor, WIDTH, bars, HEIGHT - 6, first, WIDTH, HEIGHT - 6, last, WIDTH, TOP - 8, size,
    )  # fmt: skip


def _round(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
