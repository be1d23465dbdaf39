"""Boxes, key statements, sealed parts: no person is known here."""

from django.apps import AppConfig


class MailboxApp(AppConfig):
    name = "keng.mailbox"
    label = "mailbox"
