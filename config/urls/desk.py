"""The desk: officers, signed in with a second factor."""

from django.urls import include, path

urlpatterns = [
    path("", include("keng.desk.urls")),
    path("", include("keng.accounts.urls")),
]
