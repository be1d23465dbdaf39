"""Outgoing messages."""

from datetime import timedelta

from django.apps import AppConfig

from keng.core.registry import Chore, chores


class NotifyApp(AppConfig):
    name = "keng.notify"
    label = "notify"

    def ready(self) -> None:
        from keng.notify import checkpoints, email, outbox
        from keng.notify.channels import channels

        channels.register("email", email.channel)
        chores.register("notify.send", Chore(timedelta(minutes=1), outbox.send_due))
        chores.register("notify.checkpoints", Chore(timedelta(minutes=10), checkpoints.mail_newest))
        chores.register("notify.forget", Chore(timedelta(hours=6), outbox.forget))
