"""Addresses of the public log's files. A path that is not of one of these forms is not there."""

from django.urls import path, re_path

from keng.ledger import views
from keng.ledger.cosigning_view import take_cosignature

SIZE = r"(?P<size>[1-9][0-9]{0,18})"
NUMBER = r"(?:x[0-9]{3}/){0,5}[0-9]{3}"
TILE = rf"(?P<path>(?:entries|[0-9]|[1-5][0-9]|6[0-3])/{NUMBER}(?:\.p/[1-9][0-9]{{0,2}})?)"

urlpatterns = [
    path("ledger/checkpoint", views.checkpoint),
    re_path(rf"^ledger/checkpoints/{SIZE}\Z", views.checkpoint_of),
    re_path(rf"^ledger/tile/{TILE}\Z", views.tile),
    re_path(r"^ledger/days/(?P<month>[0-9]{4}-[0-9]{2})\Z", views.days),
    path("ledger/keys", views.keys),
    path("ledger/cosignatures", take_cosignature),
]
