"""Addresses of the public services' pages. What is not a language comes first, for `services/<lang>` would take any single word."""

from django.urls import path

from keng.portal.services import status, verify, views

urlpatterns = [
    path("services", views.index),
    path("services/status", status.status),
    path("services/status/<slug:lang>", status.status),
    path("services/event/<slug:slug>", views.event),
    path("services/event/<slug:slug>/<slug:lang>", views.event),
    path("services/field/<slug:slug>", views.field),
    path("services/field/<slug:slug>/<slug:lang>", views.field),
    path("services/p/<str:code>", views.procedure),
    path("services/p/<str:code>/board.pdf", views.board),
    path("services/p/<str:code>/<slug:lang>", views.procedure),
    path("services/<slug:lang>", views.index),
    path("verify", verify.ask),
    path("verify/<str:code>", verify.verify),
    path("verify/<str:code>/<slug:lang>", verify.verify),
]
