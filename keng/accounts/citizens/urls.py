"""Addresses of signing in, of signing out and of the language, on the citizens' face."""

from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from keng.accounts.citizens import views
from keng.accounts.citizens.gates import open_to_visitors

urlpatterns = [
    path("language", open_to_visitors(require_POST(set_language)), name="set_language"),
    path("sign-in", views.sign_in, name="citizen_sign_in"),
    path("sign-out", views.sign_out, name="citizen_sign_out"),
    path("oidc/begin", views.begin, name="openid_connect_begin"),
    path("oidc/callback", views.callback, name="openid_connect_callback"),
]
