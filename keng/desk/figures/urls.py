"""Addresses of the figures. What is asked for stands after the question mark: period, office, group, figure."""

from django.urls import URLPattern, path

from keng.desk.figures import views

urlpatterns: list[URLPattern] = [
    path("", views.figures, name="figures"),
    path("lines/", views.lines, name="figures-lines"),
    path("figures.csv", views.as_csv, name="figures-csv"),
    path("figures.json", views.as_json, name="figures-json"),
]
