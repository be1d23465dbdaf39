"""Ids that tell nothing of order or time, and hours, the finest time that is kept (R9)."""

import secrets
from datetime import UTC, datetime


def random_id() -> int:
    """63 random bits. As INTEGER PRIMARY KEY it is SQLite's rowid too, so no hidden column keeps the order of arrival."""
    return secrets.randbits(63)


def this_hour() -> datetime:
    """The current UTC hour."""
    return hour_of(datetime.now(UTC))


def hour_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
