"""Addresses of the resident's own page."""

from django.urls import path

from keng.procedures.resident import copying, person, views

urlpatterns = [
    path("", views.home, name="my"),
    path("dossiers/<str:dossier>", views.dossier, name="my_dossier"),
    path("dossiers/<str:dossier>/withdraw", views.withdraw, name="my_withdraw"),
    path("dossiers/<str:dossier>/slips/<str:document>.pdf", views.slip, name="my_slip"),
    path("dossiers/<str:dossier>/files/<int:file>", views.file, name="my_file"),
    path("messages", views.told, name="my_messages"),
    path("papers", views.papers, name="my_papers"),
    path("consents", views.consents, name="my_consents"),
    path("consents/email", views.email, name="my_email"),
    path("consents/give", views.give, name="my_consent_give"),
    path("consents/<int:consent>/withdraw", views.take_back, name="my_consent_withdraw"),
    path("me", person.me, name="my_person"),
    path("me/phone", person.phone, name="my_phone"),
    path("me/remove", person.remove, name="my_remove"),
    path("copy.zip", copying.copy, name="my_copy"),
    path("looks", views.looked, name="my_looks"),
    path("looks/<int:look>/keng-proof.json", views.proof, name="my_proof"),
]
