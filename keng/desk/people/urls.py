"""Addresses under /people/."""

from django.urls import path

from keng.desk.people import several, views

urlpatterns = [
    path("", views.people_list, name="people"),
    path("add/", views.add, name="person_add"),
    path("several/", several.several, name="people_several"),
    path("several/add/", several.several_add, name="people_several_add"),
    path("@<slug:username>/", views.person, name="person"),
    path("@<slug:username>/name/", views.rename, name="person_rename"),
    path("@<slug:username>/email/", views.email, name="person_email"),
    path("@<slug:username>/roles/", views.give_role, name="role_give"),
    path("@<slug:username>/roles/<int:appointment>/end/", views.end_role, name="role_end"),
    path("@<slug:username>/reset/", views.reset, name="person_reset"),
    path("@<slug:username>/deactivate/", views.deactivate, name="person_deactivate"),
    path("@<slug:username>/reactivate/", views.reactivate, name="person_reactivate"),
]
