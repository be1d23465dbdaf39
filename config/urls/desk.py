"""The desk: officers, signed in with a second factor."""

from django.urls import include, path

handler400 = "keng.accounts.errors.bad_request"
handler403 = "keng.accounts.errors.forbidden"
handler404 = "keng.accounts.errors.not_found"
handler500 = "keng.accounts.errors.failed"

urlpatterns = [
    path("", include("keng.desk.urls")),
    path("", include("keng.procedures.urls_desk")),
    path("", include("keng.accounts.urls")),
]
