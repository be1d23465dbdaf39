"""What was done: private entries, and the public log of their commitments."""

from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from keng.core.registry import Chore, chores
from keng.ledger.triggers import lock
from keng.ledger.verbs import ADOPTED, PADDING, verbs

VERBS = {
    PADDING: "lấp cho đầy sổ công khai, không phải việc gì",
    ADOPTED: "dòng lấy lại từ sổ công khai; nội dung đã mất cùng cơ sở dữ liệu cũ",
    "ledger.restored": "lấy lại từ sổ công khai những dòng mà bản sao lưu không có",
    "ledger.key.made": "làm khoá ký sổ công khai",
    "ledger.key.retired": "thôi dùng một khoá ký sổ công khai",
}


class LedgerApp(AppConfig):
    name = "keng.ledger"
    label = "ledger"

    def ready(self) -> None:
        from keng.ledger.publication import publish_due

        for verb, says in VERBS.items():
            verbs.register(verb, says)
        chores.register("ledger.publish", Chore(timedelta(minutes=1), publish_due))
        # SQLite rebuilds a table to change it, and loses its triggers.
        post_migrate.connect(keep_entries, sender=self)


def keep_entries(using: str, **kwargs: Any) -> None:
    lock.create(connections[using])
