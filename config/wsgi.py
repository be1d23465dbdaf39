"""One process, three faces: the host of a request chooses the urls and the middleware that it meets."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.http.request import HttpRequest, split_domain_port

from config.checks import configuration, sentences

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


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
    """The WSGI application: finds the face by host; an unknown host is answered 421 with a sentence."""

    def __init__(self) -> None:
        self.by_host = {
            host: face for name, hosts in settings.FACE_HOSTS.items() for face in [Face(name)] for host in hosts if host
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        host, _port = split_domain_port(environ.get("HTTP_HOST", ""))
        face = self.by_host.get(host)
        if face is None:
            body = "Địa chỉ này không phải của Kẻng. Xem lại địa chỉ in trên áp phích.".encode()
            start_response(
                "421 Misdirected Request",
                [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))],
            )
            return [body]
        return face(environ, start_response)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)
if refusals := configuration():
    raise ImproperlyConfigured(sentences(refusals))
application = Faces()
