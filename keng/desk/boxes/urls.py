"""Addresses under /boxes/; the poster's are beside them in `keng.desk.urls`."""

from django.urls import path

from keng.desk.boxes import views

urlpatterns = [
    path("", views.boxes, name="boxes"),
    path("add/", views.create, name="box_create"),
    path("<slug:slug>/", views.box, name="box"),
    path("<slug:slug>/edit/", views.edit, name="box_edit"),
    path("<slug:slug>/close/", views.close, name="box_close"),
]
