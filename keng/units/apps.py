"""Provinces, communes, villages and offices."""

from django.apps import AppConfig


class UnitsApp(AppConfig):
    name = "keng.units"
    label = "units"
