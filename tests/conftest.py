"""What every test may ask for: a client a face, and a world without a network, warnings or surprises."""

import shutil
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test.client import ClientHandler

from config.wsgi import Face
from keng.desk.figures import upkeep
from keng.ledger import triggers

# The same examples in every run: a red test can be looked at again, and a slow machine is no failure.
hypothesis.settings.register_profile("keng", deadline=None, derandomize=True, database=None, print_blob=False)
hypothesis.settings.load_profile("keng")


class FaceHandler(Face, ClientHandler):
    """The test client's handler, behind one face's urls and middleware."""

    def __init__(self, name: str, enforce_csrf_checks: bool) -> None:
        Face.__init__(self, name)
        self.enforce_csrf_checks = enforce_csrf_checks

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


@pytest.fixture(autouse=True, scope="session")
def _the_ledger_lets_itself_be_emptied_between_tests() -> Iterator[None]:
    """A test that commits is followed by emptying all tables, which the ledger's triggers refuse: for that moment they step aside."""
    empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty_without_triggers(self: TransactionTestCase) -> None:
        triggers.drop(connection)
        upkeep.drop(connection)  # it would count what is emptied
        try:
            empty(self)
        finally:
            triggers.create(connection)
            upkeep.create(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_without_triggers)
        yield


PUBLISHED = (settings.LEDGER_FOLDER, settings.LEDGER_KEYS)


@pytest.fixture(autouse=True)
def _what_is_published_goes_with_its_database() -> Iterator[None]:
    """The public log's files and keys outlive a rollback, and would contradict the next test's empty database."""
    yield
    for folder in PUBLISHED:
        if folder.exists():
            shutil.rmtree(folder)
