"""Addresses of keng.portal. Vietnamese has no suffix; on the public face no address ends in a slash."""

from django.urls import path

from keng.portal import views

urlpatterns = [
    path("", views.home),
    path("services", views.services),
    path("services/<slug:lang>", views.services),
    path("warnings", views.warnings),
    path("warnings/<slug:lang>", views.warnings),
    # Last, for it would take any single word.
    path("<slug:lang>", views.home),
]
