"""What was done: private entries."""

from django.apps import AppConfig


class LedgerApp(AppConfig):
    name = "keng.ledger"
    label = "ledger"
