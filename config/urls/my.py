"""The citizens' face: every view says for whom it is (`keng.accounts.citizens.gates`)."""

from django.urls import include, path

handler400 = "keng.accounts.citizens.errors.bad_request"
handler403 = "keng.accounts.citizens.errors.forbidden"
handler404 = "keng.accounts.citizens.errors.not_found"
handler500 = "keng.accounts.citizens.errors.failed"

urlpatterns = [
    path("", include("keng.accounts.citizens.urls")),
    path("", include("keng.procedures.urls_my")),
]
