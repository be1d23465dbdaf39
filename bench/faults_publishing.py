"""Publishes the public log again and again, as the day's chore does once: a process to be killed in the midst of it.

FAULTS_BUSY names a file whose first byte is 1 while a publication is under way.
"""

import os
import random
import sys
import time
from pathlib import Path


def publish_again_and_again(busy: Path) -> None:
    from django.db import DatabaseError

    from keng.ledger.errors import LogRefused
    from keng.ledger.publication import publish

    while True:
        busy.write_bytes(b"\1")
        try:
            publish(force=True)
        except (DatabaseError, OSError, LogRefused) as error:
            print("not published:", type(error).__name__, file=sys.stderr, flush=True)
        busy.write_bytes(b"\0")
        time.sleep(random.uniform(0.3, 1.2))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    publish_again_and_again(Path(os.environ["FAULTS_BUSY"]))
