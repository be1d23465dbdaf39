"""Working calendar, registries, text search, PDF rendering."""

from django.apps import AppConfig


class CoreApp(AppConfig):
    name = "keng.core"
    label = "core"
