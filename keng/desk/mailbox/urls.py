"""Addresses below /mailbox/. Reports are named by thread key, parts by digest: both 64 hex characters."""

from django.urls import path, re_path

from keng.desk.mailbox import api, views

THREAD = r"^api/threads/(?P<key>[0-9a-f]{64})"

urlpatterns = [
    path("", views.mailbox, name="mailbox"),
    path("api/threads", api.threads),
    path("api/first-parts", api.first_parts),
    re_path(rf"{THREAD}$", api.thread),
    re_path(rf"{THREAD}/open$", api.open_report),
    re_path(rf"{THREAD}/state$", api.state),
    re_path(rf"{THREAD}/assess$", api.assess),
    re_path(rf"{THREAD}/answers$", api.answers),
    re_path(rf"{THREAD}/notes$", api.notes),
    re_path(rf"{THREAD}/targets$", api.targets),
    re_path(rf"{THREAD}/forward$", api.forward),
    re_path(r"^api/parts/(?P<digest>[0-9a-f]{64})$", api.part),
]
