"""Officers, roles and sign-in."""

from django.apps import AppConfig


class AccountsApp(AppConfig):
    name = "keng.accounts"
    label = "accounts"
