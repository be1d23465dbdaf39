"""The desk's addresses of procedures, area by area."""

from django.urls import include, path

from keng.procedures.requests import urls as requests

urlpatterns = [
    path("", include("keng.procedures.assisted.urls")),
    path("", include("keng.procedures.figures.urls")),
    path("", include("keng.procedures.forms.urls")),  # before the catalogue, whose codes `forms` would be one of
    path("", include("keng.procedures.catalogue.urls")),
    path("", include(requests.desk_urls)),
    # Last, for `/dossiers/<code>/` would take the others' first folders for codes.
    path("", include("keng.procedures.queue.urls")),
]
