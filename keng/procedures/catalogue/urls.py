"""Addresses under /procedures/ for those who keep the catalogue; /procedures/forms/ is another's."""

from django.urls import path

from keng.procedures.catalogue import exchange_views, naming_views, publishing_views, views

urlpatterns = [
    path("procedures/", views.procedures, name="procedures"),
    path("procedures/add/", views.add, name="procedure_add"),
    path("procedures/names/", naming_views.names, name="procedure_names"),
    path("procedures/names/field/", naming_views.add_field, name="procedure_add_field"),
    path("procedures/names/event/", naming_views.add_life_event, name="procedure_add_event"),
    path("procedures/files/", exchange_views.exchange, name="procedure_files"),
    path("procedures/files/look/", exchange_views.look, name="procedure_files_look"),
    path("procedures/files/in/", exchange_views.bring_in, name="procedure_files_in"),
    path("procedures/files/procedures.json", exchange_views.export_json, name="procedure_files_json"),
    path("procedures/files/procedures.xlsx", exchange_views.export_workbook, name="procedure_files_xlsx"),
    path("procedures/files/template.xlsx", exchange_views.template, name="procedure_files_template"),
    path("procedures/p/<str:procedure>/", views.procedure, name="procedure"),
    path("procedures/p/<str:procedure>/draft/", views.draft, name="procedure_draft"),
    path("procedures/p/<str:procedure>/place/", views.place, name="procedure_place"),
    path("procedures/p/<str:procedure>/general/", views.general, name="procedure_general"),
    path("procedures/p/<str:procedure>/section/<slug:section>/", views.rows, name="procedure_rows"),
    path("procedures/p/<str:procedure>/preview/", views.preview, name="procedure_preview"),
    path("procedures/p/<str:procedure>/publish/", publishing_views.publish, name="procedure_publish"),
    path("procedures/p/<str:procedure>/discard/", publishing_views.discard, name="procedure_discard"),
    path("procedures/p/<str:procedure>/retire/", publishing_views.retire, name="procedure_retire"),
    path("procedures/p/<str:procedure>/history/", publishing_views.history, name="procedure_history"),
]
