"""Addresses of keng.desk."""

from django.urls import URLPattern, URLResolver, include, path

from keng.desk import home, posters
from keng.desk.mailbox.views import viewer

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("mailbox/", include("keng.desk.intake.urls")),
    path("mailbox/", include("keng.desk.mailbox.urls")),
    path("viewer", viewer, name="viewer"),
    path("keys/", include("keng.desk.keys.urls")),
    path("figures/", include("keng.desk.figures.urls")),
    path("people/", include("keng.desk.people.urls")),
    path("boxes/", include("keng.desk.boxes.urls")),
    path("training/", include("keng.desk.training.urls")),
    path("units/", include("keng.desk.units.urls")),
    path("boxes/<slug:slug>/poster.pdf", posters.pdf, name="poster-pdf"),
    path("boxes/<slug:slug>/poster.png", posters.png, name="poster-png"),
]
