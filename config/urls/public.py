"""The public face: no session, no sign-in, no cookie."""

from django.urls import include, path

urlpatterns = [
    path("", include("keng.mailbox.urls")),
    path("", include("keng.ledger.urls")),
    path("", include("keng.portal.urls")),
]
handler400 = "keng.portal.views.bad_request"
handler403 = "keng.portal.views.forbidden"
handler404 = "keng.portal.views.not_found"
handler500 = "keng.portal.views.failed"
