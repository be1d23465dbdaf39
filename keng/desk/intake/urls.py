"""Addresses below /mailbox/ for entering reports; put before the mailbox's own."""

from django.urls import path, re_path

from keng.desk import public_answers
from keng.desk.intake import views

urlpatterns = [
    path("new", views.new, name="intake"),
    path("api/boxes/<slug:slug>/parts", views.take_part),
    re_path(r"^api/threads/(?P<key>[0-9a-f]{64})/told$", views.told),
    re_path(r"^api/threads/(?P<key>[0-9a-f]{64})/public-answer$", public_answers.publish),
]
