"""Addresses of keng.portal. Vietnamese has no suffix; on the public face no address ends in a slash."""

from django.urls import include, path

from keng.portal import figures_views, ledger_views, views

urlpatterns = [
    path("", views.home),
    path("", include("keng.portal.services.urls")),
    path("warnings", views.warnings),
    path("warnings/<slug:lang>", views.warnings),
    path("figures/mailbox", figures_views.mailbox),
    path("figures/mailbox.csv", figures_views.mailbox_csv),
    path("figures/mailbox.json", figures_views.mailbox_json),
    path("figures/mailbox/<slug:lang>", figures_views.mailbox),
    path("ledger", ledger_views.ledger),
    path("ledger/", ledger_views.ledger),  # as people write the address of a folder
    path("ledger/<slug:lang>", ledger_views.ledger),
    # Last, for it would take any single word.
    path("<slug:lang>", views.home),
]
