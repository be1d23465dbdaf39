"""What was done: private entries, and the public log of their commitments."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from keng.ledger import triggers
from keng.ledger.verbs import PADDING, verbs

VERBS = {PADDING: "lấp cho đầy sổ công khai, không phải việc gì"}


class LedgerApp(AppConfig):
    name = "keng.ledger"
    label = "ledger"

    def ready(self) -> None:
        for verb, says in VERBS.items():
            verbs.register(verb, says)
        # SQLite rebuilds a table to change it, and loses its triggers.
        post_migrate.connect(keep_entries, sender=self)


def keep_entries(using: str, **kwargs: Any) -> None:
    triggers.create(connections[using])
