"""The citizens' addresses of procedures, area by area."""

from django.urls import include, path

from keng.procedures.requests import urls as requests

urlpatterns = [
    path("", include("keng.procedures.filing.urls")),
    path("", include("keng.procedures.resident.urls")),
    path("", include(requests.my)),
]
