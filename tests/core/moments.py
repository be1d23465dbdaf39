"""Moments and pauses for the calendar's tests, around the whole of 2026, in Vietnamese time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
# Hypothesis adds the zone itself, so the bounds must be naive.
MOMENTS = st.datetimes(datetime(2025, 12, 20), datetime(2026, 12, 31), timezones=st.just(HERE))  # noqa: DTZ001
PAUSES = st.lists(
    st.tuples(MOMENTS, st.integers(0, 40 * 24)).map(lambda p: (p[0], p[0] + timedelta(hours=p[1]))), max_size=4
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)
