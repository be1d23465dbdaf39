"""Addresses of keng.mailbox: what is posted first, for a language of a page may not be called as one of those."""

from django.urls import path

from keng.mailbox import pages
from keng.mailbox.views import plain, plain_return, public_answers
from keng.mailbox.views.parts import take_part
from keng.mailbox.views.threads import delete_thread, show_thread
from keng.mailbox.views.voice import show_pack

urlpatterns = [
    path("b/<slug:slug>/parts", take_part),
    path("r/thread", show_thread),
    path("r/delete", delete_thread),
    path("b/<slug:slug>/plain", plain.report),
    path("b/<slug:slug>/plain/<slug:lang>", plain.report),
    path("r/plain", plain_return.returning),
    path("r/plain/write", plain_return.writing),
    path("r/plain/write/<slug:lang>", plain_return.writing),
    path("r/plain/delete", plain_return.deleting),
    path("r/plain/delete/<slug:lang>", plain_return.deleting),
    path("r/plain/<slug:lang>", plain_return.returning),
    path("b/<slug:slug>/answers", public_answers.answers),
    path("b/<slug:slug>/answers/<slug:lang>", public_answers.answers),
    path("b/<slug:slug>/guide", pages.guide),
    path("b/<slug:slug>/guide/<slug:lang>", pages.guide),
    path("b/<slug:slug>/voice/<slug:lang>/<slug:digest>", show_pack),
    path("b/<slug:slug>", pages.report),
    path("b/<slug:slug>/<slug:lang>", pages.report),
    path("r", pages.back),
    path("r/<slug:lang>", pages.back),
]
