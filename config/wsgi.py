"""One process, three faces: the host of a request chooses the urls and the middleware that it meets."""

import os
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.http.request import HttpRequest, split_domain_port

from config.checks import configuration, sentences
from config.middleware import DEFAULT_CSP, HEADERS

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

SIGNED_IN_AT_ONCE = (
    48  # of 256 threads (`manage.py serve`): more than officers ever ask at once, little beside the rest
)
MISDIRECTED = (
    "Địa chỉ này không phải của Kẻng. Xem lại địa chỉ in trên áp phích.\n"
    "This address is not one of Kẻng. Look again at the one on the poster.\n"
)
BUSY = (
    "Máy chủ đang quá nhiều việc, đồng chí thử lại sau vài giây.\n"
    "The server is too busy right now: please try again in a few seconds.\n"
)


class Face(WSGIHandler):
    """Django's handler with one face's urls and middleware."""

    def __init__(self, name: str) -> None:
        self.urlconf, self.middleware = settings.FACES[name]
        super().__init__()

    def load_middleware(self, is_async: bool = False) -> None:
        desk = settings.MIDDLEWARE
        settings.MIDDLEWARE = self.middleware
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = desk

    def get_response(self, request: HttpRequest) -> Any:
        request.urlconf = self.urlconf
        return super().get_response(request)


class Faces:
    """The WSGI application: finds the face by host; an unknown host is answered 421 with a sentence.

    Whoever storms the desk's sign-in must not keep a villager's report waiting: the faces with a sign-in share `SIGNED_IN_AT_ONCE`
    of the server's threads, their static files included, and what comes above is answered 503 at once.
    """

    def __init__(self) -> None:
        self.by_host = {
            host: face for name, hosts in settings.FACE_HOSTS.items() for face in [Face(name)] for host in hosts if host
        }
        self.public = {host for host in settings.FACE_HOSTS["public"] if host}
        self.room = threading.BoundedSemaphore(SIGNED_IN_AT_ONCE)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        host, _port = split_domain_port(environ.get("HTTP_HOST", ""))
        face = self.by_host.get(host)
        if face is None:
            return sentence(start_response, HTTPStatus.MISDIRECTED_REQUEST, MISDIRECTED)
        if host in self.public:
            return face(environ, start_response)
        if not self.room.acquire(blocking=False):
            return sentence(start_response, HTTPStatus.SERVICE_UNAVAILABLE, BUSY, ("Retry-After", "5"))
        try:
            return face(environ, start_response)
        finally:
            self.room.release()


def sentence(start_response: StartResponse, status: HTTPStatus, text: str, *more: tuple[str, str]) -> Iterable[bytes]:
    """An answer that no face gives, with the headers that every public answer bears."""
    body = text.encode()
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Content-Security-Policy": DEFAULT_CSP,
        **HEADERS,
    }
    start_response(f"{status.value} {status.phrase}", [*headers.items(), *more])
    return [body]


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)
if refusals := configuration():
    raise ImproperlyConfigured(sentences(refusals))
application = Faces()
