"""Addresses under /register/."""

from django.urls import path

from keng.desk.register import views

urlpatterns = [
    path("", views.registers, name="registers"),
    path("<slug:slug>/", views.register, name="register"),
    path("<slug:slug>/register.pdf", views.pdf, name="register_pdf"),
]
