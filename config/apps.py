"""Makes `config` an app, for the commands that know every other app: serve, work, demo."""

from django.apps import AppConfig
from django.core.checks import register

from config.checks import configuration


class ConfigApp(AppConfig):
    name = "config"

    def ready(self) -> None:
        register(configuration)
