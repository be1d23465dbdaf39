"""Addresses under /approvals/."""

from django.urls import path

from keng.desk.approvals import views

urlpatterns = [
    path("", views.approvals_list, name="approvals"),
    path("ask/", views.ask, name="approval_ask"),
    path("<int:approval>/", views.approval_page, name="approval"),
    path("<int:approval>/approve/", views.approve, name="approval_approve"),
    path("<int:approval>/refuse/", views.refuse, name="approval_refuse"),
    path("<int:approval>/withdraw/", views.withdraw, name="approval_withdraw"),
]
