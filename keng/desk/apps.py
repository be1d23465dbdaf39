"""The officer's side of the mailbox."""

from django.apps import AppConfig


class DeskApp(AppConfig):
    name = "keng.desk"
    label = "desk"
