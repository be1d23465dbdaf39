"""Takes the order of arrival out of the database file (R9): large rows lie on pages that SQLite hands out one after the other."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from keng.core.ids import this_hour
from keng.mailbox.models import Part

PATIENCE = 2.0  # seconds that emptying the log may keep writers waiting, while somebody reads for long
# How far back the first run after a start looks, for hours that ended while nothing ran.
FIRST_LOOK = timedelta(days=7)


class StillRead(Exception):
    """Somebody reads what is in the write-ahead log: it can't be emptied now. The chore is tried again within a minute."""


class Settling:
    """The hourly chore: writes the parts of each hour that has ended anew, in random order, and empties the write-ahead log.

    SQLite only: PostgreSQL keeps arrivals in order until a table is rewritten (docs/operating/postgresql.md).
    """

    def __init__(self) -> None:
        self.done_until: datetime | None = None

    def __call__(self) -> int:
        """Returns how many parts were written anew. Twice at once does no harm: each hour is one transaction. Raises StillRead."""
        if connection.vendor != "sqlite":
            return 0
        until = this_hour()
        since = self.done_until or until - FIRST_LOOK
        hours = Part.objects.filter(hour__gte=since, hour__lt=until).order_by("hour").values_list("hour", flat=True)
        settled = sum(rewrite(hour) for hour in list(hours.distinct()))
        self.done_until = until
        empty_write_ahead_log()
        return settled


def empty_write_ahead_log() -> None:
    """What was erased is then in no file. Raises StillRead."""
    seconds = connection.settings_dict["OPTIONS"]["timeout"]
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (busy, _pages, _moved) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")
    if busy:
        raise StillRead


def rewrite(hour: datetime) -> int:
    """Deletes the parts of one hour and puts them back in random order; the freed pages go to others than had them before."""
    at = [connection.ops.adapt_datetimefield_value(hour)]
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("CREATE TEMP TABLE settling AS SELECT * FROM mailbox_part WHERE hour = %s ORDER BY random()", at)
        cursor.execute("DELETE FROM mailbox_part WHERE hour = %s", at)
        cursor.execute("INSERT INTO mailbox_part SELECT * FROM settling ORDER BY rowid")
        settled = cursor.rowcount
        cursor.execute("DROP TABLE settling")
    return int(settled)
