"""Addresses under /boxes/ that are about posters; they stand before the boxes' own, whose slugs would hide them."""

from django.urls import path

from keng.desk.posters import hangings, places, printing

urlpatterns = [
    path("places/", places.places, name="places"),
    path("places/@<slug:office>/", places.places_of, name="places_of"),
    path("places/@<slug:office>/add/", places.add, name="place_add"),
    path("places/@<slug:office>/import/", places.import_list, name="places_import"),
    path("places/<int:place>/retire/", places.retire, name="place_retire"),
    path("false-stickers/", places.false_stickers, name="false_stickers"),
    path("<slug:slug>/poster.pdf", printing.pdf, name="poster-pdf"),
    path("<slug:slug>/poster.png", printing.png, name="poster-png"),
    path("<slug:slug>/hangings/", hangings.hangings, name="hangings"),
    path("<slug:slug>/hangings/hang/", hangings.hang, name="hang"),
    path("<slug:slug>/hangings/checked/", hangings.checked, name="hangings_checked"),
    path("<slug:slug>/hangings/down/", hangings.down, name="hangings_down"),
    path("<slug:slug>/hangings/false/", hangings.false, name="hangings_false"),
    path("<slug:slug>/hangings/posters.pdf", printing.copies, name="poster_copies"),
    path("<slug:slug>/hangings/list.pdf", printing.checklist, name="poster_checklist"),
]
