"""Sums that the database keeps by itself: whoever writes a row, by whatever way, the sums that figures are read from change in the same
transaction. Triggers add rows of +1 and -1, so that nobody waits for a row; an hourly chore makes them compact."""

# ruff: noqa: S608 - every word of these statements stands in the code

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, transaction

from keng.core.group_commit import group_commit
from keng.core.ids import random_id
from keng.core.triggers import Trigger, Triggers

# A row's id, which tells neither a time nor an order.
RANDOM = {"sqlite": "(random() & 9223372036854775807)", "postgresql": "(random() * 9223372036854775807)::bigint"}


class Tally(Triggers):
    """The sums in `table`: its columns `key` say what of, `adds` how many; rows are made compact by one transaction for each of `by`, the
    first columns of the key. `of` says which triggers write it, for a vendor; `count` writes it whole, and returns how many it counted.
    """

    def __init__(
        self,
        table: str,
        *,
        key: tuple[str, ...],
        adds: tuple[str, ...],
        by: int,
        of: Callable[[str], Iterable[Trigger]],
        count: Callable[[Any, str], int],
    ) -> None:
        super().__init__(of)
        self.table, self.key, self.adds, self.by, self.count = table, key, adds, key[:by], count
        self.columns = ", ".join((*key, *adds))

    def count_all(self) -> int:
        """Counts everything anew and puts the triggers in place; returns how much there is. 1,000,000 take some seconds."""
        with transaction.atomic(), connection.cursor() as cursor:
            self.drop(connection)
            cursor.execute(f"DELETE FROM {self.table}")
            counted = self.count(cursor, connection.vendor)
            self.create(connection)
        return counted

    def restore(self) -> None:
        self.count_all()

    def compact(self) -> int:
        """The hourly chore: one row for many; returns how many rows were saved. Twice at once does no harm."""
        by = ", ".join(self.by)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {by} FROM {self.table} GROUP BY {', '.join(self.key)} HAVING COUNT(*) > 1")
            found = sorted(set(cursor.fetchall()))
        return sum(group_commit(lambda one=one: self._compact(one)) for one in found)  # type: ignore[misc]

    def _compact(self, one: tuple[Any, ...]) -> int:
        """Sums exactly the rows that it deletes, so that what others write meanwhile stays."""
        which = " AND ".join(f"{column} = %s" for column in self.by)
        sums: dict[tuple[Any, ...], list[int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self.table} WHERE {which} RETURNING {self.columns}", one)
            gone = cursor.fetchall()
            for row in gone:
                key, numbers = row[: len(self.key)], row[len(self.key) :]
                before = sums.get(key, [0] * len(numbers))
                sums[key] = [had + more for had, more in zip(before, numbers, strict=True)]
            kept = [(random_id(), *key, *numbers) for key, numbers in sums.items() if any(numbers)]
            places = ", ".join(["%s"] * (1 + len(self.key) + len(self.adds)))
            cursor.executemany(f"INSERT INTO {self.table} (id, {self.columns}) VALUES ({places})", kept)
        return len(gone) - len(kept)
