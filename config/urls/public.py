"""The public face: no session, no sign-in, no cookie."""

from django.urls import include, path

urlpatterns = [
    path("", include("keng.mailbox.urls")),
    path("", include("keng.portal.urls")),
]
