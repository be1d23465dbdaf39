"""The front page."""

from django.apps import AppConfig


class PortalApp(AppConfig):
    name = "keng.portal"
    label = "portal"
