"""Addresses of keng.desk."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
