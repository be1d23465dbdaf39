"""Makes `config` an app, for the commands that know every other app: serve, work, demo."""

from django.apps import AppConfig


class ConfigApp(AppConfig):
    name = "config"
