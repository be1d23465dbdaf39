"""Addresses under /units/."""

from django.urls import path

from keng.desk.units import offices, views

urlpatterns = [
    path("", views.units, name="units"),
    path("villages/", views.village_lists_of_all, name="village_lists"),
    path("villages/import/", views.import_village_lists_of_all, name="village_lists_import"),
    path("offices/", offices.office_list, name="offices"),
    path("offices/add/", offices.add_office, name="office_add"),
    path("offices/@<slug:office>/", offices.office, name="office"),
    path("offices/@<slug:office>/edit/", offices.edit_office, name="office_edit"),
    path("offices/@<slug:office>/cover/", offices.cover, name="office_cover"),
    path("offices/@<slug:office>/uncover/", offices.uncover, name="office_uncover"),
    path("<slug:unit>/", views.unit, name="unit"),
    path("<slug:unit>/villages/add/", views.add_village, name="village_add"),
    path("<slug:unit>/villages/list/", views.village_list, name="village_list"),
    path("<slug:unit>/villages/list/import/", views.import_village_list, name="village_list_import"),
    path("<slug:unit>/villages/<int:village>/rename/", views.rename_village, name="village_rename"),
    path("<slug:unit>/villages/<int:village>/end/", views.end_village, name="village_end"),
]
