"""What every test may ask for: a client a face, and a world without a network, warnings or surprises."""

import hypothesis
import pytest
from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler

from config.wsgi import Face

# The same examples in every run: a red test can be looked at again, and a slow machine is no failure.
hypothesis.settings.register_profile("keng", deadline=None, derandomize=True, database=None, print_blob=False)
hypothesis.settings.load_profile("keng")


class FaceHandler(Face, ClientHandler):
    """The test client's handler, behind one face's urls and middleware."""

    def __init__(self, name: str, enforce_csrf_checks: bool) -> None:
        self.enforce_csrf_checks = enforce_csrf_checks
        Face.__init__(self, name)

    __call__ = ClientHandler.__call__  # type: ignore[assignment]


class FaceClient(Client):
    """A browser that knows one face only. On the desk it checks CSRF when asked to, as Django's own client does."""

    def __init__(self, name: str, enforce_csrf_checks: bool = False, **defaults: str) -> None:
        host = settings.FACE_HOSTS[name][0]
        super().__init__(enforce_csrf_checks=enforce_csrf_checks, HTTP_HOST=host, **defaults)  # type: ignore[arg-type]
        self.handler = FaceHandler(name, enforce_csrf_checks)


@pytest.fixture
def public() -> FaceClient:
    """The public face: what a villager's phone meets."""
    return FaceClient("public")


@pytest.fixture
def desk() -> FaceClient:
    """The desk: what an officer's browser meets; not signed in."""
    return FaceClient("desk")


@pytest.fixture
def my() -> FaceClient:
    """The citizens' face; not signed in."""
    return FaceClient("my")
