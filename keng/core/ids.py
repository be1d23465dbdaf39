"""Ids that tell nothing of order or time, and hours, the finest time that is kept of reports (R9)."""

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    BigInteger = models.BigIntegerField[int, int]
else:  # Django's fields can't be subscripted when run
    BigInteger = models.BigIntegerField


def random_id() -> int:
    """63 random bits."""
    return secrets.randbits(63)


class RandomId(BigInteger):
    """A random primary key. On SQLite its type must read `integer`, not `bigint`: only then is it the rowid itself, and no hidden
    column keeps the order of arrival. What refers to it gets the same type, so a one-to-one key is a rowid too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"primary_key": True, "default": random_id, "editable": False, **kwargs})

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


def now() -> datetime:
    """The current moment, for what the law counts in hours and minutes: dossiers, never reports."""
    return datetime.now(UTC)


def this_hour() -> datetime:
    """The current UTC hour."""
    return hour_of(datetime.now(UTC))


def hour_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
