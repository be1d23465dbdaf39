"""Addresses of keng.desk."""

from django.urls import URLPattern, URLResolver, include, path

from keng.desk import home, public_answers
from keng.desk.digest.views import digest
from keng.desk.mailbox.views import viewer
from keng.desk.rising.views import late_below
from keng.desk.sharing import urls as sharing

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("mailbox/", include("keng.desk.intake.urls")),
    path("mailbox/", include("keng.desk.mailbox.urls")),
    path("viewer", viewer, name="viewer"),
    path("keys/", include("keng.desk.keys.urls")),
    path("figures/late/", late_below, name="late_below"),
    path("figures/", include("keng.desk.figures.urls")),
    path("people/digest/", digest, name="digest"),
    path("people/", include("keng.desk.people.urls")),
    path("approvals/", include("keng.desk.approvals.urls")),
    path("boxes/", include("keng.desk.posters.urls")),
    path("boxes/<slug:slug>/answers/", public_answers.answers, name="public-answers"),
    path("boxes/<slug:slug>/answers/<int:answer>/withdraw/", public_answers.withdraw, name="withdraw-answer"),
    path("boxes/", include("keng.desk.boxes.urls")),
    path("register/", include("keng.desk.register.urls")),
    path("handovers/", include(sharing.handovers)),
    path("absences/", include(sharing.absences)),
    path("languages/", include("keng.desk.languages.urls")),
    path("training/", include("keng.desk.training.urls")),
    path("units/", include("keng.desk.units.urls")),
]
