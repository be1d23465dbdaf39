"""Addresses of filing on the citizens' face."""

from django.urls import path

from keng.procedures.filing import supplement, views

urlpatterns = [
    path("apply/<str:procedure>", views.apply, name="apply"),
    path("drafts", views.listing, name="draft_list"),
    path("drafts/<int:draft>/review", views.review, name="draft_review"),
    path("drafts/<int:draft>/delete", views.delete, name="draft_delete"),
    path("drafts/<int:draft>/<int:step>", views.step, name="draft_step"),
    path("drafts/<int:draft>/files/<int:file>", views.file, name="draft_file"),
    path("api/drafts/<int:draft>/<int:step>", views.save, name="draft_save"),
    path("api/drafts/<int:draft>/<int:step>/files", views.upload, name="draft_upload"),
    path("dossiers/<str:dossier>/receipt", views.received, name="filed"),
    path("dossiers/<str:dossier>/supplement", supplement.supplement, name="supplement"),
]
