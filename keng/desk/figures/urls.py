"""Addresses of the figures."""

from django.urls import URLPattern, path

from keng.desk.figures import views

urlpatterns: list[URLPattern] = [path("", views.figures, name="figures")]
