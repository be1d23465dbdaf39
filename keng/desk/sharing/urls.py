"""Addresses under /handovers/ and /absences/."""

from django.urls import path

from keng.desk.sharing import away, views

handovers = [
    path("", views.handovers, name="handovers"),
    path("give/<slug:slug>/", views.give, name="handover_give"),
    path("<int:handover>/", views.handover, name="handover"),
    path("<int:handover>/take/", views.take, name="handover_take"),
    path("<int:handover>/refuse/", views.refuse, name="handover_refuse"),
    path("<int:handover>/withdraw/", views.withdraw, name="handover_withdraw"),
    path("<int:handover>/minutes.pdf", views.handover_minutes, name="handover_minutes"),
    path("passed/<slug:slug>/<slug:to>/<slug:day>.pdf", views.passings_minutes, name="passings_minutes"),
]
absences = [
    path("", away.absences, name="absences"),
    path("add/", away.add, name="absence_add"),
    path("<int:absence>/end/", away.end, name="absence_end"),
]
