"""Addresses of data requests: the resident's on their own face, the office's on the desk."""

from django.urls import path

from keng.procedures.requests import desk, mine

my = [
    path("requests", mine.listing, name="my_requests"),
    path("requests/ask", mine.ask, name="my_request_ask"),
    path("requests/<int:asked>/withdraw", mine.take_back, name="my_request_withdraw"),
]
desk_urls = [
    path("requests/", desk.listing, name="data_requests"),
    path("requests/<int:asked>/", desk.asked, name="data_request"),
    path("requests/<int:asked>/look/", desk.look, name="data_request_look"),
    path("requests/<int:asked>/agree/", desk.agree, name="data_request_agree"),
    path("requests/<int:asked>/refuse/", desk.refuse, name="data_request_refuse"),
    path("requests/<int:asked>/correct/", desk.correct, name="data_request_correct"),
    path("requests/<int:asked>/done/", desk.done, name="data_request_done"),
    path("requests/<int:asked>/erase/", desk.erase, name="data_request_erase"),
]
