"""Addresses of the keys' pages and of their JSON."""

from django.urls import path

from keng.desk.keys import api, asking, guided, overview, views

urlpatterns = [
    path("", views.own_key, name="own_key"),
    path("all/", overview.overview, name="all_keys"),
    path("boxes/<slug:slug>/", views.box, name="box_keys"),
    path("boxes/<slug:slug>/found", views.found, name="found_box"),
    path("boxes/<slug:slug>/renew", views.renew, name="renew_box"),
    path("boxes/<slug:slug>/recover", views.recover, name="recover_box"),
    path("boxes/<slug:slug>/ask-recovery", asking.ask_recovery, name="ask_recovery"),
    path("boxes/<slug:slug>/change", guided.change, name="change_box"),
    path("boxes/<slug:slug>/root", guided.replace_root, name="root_box"),
    path("boxes/<slug:slug>/ask-root", asking.ask_root, name="ask_root"),
    path("boxes/<slug:slug>/records/<int:ceremony>", guided.record, name="ceremony"),
    path("api/me", api.me, name="keys_me"),
    path("api/key", api.make_key, name="make_key"),
    path("api/key/challenge", api.challenge, name="key_challenge"),
    path("api/key/passphrase", api.change_passphrase, name="change_passphrase"),
    path("api/standing", api.standing, name="keys_standing"),
    path("api/grants", api.give_grant, name="give_grant"),
    path("api/grants/end", api.end_grant, name="end_grant"),
    path("api/boxes/<slug:slug>/ceremony", api.found, name="found_box_api"),
    path("api/boxes/<slug:slug>/statement", api.renew, name="renew_box_api"),
    path("api/boxes/<slug:slug>/recovery", api.recover, name="recover_box_api"),
    path("api/boxes/<slug:slug>/change", api.change, name="change_box_api"),
    path("api/boxes/<slug:slug>/root", api.replace_root, name="root_box_api"),
]
