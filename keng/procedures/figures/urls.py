"""Addresses of the figures of dossiers and of the register (slip 07). What is asked for stands after the question mark."""

from django.urls import URLPattern, path

from keng.procedures.figures import register, views

urlpatterns: list[URLPattern] = [
    path("dossiers/figures/", views.figures, name="dossier-figures"),
    path("dossiers/figures/lines/", views.lines, name="dossier-figures-lines"),
    path("dossiers/figures/figures.csv", views.as_csv, name="dossier-figures-csv"),
    path("dossiers/register/", register.page, name="dossier-register"),
    path("dossiers/register/register.pdf", register.as_pdf, name="dossier-register-pdf"),
    path("dossiers/register/register.csv", register.as_csv, name="dossier-register-csv"),
]
