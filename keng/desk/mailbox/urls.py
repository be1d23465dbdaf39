"""Addresses below /mailbox/. Reports are named by thread key, parts by digest: both 64 hex characters."""

from django.urls import path, re_path

from keng.desk.mailbox import api, bulk, views
from keng.desk.outcomes import api as outcomes

THREAD = r"^api/threads/(?P<key>[0-9a-f]{64})"

urlpatterns = [
    path("", views.mailbox, name="mailbox"),
    path("api/threads", api.threads),
    path("api/first-parts", api.first_parts),
    path("api/bulk/assign", bulk.assign),
    path("api/bulk/prank", bulk.pranks),
    path("api/bulk/duplicates", bulk.duplicates),
    path("api/bulk/verify", bulk.verify),
    path("api/bulk/close", bulk.close),
    path("api/bulk/handover", bulk.hand_over),
    re_path(rf"{THREAD}$", api.thread),
    re_path(rf"{THREAD}/open$", api.open_report),
    re_path(rf"{THREAD}/state$", api.state),
    re_path(rf"{THREAD}/assess$", api.assess),
    re_path(rf"{THREAD}/answers$", api.answers),
    re_path(rf"{THREAD}/notes$", api.notes),
    re_path(rf"{THREAD}/outcomes$", outcomes.record),
    re_path(rf"{THREAD}/link$", outcomes.link),
    re_path(rf"{THREAD}/unlink$", outcomes.unlink),
    re_path(r"^api/outcomes/(?P<outcome>[0-9]{1,19})/correct$", outcomes.correct),
    re_path(rf"{THREAD}/targets$", api.targets),
    re_path(rf"{THREAD}/forward$", api.forward),
    re_path(r"^api/parts/(?P<digest>[0-9a-f]{64})$", api.part),
]
