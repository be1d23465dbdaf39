"""Addresses of keng.mailbox."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
