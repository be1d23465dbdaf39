"""Addresses below /training/."""

from django.urls import path

from keng.desk.training import views

urlpatterns = [path("api/<slug:training_box>/reports", views.reports, name="training-reports")]
