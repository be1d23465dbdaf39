"""Work of a chore that is done row by row: each row is its own transaction and its own failure, and the run ends failed if one was."""

import logging
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from django.db import OperationalError

from keng.core.group_commit import group_commit

log = logging.getLogger("keng.work")
TOLD = 20  # failures of one run that the journal names
GIVE_UP = 5  # faults of the database one after the other: then it is the machine (S2), not these rows


class RowsFailed(Exception):
    """Some rows could not be done; the others were. The journal names them by key, and the chore is tried again."""


class RowByRow:
    """`with RowByRow("procedures.erase_due") as rows: return rows.each(keys, erase)`: leaving it raises RowsFailed where a row failed."""

    def __init__(self, chore: str) -> None:
        self.chore = chore
        self.failed = 0
        self._faults = 0

    def each(self, keys: Iterable[int], do: Callable[[int], object], *, most: int | None = None) -> int:
        """Does each row in a transaction of its own; returns for how many `do` said that something was done (a true value).

        `most` of those end it. A row that fails counts for nothing there, so that however many fail, those behind them have their turn.
        """
        done = 0
        for key in keys:
            if most is not None and done >= most:
                break
            done += self._one(key, do)
        return done

    def _one(self, key: int, do: Callable[[int], object]) -> bool:
        try:
            did = bool(group_commit(lambda: do(key)))
        except Exception as error:  # noqa: BLE001 - one broken row must not stop those behind it
            self._tell(key, error)
            return False
        self._faults = 0
        return did

    def _tell(self, key: int, error: Exception) -> None:
        """By key and kind alone, for the error's text may quote data (R1, C4)."""
        self.failed += 1
        if self.failed <= TOLD:
            log.error("Việc nền “%s”: dòng %s chưa xong. / This row failed: %s", self.chore, key, type(error).__name__)
        self._faults = self._faults + 1 if isinstance(error, OperationalError) else 0
        if self._faults >= GIVE_UP:
            raise error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self.failed:
            log.error("Việc nền “%s”: %s dòng chưa xong. / Rows that failed.", self.chore, self.failed)
            raise RowsFailed(self.chore, self.failed)
