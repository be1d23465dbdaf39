"""Addresses of keng.desk."""

from django.urls import URLPattern, URLResolver, path

from keng.desk import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
]
