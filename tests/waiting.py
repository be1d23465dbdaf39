"""Two deeds at once on PostgreSQL: the second waits for the row that the first changes."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

writers_wait = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers come one after another"),
]


def waits_for(first: Callable[[], object], second: Callable[[], object]) -> object:
    """What `second`, in a thread of its own, returned or raised: it begins before `first` is kept, and comes to its rows after."""
    came: list[Any] = []

    def run() -> None:
        try:
            came.append(second())
        except Exception as error:  # noqa: BLE001 - what is looked at
            came.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(20)
    return came[0]
