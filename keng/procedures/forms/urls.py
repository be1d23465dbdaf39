"""The desk's addresses of forms. Included before the catalogue's, whose `/procedures/<code>/` would take `forms` for a code."""

from django.urls import path

from keng.procedures.forms import editor_views, try_views, views

ONE = "procedures/forms/<slug:form>"

urlpatterns = [
    path("procedures/forms/", views.forms_list, name="forms"),
    path("procedures/forms/new/", views.form_new, name="form_new"),
    path(f"{ONE}/", views.form, name="form"),
    path(f"{ONE}/rename/", views.form_rename, name="form_rename"),
    path(f"{ONE}/draft/", views.form_draft, name="form_draft"),
    path(f"{ONE}/publish/", views.form_publish, name="form_publish"),
    path(f"{ONE}/discard/", views.form_discard, name="form_discard"),
    path(f"{ONE}/import/", views.form_import, name="form_import"),
    path(f"{ONE}/v/<int:number>/", views.form_version, name="form_version"),
    path(f"{ONE}/v/<int:number>/export.json", views.form_export, name="form_export"),
    path(f"{ONE}/v/<int:number>/try/", try_views.form_try, name="form_try"),
    path(f"{ONE}/v/<int:number>/try/file/", try_views.form_try_file, name="form_try_file"),
    path(f"{ONE}/edit/", editor_views.form_edit, name="form_edit"),
    path(f"{ONE}/edit/add/", editor_views.form_page_add, name="form_page_add"),
    path(f"{ONE}/edit/<str:spot>/", editor_views.form_item, name="form_item"),
    path(f"{ONE}/edit/<str:spot>/add/", editor_views.form_add, name="form_add"),
    path(f"{ONE}/edit/<str:spot>/move/", editor_views.form_move, name="form_move"),
    path(f"{ONE}/edit/<str:spot>/drop/", editor_views.form_drop, name="form_drop"),
]
