"""Addresses of assisted mode, on the desk."""

from django.urls import path

from keng.procedures.assisted import supplement, views

urlpatterns = [
    path("dossiers/new/", views.choose, name="assisted_list"),
    path("dossiers/new/person/", views.person, name="assisted_person"),
    path("dossiers/new/consent.pdf", views.consent_sheet, name="assisted_consent"),
    path("dossiers/new/<int:draft>/review/", views.review, name="assisted_review"),
    path("dossiers/new/<int:draft>/delete/", views.delete, name="assisted_delete"),
    path("dossiers/new/<int:draft>/filed/", views.filed, name="assisted_filed"),
    path("dossiers/new/<int:draft>/receipt.pdf", views.receipt, name="assisted_receipt"),
    path("dossiers/new/<int:draft>/<int:step>/", views.step, name="assisted_step"),
    path("dossiers/new/<int:draft>/files/<int:paper>/", views.file, name="assisted_file"),
    path("dossiers/new/api/<int:draft>/<int:step>", views.save, name="assisted_save"),
    path("dossiers/new/api/<int:draft>/<int:step>/files", views.upload, name="assisted_upload"),
    path("dossiers/<str:dossier>/answer/", supplement.answer, name="dossier_answer"),
    path("dossiers/<str:dossier>/answer/agreed/", supplement.agreed, name="dossier_agreed"),
    path("dossiers/<str:dossier>/answer/consent.pdf", supplement.consent_sheet, name="dossier_consent"),
]
